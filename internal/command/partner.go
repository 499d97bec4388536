package command

import (
	"context"
	"strings"

	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	"odoomesh/internal/fault"
	"odoomesh/internal/scope"
)

// Named is a request about a record that is there.
type Named interface {
	Request
	GetName() string
	GetEtag() string
}

// CarriedFor is Carried for a method that callers who are narrowed may call, too. Such a
// caller works on what it meets: a record that is foreign to it is answered as one that
// does not exist, before anything else is looked at, and where it does not meet the fields
// that the command is about it is refused. Nor does it give an etag: the one that it
// was shown tells of what it meets alone. What it is told of the intent is its own.
func CarriedFor[T proto.Message](ctx context.Context, d *Desk, method string, r Named, read func(ctx context.Context, name string) (T, error), about ...string) (*commandv1.Intent, T, error) {
	var none T
	narrowed := scope.From(ctx)
	if narrowed == nil {
		return Carried(ctx, d, method, r, read)
	}
	if _, err := read(ctx, r.GetName()); err != nil {
		return nil, none, err
	}
	if err := meetsFields(narrowed, r.GetName(), none.ProtoReflect().Descriptor(), about); err != nil {
		return nil, none, err
	}
	md, _ := metadata.FromIncomingContext(ctx)
	for _, given := range append(md.Get(matchMetadata), r.GetEtag()) {
		if given != "" && given != Whatever {
			return nil, none, fault.Invalid(fault.Violation("etag", "leave it out: the one that you were shown tells of what you see of the record alone"))
		}
	}
	intent, record, err := Carried(ctx, d, method, r, read)
	return toNarrowed(intent), record, err
}

// meetsFields refuses a caller who does not meet what a command is about.
func meetsFields(narrowed *scope.Scope, name string, desc protoreflect.MessageDescriptor, fields []string) error {
	collection, _, _ := strings.Cut(name, "/")
	view, err := narrowed.View(collection, desc)
	if err != nil {
		return err
	}
	for _, path := range fields {
		if view.Refused() || view.HidesPath(path) {
			return fault.NotPermitted("write", path)
		}
	}
	return nil
}

// toNarrowed is an intent as a caller who is narrowed is told of it: not how it was carried
// out, which tells of Odoo and of what others have written, but what became of it.
func toNarrowed(i *commandv1.Intent) *commandv1.Intent {
	if i == nil {
		return nil
	}
	i = proto.CloneOf(i)
	i.Evidence, i.Calls = "", nil
	for n, w := range i.GetWarnings() {
		if strings.HasPrefix(w, unsigned) {
			i.Warnings[n] = unsigned + "."
		}
	}
	return i
}

// shownTo is an intent as the caller is told of it.
func shownTo(ctx context.Context, i *commandv1.Intent) *commandv1.Intent {
	if scope.From(ctx) == nil {
		return i
	}
	return toNarrowed(i)
}
