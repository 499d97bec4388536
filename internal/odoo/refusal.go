package odoo

import (
	"errors"
	"fmt"
	"sync"
	"time"
)

const (
	// firstRetry is the pause before a refused sign-in is tried again. It is longer
	// than the 60 s in which Odoo refuses even the right password, and that of
	// everybody behind the same address, once it has met five wrong ones.
	firstRetry = 65 * time.Second
	// longestRetry is what the pause grows to.
	longestRetry = 15 * time.Minute
)

// refusal is that Odoo refuses the user or password. While it stands no call is
// sent: each would be another failed sign-in, which Odoo counts.
type refusal struct {
	mu sync.Mutex
	// since is when it was met first; zero while there is none.
	since time.Time
	next  time.Time // when the sign-in may be tried again
	tries int       // refusals in a row of this password
	of    Secret
	said  string
	// signIns counts those that succeeded: a call that was sent before the latest
	// says nothing about it.
	signIns int
}

func (r *refusal) generation() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.signIns
}

// stands is the refusal as the error of a call that is not sent; nil if there is
// none.
func (r *refusal) stands(now time.Time) *Fault {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.since.IsZero() {
		return nil
	}
	return &Fault{
		Code: 3, Kind: Credentials, RetryAfter: max(r.next.Sub(now), time.Millisecond),
		Message: fmt.Sprintf("since %s: %s", r.since.UTC().Format(time.RFC3339), r.said),
	}
}

// keepsFrom tells whether the sign-in with this password has to wait. Another
// password than the refused one may be tried at once.
func (r *refusal) keepsFrom(p Secret, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return !r.since.IsZero() && p == r.of && now.Before(r.next)
}

// signInRefused notes that a sign-in was.
func (r *refusal) signInRefused(p Secret, now time.Time, f *Fault) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if p != r.of {
		r.tries = 0
	}
	r.begin(p, now, f)
	r.tries++
	r.next = now.Add(min(firstRetry<<min(r.tries-1, 10), longestRetry))
}

// callRefused notes that a call was, which was sent after so many sign-ins.
func (r *refusal) callRefused(p Secret, generation int, now time.Time, f *Fault) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if generation != r.signIns || !r.since.IsZero() {
		return
	}
	r.begin(p, now, f)
	r.tries, r.next = 1, now.Add(firstRetry)
}

// begin notes since when, and what is said. The caller holds mu.
func (r *refusal) begin(p Secret, now time.Time, f *Fault) {
	if r.since.IsZero() {
		r.since = now
	}
	r.of, r.said = p, f.Message
}

// accepted ends it at a sign-in that went well: calls that were sent before, and are refused
// later, begin no new one.
func (r *refusal) accepted() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.since, r.next, r.tries, r.of, r.said = time.Time{}, time.Time{}, 0, "", ""
	r.signIns++
}

// credentialsFault is the refusal of the user or password in err; nil if there is
// none.
func credentialsFault(err error) *Fault {
	var f *Fault
	if errors.As(err, &f) && f.Kind == Credentials {
		return f
	}
	return nil
}

// Refusal is why nothing is sent to Odoo for a while.
type Refusal struct {
	// Reason is "credentials refused" or "rate limited".
	Reason string
	// Since is when it was met first, Until when a call is sent again.
	Since, Until time.Time
}

// Refusal tells why calls are not sent now; false if they are.
func (c *Client) Refusal() (Refusal, bool) {
	r := &c.refusal
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.since.IsZero() {
		return Refusal{Reason: Credentials.String(), Since: r.since, Until: r.next}, true
	}
	return c.limit.stands(c.clock.Now())
}

// CredentialsChanged tells, cheaply, whether the password may be another than was
// tried last, so that Connect is worth while at once.
func (c *Client) CredentialsChanged() bool { return c.passwords != nil && c.passwords.Changed() }
