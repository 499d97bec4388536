package rpc

import (
	"context"

	"odoomesh/internal/access"
)

// hold ends a stream whose caller may not have it any more, with the refusal that a new
// call would meet. A call that is no stream is over before it matters.
func hold(ctx context.Context, guard *access.Guard, call *Call, next Next) error {
	if !call.Stream {
		return next(ctx)
	}
	held, release := guard.Hold(ctx, call.Method)
	defer release()
	err := next(held)
	if held.Err() != nil && ctx.Err() == nil {
		return context.Cause(held)
	}
	return err
}
