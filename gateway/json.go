package gateway

import (
	"bytes"
	"encoding/json"
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

// appendJSON writes the one form that a message has in JSON behind out, without
// the spaces that protobuf puts in here and there.
func appendJSON(out []byte, m proto.Message) ([]byte, error) {
	made, err := protojson.MarshalOptions{EmitDefaultValues: true}.Marshal(m)
	if err != nil {
		return nil, err
	}
	into := bytes.NewBuffer(out)
	if err := json.Compact(into, made); err != nil {
		return nil, err
	}
	return into.Bytes(), nil
}

// appendOpened is appendJSON for a message that may be a sealed record, or have some
// in it: JSON would show nothing of them.
func appendOpened(out []byte, m proto.Message) ([]byte, error) {
	if r, ok := m.(record); ok && meshrecord.Sealed(r) == nil {
		return appendJSON(out, m)
	}
	wire, err := proto.Marshal(m)
	if err != nil {
		return nil, err
	}
	opened := m.ProtoReflect().New().Interface()
	if err := proto.Unmarshal(wire, opened); err != nil {
		return nil, err
	}
	return appendJSON(out, opened)
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
	m := a.message.ProtoReflect()
	if shapeOf(m.Descriptor()).itself {
		return w.appendRecord(out, a.message, a.fields)
	}
	return w.appendAround(out, m, a.fields)
}

// appendRecord writes the JSON of the wanted fields of a record behind out.
func (w *jsonWriter) appendRecord(out []byte, m proto.Message, fields *meshrecord.Fields) ([]byte, error) {
	r, ok := m.(record)
	if !ok || w.kept == nil {
		return appendFields(out, m, fields)
	}
	wire := w.wires.Get().(*[]byte)
	defer func() {
		// One giant is not to stay for good.
		if cap(*wire) <= maxPooledBytes {
			w.wires.Put(wire)
		}
	}()
	key, err := appendWire((*wire)[:0], r)
	if err != nil {
		return appendFields(out, r, fields)
	}
	*wire = key
	verified, ok := blankVerified(key, provenanceNumber(r))
	if !ok {
		return appendFields(out, r, fields)
	}
	// The fields are part of the key.
	key = append(append(key, 0), fields.String()...)
	*wire = key
	if found := w.kept.get(key); found != nil {
		return found.append(out, verified), nil
	}
	made, err := appendFields(nil, r, fields)
	if err != nil {
		return nil, err
	}
	if t, ok := templateOf(made, verified); ok {
		w.kept.put(bytes.Clone(key), t)
	}
	return append(out, made...), nil
}

// appendFields writes the JSON of the wanted fields of a message behind out.
func appendFields(out []byte, m proto.Message, fields *meshrecord.Fields) ([]byte, error) {
	if fields == nil {
		return appendOpened(out, m)
	}
	whole, err := appendOpened(nil, m)
	if err != nil {
		return nil, err
	}
	return appendWanted(out, whole, m.ProtoReflect().Descriptor(), fields)
}

// appendWire writes a record as it is on the wire.
func appendWire(out []byte, r record) ([]byte, error) {
	if wire := meshrecord.Sealed(r); wire != nil {
		return append(out, wire...), nil
	}
	// Deterministic, so that a map's order does not make one record many.
	return proto.MarshalOptions{Deterministic: true}.MarshalAppend(out, r)
}
