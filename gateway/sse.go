package gateway

import (
	"bytes"
	"strings"

	statuspb "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// eventMarshaler writes a stream as Server-Sent Events: the id of an event is
// the message's position, its name what it tells of, its data the message.
type eventMarshaler struct{ *jsonMarshaler }

func (m eventMarshaler) StreamContentType(any) string { return mimeEvents }

func (m eventMarshaler) Marshal(v any) ([]byte, error) {
	switch v := v.(type) {
	case map[string]any:
		if a, ok := v["result"].(answer); ok {
			return m.event(a)
		}
	case map[string]proto.Message:
		if text, ok := streamError(v); ok {
			return appendData([]byte("event: error\n"), text), nil
		}
	}
	return m.jsonMarshaler.Marshal(v)
}

// event ends with the newline of its last line; the router's delimiter adds the
// empty line behind it.
func (m eventMarshaler) event(a answer) ([]byte, error) {
	text, err := a.marshal()
	if err != nil {
		return nil, err
	}
	out := make([]byte, 0, len(text)+256)
	if a.first {
		// Milliseconds that a browser waits before it connects again.
		out = append(out, "retry: 1000\n"...)
	}
	name := eventName(a.message.ProtoReflect())
	if name == heartbeat || strings.HasSuffix(name, "."+heartbeat) {
		out = append(out, ": hb\n"...)
	}
	if id := position(a.message.ProtoReflect()); id != "" {
		out = append(append(append(out, "id: "...), id...), '\n')
	}
	if name != "" {
		out = append(append(append(out, "event: "...), name...), '\n')
	}
	return appendData(out, text), nil
}

func appendData(out, text []byte) []byte {
	for line := range bytes.Lines(text) {
		out = append(append(append(out, "data: "...), bytes.TrimRight(line, "\r\n")...), '\n')
	}
	return out
}

const heartbeat = "heartbeat"

// eventName answers the change_type of a message, such as "updated" for
// CHANGE_TYPE_UPDATED, or else the text that is its type, as CloudEvents have it. A
// message that has neither is called after its list, such as "inventory_events", and
// a heartbeat where that is empty; without a list it has no name.
func eventName(m protoreflect.Message) string {
	field := m.Descriptor().Fields().ByName("change_type")
	if field == nil || field.Kind() != protoreflect.EnumKind || field.IsList() {
		if name := text(m, "type"); name != "" {
			return name
		}
		return listName(m)
	}
	value := field.Enum().Values().ByNumber(m.Get(field).Enum())
	if value == nil {
		return ""
	}
	return strings.ToLower(strings.TrimPrefix(string(value.Name()), "CHANGE_TYPE_"))
}

func listName(m protoreflect.Message) string {
	fields := m.Descriptor().Fields()
	for i := range fields.Len() {
		switch field := fields.Get(i); {
		case !field.IsList():
		case m.Has(field):
			return string(field.Name())
		default:
			return heartbeat
		}
	}
	return ""
}

// position answers where to go on after the message. An id that would break the
// lines of the stream is left out: the client then resumes one message earlier.
func position(m protoreflect.Message) string { return text(m, "position") }

// text is a field of a message that fits into a line of the stream; empty where the
// message has no such field or the field no such text.
func text(m protoreflect.Message, name protoreflect.Name) string {
	field := m.Descriptor().Fields().ByName(name)
	if field == nil || field.Kind() != protoreflect.StringKind || field.IsList() {
		return ""
	}
	if value := m.Get(field).String(); !strings.ContainsAny(value, "\r\n\x00") {
		return value
	}
	return ""
}

func streamError(v map[string]proto.Message) ([]byte, bool) {
	st, ok := v["error"].(*statuspb.Status)
	if !ok {
		return nil, false
	}
	return errorJSON(httpCodeOf(status.FromProto(st)), st), true
}
