package gateway

import (
	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	meshrecord "odoomesh/internal/record"
)

const (
	mimeJSON   = "application/json"
	mimeLines  = "application/x-ndjson"
	mimeEvents = "text/event-stream"
)

// answer is a message on its way out, with what the request says about its form.
type answer struct {
	message proto.Message
	// fields are those of its records that were asked for; nil for all.
	fields *meshrecord.Fields
	// reply tells which of its records are rendered; nil: none.
	reply *meshrecord.Reply
	// first message of a stream.
	first bool
	// buffer is where the JSON may be made; nil: in memory of its own.
	buffer *[]byte
}

// jsonMarshaler reads and writes JSON; a stream becomes lines of it (NDJSON).
type jsonMarshaler struct {
	runtime.JSONPb // reads request bodies; a field that is unknown is refused.
}

func newJSONMarshaler() *jsonMarshaler {
	return &jsonMarshaler{runtime.JSONPb{MarshalOptions: protojson.MarshalOptions{EmitDefaultValues: true}}}
}

// Marshal is given what the router makes of an answer: the answer itself, a map
// with "result" around a message of a stream, or a map with "error" around the
// status that ends one. The maps are taken off.
func (m *jsonMarshaler) Marshal(v any) ([]byte, error) {
	switch v := v.(type) {
	case answer:
		return v.marshal()
	case map[string]any:
		if a, ok := v["result"].(answer); ok {
			return a.marshal()
		}
	case map[string]proto.Message:
		if text, ok := streamError(v); ok {
			return text, nil
		}
	}
	return m.JSONPb.Marshal(v)
}

func (m *jsonMarshaler) ContentType(any) string       { return mimeJSON }
func (m *jsonMarshaler) StreamContentType(any) string { return mimeLines }
func (m *jsonMarshaler) Delimiter() []byte            { return []byte("\n") }
