package owned

import (
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	optionsv1 "odoomesh/gen/go/mesh/options/v1"
)

// field is one field that is kept by itself. A message of the contract is taken apart:
// each of its fields is one. A list is kept as a whole, and so is a time or an amount.
type field struct {
	// path is the field's in the contract, such as "lines.acknowledgement.status".
	path  string
	owner optionsv1.Owner
	// chain leads from the message of the place to the field, which is its last.
	chain []protoreflect.FieldDescriptor
}

// place is where owned fields stand: the record itself, or each line of a list.
type place struct {
	// list is nil for the record itself, and id the field that tells lines apart.
	list, id protoreflect.FieldDescriptor
	message  protoreflect.MessageType
	fields   []*field
}

// schema is what Odoo does not own in the records of one collection.
type schema struct {
	message protoreflect.MessageType
	// places has the record itself first.
	places []*place
}

// newSchema reads the contract. It refuses an owned field that nothing could address.
func newSchema(message protoreflect.MessageType) (*schema, error) {
	s := &schema{message: message, places: []*place{{message: message}}}
	w := walker{schema: s, at: s.places[0]}
	err := w.message(message.Descriptor(), nil, "", optionsv1.Owner_OWNER_ODOO)
	s.places = slices.DeleteFunc(s.places, func(p *place) bool { return p.list != nil && len(p.fields) == 0 })
	return s, err
}

// owns tells whether there is anything to be kept.
func (s *schema) owns() bool { return len(s.places) > 1 || len(s.places[0].fields) > 0 }

type walker struct {
	schema *schema
	at     *place
	// above are the messages that are being walked: one inside itself is walked once.
	above []protoreflect.FullName
}

// message walks the fields of a message that its owner has.
func (w *walker) message(desc protoreflect.MessageDescriptor, chain []protoreflect.FieldDescriptor, path string, owner optionsv1.Owner) error {
	if slices.Contains(w.above, desc.FullName()) {
		return nil
	}
	w.above = append(w.above, desc.FullName())
	defer func() { w.above = w.above[:len(w.above)-1] }()
	for i := range desc.Fields().Len() {
		fd := desc.Fields().Get(i)
		at := strings.TrimPrefix(path+"."+string(fd.Name()), ".")
		owns := ownerOf(fd, owner)
		if owner != optionsv1.Owner_OWNER_ODOO && owns == optionsv1.Owner_OWNER_ODOO {
			return fmt.Errorf("%s is Odoo's, inside what Odoo does not own", fd.FullName())
		}
		if err := w.field(fd, append(slices.Clone(chain), fd), at, owns); err != nil {
			return err
		}
	}
	return nil
}

func (w *walker) field(fd protoreflect.FieldDescriptor, chain []protoreflect.FieldDescriptor, path string, owner optionsv1.Owner) error {
	whole := fd.Message() == nil || !strings.HasPrefix(string(fd.Message().FullName()), "mesh.")
	switch {
	case owner != optionsv1.Owner_OWNER_ODOO && (whole || fd.IsList() || fd.IsMap()):
		w.at.fields = append(w.at.fields, &field{path: path, owner: owner, chain: chain})
		return nil
	case whole || fd.IsMap():
		return nil
	case fd.IsList():
		return w.lines(fd, chain, path)
	}
	return w.message(fd.Message(), chain, path, owner)
}

// lines walks a list whose elements may have fields that Odoo does not own.
func (w *walker) lines(fd protoreflect.FieldDescriptor, chain []protoreflect.FieldDescriptor, path string) error {
	message := w.at.message.New()
	for _, above := range chain[:len(chain)-1] {
		message = message.Mutable(above).Message()
	}
	p := &place{list: fd, id: fd.Message().Fields().ByName("id"), message: message.NewField(fd).List().NewElement().Message().Type()}
	inside := walker{schema: w.schema, at: p, above: w.above}
	if err := inside.message(fd.Message(), nil, path, optionsv1.Owner_OWNER_ODOO); err != nil || len(p.fields) == 0 {
		return err
	}
	if w.at.list != nil || len(chain) > 1 || p.id == nil || p.id.Kind() != protoreflect.StringKind {
		return fmt.Errorf("%s: nothing says which %s it is of: the list has to stand in the record itself, and its elements to have an id", p.fields[0].path, path)
	}
	w.schema.places = append(w.schema.places, p)
	return nil
}

// ownerOf is who owns a field inside what somebody owns.
func ownerOf(fd protoreflect.FieldDescriptor, above optionsv1.Owner) optionsv1.Owner {
	rule, _ := proto.GetExtension(fd.Options(), optionsv1.E_Field).(*optionsv1.FieldRule)
	if rule.GetOwner() == optionsv1.Owner_OWNER_UNSPECIFIED {
		return above
	}
	return rule.GetOwner()
}

// has tells whether a message has a value in the field.
func (f *field) has(m protoreflect.Message) bool {
	for i, fd := range f.chain {
		if !m.Has(fd) {
			return false
		}
		if i < len(f.chain)-1 {
			m = m.Get(fd).Message()
		}
	}
	return true
}

// copy lets two messages have the same value in the field, which neither may change.
func (f *field) copy(from, to protoreflect.Message) {
	last := len(f.chain) - 1
	for _, fd := range f.chain[:last] {
		from, to = from.Get(fd).Message(), to.Mutable(fd).Message()
	}
	to.Set(f.chain[last], from.Get(f.chain[last]))
}

// clear empties the field, and what holds nothing else.
func (f *field) clear(m protoreflect.Message) { clearChain(m, f.chain) }

func clearChain(m protoreflect.Message, chain []protoreflect.FieldDescriptor) {
	if !m.Has(chain[0]) {
		return
	}
	if len(chain) > 1 {
		inside := m.Mutable(chain[0]).Message()
		if clearChain(inside, chain[1:]); !empty(inside) {
			return
		}
	}
	m.Clear(chain[0])
}

func empty(m protoreflect.Message) bool {
	is := len(m.GetUnknown()) == 0
	m.Range(func(protoreflect.FieldDescriptor, protoreflect.Value) bool {
		is = false
		return false
	})
	return is
}
