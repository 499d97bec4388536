package record

import (
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// callings are the fields that people call a record by, the best first.
var callings = []protoreflect.Name{"complete_name", "display_name", "number", "lot_number", "transfer_number"}

// CalledBy lists those of them that records of a message have, the best first.
func CalledBy(desc protoreflect.MessageDescriptor) []protoreflect.FieldDescriptor {
	var fields []protoreflect.FieldDescriptor
	for _, name := range callings {
		if f := desc.Fields().ByName(name); f != nil {
			fields = append(fields, f)
		}
	}
	return fields
}

// Called is what people call a record; empty where it has nothing of that sort.
func Called(m protoreflect.Message) string {
	for _, f := range CalledBy(m.Descriptor()) {
		if text := strings.TrimSpace(m.Get(f).String()); text != "" {
			return text
		}
	}
	return ""
}
