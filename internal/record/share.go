package record

import (
	"reflect"

	"google.golang.org/protobuf/proto"
)

// Share makes an empty message show the same as another one of its type, by letting both
// share what is inside it. Only the exported fields and the unknown ones are taken over:
// the rest of a generated struct are caches, which other goroutines may be writing.
func Share(to, from proto.Message) {
	src, dst := reflect.ValueOf(from).Elem(), reflect.ValueOf(to).Elem()
	for i := range src.NumField() {
		if field := dst.Field(i); field.CanSet() {
			field.Set(src.Field(i))
		}
	}
	if unknown := from.ProtoReflect().GetUnknown(); len(unknown) > 0 {
		to.ProtoReflect().SetUnknown(unknown)
	}
}
