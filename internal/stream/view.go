package stream

import (
	"context"

	"google.golang.org/protobuf/reflect/protoreflect"

	"odoomesh/internal/fault"
	"odoomesh/internal/scope"
)

// viewOf is what the caller meets of a collection; nil for everything. Where it meets
// nothing, the call is refused.
func viewOf(ctx context.Context, collection string, desc protoreflect.MessageDescriptor) (*scope.View, error) {
	view, err := scope.From(ctx).View(collection, desc)
	if err == nil && view.Refused() {
		err = fault.NotPermitted("read", collection)
	}
	return view, err
}
