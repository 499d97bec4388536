package gateway

import (
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"

	meshrecord "odoomesh/internal/record"
)

func provenanceNumber(r record) protowire.Number {
	field := r.ProtoReflect().Descriptor().Fields().ByName("provenance")
	if field == nil || field.Kind() != protoreflect.MessageKind {
		return 0
	}
	return field.Number()
}

// etagOf is a record's etag, whether it is sealed or not.
func etagOf(r record) string {
	wire := meshrecord.Sealed(r)
	if wire == nil {
		return r.GetEtag()
	}
	from, to, _ := fieldSpan(wire, 0, len(wire), etagNumber)
	return string(wire[from:to])
}

// verifiedOf is when a record was known to equal Odoo, whether it is sealed or not.
func verifiedOf(r record) *timestamppb.Timestamp {
	wire := meshrecord.Sealed(r)
	if wire == nil {
		return r.GetProvenance().GetVerifiedTime()
	}
	from, to, ok := verifiedSpan(wire, provenanceNumber(r))
	if !ok {
		return nil
	}
	verified := &timestamppb.Timestamp{}
	if proto.Unmarshal(wire[from:to], verified) != nil {
		return nil
	}
	return verified
}

// blankVerified takes the time of verification out of a record's wire form, and
// leaves zeros there; nil where there is none. It fails where that is no time that
// can be shown.
func blankVerified(wire []byte, provenance protowire.Number) (verified *timestamppb.Timestamp, ok bool) {
	from, to, found := verifiedSpan(wire, provenance)
	if !found {
		return nil, true
	}
	verified = &timestamppb.Timestamp{}
	if err := proto.Unmarshal(wire[from:to], verified); err != nil || verified.CheckValid() != nil {
		return nil, false
	}
	clear(wire[from:to])
	return verified, true
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

// etagNumber is a record's etag; the contract holds it in all of them.
const etagNumber = protowire.Number(2)

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
