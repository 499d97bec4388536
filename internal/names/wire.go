package names

import (
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/reflect/protoreflect"

	"odoomesh/internal/record"
)

// FindWires is FindAll for messages on the wire.
func (s *Sight) FindWires(desc protoreflect.MessageDescriptor, wires [][]byte) record.Names {
	if s == nil {
		return nil
	}
	plan := s.finder.planOf(desc)
	met := map[string]bool{}
	for _, wire := range wires {
		plan.collectWire(met, wire)
	}
	of := make([]string, 0, len(met))
	for name := range met {
		of = append(of, name)
	}
	return s.find(of, nil)
}

// collectWire is collect for a message on the wire. What cannot be read ends it: the
// message itself is sent as it is.
func (p *plan) collectWire(to map[string]bool, wire []byte) {
	for len(wire) > 0 {
		number, kind, tag := protowire.ConsumeTag(wire)
		if tag < 0 {
			return
		}
		size := protowire.ConsumeFieldValue(number, kind, wire[tag:])
		if size < 0 {
			return
		}
		if kind == protowire.BytesType && (number >= 64 || p.numbers&(1<<number) != 0) {
			content, _ := protowire.ConsumeBytes(wire[tag:])
			p.collectField(to, number, content)
		}
		wire = wire[tag+size:]
	}
}

func (p *plan) collectField(to map[string]bool, number protowire.Number, content []byte) {
	for _, field := range p.here {
		if field.Number() == number && !to[string(content)] {
			to[string(content)] = true
			return
		}
	}
	for _, step := range p.inside {
		if step.field.Number() == number {
			step.plan.collectWire(to, content)
		}
	}
}
