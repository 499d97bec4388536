package gateway

import (
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/reflect/protoreflect"
)

func provenanceNumber(r record) protowire.Number {
	field := r.ProtoReflect().Descriptor().Fields().ByName("provenance")
	if field == nil || field.Kind() != protoreflect.MessageKind {
		return 0
	}
	return field.Number()
}

// verifiedSpan answers where, in a record's wire form, the content of
// provenance.verified_time lies.
func verifiedSpan(wire []byte, provenance protowire.Number) (from, to int, ok bool) {
	from, to, ok = fieldSpan(wire, 0, len(wire), provenance)
	if !ok {
		return 0, 0, false
	}
	return fieldSpan(wire, from, to, verifiedTimeNumber)
}

// verifiedTimeNumber is Provenance.verified_time; a test holds it to the contract.
const verifiedTimeNumber = protowire.Number(6)

// fieldSpan finds the content of the first field with that number and a length.
func fieldSpan(wire []byte, at, end int, want protowire.Number) (from, to int, ok bool) {
	for at < end {
		number, kind, n := protowire.ConsumeTag(wire[at:end])
		if n < 0 {
			return 0, 0, false
		}
		at += n
		size := protowire.ConsumeFieldValue(number, kind, wire[at:end])
		if size < 0 {
			return 0, 0, false
		}
		if number == want && kind == protowire.BytesType {
			_, prefix := protowire.ConsumeVarint(wire[at:end])
			return at + prefix, at + size, true
		}
		at += size
	}
	return 0, 0, false
}
