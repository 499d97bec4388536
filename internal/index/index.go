// Package index makes records findable: it reads from a message's options which
// fields are indexed, and writes their values as bytes that sort like the values.
// The cache's writer and the planner of filters share it, so that both always
// mean the same bytes.
package index

import (
	"encoding/binary"
	"fmt"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"

	optionsv1 "odoomesh/gen/go/mesh/options/v1"
)

// maxValue bounds an index value: longer texts are cut, and a reader has to
// compare the record itself. It keeps keys small.
const maxValue = 200

// Field is an indexed field of a record.
type Field struct {
	// Path is the dotted path from the record, such as "identifiers.value".
	Path string
	// Many says that a record may have several values, or none: the index does
	// not show every record and cannot give an order.
	Many bool

	steps    []protoreflect.FieldDescriptor
	matching optionsv1.Matching
	carries  *carries // nil where the index carries nothing
}

// Fields lists the indexed fields of a record's message, in the order of declaration.
func Fields(desc protoreflect.MessageDescriptor) ([]*Field, error) {
	return collect(desc, nil, map[protoreflect.FullName]bool{})
}

func collect(desc protoreflect.MessageDescriptor, steps []protoreflect.FieldDescriptor, open map[protoreflect.FullName]bool) ([]*Field, error) {
	if open[desc.FullName()] {
		return nil, nil
	}
	open[desc.FullName()] = true
	defer delete(open, desc.FullName())
	var fields []*Field
	for i := range desc.Fields().Len() {
		fd := desc.Fields().Get(i)
		here := append(steps[:len(steps):len(steps)], fd)
		rule, _ := proto.GetExtension(fd.Options(), optionsv1.E_Field).(*optionsv1.FieldRule)
		if rule.GetIndexed() {
			f, err := newField(here, rule)
			if err != nil {
				return nil, err
			}
			if !sortable(fd) {
				return nil, fmt.Errorf("%s is marked as indexed, but values of its type cannot be sorted", fd.FullName())
			}
			fields = append(fields, f)
		} else if len(rule.GetCarries()) > 0 {
			return nil, fmt.Errorf("%s carries fields, but is not marked as indexed", fd.FullName())
		}
		if fd.Message() != nil && !fd.IsMap() && fd.Message().ParentFile().Package().Parent() != "google" {
			inner, err := collect(fd.Message(), here, open)
			if err != nil {
				return nil, err
			}
			fields = append(fields, inner...)
		}
	}
	return fields, nil
}

// FieldAt is a field whether it is indexed or not: its values sort as an index would have
// them. nil where there is none, or its values have no order.
func FieldAt(desc protoreflect.MessageDescriptor, path string) *Field {
	var steps []protoreflect.FieldDescriptor
	for name := range strings.SplitSeq(path, ".") {
		if desc == nil {
			return nil
		}
		fd := FieldOf(desc, name)
		if fd == nil || fd.IsMap() {
			return nil
		}
		steps, desc = append(steps, fd), fd.Message()
	}
	last := steps[len(steps)-1]
	if !sortable(last) {
		return nil
	}
	rule, _ := proto.GetExtension(last.Options(), optionsv1.E_Field).(*optionsv1.FieldRule)
	f, err := newField(steps, &optionsv1.FieldRule{Matching: rule.GetMatching()})
	if err != nil {
		return nil
	}
	return f
}

func newField(steps []protoreflect.FieldDescriptor, rule *optionsv1.FieldRule) (f *Field, err error) {
	f = &Field{steps: steps, matching: rule.GetMatching()}
	var names []string
	for _, fd := range steps {
		names = append(names, string(fd.Name()))
		f.Many = f.Many || fd.IsList()
	}
	f.Path = strings.Join(names, ".")
	f.carries, err = newCarries(steps[0].ContainingMessage(), rule.GetCarries())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", steps[len(steps)-1].FullName(), err)
	}
	return f, nil
}

