package gateway

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"sync"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	meshrecord "odoomesh/internal/record"
)

// shapes answers where the records are in the messages of the contract.
var shapes sync.Map // of shape, by protoreflect.FullName of the message

// shape is where a message has its records.
type shape struct {
	// itself: the message is a record.
	itself bool
	// field holds the records; nil where the message is one, has none, or has them
	// in several fields.
	field protoreflect.FieldDescriptor
}

func shapeOf(message protoreflect.MessageDescriptor) shape {
	if known, ok := shapes.Load(message.FullName()); ok {
		return known.(shape)
	}
	s := shape{itself: isResource(message)}
	for i := range message.Fields().Len() {
		field := message.Fields().Get(i)
		if s.itself || field.Message() == nil || field.IsMap() || !isResource(field.Message()) {
			continue
		}
		if s.field != nil {
			s.field = nil
			break
		}
		s.field = field
	}
	shapes.Store(message.FullName(), s)
	return s
}

func isResource(message protoreflect.MessageDescriptor) bool {
	return proto.HasExtension(message.Options(), annotations.E_Resource)
}

// record is the message of the records; nil where there are none.
func (s shape) record(message protoreflect.MessageDescriptor) protoreflect.MessageDescriptor {
	switch {
	case s.itself:
		return message
	case s.field != nil:
		return s.field.Message()
	}
	return nil
}

// fieldsWanted are the fields that a call's read mask names; nil for all. A mask
// that is wrong is refused by the service.
func fieldsWanted(method string, mask *fieldmaskpb.FieldMask) *meshrecord.Fields {
	if len(mask.GetPaths()) == 0 {
		return nil
	}
	rpc := methodOf(method)
	if rpc == nil {
		return nil
	}
	record := shapeOf(rpc.Output()).record(rpc.Output())
	if record == nil {
		return nil
	}
	fields, err := meshrecord.FieldsOf(mask, record)
	if err != nil {
		return nil
	}
	return fields
}

// addHeaderFields asks for what the headers of an answer tell of a record beside what
// its reader wants to see of it.
func addHeaderFields(method string, mask *fieldmaskpb.FieldMask) {
	output := methodOf(method).Output()
	if shapeOf(output).itself && output.Fields().ByName("etag") != nil {
		mask.Paths = append(mask.Paths, "etag", "provenance.verified_time")
	}
}

// appendWanted writes the wanted part of the JSON of a message behind out: JSON has
// every empty field, and the reader of a mask is shown those that it named.
func appendWanted(out, text []byte, m protoreflect.MessageDescriptor, fields *meshrecord.Fields) ([]byte, error) {
	p := pruner{in: text, out: out}
	p.object(fields, m)
	if p.failed {
		return nil, errors.New("reading the JSON of " + string(m.FullName()))
	}
	return p.out, nil
}

// pruner copies JSON without spaces, and leaves out what is not wanted.
type pruner struct {
	in     []byte
	at     int
	out    []byte
	failed bool
}

// value copies a value of which some fields are wanted; nil for all.
func (p *pruner) value(fields *meshrecord.Fields, field protoreflect.FieldDescriptor) {
	start := p.at
	switch {
	case fields == nil || p.peek() != '{' && p.peek() != '[':
		p.skip()
		p.out = append(p.out, p.in[start:p.at]...)
	case p.peek() == '[':
		p.list(fields, field)
	case field.IsMap():
		p.object(fields, nil)
	default:
		p.object(fields, field.Message())
	}
}

func (p *pruner) list(fields *meshrecord.Fields, field protoreflect.FieldDescriptor) {
	p.members('[', ']', func(comma bool) bool {
		if comma {
			p.out = append(p.out, ',')
		}
		p.value(fields, field)
		return true
	})
}

// object copies the wanted fields of an object; without a message it is a map, whose
// keys are wanted.
func (p *pruner) object(fields *meshrecord.Fields, m protoreflect.MessageDescriptor) {
	p.members('{', '}', func(comma bool) bool {
		start := p.at
		p.skip()
		key := p.in[start:p.at]
		p.peek()
		p.at++ // the colon
		p.peek()
		field, inside, wanted := p.wanted(key, fields, m)
		if !wanted {
			p.skip()
			return false
		}
		if comma {
			p.out = append(p.out, ',')
		}
		p.out = append(append(p.out, key...), ':')
		p.value(inside, field)
		return true
	})
}

func (p *pruner) wanted(key []byte, fields *meshrecord.Fields, m protoreflect.MessageDescriptor) (protoreflect.FieldDescriptor, *meshrecord.Fields, bool) {
	if m == nil {
		var name string
		if json.Unmarshal(key, &name) != nil {
			p.failed = true
		}
		inside, wanted := fields.Wants(name)
		return nil, inside, wanted
	}
	field := m.Fields().ByJSONName(strings.Trim(string(key), `"`))
	if field == nil {
		return nil, nil, false
	}
	inside, wanted := fields.Wants(string(field.Name()))
	return field, inside, wanted
}

// members copies what stands between two brackets. copy tells whether it wrote the
// member, so that the next one is set off by a comma.
func (p *pruner) members(open, end byte, copy func(comma bool) bool) {
	if p.peek() != open {
		p.failed = true
		return
	}
	p.at++
	p.out = append(p.out, open)
	comma := false
	for p.peek() != end && !p.failed {
		if copy(comma) {
			comma = true
		}
		if p.peek() == ',' {
			p.at++
		}
	}
	p.at++
	p.out = append(p.out, end)
}

// peek answers the next byte that is no space, and goes there.
func (p *pruner) peek() byte {
	for p.at < len(p.in) {
		if c := p.in[p.at]; c != ' ' && c != '\n' && c != '\t' && c != '\r' {
			return c
		}
		p.at++
	}
	p.failed = true
	return 0
}

// skip goes behind the next value.
func (p *pruner) skip() {
	depth := 0
	for {
		switch p.peek() {
		case 0:
			return
		case '"':
			p.skipText()
		case '{', '[':
			depth++
			p.at++
		case '}', ']':
			depth--
			p.at++
		case ',', ':':
			p.at++
			continue
		default:
			end := bytes.IndexAny(p.in[p.at:], ",:]} \n\t\r")
			if end < 0 {
				end = len(p.in) - p.at
			}
			p.at += end
		}
		if depth <= 0 {
			return
		}
	}
}

func (p *pruner) skipText() {
	for p.at++; p.at < len(p.in); p.at++ {
		switch p.in[p.at] {
		case '\\':
			p.at++
		case '"':
			p.at++
			return
		}
	}
	p.failed = true
}
