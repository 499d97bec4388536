package record

import (
	"fmt"
	"sync/atomic"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
)

// Rendered is a record in every form in which callers are sent it: as a message, as
// bytes on the wire, and as JSON. A form is made when somebody asks for it first. The
// time of verification alone differs from answer to answer, and is put in by Show.
type Rendered struct {
	kind *Kind
	// raw is what the cache keeps; the body in kept is a part of it.
	raw   []byte
	kept  *internalv1.CacheRecord
	shown atomic.Pointer[Shown]
	json  atomic.Pointer[stamped]
	named atomic.Pointer[named]
	place place
}

// Render takes apart what the cache keeps, but not the record in it.
func (k *Kind) Render(raw []byte) (*Rendered, error) {
	kept, err := k.Open(raw)
	if err != nil {
		return nil, err
	}
	// Of the rows nothing is shown, and the body stands in raw.
	kept.Rows = nil
	if kept.Body, err = bodyOf(raw); err != nil {
		return nil, err
	}
	return &Rendered{kind: k, raw: raw, kept: kept}, nil
}

// Show makes what an answer shows of the record. verified counts as in Decode.
func (r *Rendered) Show(verified time.Time) (*Shown, error) {
	was := r.shown.Load()
	if was == nil {
		m, err := r.kind.Show(r.kept, verified)
		if err != nil {
			return nil, err
		}
		s := r.As(m, nil)
		s.at = verified
		if r.shown.CompareAndSwap(nil, s) {
			r.place.grow(r, memoryOf(m.ProtoReflect()))
		}
		return s, nil
	}
	if was.at.Equal(verified) {
		return was, nil
	}
	m, p := r.kind.New(), r.kind.provenanceOf(r.kept, verified)
	Share(m, was.Message)
	m.ProtoReflect().Set(r.kind.provenance, protoreflect.ValueOfMessage(p.ProtoReflect()))
	s := &Shown{Message: m, rendered: r, provenance: p, at: verified}
	r.shown.Store(s)
	return s, nil
}

// As is Show where the message has been made of the same record already, and was given
// these names.
func (r *Rendered) As(m proto.Message, names Names) *Shown {
	p, _ := m.ProtoReflect().Get(r.kind.provenance).Message().Interface().(*typesv1.Provenance)
	return &Shown{Message: m, rendered: r, provenance: p, names: names}
}

// Shown is a rendered record with a time of verification. Its message is shared with
// other answers, and must not be changed.
type Shown struct {
	Message    proto.Message
	rendered   *Rendered
	provenance *typesv1.Provenance
	// names are those in the message.
	names Names
	// at is the time of verification that was asked for.
	at time.Time
}

// Size is how many bytes the message has on the wire.
func (s *Shown) Size() int {
	k := s.rendered.kind
	return len(s.rendered.kept.GetBody()) + protowire.SizeTag(k.etag.Number()) + protowire.SizeBytes(len(s.etag())) +
		protowire.SizeTag(k.provenance.Number()) + protowire.SizeBytes(proto.Size(s.provenance)) + s.names.size(k.namesNumber())
}

// Wire is the message on the wire, in pieces that must not be changed: what the cache
// keeps of the record is sent as it is, and neither taken apart nor copied.
func (s *Shown) Wire() ([][]byte, error) {
	k, body := s.rendered.kind, s.rendered.kept.GetBody()
	rest := make([]byte, 0, s.Size()-len(body))
	rest = protowire.AppendString(protowire.AppendTag(rest, k.etag.Number(), protowire.BytesType), s.etag())
	rest = protowire.AppendTag(rest, k.provenance.Number(), protowire.BytesType)
	rest = protowire.AppendVarint(rest, uint64(proto.Size(s.provenance)))
	rest, err := proto.MarshalOptions{UseCachedSize: true}.MarshalAppend(rest, s.provenance)
	if err != nil {
		return nil, fmt.Errorf("writing a record of %s: %w", k.Collection, err)
	}
	return [][]byte{body, s.names.Append(rest, k.namesNumber())}, nil
}

func (s *Shown) etag() string { return s.Message.ProtoReflect().Get(s.rendered.kind.etag).String() }

// AppendJSON writes the JSON of the message behind out.
func (s *Shown) AppendJSON(out []byte) ([]byte, error) {
	verified := s.provenance.GetVerifiedTime()
	if !verified.IsValid() {
		return AppendJSON(out, s.Message)
	}
	kept := s.rendered.json.Load()
	if kept == nil {
		text, err := AppendJSON(nil, s.unnamed())
		if err != nil {
			return nil, err
		}
		if kept, err = cut(text, s.rendered.kind.references != nil); err != nil {
			return nil, err
		}
		if s.rendered.json.CompareAndSwap(nil, kept) {
			s.rendered.place.grow(s.rendered, kept.size())
		}
	}
	return kept.append(out, verified, s.names), nil
}

// unnamed is the message without its names.
func (s *Shown) unnamed() proto.Message {
	if len(s.names) == 0 {
		return s.Message
	}
	m := s.rendered.kind.New()
	Share(m, s.Message)
	m.ProtoReflect().Clear(s.rendered.kind.references)
	return m
}
