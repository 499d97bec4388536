package read

import (
	"context"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/fault"
	"odoomesh/internal/names"
	"odoomesh/internal/record"
	"odoomesh/internal/scope"
)

// look is how one call sees the records of a collection: what its caller meets of them,
// and the fields that it asked for.
type look[T proto.Message] struct {
	*Collection[T]
	view   *scope.View
	mask   func(T) T
	masked bool
	// caller is which of the records that are named may be told of, and sight the same where
	// what people call them is wanted.
	caller, sight *names.Sight
}

// look makes it, and refuses who meets nothing, and a mask that names what is not there.
func (c *Collection[T]) look(ctx context.Context, mask *fieldmaskpb.FieldMask) (*look[T], error) {
	view, err := c.open(ctx)
	if err != nil {
		return nil, err
	}
	if err = view.CheckMask(mask); err != nil {
		return nil, fault.InvalidField(errorsv1.Reason_REASON_INVALID_FIELD_MASK, "read_mask", err.Error())
	}
	l := &look[T]{Collection: c, view: view, masked: len(mask.GetPaths()) > 0}
	if l.mask, err = record.Mask[T](mask, c.kind); err != nil {
		return nil, fault.InvalidField(errorsv1.Reason_REASON_INVALID_FIELD_MASK, "read_mask", err.Error())
	}
	l.caller = c.names.For(ctx)
	l.sight = l.caller.Wanted(mask, c.kind.Descriptor())
	return l, nil
}

// how is the way in which records are wanted. All callers who are not narrowed, and may
// read the same, are told the same names, which are kept with the record.
func (l *look[T]) how(mode *typesv1.ReadMode) how {
	h := how{mode: mode}
	if l.sight != nil && !l.sight.Narrowed() && !l.masked {
		h.namer = l.sight
	}
	return h
}

// answer is what the caller meets of a record, with the fields that it asked for. The
// transport is told where that is all of it.
func (l *look[T]) answer(ctx context.Context, s *record.Shown) (answer T, met bool) {
	if s == nil {
		return answer, false
	}
	m := meet(l.view, s.Message)
	if m == nil {
		return answer, false
	}
	m = l.computed(m, l.clock.Now())
	if m != s.Message || l.masked {
		return l.named(m.(T)), true
	}
	if l.sight.Narrowed() {
		s = s.With(l.sight.Find(m.ProtoReflect(), nil))
	}
	record.ReplyOf(ctx).Add(s)
	return s.Message.(T), true
}

// named leaves the fields of a record that were asked for, and puts the names of what is
// left beside them. The record may be shared.
func (l *look[T]) named(m T) T {
	if !l.masked && !l.sight.Narrowed() {
		return m
	}
	return names.Beside(l.sight, l.mask, m)
}

// leave leaves what a list keeps of a record until its page is full: what the mask wants, with
// the names where they are those of what it leaves out.
func (l *look[T]) leave(m proto.Message) proto.Message {
	if l.sight.Whole() {
		return l.named(m.(T))
	}
	return l.mask(m.(T))
}
