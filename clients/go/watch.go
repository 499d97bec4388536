package client

import (
	"context"
	"errors"
	"io"
	"iter"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// Watch follows a stream, such as orders.WatchOrders, and goes on behind the last message
// over whatever cuts it off. It ends when its reader does, with its context, or with a
// refusal that sending the same again does not mend. Each message has its position: who
// keeps it with what it made of the message goes on there after a crash.
func Watch[Request proto.Message, Message any, M interface {
	*Message
	proto.Message
}](ctx context.Context, watch func(context.Context, Request, ...grpc.CallOption) (grpc.ServerStreamingClient[Message], error), request Request) iter.Seq2[M, error] {
	return func(yield func(M, error) bool) {
		asked := proto.CloneOf(request)
		position := textField(asked, "position")
		next := newPauses(watchPatience, true)
		for {
			ended, err := one(ctx, watch, asked, func(message M) bool {
				next = newPauses(watchPatience, true)
				if !yield(message, nil) {
					return false
				}
				if at := text(message, "position"); at != "" && position != nil {
					asked.ProtoReflect().Set(position, protoreflect.ValueOfString(at))
				}
				return true
			})
			if ended {
				return
			}
			after, again := sendAgain(err)
			again = again || errors.Is(err, io.EOF)
			if !again || ctx.Err() != nil || !next.wait(ctx, after) {
				yield(nil, told(err))
				return
			}
		}
	}
}

// watchPatience is how long a stream may bring nothing, while it is begun again.
const watchPatience = 10 * time.Minute

// one reads a stream until it breaks off, or its reader has enough.
func one[Request proto.Message, Message any, M interface {
	*Message
	proto.Message
}](ctx context.Context, watch func(context.Context, Request, ...grpc.CallOption) (grpc.ServerStreamingClient[Message], error), asked Request, take func(M) bool) (ended bool, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := watch(ctx, asked)
	if err != nil {
		return false, err
	}
	for {
		message, err := stream.Recv()
		if err != nil {
			return false, err
		}
		if !take(M(message)) {
			return true, nil
		}
	}
}
