package odoo

import (
	"errors"
	"sync"
	"time"

	"github.com/failsafe-go/failsafe-go/circuitbreaker"
)

const (
	// breakerFailures in a row open a breaker.
	breakerFailures = 5
	// breakerDelay is how long an open breaker refuses before one call tries.
	breakerDelay = 5 * time.Second
)

type endpoint struct{ model, method string }

// breakers keeps one breaker per model and method, so that one report that
// always runs into its deadline does not stop the reading of products. Faults do
// not count: Odoo answered. There are as many as there are methods that the mesh
// calls.
type breakers struct {
	mu   sync.Mutex
	each map[endpoint]circuitbreaker.CircuitBreaker[any]
	// unanswered are the methods that failed since the last answer of any. Where those are
	// several, Odoo was away: with the next answer it is back, and all breakers close.
	unanswered map[endpoint]struct{}
}

func newBreakers() *breakers {
	return &breakers{each: make(map[endpoint]circuitbreaker.CircuitBreaker[any]), unanswered: map[endpoint]struct{}{}}
}

// record takes from the outcome of a call whether its method is answered, and whether Odoo is.
func (b *breakers) record(e endpoint, guarded bool, err error) {
	if guarded {
		b.of(e).record(err)
	}
	var f *Fault
	var transport *TransportError
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case err == nil, errors.As(err, &f):
		if len(b.unanswered) > 1 {
			for _, circuit := range b.each {
				circuit.Close()
			}
		}
		clear(b.unanswered)
	case errors.As(err, &transport) && transport.unanswered() && !errors.Is(err, ErrNotConnected):
		b.unanswered[e] = struct{}{}
	}
}

// unanswered tells whether an error is that nobody answered, or not Odoo.
func (e *TransportError) unanswered() bool {
	switch e.Kind {
	case Unreachable, NoAnswer, BadAnswer, Blocked, Timeout:
		return true
	}
	return false
}

func (b *breakers) of(e endpoint) breaker {
	b.mu.Lock()
	defer b.mu.Unlock()
	one, ok := b.each[e]
	if !ok {
		one = circuitbreaker.NewBuilder[any]().
			WithFailureThreshold(breakerFailures).
			WithDelay(breakerDelay).
			WithSuccessThreshold(1).
			Build()
		b.each[e] = one
	}
	return breaker{one}
}

type breaker struct {
	circuit circuitbreaker.CircuitBreaker[any]
}

// refuses tells, without taking a permit, that a call would be refused.
func (b breaker) refuses() bool { return b.circuit.IsOpen() && b.circuit.RemainingDelay() > 0 }

// admit takes a permit; each success needs one record.
func (b breaker) admit() bool { return b.circuit.TryAcquirePermit() }

// suspended is the error of a call that the breaker refuses.
func (b breaker) suspended() error {
	return &TransportError{Kind: Suspended, RetryAfter: b.circuit.RemainingDelay(), Err: errors.New("after repeated failures")}
}

// record gives the breaker the outcome of an admitted call.
func (b breaker) record(err error) {
	var transport *TransportError
	switch isTransport := errors.As(err, &transport); {
	case !isTransport:
		b.circuit.RecordSuccess()
	case transport.Kind == Canceled, errors.Is(err, ErrNotConnected):
		// It proves nothing, and the next one may try at once: callers who give each trial up
		// would keep the breaker open for ever.
		if b.circuit.IsHalfOpen() {
			b.circuit.Open()
			b.circuit.HalfOpen()
		}
	case transport.unanswered():
		b.circuit.RecordFailure()
	case transport.Kind == RateLimited:
		// This proves nothing either, but a trial call has to give its permit back.
		if b.circuit.IsHalfOpen() {
			b.circuit.RecordFailure()
		}
	default:
		b.circuit.RecordSuccess()
	}
}
