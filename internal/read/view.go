package read

import (
	"context"

	"google.golang.org/protobuf/proto"

	"odoomesh/internal/fault"
	"odoomesh/internal/record"
	"odoomesh/internal/scope"
)

// view is what the caller meets of the collection; nil for everything.
func (c *Collection[T]) view(ctx context.Context) (*scope.View, error) {
	return scope.From(ctx).View(c.kind.Collection, c.kind.Descriptor())
}

// open is view for calls that are refused where nothing is met.
func (c *Collection[T]) open(ctx context.Context) (*scope.View, error) {
	view, err := c.view(ctx)
	if err == nil && view.Refused() {
		err = fault.NotPermitted("read", c.kind.Collection)
	}
	return view, err
}

// Narrowed tells whether there may be records that the caller does not meet, though
// they exist.
func (c *Collection[T]) Narrowed(ctx context.Context) bool { return scope.From(ctx) != nil }

// meet is what a caller meets of a record; nil where there is none, and for one that
// the caller does not meet: to it, both are the same.
func meet(view *scope.View, m proto.Message) proto.Message {
	if view == nil || m == nil {
		return m
	}
	if !view.Sees(record.CompanyOf(m), m.ProtoReflect()) {
		return nil
	}
	return view.Show(m)
}
