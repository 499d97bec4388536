package gateway

import (
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

// maxPooledBytes keeps one giant from staying for good.
const maxPooledBytes = 64 << 10

// marshal writes an answer as JSON.
func (a answer) marshal() ([]byte, error) {
	if a.buffer == nil {
		return a.append(nil)
	}
	out, err := a.append((*a.buffer)[:0])
	if err == nil {
		*a.buffer = out
	}
	return out, err
}

func (a answer) append(out []byte) ([]byte, error) {
	m := a.message.ProtoReflect()
	if shapeOf(m.Descriptor()).itself {
		return a.appendRecord(out, a.message)
	}
	return a.appendAround(out, m)
}

// appendRecord writes the JSON of the wanted fields of a record behind out. Making it
// costs many times what a read does: what is rendered already is taken from there.
func (a answer) appendRecord(out []byte, m proto.Message) ([]byte, error) {
	if a.fields != nil {
		return appendFields(out, m, a.fields)
	}
	if shown := a.reply.Rendered(m); shown != nil {
		return shown.AppendJSON(out)
	}
	return meshrecord.AppendJSON(out, m)
}

// appendFields writes the JSON of the wanted fields of a message behind out.
func appendFields(out []byte, m proto.Message, fields *meshrecord.Fields) ([]byte, error) {
	whole, err := meshrecord.AppendJSON(nil, m)
	if err != nil {
		return nil, err
	}
	return appendWanted(out, whole, m.ProtoReflect().Descriptor(), fields)
}
