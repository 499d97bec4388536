package record

import (
	"context"

	"google.golang.org/grpc"
)

// SentAsWire tells whether what a call answers is sent on as protobuf's bytes, so
// that it may be sealed. A call from inside, as streams of REST are, comes by no
// stream that has a content type.
func SentAsWire(ctx context.Context) bool {
	stream, ok := grpc.ServerTransportStreamFromContext(ctx).(interface{ ContentSubtype() string })
	return ok && (stream.ContentSubtype() == "" || stream.ContentSubtype() == "proto")
}
