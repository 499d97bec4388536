package record

import (
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	"odoomesh/internal/index"
)

// Fields are the fields of a message that a read mask names, and the fields wanted
// inside each. A nil Fields wants all of them.
type Fields struct {
	// inside has the wanted fields by name, or the wanted keys of a map.
	inside map[string]*Fields
}

// FieldsOf reads a read mask (AIP-157) over a message. A path leads into a group of
// fields, into every element of a list of groups, and to a key of a map. The mask
// that is empty, and the one that is "*", want everything.
func FieldsOf(mask *fieldmaskpb.FieldMask, message protoreflect.MessageDescriptor) (*Fields, error) {
	paths := mask.GetPaths()
	if len(paths) == 0 || len(paths) == 1 && paths[0] == "*" {
		return nil, nil
	}
	all := &Fields{inside: map[string]*Fields{}}
	for _, path := range paths {
		if path == "*" {
			return nil, fmt.Errorf("\"*\" stands for all fields: leave the other paths out, or it")
		}
		if err := all.add(path, message); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// add takes in one path.
func (f *Fields) add(path string, message protoreflect.MessageDescriptor) error {
	steps, err := stepsOf(path, message)
	if err != nil {
		return err
	}
	at := f
	for i, step := range steps {
		known, found := at.inside[step]
		switch {
		case found && known == nil:
			return nil // the whole of it is wanted already
		case i == len(steps)-1:
			at.inside[step] = nil
		case !found:
			known = &Fields{inside: map[string]*Fields{}}
			at.inside[step] = known
		}
		at = known
	}
	return nil
}

// stepsOf takes a path apart: names of fields and, last, perhaps the key of a map.
func stepsOf(path string, message protoreflect.MessageDescriptor) ([]string, error) {
	steps := strings.Split(path, ".")
	at := message
	for i, step := range steps {
		field := index.FieldOf(at, step)
		if field == nil {
			return nil, fmt.Errorf("there is no field %q in %s: it has %s", strings.Join(steps[:i+1], "."), at.Name(), namesOf(at))
		}
		steps[i] = string(field.Name())
		rest := steps[i+1:]
		switch {
		case len(rest) == 0:
			return steps, nil
		case field.IsMap():
			return append(slices.Clone(steps[:i+1]), strings.Join(rest, ".")), nil
		case field.Message() == nil:
			return nil, fmt.Errorf("%q has no fields of its own", strings.Join(steps[:i+1], "."))
		}
		at = field.Message()
	}
	return steps, nil
}

func namesOf(message protoreflect.MessageDescriptor) string {
	names := make([]string, message.Fields().Len())
	for i := range names {
		names[i] = string(message.Fields().Get(i).Name())
	}
	return strings.Join(names, ", ")
}

// Wants tells whether a field, or a key of a map, is wanted, and what is wanted of
// what is inside it; nil for all.
func (f *Fields) Wants(name string) (inside *Fields, wanted bool) {
	if f == nil {
		return nil, true
	}
	inside, wanted = f.inside[name]
	return inside, wanted
}

// String names the wanted fields, each once and in one order.
func (f *Fields) String() string {
	if f == nil {
		return "*"
	}
	names := make([]string, 0, len(f.inside))
	for name, inside := range f.inside {
		if inside != nil {
			name += "(" + inside.String() + ")"
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return strings.Join(names, ",")
}

// Of makes a message with the wanted fields of another one. They share what is
// inside them, so that neither may be changed.
func (f *Fields) Of(m proto.Message) proto.Message {
	if f == nil {
		return m
	}
	return f.of(m.ProtoReflect()).Interface()
}

func (f *Fields) of(m protoreflect.Message) protoreflect.Message {
	out := m.New()
	fields := m.Descriptor().Fields()
	for name, inside := range f.inside {
		field := fields.ByName(protoreflect.Name(name))
		if !m.Has(field) {
			continue
		}
		value := m.Get(field)
		switch {
		case inside == nil:
			out.Set(field, value)
		case field.IsMap():
			inside.pickKeys(value.Map(), out.Mutable(field).Map())
		case field.IsList():
			elements := out.Mutable(field).List()
			for i := range value.List().Len() {
				elements.Append(protoreflect.ValueOfMessage(inside.of(value.List().Get(i).Message())))
			}
		default:
			out.Set(field, protoreflect.ValueOfMessage(inside.of(value.Message())))
		}
	}
	return out
}

func (f *Fields) pickKeys(from, to protoreflect.Map) {
	for name := range f.inside {
		key := protoreflect.ValueOfString(name).MapKey()
		if from.Has(key) {
			to.Set(key, from.Get(key))
		}
	}
}
