package index

import (
	"bytes"
	"crypto/sha256"
	"fmt"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// carries are the fields of the record that an index keeps beside the key.
type carries struct {
	fields map[protoreflect.Name]protoreflect.FieldDescriptor
	// mark stands before what is carried and tells which fields it was made of: a
	// cache may have been filled when there were others.
	mark []byte
}

// markSize is enough for the few lists that one field's index ever has.
const markSize = 4

func newCarries(record protoreflect.MessageDescriptor, names []string) (*carries, error) {
	if len(names) == 0 {
		return nil, nil
	}
	c := &carries{fields: map[protoreflect.Name]protoreflect.FieldDescriptor{}}
	for _, name := range names {
		fd := record.Fields().ByName(protoreflect.Name(name))
		if fd == nil {
			return nil, fmt.Errorf("the index carries %s, which %s does not have", name, record.FullName())
		}
		c.fields[fd.Name()] = fd
	}
	var numbers []byte
	for i := range record.Fields().Len() {
		if fd := record.Fields().Get(i); c.fields[fd.Name()] != nil {
			numbers = fmt.Appendf(numbers, "%d ", fd.Number())
		}
	}
	sum := sha256.Sum256(numbers)
	c.mark = sum[:markSize]
	return c, nil
}

// Carries says that the index keeps all these fields of the record beside the key.
func (f *Field) Carries(names ...protoreflect.Name) bool {
	if f.carries == nil {
		return false
	}
	for _, name := range names {
		if f.carries.fields[name] == nil {
			return false
		}
	}
	return true
}

// Carry writes what the index keeps of a record beside the key; nil where it keeps
// nothing.
func (f *Field) Carry(msg protoreflect.Message) ([]byte, error) {
	if f.carries == nil {
		return nil, nil
	}
	part := msg.New()
	for _, fd := range f.carries.fields {
		if msg.Has(fd) {
			part.Set(fd, msg.Get(fd))
		}
	}
	// The same fields are always the same bytes, so that equal ones are not stored anew.
	return proto.MarshalOptions{Deterministic: true}.MarshalAppend(bytes.Clone(f.carries.mark), part.Interface())
}

// Carried takes the record, with the carried fields alone and as protobuf's bytes,
// out of what the index keeps; false where that was made of other fields, or of none.
func (f *Field) Carried(kept []byte) ([]byte, bool) {
	if f.carries == nil {
		return nil, false
	}
	return bytes.CutPrefix(kept, f.carries.mark)
}
