package read

import (
	"context"

	"google.golang.org/protobuf/types/known/fieldmaskpb"

	"odoomesh/internal/record"
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
// and wants all of it, gets its bytes.
func formFor(ctx context.Context, mask *fieldmaskpb.FieldMask) form {
	if len(mask.GetPaths()) > 0 || !record.SentAsWire(ctx) {
		return open
	}
	return sealed
}
