package index

import (
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// FieldOf finds a field by either of its spellings, display_name and displayName; nil
// where there is none.
func FieldOf(desc protoreflect.MessageDescriptor, name string) protoreflect.FieldDescriptor {
	if fd := desc.Fields().ByName(protoreflect.Name(name)); fd != nil {
		return fd
	}
	return desc.Fields().ByJSONName(name)
}

// Spelling writes a path as the contract spells its fields. What leads to no field, and
// the key of a map, stays as it is.
func Spelling(desc protoreflect.MessageDescriptor, path string) string {
	names := strings.Split(path, ".")
	for i, name := range names {
		fd := FieldOf(desc, name)
		if fd == nil {
			break
		}
		names[i] = string(fd.Name())
		if fd.IsMap() || fd.Message() == nil {
			break
		}
		desc = fd.Message()
	}
	return strings.Join(names, ".")
}
