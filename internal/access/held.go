package access

import (
	"context"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	"odoomesh/internal/fault"
)

// held is a stream that is open: by whom, as it was recognised then.
type held struct {
	principal *Principal
	method    string
	cancel    context.CancelCauseFunc
}

// Hold watches over a stream as long as it is open. Its context ends, with a refusal as
// the cause, as soon as the caller may not have it any more as it was opened. release is
// to be called when the stream has ended.
func (g *Guard) Hold(ctx context.Context, method string) (watched context.Context, release func()) {
	p := From(ctx)
	if p == nil {
		return ctx, func() {} // open to all
	}
	ctx, cancel := context.WithCancelCause(ctx)
	h := &held{principal: p, method: method, cancel: cancel}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.held[h] = struct{}{}
	// What is in force may have changed since the caller was recognised.
	g.judge(g.now.Load(), h)
	return ctx, func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		delete(g.held, h)
		cancel(nil)
	}
}

func (g *Guard) endStreams(f *force) {
	for h := range g.held {
		g.judge(f, h)
	}
}

func (g *Guard) judge(f *force, h *held) {
	if err := f.stands(h.principal, h.method); err != nil {
		h.cancel(err)
	}
}

// stands refuses what a principal has opened under an earlier file, where now it would
// not be let in, or would be shown something else.
func (f *force) stands(was *Principal, method string) error {
	if _, compiled := f.table.decisions[was]; compiled {
		return nil // nothing of it has changed
	}
	is := f.file.Principal(was.Name)
	if more := f.broken[was.Name]; more != nil {
		is = more
	}
	switch {
	case is == nil:
		return fault.Unauthenticated("The caller is not in the access file any more.")
	case is.token != was.token:
		return fault.Unauthenticated("The caller's token is not the one of the access file any more.")
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
