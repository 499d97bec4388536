package gateway

import (
	"fmt"
	"reflect"

	"google.golang.org/protobuf/proto"
)

// sharer hands a message from one side of the in-process connection to the
// other by letting both share what is inside it. Only the exported fields and
// the unknown ones are taken over: the rest of a generated struct are caches,
// which other goroutines may be writing.
type sharer struct{}

// Copy makes out, which has to be empty, show the same as in.
func (sharer) Copy(out, in any) error {
	src, dst := reflect.ValueOf(in), reflect.ValueOf(out)
	if src.Kind() != reflect.Pointer || src.Type() != dst.Type() || src.IsNil() || dst.IsNil() {
		return fmt.Errorf("handing over a %T as a %T", in, out)
	}
	src, dst = src.Elem(), dst.Elem()
	if src.Kind() != reflect.Struct {
		return fmt.Errorf("handing over a %T, which is no generated message", in)
	}
	for i := range src.NumField() {
		if field := dst.Field(i); field.CanSet() {
			field.Set(src.Field(i))
		}
	}
	from, ok := in.(proto.Message)
	if !ok {
		return fmt.Errorf("handing over a %T, which is no message", in)
	}
	if unknown := from.ProtoReflect().GetUnknown(); len(unknown) > 0 {
		out.(proto.Message).ProtoReflect().SetUnknown(unknown)
	}
	return nil
}

// Clone makes a message that shows the same as in.
func (s sharer) Clone(in any) (any, error) {
	t := reflect.TypeOf(in)
	if t == nil || t.Kind() != reflect.Pointer {
		return nil, fmt.Errorf("handing over a %T, which is no generated message", in)
	}
	out := reflect.New(t.Elem()).Interface()
	if err := s.Copy(out, in); err != nil {
		return nil, err
	}
	return out, nil
}
