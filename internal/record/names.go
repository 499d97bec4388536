package record

import (
	"strconv"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	typesv1 "odoomesh/gen/go/mesh/types/v1"
)

// References is the field of a record in which what people call other records stands. It
// is no content: it is filled when the record is answered.
const References = protoreflect.Name("references")

// namesNumber is the number of References in the records of a kind.
func (k *Kind) namesNumber() protowire.Number {
	if k.references == nil {
		return 0
	}
	return k.references.Number()
}

// Name is what people call one record, as an entry of References, in every form.
type Name struct {
	// Of is the record's resource name.
	Of        string
	Reference *typesv1.Reference
	// entry is what the map has on the wire, json its member in JSON.
	entry, json []byte
}

// NewName makes the forms of a name.
func NewName(of string, r *typesv1.Reference) (*Name, error) {
	wire, err := proto.Marshal(r)
	if err != nil {
		return nil, err
	}
	n := &Name{Of: of, Reference: r}
	n.entry = protowire.AppendString(protowire.AppendTag(nil, 1, protowire.BytesType), of)
	n.entry = protowire.AppendBytes(protowire.AppendTag(n.entry, 2, protowire.BytesType), wire)
	n.json, err = AppendJSON(append(strconv.AppendQuote(nil, of), ':'), r)
	return n, err
}

// Size is about how many bytes the forms of a name take.
func (n *Name) Size() int {
	if n == nil {
		return 0
	}
	return 2 * (len(n.entry) + len(n.json))
}

// Names are what people call the records that one names, in the order of their resource
// names.
type Names []*Name

// are tells whether they are others, one by one.
func (n Names) are(others Names) bool {
	return len(n) == len(others) && (len(n) == 0 || &n[0] == &others[0])
}

// Put gives a message its names. The message must not be shared.
func (n Names) Put(m proto.Message) {
	field := m.ProtoReflect().Descriptor().Fields().ByName(References)
	if field == nil || len(n) == 0 {
		return
	}
	to := m.ProtoReflect().Mutable(field).Map()
	for _, name := range n {
		to.Set(protoreflect.ValueOfString(name.Of).MapKey(), protoreflect.ValueOfMessage(name.Reference.ProtoReflect()))
	}
}

// Beside is a message with its names, which shares all else with the one without.
func (n Names) Beside(m proto.Message) proto.Message {
	if len(n) == 0 {
		return m
	}
	named := m.ProtoReflect().New().Interface()
	Share(named, m)
	n.Put(named)
	return named
}

// Size is about how many bytes the names have on the wire.
func (n Names) Size() int { return n.size(aroundNumber) }

// aroundNumber is a number of a field whose tag has two bytes.
const aroundNumber = 16

// size is how many bytes the names have on the wire, in a field of a number.
func (n Names) size(field protowire.Number) int {
	bytes := 0
	for _, name := range n {
		bytes += protowire.SizeTag(field) + protowire.SizeBytes(len(name.entry))
	}
	return bytes
}

// Append writes the names as a field of a message has them on the wire.
func (n Names) Append(out []byte, field protowire.Number) []byte {
	for _, name := range n {
		out = protowire.AppendBytes(protowire.AppendTag(out, field, protowire.BytesType), name.entry)
	}
	return out
}

func (n Names) appendJSON(out []byte) []byte {
	out = append(out, '{')
	for i, name := range n {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, name.json...)
	}
	return append(out, '}')
}

// WantsNames tells whether a read mask lets References through.
func WantsNames(mask *fieldmaskpb.FieldMask) bool {
	for _, path := range mask.GetPaths() {
		if first, _, _ := strings.Cut(path, "."); first == string(References) || first == "*" {
			return true
		}
	}
	return len(mask.GetPaths()) == 0
}

// Namer finds out what people call the records that a record names, for one caller.
type Namer interface {
	// State tells one state of what records of a message can name, as the caller meets it,
	// from another; none where that is nothing.
	State(protoreflect.MessageDescriptor) NamesState
	// Find finds the names of the records that a message names. Those that were found
	// before are given along, for a message that may name the same.
	Find(m protoreflect.Message, before Names) Names
}

// NamesState is a state of names, as some callers meet them.
type NamesState struct {
	Generation uint64
	// Sight tells callers who may read different things from one another.
	Sight uint64
}

// namesOverhead is about what a name takes beside the message that has it: the entries of
// a map and of a list. The name itself is shared by all who show it.
const namesOverhead = 96

// With is what was shown, with names.
func (s *Shown) With(names Names) *Shown {
	return &Shown{Message: names.Beside(s.Message), rendered: s.rendered, provenance: s.provenance, at: s.at, names: names}
}

// Map has the names by the resource names of their records; nil where there are none.
func (n Names) Map() map[string]*typesv1.Reference {
	if len(n) == 0 {
		return nil
	}
	all := make(map[string]*typesv1.Reference, len(n))
	for _, name := range n {
		all[name.Of] = name.Reference
	}
	return all
}

// Within are as many of the names as have room in so many bytes.
func (n Names) Within(room int) Names {
	for i := range n {
		if room -= n[i : i+1].Size(); room < 0 {
			return n[:i]
		}
	}
	return n
}
