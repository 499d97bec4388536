package odoo

import (
	"errors"
	"fmt"
	"time"
)

// TransportKind says how a call failed without a word from Odoo.
type TransportKind int

// The ways a call can fail on its way.
const (
	// Unreachable: no connection, nothing was sent.
	Unreachable TransportKind = iota + 1
	// NoAnswer: the call was sent and the connection ended, or something in
	// front of Odoo answered for it.
	NoAnswer
	// BadAnswer: what came is not an Odoo's answer.
	BadAnswer
	// TooLarge: the answer is longer than the limit.
	TooLarge
	// Timeout: the deadline passed.
	Timeout
	// Canceled: the caller went away.
	Canceled
	// Overloaded: the deadline passed while the call waited for its turn in the
	// budget; nothing was sent.
	Overloaded
	// Suspended: the breaker of this model and method is open after repeated
	// failures; nothing was sent.
	Suspended
	// RateLimited: the server, or what stands before it, asks for fewer calls. Until
	// RetryAfter has passed no call is sent.
	RateLimited
	// Blocked: something before Odoo answered in its place: a redirect, a refusal
	// without Odoo's own words, a page.
	Blocked
)

var transportKindNames = map[TransportKind]string{
	Unreachable: "unreachable",
	NoAnswer:    "no answer",
	BadAnswer:   "bad answer",
	TooLarge:    "answer too large",
	Timeout:     "timeout",
	Canceled:    "canceled",
	Overloaded:  "overloaded",
	Suspended:   "suspended",
	RateLimited: "rate limited",
	Blocked:     "blocked",
}

func (k TransportKind) String() string { return transportKindNames[k] }

// TransportError is a call that got no answer from Odoo that can be used.
type TransportError struct {
	Kind TransportKind
	// Sent tells whether any of the call may have left this machine.
	Sent bool
	// Status is the HTTP status, 0 if there was none.
	Status int
	// RetryAfter is how long a Suspended call's breaker stays open, or how long after
	// a RateLimited one nothing is sent; 0 otherwise.
	RetryAfter time.Duration
	// Err is the cause; it holds no secrets.
	Err error
}

func (e *TransportError) Error() string {
	text := "odoo: " + e.Kind.String()
	if e.Status != 0 {
		text += fmt.Sprintf(" (HTTP status %d)", e.Status)
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

func (e *TransportError) Unwrap() error { return e.Err }

// MayHaveExecuted tells whether Odoo may have carried the call out. A status says
// nothing about that where the body is not Odoo's own: filters that read answers
// refuse with 403 or 404 what Odoo has committed, and gateways with 502.
func (e *TransportError) MayHaveExecuted() bool { return e.Sent }

// ArgumentError is a call that was not sent because an argument cannot be. Its
// text names the argument and quotes no value.
type ArgumentError struct {
	Err error
}

func (e *ArgumentError) Error() string { return "odoo: " + e.Err.Error() }

func (e *ArgumentError) Unwrap() error { return e.Err }

// MayHaveExecuted is false: nothing was sent.
func (e *ArgumentError) MayHaveExecuted() bool { return false }

// MayHaveExecuted tells whether the call that ended in err may have been carried
// out, so that its outcome has to be read back before it is tried again. An
// error that does not come from a call is taken for one that may.
func MayHaveExecuted(err error) bool {
	if err == nil {
		return true
	}
	var says interface{ MayHaveExecuted() bool }
	if errors.As(err, &says) {
		return says.MayHaveExecuted()
	}
	return true
}
