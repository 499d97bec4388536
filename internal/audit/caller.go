package audit

import "context"

// Caller is who calls, as the audit tells it.
type Caller struct{ Principal, Proof, Address, CallID string }

type callerKey struct{}

// WithCaller keeps who calls.
func WithCaller(ctx context.Context, c Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

// CallerOf is who calls; false outside of a call that may change something.
func CallerOf(ctx context.Context) (Caller, bool) {
	c, is := ctx.Value(callerKey{}).(Caller)
	return c, is
}
