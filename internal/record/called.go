package record

import (
	"fmt"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	optionsv1 "odoomesh/gen/go/mesh/options/v1"
)

// Calling is by which of its fields people know a record, as the contract says.
type Calling struct {
	// shown are what they call it, and codes what numbers they have for it, the best first.
	shown, codes []protoreflect.FieldDescriptor
	itself       bool
}

// CallingOf reads it off a message. It fails where the contract names what is no text of it.
func CallingOf(desc protoreflect.MessageDescriptor) (c Calling, err error) {
	rule, _ := proto.GetExtension(desc.Options(), optionsv1.E_Record).(*optionsv1.RecordRule)
	if c.shown, err = textsOf(desc, rule.GetDisplayName()); err != nil {
		return c, err
	}
	c.codes, err = textsOf(desc, rule.GetCode())
	c.itself = rule.GetOnlyItself()
	return c, err
}

func textsOf(desc protoreflect.MessageDescriptor, names []string) (fields []protoreflect.FieldDescriptor, err error) {
	for _, name := range names {
		field := desc.Fields().ByName(protoreflect.Name(name))
		if field == nil || field.Kind() != protoreflect.StringKind || field.IsList() {
			return nil, fmt.Errorf("%s is called by %q, which is no text of it", desc.FullName(), name)
		}
		fields = append(fields, field)
	}
	return fields, nil
}

// Beside tells whether it is told beside references to such a record.
func (c Calling) Beside() bool { return len(c.shown) > 0 && !c.itself }

// Fields are the names of the fields.
func (c Calling) Fields() (names []protoreflect.Name) {
	for _, f := range append(c.shown[:len(c.shown):len(c.shown)], c.codes...) {
		names = append(names, f.Name())
	}
	return names
}

// Of is what people call a record, and the number or code that they know it by, of the fields
// that are met; empty where there is none.
func (c Calling) Of(m protoreflect.Message, met func(protoreflect.FieldDescriptor) bool) (called, code string) {
	first := func(fields []protoreflect.FieldDescriptor) string {
		for _, f := range fields {
			if met(f) {
				if text := m.Get(f).String(); strings.TrimSpace(text) != "" {
					return text
				}
			}
		}
		return ""
	}
	return first(c.shown), first(c.codes)
}

// Called is what people call a record, and the number or code that they know it by; empty
// where it has nothing of that sort.
func Called(m protoreflect.Message) (called, code string) {
	c, err := CallingOf(m.Descriptor())
	if err != nil {
		return "", "" // No mesh starts with such a contract.
	}
	called, code = c.Of(m, func(protoreflect.FieldDescriptor) bool { return true })
	return strings.TrimSpace(called), strings.TrimSpace(code)
}
