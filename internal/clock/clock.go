// Package clock is the only place that reads the machine's time, so that every
// other package takes its time through a parameter and a test can own it.
package clock

import "time"

// Clock tells the time. Implementations are safe for concurrent use.
type Clock interface {
	// Now is the current time in UTC.
	Now() time.Time
}

// System is the machine's clock.
type System struct{}

// Now is the machine's current time in UTC.
func (System) Now() time.Time { return time.Now().UTC() }

// Func lets a function be a Clock; tests use it.
type Func func() time.Time

// Now calls the function.
func (f Func) Now() time.Time { return f() }
