package gateway

import "google.golang.org/protobuf/reflect/protoreflect"

const headerLastEventID = "Last-Event-Id"

// resumeFrom puts the id of the last event that a browser received into the
// request's position, unless the query has one.
func resumeFrom(m protoreflect.Message, lastEventID string) {
	if lastEventID == "" {
		return
	}
	field := m.Descriptor().Fields().ByName("position")
	if field == nil || field.Kind() != protoreflect.StringKind || field.IsList() || m.Get(field).String() != "" {
		return
	}
	m.Set(field, protoreflect.ValueOfString(lastEventID))
}
