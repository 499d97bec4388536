package odoo

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	// firstHold is the pause after a rate limit that names none; it doubles while
	// limits follow each other.
	firstHold = time.Second
	// longestOwnHold is what that pause grows to.
	longestOwnHold = time.Minute
	// longestHold is the longest pause that a server can ask for.
	longestHold = time.Hour
)

// limit is that the server asked for fewer calls. Until its time has passed
// nothing is sent, whoever calls.
type limit struct {
	mu    sync.Mutex
	since time.Time // of the first of several in a row; zero: none
	until time.Time
	times int
}

// holds is the error of a call that the limit keeps back; nil if it may be sent.
func (l *limit) holds(now time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !now.Before(l.until) {
		return nil
	}
	return &TransportError{Kind: RateLimited, RetryAfter: l.until.Sub(now), Err: errors.New("a pause was asked for, by Odoo or by what stands before it")}
}

// met notes that a call that began at a time was answered with a limit, and gives
// how long the pause is. Calls that were under way together count once.
func (l *limit) met(began, now time.Time, asked time.Duration) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.since.IsZero() {
		l.since = now
	}
	if !began.Before(l.until) {
		l.times++
	}
	pause := min(asked, longestHold)
	if pause <= 0 {
		pause = min(firstHold<<min(max(l.times-1, 0), 10), longestOwnHold)
	}
	if end := now.Add(pause); end.After(l.until) {
		l.until = end
	}
	return l.until.Sub(now)
}

// passed notes that a call that began at a time was let through.
func (l *limit) passed(began time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.since.IsZero() && !began.Before(l.until) {
		l.since, l.until, l.times = time.Time{}, time.Time{}, 0
	}
}

// stands tells of the limit, also when its time has passed and no call has been
// let through yet.
func (l *limit) stands(now time.Time) (Refusal, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.since.IsZero() {
		return Refusal{}, false
	}
	return Refusal{Reason: RateLimited.String(), Since: l.since, Until: l.until}, true
}

// retryAfter is how long an answer asks to wait, in seconds or until a date of the
// server's own clock; 0 if it asks for nothing that can be read.
func retryAfter(h http.Header, now time.Time) time.Duration {
	text := strings.TrimSpace(h.Get("Retry-After"))
	if seconds, err := strconv.ParseInt(text, 10, 64); err == nil {
		return time.Duration(min(max(seconds, 0), int64(longestHold/time.Second))) * time.Second
	}
	until, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	if told, err := http.ParseTime(h.Get("Date")); err == nil {
		now = told
	}
	return min(max(until.Sub(now), 0), longestHold)
}
