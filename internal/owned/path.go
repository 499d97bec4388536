package owned

import (
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// Field is a value for one field.
type Field struct {
	// Path names the field, such as "hold_state" or "lines[12].acknowledgement", where 12
	// is the id of the line. It may lead to a message, or into one.
	Path string
	// Value is what it is to hold; the zero Value clears it.
	Value protoreflect.Value
}

// FieldsOf takes fields out of a message of the record: it has to hold what they name,
// lines by their ids, and nothing else. A field that it does not set is to be cleared.
func FieldsOf(record proto.Message, paths ...string) ([]Field, error) {
	fields := make([]Field, len(paths))
	for i, path := range paths {
		fields[i].Path = path
		line, names, ok := split(path)
		m := record.ProtoReflect()
		if ok && line.list != "" {
			m, ok = lineOf(m, line)
		}
		var chain []protoreflect.FieldDescriptor
		if ok {
			chain, ok = chainOf(m.Descriptor(), names)
		}
		if !ok {
			return nil, &UnknownFieldError{Collection: string(record.ProtoReflect().Descriptor().Name()), Field: path, Why: "there is no such field"}
		}
		if (&field{chain: chain}).has(m) {
			for _, fd := range chain[:len(chain)-1] {
				m = m.Get(fd).Message()
			}
			fields[i].Value = m.Get(chain[len(chain)-1])
		}
	}
	return fields, nil
}

// line names a line of a list by its id; the zero line is the record itself.
type line struct{ list, id string }

// split takes a path apart.
func split(path string) (at line, names []string, ok bool) {
	first, rest, inside := strings.Cut(path, "[")
	if inside && !strings.Contains(first, ".") {
		id, below, found := strings.Cut(rest, "].")
		if !found || id == "" {
			return line{}, nil, false
		}
		return line{first, id}, strings.Split(below, "."), true
	}
	return line{}, strings.Split(path, "."), true
}

// lineOf finds a line of a record. One that is not there is an empty one.
func lineOf(record protoreflect.Message, at line) (protoreflect.Message, bool) {
	fd := record.Descriptor().Fields().ByName(protoreflect.Name(at.list))
	if fd == nil || !fd.IsList() || fd.Message() == nil || fd.Message().Fields().ByName("id") == nil {
		return nil, false
	}
	list, id := record.Get(fd).List(), fd.Message().Fields().ByName("id")
	for i := range list.Len() {
		if one := list.Get(i).Message(); one.Get(id).String() == at.id {
			return one, true
		}
	}
	return record.NewField(fd).List().NewElement().Message(), true
}

// chainOf follows names into a message; lists and maps are not gone into.
func chainOf(desc protoreflect.MessageDescriptor, names []string) ([]protoreflect.FieldDescriptor, bool) {
	var chain []protoreflect.FieldDescriptor
	for _, name := range names {
		if desc == nil {
			return nil, false
		}
		fd := desc.Fields().ByName(protoreflect.Name(name))
		if fd == nil {
			return nil, false
		}
		chain = append(chain, fd)
		if desc = fd.Message(); fd.IsList() || fd.IsMap() {
			desc = nil
		}
	}
	return chain, true
}

// target is what a path leads to.
type target struct {
	place *place
	line  line
	// chain leads to it from the message of the place.
	chain []protoreflect.FieldDescriptor
	// fields are those that are kept by themselves: itself, or all below it.
	fields []*field
	// kept is what is kept of the place.
	kept protoreflect.Message
}

// path names a field of the place, with the id of the line.
func (t *target) path(f *field) string {
	if t.line.list == "" {
		return f.path
	}
	return t.line.list + "[" + t.line.id + "]" + f.path[len(t.line.list):]
}

// find resolves a path. A field of the contract that Odoo owns is found, without fields.
func (s *schema) find(collection, path string) (*target, error) {
	refuse := func(why string) (*target, error) {
		return nil, &UnknownFieldError{Collection: collection, Field: path, Why: why}
	}
	at, names, ok := split(path)
	if !ok {
		return refuse("a line is named by its id, as in lines[12].name")
	}
	t := &target{line: at, place: s.places[0]}
	desc := s.message.Descriptor()
	if at.list != "" {
		fd := desc.Fields().ByName(protoreflect.Name(at.list))
		if fd == nil || !fd.IsList() || fd.Message() == nil {
			return refuse("there is no such list")
		}
		desc, t.place = fd.Message(), nil
		for _, p := range s.places[1:] {
			if p.list == fd {
				t.place = p
			}
		}
	}
	if t.chain, ok = chainOf(desc, names); !ok {
		if fd := desc.Fields().ByName(protoreflect.Name(names[0])); fd != nil && fd.IsList() && at.list == "" {
			return refuse("it is a list: a line is named by its id, as in lines[12].name, and what has no lines is kept as a whole")
		}
		return refuse("there is no such field")
	}
	if t.place == nil {
		return t, nil
	}
	for _, f := range t.place.fields {
		switch n := min(len(f.chain), len(t.chain)); {
		case !sameChain(f.chain[:n], t.chain[:n]):
		case len(t.chain) > n:
			return refuse("it is part of " + f.path + ", which is kept as a whole")
		default:
			t.fields = append(t.fields, f)
		}
	}
	return t, nil
}

func sameChain(a, b []protoreflect.FieldDescriptor) bool {
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
