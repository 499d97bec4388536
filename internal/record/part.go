package record

import (
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
)

// Part decodes some fields of records: for who looks into thousands of them, and
// would take each apart for little.
type Part struct {
	kind   *Kind
	wanted map[protowire.Number]bool
}

// Part names the fields that are wanted, as the contract does. Neither etag nor
// provenance is part of what is kept.
func (k *Kind) Part(fields ...protoreflect.Name) (*Part, error) {
	p := &Part{kind: k, wanted: make(map[protowire.Number]bool, len(fields))}
	for _, name := range fields {
		field := k.message.Descriptor().Fields().ByName(name)
		if field == nil {
			return nil, fmt.Errorf("%s has no field %s", k.message.Descriptor().FullName(), name)
		}
		p.wanted[field.Number()] = true
	}
	return p, nil
}

// Decode makes a record, with the wanted fields alone, out of what the cache keeps.
func (p *Part) Decode(raw []byte) (proto.Message, error) {
	body, err := bodyOf(raw)
	if err != nil {
		return nil, fmt.Errorf("decoding a record of %s: %w", p.kind.Collection, err)
	}
	return p.DecodeBody(body)
}

// DecodeBody is Decode for the bytes of the record itself, or of some of its fields.
func (p *Part) DecodeBody(body []byte) (proto.Message, error) {
	m := p.kind.New()
	wire, err := p.cut(body)
	if err == nil {
		err = proto.Unmarshal(wire, m)
	}
	if err != nil {
		return nil, fmt.Errorf("decoding a record of %s: %w", p.kind.Collection, err)
	}
	return m, nil
}

// bodyNumber is CacheRecord.body.
var bodyNumber = (&internalv1.CacheRecord{}).ProtoReflect().Descriptor().Fields().ByName("body").Number()

// bodyOf finds the bytes of the record itself in what the cache keeps.
func bodyOf(raw []byte) (body []byte, err error) {
	err = eachField(raw, func(number protowire.Number, _, content []byte) error {
		if number == bodyNumber {
			body = content
		}
		return nil
	})
	return body, err
}

// cut leaves the wanted fields: body itself where there are no others.
func (p *Part) cut(body []byte) (wire []byte, err error) {
	kept, whole := 0, true // bytes of body that are wanted, without a gap
	err = eachField(body, func(number protowire.Number, field, _ []byte) error {
		wanted := p.wanted[number]
		if whole && !wanted {
			whole, wire = false, append(make([]byte, 0, len(body)), body[:kept]...)
		}
		switch {
		case whole:
			kept += len(field)
		case wanted:
			wire = append(wire, field...)
		}
		return nil
	})
	if whole {
		wire = body
	}
	return wire, err
}

// eachField walks over the fields of a message: the whole of each and, where it has a
// length, its content.
func eachField(wire []byte, visit func(number protowire.Number, whole, content []byte) error) error {
	for len(wire) > 0 {
		number, kind, tag := protowire.ConsumeTag(wire)
		if tag < 0 {
			return protowire.ParseError(tag)
		}
		size := protowire.ConsumeFieldValue(number, kind, wire[tag:])
		if size < 0 {
			return protowire.ParseError(size)
		}
		var content []byte
		if kind == protowire.BytesType {
			content, _ = protowire.ConsumeBytes(wire[tag:])
		}
		if err := visit(number, wire[:tag+size], content); err != nil {
			return err
		}
		wire = wire[tag+size:]
	}
	return nil
}
