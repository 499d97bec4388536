package record

import (
	"context"
	"sync"

	"google.golang.org/protobuf/proto"
)

// Reply is the answer to one call, between the reads that make it and the transport
// that sends it. Whatever stands between them sees whole records; beside these, the
// Reply tells the transport which of them are rendered already.
type Reply struct {
	// JSON says that the answer becomes JSON; otherwise it is sent over gRPC.
	JSON bool

	mu    sync.Mutex
	shown []*Shown
	// next is where the one that is probably asked for next stands.
	next int
}

type replyKey struct{}

// WithReply is the context of a call whose transport takes rendered records.
func WithReply(ctx context.Context, r *Reply) context.Context {
	return context.WithValue(ctx, replyKey{}, r)
}

// ReplyOf is the Reply of a call; nil for a call from inside.
func ReplyOf(ctx context.Context) *Reply {
	r, _ := ctx.Value(replyKey{}).(*Reply)
	return r
}

// OverGRPC tells whether the answer to a call is sent over gRPC.
func OverGRPC(ctx context.Context) bool {
	r := ReplyOf(ctx)
	return r != nil && !r.JSON
}

// Add tells that a record of the answer is rendered.
func (r *Reply) Add(s *Shown) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.shown = append(r.shown, s)
}

// Rendered finds what is rendered of a record; nil where the very message that was
// rendered is not what is answered.
func (r *Reply) Rendered(m proto.Message) *Shown {
	if r == nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range r.shown {
		// Records are mostly asked for in the order in which they were added.
		if at := (r.next + i) % len(r.shown); r.shown[at].Message == m {
			r.next = at + 1
			return r.shown[at]
		}
	}
	return nil
}

// SizeOf is how many bytes a record of the answer has on the wire.
func (r *Reply) SizeOf(m proto.Message) int {
	if s := r.Rendered(m); s != nil {
		return s.Size()
	}
	return proto.Size(m)
}

// HandOver tells that a record is answered by another message that shows the same.
func (r *Reply) HandOver(from, to any) {
	m, ok := from.(proto.Message)
	if !ok {
		return
	}
	if s := r.Rendered(m); s != nil {
		r.Add(&Shown{Message: to.(proto.Message), rendered: s.rendered, provenance: s.provenance, names: s.names})
	}
}
