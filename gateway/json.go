package gateway

import (
	"bytes"
	"sync"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	typesv1 "odoomesh/gen/go/mesh/types/v1"
	meshrecord "odoomesh/internal/record"
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

func (f protojsonForm) append(out []byte, m proto.Message) ([]byte, error) {
	return protojson.MarshalOptions{EmitDefaultValues: !bool(f)}.MarshalAppend(out, m)
}

// appendOpened is append for a message that may be a sealed record, or have some in
// it: JSON would show nothing of them.
func (f protojsonForm) appendOpened(out []byte, m proto.Message) ([]byte, error) {
	if r, ok := m.(record); ok && meshrecord.Sealed(r) == nil {
		return f.append(out, m)
	}
	wire, err := proto.Marshal(m)
	if err != nil {
		return nil, err
	}
	opened := m.ProtoReflect().New().Interface()
	if err := proto.Unmarshal(wire, opened); err != nil {
		return nil, err
	}
	return f.append(out, opened)
}

const maxPooledBytes = 64 << 10

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
	if a.buffer == nil {
		return w.append(nil, a)
	}
	out, err := w.append((*a.buffer)[:0], a)
	if err == nil {
		*a.buffer = out
	}
	return out, err
}

func (w *jsonWriter) append(out []byte, a answer) ([]byte, error) {
	form := protojsonForm(a.sparse)
	if w.kept == nil {
		return form.appendOpened(out, a.message)
	}
	if r, ok := a.message.(record); ok {
		return w.appendRecord(out, r, form)
	}
	return w.appendAround(out, a.message.ProtoReflect(), form)
}

// appendRecord writes the JSON of a record behind out.
func (w *jsonWriter) appendRecord(out []byte, r record, form protojsonForm) ([]byte, error) {
	wire := w.wires.Get().(*[]byte)
	defer func() {
		// One giant is not to stay for good.
		if cap(*wire) <= maxPooledBytes {
			w.wires.Put(wire)
		}
	}()
	key, err := appendWire((*wire)[:0], r)
	if err != nil {
		return form.appendOpened(out, r)
	}
	*wire = key
	verified, ok := blankVerified(key, provenanceNumber(r))
	if !ok {
		return form.appendOpened(out, r)
	}
	// The form is part of the key.
	key = append(key, 0)
	if form == sparseForm {
		key[len(key)-1] = 1
	}
	*wire = key
	if found := w.kept.get(key); found != nil {
		return found.append(out, verified), nil
	}
	made, err := form.appendOpened(nil, r)
	if err != nil {
		return nil, err
	}
	if t, ok := templateOf(made, verified); ok {
		w.kept.put(bytes.Clone(key), t)
	}
	return append(out, made...), nil
}

// appendWire writes a record as it is on the wire.
func appendWire(out []byte, r record) ([]byte, error) {
	if wire := meshrecord.Sealed(r); wire != nil {
		return append(out, wire...), nil
	}
	// Deterministic, so that a map's order does not make one record many.
	return proto.MarshalOptions{Deterministic: true}.MarshalAppend(out, r)
}
