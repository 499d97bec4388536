// Package clock is the only place that reads the machine's time and waits for it, so
// that every other package takes its time through a parameter and a test can own it.
package clock

import (
	"context"
	"time"
)

// Clock tells the time. Implementations are safe for concurrent use.
type Clock interface {
	// Now is the current time in UTC.
	Now() time.Time
	// After gives a channel that has the time on it once a duration has passed.
	After(d time.Duration) <-chan time.Time
}

// System is the machine's clock.
type System struct{}

// Now is the machine's current time in UTC. It carries the monotonic reading, so
// that the difference of two of them survives a clock that is set.
func (System) Now() time.Time { return time.Now().UTC() }

// After is time.After: a timer that nobody waits for any more is collected.
func (System) After(d time.Duration) <-chan time.Time { return time.After(d) }

// Func lets a function be a Clock whose waiting is the machine's; tests use it.
type Func func() time.Time

// Now calls the function.
func (f Func) Now() time.Time { return f() }

// After waits for the machine's time.
func (Func) After(d time.Duration) <-chan time.Time { return time.After(d) }

// Sleep waits for a duration; false when the context has ended before.
func Sleep(ctx context.Context, c Clock, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-c.After(d):
		return true
	}
}

// AfterFunc calls a function once a duration of the machine's time has passed, unless it
// is stopped before.
func AfterFunc(d time.Duration, f func()) interface{ Stop() bool } { return time.AfterFunc(d, f) }
