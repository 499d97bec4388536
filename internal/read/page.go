package read

import (
	"context"

	"google.golang.org/protobuf/proto"

	"odoomesh/internal/record"
	"odoomesh/internal/store"
)

// hit is a record that a query found, with its place in the order.
type hit struct {
	key    []byte
	values [][]byte
	record proto.Message
	// rendered is what is kept of it, whose message the record is; nil where it was decoded.
	// shown is what it is sent as where other answers share that, with names.
	rendered *record.Rendered
	shown    *record.Shown
	// computed says that the record has more than the cache keeps of it.
	computed bool
	// raw is what the cache keeps of it.
	raw []byte
	// size is about how many bytes the record has on the wire, as it is shown.
	size int
}

// show decodes a record that a scan met, with its place in the order. Its record is
// nil where the caller does not meet it. What is kept rendered is not decoded again. A scan
// meets all there is: what it meets gets its names, and is kept, only when it comes onto the
// page.
func (c *Collection[T]) show(h store.Hit, q *query) (hit, error) {
	out := hit{key: h.Key, raw: h.Value, size: len(h.Value) + aroundContent}
	var m proto.Message
	var err error
	if q.shared {
		out.rendered = c.recent.Kept(c.kind, h.Key, h.Value)
	}
	if out.rendered != nil {
		m, err = out.rendered.Message(q.verified)
	} else {
		m, err = c.kind.Decode(h.Value, q.verified)
	}
	if err != nil {
		return hit{}, err
	}
	if m = meet(q.view, m); m == nil {
		return hit{}, nil
	}
	out.record = c.computed(m, q.asked)
	out.computed, out.values = out.record != m, q.order.values(out.record.ProtoReflect())
	return out, nil
}

// keep makes of a hit that passes what the page has of it.
func (q *query) keep(h hit) hit {
	h.record = q.show(h.record)
	if q.masked {
		h.size = proto.Size(h.record)
	}
	return h
}

// name gives a hit that comes onto the page its names, and keeps it rendered where it is
// shown as others are sent it, too.
func (l *look[T]) name(h hit, q *query) (_ hit, err error) {
	switch {
	case q.shared && !h.computed:
		if h.rendered == nil {
			if h.rendered, err = l.recent.Adopt(l.kind, h.key, h.raw, h.record, q.verified); err != nil {
				return hit{}, err
			}
		}
		if h.shown, err = h.rendered.Show(q.verified, q.how.namer); err != nil {
			return hit{}, err
		}
		h.record, h.size = h.shown.Message, h.shown.Size()
	case l.sight == nil, l.sight.Whole():
	case l.masked:
		h.record = l.named(h.record.(T))
		h.size = proto.Size(h.record)
	default:
		names := l.sight.Find(h.record.ProtoReflect(), nil)
		names.Put(h.record)
		h.size += names.Size()
	}
	return h, nil
}

// fit tells how many of the hits are on the page: as many as were asked for, of as
// many bytes as a page has, and at least one.
func (q *query) fit(hits []hit) int {
	bytes := 0
	for i, h := range hits {
		if bytes += h.size; i == q.size || i > 0 && bytes > q.limit {
			return i
		}
	}
	return len(hits)
}

// render tells the transport of a page which of its records are rendered.
func render(ctx context.Context, hits []hit) {
	reply := record.ReplyOf(ctx)
	for _, h := range hits {
		if h.shown != nil {
			reply.Add(h.shown)
		}
	}
}
