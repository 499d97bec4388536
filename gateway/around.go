package gateway

import (
	"bytes"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// appendAround writes a message that holds records in one field, such as a page
// of a list or a change in a watch: the rest of it as protobuf's JSON, and the
// records from what is kept. A field may stand in another place than protobuf
// would put it, which says nothing in JSON.
func (w *jsonWriter) appendAround(out []byte, m protoreflect.Message, form protojsonForm) ([]byte, error) {
	field := recordField(m)
	if field == nil {
		return form.appendOpened(out, m.Interface())
	}
	rest, err := form.append(nil, without(m, field))
	if err != nil {
		return nil, err
	}
	before, after, ok := gapFor(field, rest, form)
	if !ok {
		return form.appendOpened(out, m.Interface())
	}
	out = append(out, before...)
	if !field.IsList() {
		out, err = w.appendRecord(out, m.Get(field).Message().Interface().(record), form)
		return append(out, after...), err
	}
	out = append(out, '[')
	list := m.Get(field).List()
	for i := range list.Len() {
		if i > 0 {
			out = append(out, ',')
		}
		if out, err = w.appendRecord(out, list.Get(i).Message().Interface().(record), form); err != nil {
			return nil, err
		}
	}
	return append(append(out, ']'), after...), nil
}

// recordField answers the one field that holds records; nil when there is none
// that is set, or more than one.
func recordField(m protoreflect.Message) protoreflect.FieldDescriptor {
	var found protoreflect.FieldDescriptor
	fields := m.Descriptor().Fields()
	for i := range fields.Len() {
		field := fields.Get(i)
		if field.Message() == nil || field.IsMap() || !m.Has(field) || !holdsRecord(m, field) {
			continue
		}
		if found != nil {
			return nil
		}
		found = field
	}
	return found
}

func holdsRecord(m protoreflect.Message, field protoreflect.FieldDescriptor) bool {
	value := m.Get(field)
	if field.IsList() {
		_, ok := value.List().Get(0).Message().Interface().(record)
		return ok
	}
	_, ok := value.Message().Interface().(record)
	return ok
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
// belongs. The full form has an empty list there; otherwise it is the end. In
// JSON the name of a field can only be found again as a whole key, because text
// has its quotes escaped; when another key is called the same, there is no gap.
func gapFor(field protoreflect.FieldDescriptor, rest []byte, form protojsonForm) (before, after []byte, ok bool) {
	name := `"` + field.JSONName() + `":`
	if field.IsList() && form == fullForm {
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