func sortable(fd protoreflect.FieldDescriptor) bool {
	switch fd.Kind() {
	case protoreflect.StringKind, protoreflect.BoolKind, protoreflect.EnumKind,
		protoreflect.Int32Kind, protoreflect.Int64Kind:
		return !fd.IsMap()
	case protoreflect.MessageKind:
		switch fd.Message().FullName() {
		case "google.protobuf.Timestamp", "google.type.Date", "google.type.Decimal", "google.type.Money":
			return !fd.IsMap()
		}
	}
	return false
}

// Values are the field's values in a record, as the index holds them. A field
// that can have one value only has exactly one, also when it is empty.
func (f *Field) Values(msg protoreflect.Message) [][]byte {
	return f.walk(nil, msg, f.steps)
}

func (f *Field) walk(out [][]byte, msg protoreflect.Message, steps []protoreflect.FieldDescriptor) [][]byte {
	fd := steps[0]
	if fd.IsList() {
		list := msg.Get(fd).List()
		for i := range list.Len() {
			if len(steps) > 1 {
				out = f.walk(out, list.Get(i).Message(), steps[1:])
			} else {
				out = append(out, f.Encode(list.Get(i)))
			}
		}
		return out
	}
	if len(steps) > 1 {
		return f.walk(out, msg.Get(fd).Message(), steps[1:])
	}
	return append(out, f.Encode(msg.Get(fd)))
}

// Encode writes a value of the field as the index holds it.
func (f *Field) Encode(v protoreflect.Value) []byte {
	switch v := v.Interface().(type) {
	case string:
		return f.Text(v)
	case bool:
		if v {
			return []byte{1}
		}
		return []byte{0}
	case protoreflect.EnumNumber:
		return ordered(int64(v))
	case int32:
		return ordered(int64(v))
	case int64:
		return ordered(v)
	case protoreflect.Message:
		switch v.Descriptor().FullName() {
		case "google.type.Decimal":
			return number(v)
		case "google.type.Money":
			return money(v)
		}
		return moment(v)
	}
	return nil
}

// Text writes a text as the index holds it, folded as the field is matched.
func (f *Field) Text(s string) []byte {
	s = Fold(f.matching, s)
	if len(s) > maxValue {
		s = s[:maxValue]
	}
	return []byte(s)
}

// Cut says that the index holds only the beginning of a text of this length.
func Cut(value []byte) bool { return len(value) >= maxValue }

// ordered writes a number so that bytes sort like numbers.
func ordered(n int64) []byte {
	return binary.BigEndian.AppendUint64(nil, uint64(n)^1<<63)
}

// moment writes a Timestamp or a Date; an unset one is empty and sorts first.
func moment(m protoreflect.Message) []byte {
	if !m.IsValid() {
		return nil
	}
	if m.Descriptor().FullName() == "google.type.Date" {
		fields := m.Descriptor().Fields()
		out := make([]byte, 0, 24)
		for _, name := range []protoreflect.Name{"year", "month", "day"} {
			out = append(out, ordered(m.Get(fields.ByName(name)).Int())...)
		}
		return out
	}
	t, ok := m.Interface().(*timestamppb.Timestamp)
	if !ok {
		return nil
	}
	return Time(t.AsTime())
}

// Time writes a time as the index holds it, to the microsecond.
func Time(t time.Time) []byte { return ordered(t.UnixMicro()) }

// Written is a value as the index holds it, of what somebody wrote: a text, or the name
// of one of an enumeration's values. It is not ok for any other.
func (f *Field) Written(value string) (held []byte, ok bool) {
	last := f.steps[len(f.steps)-1]
	if f.IsText() {
		return f.Text(value), true
	}
	if last.Enum() == nil {
		return nil, false
	}
	v := last.Enum().Values().ByName(protoreflect.Name(value))
	if v == nil {
		return nil, false
	}
	return f.Encode(protoreflect.ValueOfEnum(v.Number())), true
}

// IsText says that the field's values are texts.
func (f *Field) IsText() bool {
	return f.steps[len(f.steps)-1].Kind() == protoreflect.StringKind
}
