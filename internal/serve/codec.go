package serve

import (
	"google.golang.org/grpc/encoding"
	grpcproto "google.golang.org/grpc/encoding/proto"
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/proto"
)

// Codec is protobuf's, except that a message which is nothing but bytes that were
// put together before (see record.Seal and stream.Together) is sent as those bytes,
// without a copy: a thousand readers of one stream are sent one piece of memory.
func Codec() encoding.CodecV2 { return codec{encoding.GetCodecV2(grpcproto.Name)} }

type codec struct{ encoding.CodecV2 }

// Marshal implements encoding.CodecV2.
func (c codec) Marshal(v any) (mem.BufferSlice, error) {
	if m, ok := v.(proto.Message); ok {
		if wire := m.ProtoReflect().GetUnknown(); len(wire) > 0 && proto.Size(m) == len(wire) {
			return mem.BufferSlice{mem.SliceBuffer(wire)}, nil
		}
	}
	return c.CodecV2.Marshal(v)
}
