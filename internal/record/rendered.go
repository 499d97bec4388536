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
	raw  []byte
	kept *internalv1.CacheRecord
	// shown has no names, and named has.
	shown, named atomic.Pointer[Shown]
	json         atomic.Pointer[stamped]
	// wired says that what stands behind the record on the wire was counted.
	wired atomic.Bool
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

// Show makes what an answer shows of the record. verified counts as in Decode; without a
// Namer nobody is told what people call the records that it names.
func (r *Rendered) Show(verified time.Time, n Namer) (*Shown, error) {
	// Who is told names and who is not share nothing but what is inside the messages.
	place, other, state := &r.shown, &r.named, NamesState{}
	if n != nil && r.kind.references != nil {
		// The state comes first: names that change while they are looked up count as old.
		if state = n.State(r.kind.Descriptor()); state != (NamesState{}) {
			place, other = &r.named, &r.shown
		}
	}
	was := place.Load()
	if was != nil && was.state == state && was.at.Equal(verified) {
		return was, nil
	}
	from := was
	if from == nil {
		from = other.Load()
	}
	s, err := r.from(from, verified)
	if err != nil {
		return nil, err
	}
	s.state = state
	r.name(s, from, n)
	if place.CompareAndSwap(was, s) {
		grown := namesOverhead * len(s.names)
		if was != nil {
			grown -= namesOverhead * len(was.names)
		}
		if from == nil {
			grown += memoryOf(s.Message.ProtoReflect())
		}
		if grown != 0 {
			r.place.grow(r, grown)
		}
	}
	return s, nil
}

// Message is the record without names, which is shared, and must not be changed.
func (r *Rendered) Message(verified time.Time) (proto.Message, error) {
	s, err := r.Show(verified, nil)
	if err != nil {
		return nil, err
	}
	return s.Message, nil
}

// from shows the record with a time of verification, and the names of what was shown.
func (r *Rendered) from(was *Shown, verified time.Time) (*Shown, error) {
	if was == nil {
		m, err := r.kind.Show(r.kept, verified)
		if err != nil {
			return nil, err
		}
		s := r.As(m, nil)
		s.at = verified
		return s, nil
	}
	m := r.kind.New()
	Share(m, was.Message)
	s := &Shown{Message: m, rendered: r, provenance: was.provenance, names: was.names, at: verified}
	if !was.at.Equal(verified) {
		s.provenance = r.kind.provenanceOf(r.kept, verified)
		m.ProtoReflect().Set(r.kind.provenance, protoreflect.ValueOfMessage(s.provenance.ProtoReflect()))
	}
	return s, nil
}

// name gives what is shown its names, where it does not have them from what was shown.
func (r *Rendered) name(s, from *Shown, n Namer) {
	var names Names
	switch {
	case s.state == NamesState{}:
	case from != nil && from.state == s.state:
		return
	default:
		names = n.Find(s.Message.ProtoReflect(), s.names)
	}
	if names.are(s.names) {
		return
	}
	s.Message.ProtoReflect().Clear(r.kind.references)
	names.Put(s.Message)
	s.names = names
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
	// names are those in the message, as of a state.
	names Names
	state NamesState
	// at is the time of verification that was asked for.
	at time.Time
	// wire is what behind has written; nil before.
	wire atomic.Pointer[written]
}

// Size is how many bytes the message has on the wire.
func (s *Shown) Size() int { return len(s.rendered.kept.GetBody()) + len(s.behind().bytes) }

// Wire is the message on the wire, in pieces that must not be changed: what the cache
// keeps of the record is sent as it is, and neither taken apart nor copied.
func (s *Shown) Wire() ([][]byte, error) {
	behind := s.behind()
	return [][]byte{s.rendered.kept.GetBody(), behind.bytes}, behind.err
}

// written is what was written of a message, or why it could not be.
type written struct {
	bytes []byte
	err   error
}

// behind is what the message has on the wire behind what the cache keeps: etag, provenance
// and names. It is written once for all who are sent it.
func (s *Shown) behind() *written {
	if made := s.wire.Load(); made != nil {
		return made
	}
	k, size := s.rendered.kind, proto.Size(s.provenance)
	rest := make([]byte, 0, protowire.SizeTag(k.etag.Number())+protowire.SizeBytes(len(s.etag()))+
		protowire.SizeTag(k.provenance.Number())+protowire.SizeBytes(size)+s.names.size(k.namesNumber()))
	rest = protowire.AppendString(protowire.AppendTag(rest, k.etag.Number(), protowire.BytesType), s.etag())
	rest = protowire.AppendVarint(protowire.AppendTag(rest, k.provenance.Number(), protowire.BytesType), uint64(size))
	made := &written{}
	if rest, made.err = (proto.MarshalOptions{UseCachedSize: true}).MarshalAppend(rest, s.provenance); made.err != nil {
		made.err = fmt.Errorf("writing a record of %s: %w", k.Collection, made.err)
	}
	made.bytes = s.names.Append(rest, k.namesNumber())
	if s.wire.CompareAndSwap(nil, made) && s.rendered.wired.CompareAndSwap(false, true) {
		s.rendered.place.grow(s.rendered, cap(made.bytes))
	}
	return made
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
