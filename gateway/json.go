package gateway

import (
	"bytes"
	"sync"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"

	typesv1 "odoomesh/gen/go/mesh/types/v1"
)

// record is what every canonical record offers.
type record interface {
	proto.Message
	GetName() string
	GetEtag() string
	GetProvenance() *typesv1.Provenance
}

const (
	fullForm   = protojsonForm(false)
	sparseForm = protojsonForm(true)
)

// protojsonForm is whether empty fields are left out.
type protojsonForm bool

func (f protojsonForm) marshal(m proto.Message) ([]byte, error) {
	return protojson.MarshalOptions{EmitDefaultValues: !bool(f)}.Marshal(m)
}

// jsonWriter writes messages as JSON. Making JSON of a record costs many times
// what making its wire form does, so the JSON of records is kept, found by the
// very bytes of the wire form: what is equal there is equal in JSON. Only the
// time of the last verification changes from answer to answer; it is left out of
// the key and put into the kept JSON each time.
type jsonWriter struct {
	kept  *jsonCache // nil: nothing is kept
	wires sync.Pool  // of *[]byte
}

func newJSONWriter(limit int64) *jsonWriter {
	w := &jsonWriter{wires: sync.Pool{New: func() any { return new([]byte) }}}
	if limit > 0 {
		w.kept = newJSONCache(limit)
	}
	return w
}

func (w *jsonWriter) marshal(a answer) ([]byte, error) {
	form := protojsonForm(a.sparse)
	if r, ok := a.message.(record); ok && w.kept != nil {
		return w.marshalRecord(r, form)
	}
	return form.marshal(a.message)
}

func (w *jsonWriter) marshalRecord(r record, form protojsonForm) ([]byte, error) {
	wire := w.wires.Get().(*[]byte)
	defer w.wires.Put(wire)
	// Deterministic, so that a map's order does not make one record many.
	text, err := proto.MarshalOptions{Deterministic: true}.MarshalAppend((*wire)[:0], r)
	if err != nil {
		return form.marshal(r)
	}
	verified := r.GetProvenance().GetVerifiedTime()
	if verified != nil {
		from, to, ok := verifiedSpan(text, provenanceNumber(r))
		if !ok || verified.CheckValid() != nil {
			return form.marshal(r)
		}
		clear(text[from:to])
	}
	// The form is part of the key.
	text = append(text, 0)
	if form == sparseForm {
		text[len(text)-1] = 1
	}
	*wire = text
	if found := w.kept.get(text); found != nil {
		return found.with(verified), nil
	}
	made, err := form.marshal(r)
	if err != nil {
		return nil, err
	}
	if t, ok := templateOf(made, verified); ok {
		w.kept.put(bytes.Clone(text), t)
	}
	return made, nil
}

// template is the JSON of a record with a gap where the time of verification is.
type template struct {
	json     []byte
	from, to int // the gap, without quotes; both 0 when there is none
}

const verifiedName = `"verifiedTime":"`

// templateOf finds the gap. Text inside JSON strings has its quotes escaped, so
// the name can only be found again as a whole key; when another key is called
// the same, nothing is kept.
func templateOf(text []byte, verified *timestamppb.Timestamp) (*template, bool) {
	if verified == nil {
		return &template{json: bytes.Clone(text)}, true
	}
	at := bytes.Index(text, []byte(verifiedName))
	if at < 0 || bytes.Count(text, []byte(verifiedName)) != 1 {
		return nil, false
	}
	from := at + len(verifiedName)
	stamp := appendTime(nil, verified)
	if !bytes.HasPrefix(text[from:], stamp) {
		return nil, false
	}
	return &template{json: bytes.Clone(text), from: from, to: from + len(stamp)}, true
}

func (t *template) with(verified *timestamppb.Timestamp) []byte {
	out := make([]byte, 0, len(t.json)+len(time.RFC3339Nano))
	out = append(out, t.json[:t.from]...)
	if verified != nil {
		out = appendTime(out, verified)
	}
	return append(out, t.json[t.to:]...)
}

// appendTime writes a time as protobuf's JSON does: UTC with no, three, six or
// nine digits behind the second.
func appendTime(out []byte, ts *timestamppb.Timestamp) []byte {
	out = ts.AsTime().AppendFormat(out, "2006-01-02T15:04:05.000000000")
	for _, zeros := range []string{"000", "000", ".000"} {
		out = bytes.TrimSuffix(out, []byte(zeros))
	}
	return append(out, 'Z')
}

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
