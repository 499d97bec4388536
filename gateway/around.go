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
// records from what is kept. A single record stands at the end, which is another
// place than protobuf would put it in, and says nothing in JSON.
func (w *jsonWriter) appendAround(out []byte, m protoreflect.Message, fields *meshrecord.Fields) ([]byte, error) {
	field := shapeOf(m.Descriptor()).field
	if field == nil || !m.Has(field) {
		return appendOpened(out, m.Interface())
	}
	rest, err := appendJSON(nil, without(m, field))
	if err != nil {
		return nil, err
	}
	before, after, ok := gapFor(field, rest)
	if !ok {
		return nil, fmt.Errorf("writing %s: its JSON has two places for %s", m.Descriptor().FullName(), field.Name())
	}
	out = append(out, before...)
	if !field.IsList() {
		out, err = w.appendRecord(out, m.Get(field).Message().Interface(), fields)
		return append(out, after...), err
	}
	out = append(out, '[')
	list := m.Get(field).List()
	for i := range list.Len() {
		if i > 0 {
			out = append(out, ',')
		}
		if out, err = w.appendRecord(out, list.Get(i).Message().Interface(), fields); err != nil {
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
// belongs: a list stands there, empty; otherwise it is the end. In JSON the name of
// a field can only be found again as a whole key, because text has its quotes
// escaped; when another key is called the same, there is no gap.
func gapFor(field protoreflect.FieldDescriptor, rest []byte) (before, after []byte, ok bool) {
	name := `"` + field.JSONName() + `":`
	if field.IsList() {
		if bytes.Count(rest, []byte(name+"[]")) != 1 {
			return nil, nil, false
		}
		before, after, _ = bytes.Cut(rest, []byte(name+"[]"))
		return append(bytes.Clone(before), name...), after, true
	}
	before = bytes.Clone(rest[:len(rest)-1])
	if len(before) > 1 {
		before = append(before, ',')
	}
	return append(before, name...), []byte("}"), true
}
