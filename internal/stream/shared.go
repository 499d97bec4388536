package stream

import (
	"sync"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// sharedPage keeps the bytes of a message for all readers that are sent the same.
type sharedPage struct {
	once sync.Once
	wire []byte
	err  error
}

// Together makes the message of a batch. Where many are sent the same, it is put
// together once, and what each sends is one and the same piece of memory: it must
// not be changed, and its getters answer nothing (see record.Seal).
func Together[M, T proto.Message](b Batch[T], make func(Batch[T]) M) (M, error) {
	if b.page == nil {
		return make(b), nil
	}
	b.page.once.Do(func() { b.page.wire, b.page.err = proto.Marshal(make(b)) })
	var none M
	if b.page.err != nil {
		return none, b.page.err
	}
	m := none.ProtoReflect().New()
	m.SetUnknown(protoreflect.RawFields(b.page.wire))
	return m.Interface().(M), nil
}
