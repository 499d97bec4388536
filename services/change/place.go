package change

import (
	"context"
	"fmt"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	optionsv1 "odoomesh/gen/go/mesh/options/v1"
	"odoomesh/internal/access"
	"odoomesh/internal/record"
)

// place is what lets a caller watch a collection.
type place struct{ domain, method string }

// placeOf finds the method that watches a collection, in the package of its record.
func placeOf(kind *record.Kind) (place, error) {
	pkg := kind.Descriptor().ParentFile().Package()
	watch := protoreflect.Name("Watch" + strings.ToUpper(kind.Collection[:1]) + kind.Collection[1:])
	found := place{domain: strings.Split(string(pkg), ".")[1]}
	protoregistry.GlobalFiles.RangeFilesByPackage(pkg, func(file protoreflect.FileDescriptor) bool {
		for i := range file.Services().Len() {
			if m := file.Services().Get(i).Methods().ByName(watch); m != nil {
				found.method = fmt.Sprintf("/%s/%s", m.Parent().FullName(), m.Name())
			}
		}
		return found.method == ""
	})
	if found.method == "" {
		return found, fmt.Errorf("%s has no method %s", pkg, watch)
	}
	return found, nil
}

// mayWatch tells whether the caller may watch the collection.
func (p place) mayWatch(ctx context.Context) bool {
	return access.From(ctx).MayCall(optionsv1.Access_ACCESS_READ, p.domain, p.method)
}
