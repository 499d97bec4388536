package gateway

import (
	"bytes"
	"fmt"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	meshrecord "odoomesh/internal/record"
)

// appendAround writes a message that holds records in one field, such as a page
// of a list or a change in a watch: the rest of it as protobuf's JSON, and the
// records as they are wanted. A single record stands at the end, which is another
// place than protobuf would put it in, and says nothing in JSON.
func (a answer) appendAround(out []byte, m protoreflect.Message) ([]byte, error) {
	field := shapeOf(m.Descriptor()).field
	if field == nil || !m.Has(field) {
		return meshrecord.AppendJSON(out, m.Interface())
	}
	rest, err := meshrecord.AppendJSON(nil, without(m, field))
	if err != nil {
		return nil, err
	}
	before, after, err := gapFor(field, rest)
	if err != nil {
		return nil, fmt.Errorf("writing %s: %w", m.Descriptor().FullName(), err)
	}
	out = append(out, before...)
	if !field.IsList() {
		out, err = a.appendRecord(out, m.Get(field).Message().Interface())
		return append(out, after...), err
	}
	out = append(out, '[')
	list := m.Get(field).List()
	for i := range list.Len() {
		if i > 0 {
			out = append(out, ',')
		}
		if out, err = a.appendRecord(out, list.Get(i).Message().Interface()); err != nil {
			return nil, err
		}
	}
	return append(append(out, ']'), after...), nil
}

// without answers a message like m that lacks one field. They share the rest.
func without(m protoreflect.Message, left protoreflect.FieldDescriptor) proto.Message {
	out := m.New()
	m.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		if field.Number() != left.Number() {
			out.Set(field, value)
		}
		return true
	})
	return out.Interface()
}

// gapFor cuts the JSON of a message without a field where the field's value
// belongs: a list stands there, empty; otherwise it is the end.
func gapFor(field protoreflect.FieldDescriptor, rest []byte) (before, after []byte, err error) {
	if field.IsList() {
		from, to, err := meshrecord.MemberOf(rest, 0, field.JSONName())
		return rest[:from], rest[to:], err
	}
	before = bytes.Clone(rest[:len(rest)-1])
	if len(before) > 1 {
		before = append(before, ',')
	}
	return append(before, `"`+field.JSONName()+`":`...), []byte("}"), nil
}
