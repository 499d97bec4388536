package gateway

import (
	"fmt"
	"reflect"

	"google.golang.org/protobuf/proto"

	meshrecord "odoomesh/internal/record"
)

// sharer hands a message from one side of the in-process connection to the
// other by letting both share what is inside it.
type sharer struct{}

// Copy makes out, which has to be empty, show the same as in.
func (sharer) Copy(out, in any) error {
	src, dst := reflect.ValueOf(in), reflect.ValueOf(out)
	if src.Kind() != reflect.Pointer || src.Type() != dst.Type() || src.IsNil() || dst.IsNil() {
		return fmt.Errorf("handing over a %T as a %T", in, out)
	}
	from, ok := in.(proto.Message)
	if !ok {
		return fmt.Errorf("handing over a %T, which is no message", in)
	}
	meshrecord.Share(out.(proto.Message), from)
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
