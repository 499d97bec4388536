package names

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"unicode/utf8"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/index"
	"odoomesh/internal/record"
	"odoomesh/internal/resource"
	"odoomesh/internal/store"
)

// kind is a collection with what it takes to call its records by name, for who may read
// them.
type kind struct {
	*record.Kind
	// place is its bit in a sight.
	place int
	// calling is what people know its records by; part has these fields alone, and is nil where
	// nothing is told of them beside references.
	calling record.Calling
	part    *record.Part
	// fields are those that are indexed.
	fields []*index.Field
	// domain, and the method that answers one record, are what a caller needs a right for;
	// resource is the type that references to a record have.
	domain, get, resource string
	// generation counts the changes of its records, and begins at one. What was made of their
	// names holds as long as it stays the same.
	generation atomic.Uint64
}

func newKind(of *record.Kind, place int) (*kind, error) {
	desc := of.Descriptor()
	own, _ := proto.GetExtension(desc.Options(), annotations.E_Resource).(*annotations.ResourceDescriptor)
	k := &kind{Kind: of, place: place, domain: domainOf(desc), get: getOf(desc), resource: own.GetType()}
	var err error
	if k.fields, err = index.Fields(desc); err != nil {
		return nil, err
	}
	if k.calling, err = record.CallingOf(desc); err != nil || !k.calling.Beside() {
		return k, err
	}
	k.part, err = of.Part(k.calling.Fields()...)
	return k, err
}

// domainOf reads "product" out of "mesh.product.v1".
func domainOf(desc protoreflect.MessageDescriptor) string {
	parts := strings.Split(string(desc.ParentFile().Package()), ".")
	return parts[max(0, len(parts)-2)]
}

// getOf is the method that answers one record of a message; empty where there is none.
func getOf(desc protoreflect.MessageDescriptor) string {
	found := ""
	protoregistry.GlobalFiles.RangeFilesByPackage(desc.ParentFile().Package(), func(file protoreflect.FileDescriptor) bool {
		for i := range file.Services().Len() {
			service := file.Services().Get(i)
			if m := service.Methods().ByName("Get" + desc.Name()); m != nil && m.Output() == desc {
				found = fmt.Sprintf("/%s/%s", service.FullName(), m.Name())
			}
		}
		return found == ""
	})
	return found
}

// getter is the cache, or a moment of it.
type getter interface {
	Get(collection string, key []byte) ([]byte, error)
}

// raw is what the cache keeps of a record; nil where it has none, and for what is no name
// of one.
func (k *kind) raw(from getter, name string) ([]byte, error) {
	key, err := resource.KeyOf(k.Collection, name)
	if err != nil {
		return nil, nil //nolint:nilerr // It leads nowhere.
	}
	raw, err := from.Get(k.Collection, key)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return raw, err
}

// nameOf makes the name of a record, of the fields that are met.
func (k *kind) nameOf(name string, m protoreflect.Message, met func(protoreflect.FieldDescriptor) bool) (*record.Name, error) {
	called, code := k.calling.Of(m, met)
	return record.NewName(name, &typesv1.Reference{DisplayName: short(called), Code: short(code)})
}

// longest is how many characters of a text are shown.
const longest = 200

// short bounds a text: a page can stand in a field that is called name.
func short(text string) string {
	if len(text) <= longest || utf8.RuneCountInString(text) <= longest {
		return text
	}
	count := 0
	for at := range text {
		if count++; count == longest {
			return text[:at] + "…"
		}
	}
	return text
}
