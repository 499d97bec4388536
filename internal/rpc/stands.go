package rpc

import (
	"context"
	"errors"
	"sync"
	"time"

	"odoomesh/internal/access"
	"odoomesh/internal/clock"
	"odoomesh/internal/fault"
)

// askAgainEvery is how often it is asked whether an open stream still stands. With the two
// seconds after which a new access file is in force, one whose right, principal or
// credential was taken ends within five.
const askAgainEvery = time.Second

// standing are the streams that are open, each with what its caller has shown. Whatever
// ends one, a right that is taken as much as a key that is revoked or a token that ends,
// is found by asking again what was asked when it began.
type standing struct {
	// stands refuses what a caller may not have open any more.
	stands func(ctx context.Context, method string, was *access.Principal) error

	mu   sync.Mutex
	open map[*stream]struct{}
}

// stream is an open one, as it began.
type stream struct {
	ctx    context.Context
	method string
	end    context.CancelCauseFunc
}

// around ends a stream that does not stand any more, with the refusal that a new call
// would meet. A call that is no stream is over before it matters.
func (s *standing) around(ctx context.Context, call *Call, next Next) error {
	if !call.Stream {
		return next(ctx)
	}
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	one := &stream{ctx, call.Method, end}
	s.mu.Lock()
	s.open[one] = struct{}{}
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.open, one)
	}()
	err := next(ctx)
	var refused *fault.Error
	if errors.As(context.Cause(ctx), &refused) {
		return refused
	}
	return err
}

// run asks again and again until the context ends.
func (s *standing) run(ctx context.Context, clk clock.Clock) error {
	for clock.Sleep(ctx, clk, askAgainEvery) {
		s.mu.Lock()
		open := make([]*stream, 0, len(s.open))
		for one := range s.open {
			open = append(open, one)
		}
		s.mu.Unlock()
		for _, one := range open {
			if err := s.stands(one.ctx, one.method, access.From(one.ctx)); err != nil && one.ctx.Err() == nil {
				one.end(err)
			}
		}
	}
	return ctx.Err()
}
