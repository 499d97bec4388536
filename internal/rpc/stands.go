package rpc

import (
	"context"
	"errors"
	"sync"
	"time"

	"odoomesh/internal/clock"
	"odoomesh/internal/fault"
)

// askAgainEvery is how often it is asked whether who has a stream open is still believed:
// a key that is revoked, or a token that ends, ends its streams within that.
const askAgainEvery = 2 * time.Second

// standing are the streams that are open, each with how to find out whether its caller is
// still believed.
type standing struct {
	authenticate func(ctx context.Context, method string) (context.Context, error)

	mu   sync.Mutex
	open map[*stream]struct{}
}

// stream is an open one, as it came: with what its caller has shown.
type stream struct {
	ctx    context.Context
	method string
	end    context.CancelCauseFunc
}

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
	if err != nil && errors.As(context.Cause(ctx), &refused) {
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
			if _, err := s.authenticate(one.ctx, one.method); err != nil && one.ctx.Err() == nil {
				one.end(err)
			}
		}
	}
	return ctx.Err()
}
