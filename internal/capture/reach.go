package capture

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"odoomesh/internal/odoo"
	"odoomesh/internal/store"
)

// reachability is whether Odoo answers.
type reachability struct {
	mu sync.Mutex
	// reachable says that it did when it was asked last; answer is when that was.
	reachable bool
	answer    time.Time
	// reason and since tell why and since when it does not.
	reason string
	since  time.Time
	err    error
	tried  bool
}

// hangs is how long Odoo may say nothing before it is called unreachable. It is asked
// several times a second.
const hangs = 5 * time.Second

// answered notes that Odoo has answered something.
func (e *Engine) answered(now time.Time) {
	r := &e.reach
	r.mu.Lock()
	was := r.reachable
	r.reachable, r.answer, r.reason, r.err = true, now, "", nil
	r.mu.Unlock()
	if !was {
		e.logger.LogAttrs(context.Background(), slog.LevelInfo, "following Odoo")
	}
}

// lost notes that Odoo does not answer, and tells whether that is news.
func (r *reachability) lost(err error, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	reason := reasonOf(err)
	news := r.reachable || !r.tried || r.reason != reason
	if r.reachable || !r.tried {
		r.since = now
	}
	r.reachable, r.tried, r.reason, r.err = false, true, reason, err
	return news
}

func (e *Engine) lastAnswer() time.Time {
	e.reach.mu.Lock()
	defer e.reach.mu.Unlock()
	return e.reach.answer
}

// Reachability tells whether Odoo answers, and otherwise why not and since when. An Odoo that
// says nothing for some seconds is not reachable, whatever it does with the calls.
type Reachability struct {
	Reachable bool
	Reason    string
	Since     time.Time
	// Err is what stands in the way, if that is known.
	Err error
}

// Reachability tells whether Odoo answers.
func (e *Engine) Reachability() Reachability {
	r := &e.reach
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.reachable && e.clock.Now().Sub(r.answer) > max(hangs, 4*e.Poll) {
		return Reachability{Reason: "Odoo has not answered since " + r.answer.UTC().Format(time.RFC3339), Since: r.answer}
	}
	return Reachability{Reachable: r.reachable, Reason: r.reason, Since: r.since, Err: r.err}
}

// ofConnection tells whether an error says that Odoo cannot be asked at all, and not
// only that one model cannot be read. A call that got no answer says the former only
// if no other has got one since it began.
func (e *Engine) ofConnection(err error, began time.Time) bool {
	var fault *odoo.Fault
	if errors.As(err, &fault) {
		return fault.Kind == odoo.Credentials || fault.Kind == odoo.UnknownDatabase
	}
	var transport *odoo.TransportError
	if !errors.As(err, &transport) {
		return false
	}
	switch transport.Kind {
	case odoo.Suspended, odoo.TooLarge, odoo.Overloaded:
		return false
	case odoo.RateLimited:
		return true
	}
	return !e.lastAnswer().After(began)
}

// reasonOf says in one line, without what differs from time to time, what stands in
// the way.
func reasonOf(err error) string {
	if err == nil {
		return ""
	}
	var full *store.NoSpaceError
	if errors.As(err, &full) {
		return "the disk is full: nothing new can be stored"
	}
	return err.Error()
}
