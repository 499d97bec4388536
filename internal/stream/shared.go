package stream

import (
	"fmt"
	"sync"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// sharedPage keeps the bytes of a message for all readers that are sent the same.
type sharedPage struct {
	once sync.Once
	wire []byte
	err  error
}

// Wire is what is sent in place of the message.
func (p *sharedPage) Wire() ([][]byte, error) { return [][]byte{p.wire}, p.err }

// Together makes what is sent of a batch: the message or, where many are sent the same
// over gRPC, its bytes, which are put together once and must not be changed.
func Together[M, T proto.Message](b Batch[T], make func(Batch[T]) M) (any, error) {
	if b.page == nil {
		return make(b), nil
	}
	b.page.once.Do(func() { b.page.wire, b.page.err = wireOf(b, make(b)) })
	return b.page, b.page.err
}

// wireOf writes the message of a batch, with the events that come as bytes.
func wireOf[T proto.Message](b Batch[T], m proto.Message) ([]byte, error) {
	out, err := proto.Marshal(m)
	if err != nil || len(b.wires) == 0 {
		return out, err
	}
	var event T
	list := listOf(m.ProtoReflect().Descriptor(), event.ProtoReflect().Descriptor())
	if list == nil {
		return nil, fmt.Errorf("%s has no list of events", m.ProtoReflect().Descriptor().FullName())
	}
	for _, wire := range b.wires {
		out = protowire.AppendBytes(protowire.AppendTag(out, list.Number(), protowire.BytesType), wire)
	}
	return out, nil
}

// listOf is the field of a message that lists others; nil where there is none.
func listOf(in, of protoreflect.MessageDescriptor) protoreflect.FieldDescriptor {
	for i := range in.Fields().Len() {
		if field := in.Fields().Get(i); field.IsList() && field.Message() == of {
			return field
		}
	}
	return nil
}
