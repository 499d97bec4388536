package rpc

import (
	"context"

	"google.golang.org/grpc"
	"google.golang.org/grpc/encoding"
	grpcproto "google.golang.org/grpc/encoding/proto"
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/proto"

	"odoomesh/internal/record"
)

// OverGRPC are the options of a server whose calls go through the chain. Every stage
// and every handler sees whole records; outside of them all, a record that is rendered
// already gives way to its bytes.
func OverGRPC(c *Chain) []grpc.ServerOption {
	return []grpc.ServerOption{
		grpc.ChainUnaryInterceptor(sendRendered, c.Unary),
		grpc.ChainStreamInterceptor(withReply, c.Stream),
		grpc.ForceServerCodecV2(codec{encoding.GetCodecV2(grpcproto.Name)}),
	}
}

// sendRendered answers with the bytes of a record in place of the record, and of all records
// of a page.
func sendRendered(ctx context.Context, request any, _ *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	arrived(ctx)
	reply := &record.Reply{}
	response, err := next(record.WithReply(ctx, reply), request)
	if err != nil {
		return nil, err
	}
	m, ok := response.(proto.Message)
	if !ok {
		return response, nil
	}
	if shown := reply.Rendered(m); shown != nil {
		return shown, nil
	}
	if pieces, ok, err := reply.Pieces(m); ok || err != nil {
		return pieces, err
	}
	return response, nil
}

// withReply tells the handler of a stream that its messages go out over gRPC.
func withReply(server any, stream grpc.ServerStream, _ *grpc.StreamServerInfo, next grpc.StreamHandler) error {
	ctx := stream.Context()
	first := func(any) error { arrived(ctx); return nil }
	return next(server, &watched{ServerStream: stream, ctx: record.WithReply(ctx, &record.Reply{}), looks: []func(any) error{first}})
}

// wire is what is nothing but bytes that were put together before: a record that is
// rendered, or a message that many readers of a stream are sent.
type wire interface{ Wire() ([][]byte, error) }

// codec is protobuf's, except that bytes are sent as they are, without a copy: a
// thousand readers of one stream are sent one piece of memory.
type codec struct{ encoding.CodecV2 }

// Marshal implements encoding.CodecV2.
func (c codec) Marshal(v any) (mem.BufferSlice, error) {
	w, ok := v.(wire)
	if !ok {
		return c.CodecV2.Marshal(v)
	}
	pieces, err := w.Wire()
	if err != nil {
		return nil, err
	}
	out := make(mem.BufferSlice, len(pieces))
	for i, piece := range pieces {
		out[i] = mem.SliceBuffer(piece)
	}
	return out, nil
}
