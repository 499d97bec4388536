package record

import (
	"fmt"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
)

// Seal makes sealed records: records that are only to be sent. The bytes on the
// wire are those of what Show makes, but the record is not taken apart: its fields
// stand in it as bytes that nobody has read, and its getters answer nothing. That
// spares taking a record apart and writing it anew, which costs several times as
// much as all else in a read. A Seal is made once for a record, and shows it with
// every time of verification.
type Seal struct {
	message protoreflect.MessageType
	// head is all but the provenance, with the tag of that at its end; provenance
	// lacks its time of verification.
	head, provenance []byte
	observed         time.Time
}

// verifiedTime is Provenance.verified_time; a test holds it to the contract.
const verifiedTime = protowire.Number(6)

// Seal prepares a record for being sent.
func (k *Kind) Seal(kept *internalv1.CacheRecord) (*Seal, error) {
	p := k.provenanceOf(kept, time.Time{})
	s := &Seal{message: k.message, observed: kept.GetObservedTime().AsTime()}
	p.VerifiedTime = nil
	var err error
	if s.provenance, err = proto.Marshal(p); err != nil {
		return nil, fmt.Errorf("writing a record of %s: %w", k.Collection, err)
	}
	etag := ETag(kept.GetContentHash())
	s.head = make([]byte, 0, len(kept.GetBody())+len(etag)+8)
	s.head = append(s.head, kept.GetBody()...)
	s.head = protowire.AppendTag(s.head, k.etag.Number(), protowire.BytesType)
	s.head = protowire.AppendString(s.head, etag)
	s.head = protowire.AppendTag(s.head, k.provenance.Number(), protowire.BytesType)
	return s, nil
}

// Show makes the record. verified counts as in Decode.
func (s *Seal) Show(verified time.Time) proto.Message {
	if verified.Before(s.observed) {
		verified = s.observed
	}
	var space [32]byte
	stamp := appendTime(space[:0], verified)
	size := len(s.provenance) + protowire.SizeTag(verifiedTime) + protowire.SizeBytes(len(stamp))
	wire := make([]byte, 0, len(s.head)+protowire.SizeBytes(size))
	wire = append(wire, s.head...)
	wire = protowire.AppendVarint(wire, uint64(size))
	wire = append(wire, s.provenance...)
	wire = protowire.AppendTag(wire, verifiedTime, protowire.BytesType)
	wire = protowire.AppendBytes(wire, stamp)
	m := s.message.New()
	m.SetUnknown(protoreflect.RawFields(wire))
	return m.Interface()
}

// appendTime writes the content of a timestamp.
func appendTime(to []byte, t time.Time) []byte {
	if seconds := t.Unix(); seconds != 0 {
		to = protowire.AppendTag(to, 1, protowire.VarintType)
		to = protowire.AppendVarint(to, uint64(seconds))
	}
	if nanos := t.Nanosecond(); nanos != 0 {
		to = protowire.AppendTag(to, 2, protowire.VarintType)
		to = protowire.AppendVarint(to, uint64(nanos))
	}
	return to
}

// Sealed answers the bytes of a record that is sealed, and nil for an open one. An
// open record has at least its name.
func Sealed(m interface {
	proto.Message
	GetName() string
}) []byte {
	if m.GetName() != "" {
		return nil
	}
	return m.ProtoReflect().GetUnknown()
}
