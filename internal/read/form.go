package read

import (
	"context"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
)

// form is what a record is wanted for.
type form int

const (
	// open records are there to be looked into.
	open form = iota
	// sealed records are there to be sent as protobuf, and for nothing else.
	sealed
	forms
)

// formFor tells what the caller will do with a record: one who called over gRPC,
// and wants all of it, gets its bytes. A call from inside, as those of REST, comes
// by no stream that has a content type.
func formFor(ctx context.Context, mask *fieldmaskpb.FieldMask) form {
	stream, ok := grpc.ServerTransportStreamFromContext(ctx).(interface{ ContentSubtype() string })
	if !ok || len(mask.GetPaths()) > 0 {
		return open
	}
	if t := stream.ContentSubtype(); t != "" && t != "proto" {
		return open
	}
	return sealed
}
