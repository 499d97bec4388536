package access

import (
	"context"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	"odoomesh/internal/fault"
)

// Stands refuses what a caller has opened where now it would not be let in with what it
// has shown, or would be shown something else. ctx is that of the call, and was who called
// when it began; nil for what is open to all.
func (g *Guard) Stands(ctx context.Context, method string, was *Principal) error {
	if was == nil {
		return nil
	}
	f := g.now.Load()
	is, _, err := g.recognise(ctx, f)
	switch {
	case err != nil:
		return err
	case is == was:
		return nil // nothing of it has changed
	case is.Name != was.Name:
		return fault.Unauthenticated("What the caller has shown is another principal's now.")
	}
	d, r := f.table.decide(method, is)
	switch {
	case d == NoRight:
		return fault.NotPermitted(rightName(r.access), r.domain)
	case !d.Allows(), scopeText(is.scope) != scopeText(was.scope), was.rightsOn(r.domain)&^is.rightsOn(r.domain) != 0:
		return fault.New(errorsv1.Reason_REASON_NOT_PERMITTED, "What the caller may see has changed while the stream was open.",
			fault.Instead("Call again: what is still permitted is answered."))
	}
	return nil
}
