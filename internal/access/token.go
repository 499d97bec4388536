package access

import (
	"context"
	"strings"

	"google.golang.org/grpc/metadata"

	"odoomesh/internal/fault"
)

// Recogniser finds out who calls, among the principals of an access file. Its errors
// carry their reasons.
type Recogniser func(ctx context.Context, file *File) (*Principal, error)

// ByToken recognises the bearer of a token of the file.
func ByToken(ctx context.Context, file *File) (*Principal, error) {
	given := metadata.ValueFromIncomingContext(ctx, "authorization")
	if len(given) != 1 {
		return nil, fault.Unauthenticated("The call needs one header \"Authorization: Bearer <token>\".")
	}
	scheme, token, ok := strings.Cut(given[0], " ")
	if !ok || !strings.EqualFold(scheme, "bearer") || token == "" {
		return nil, fault.Unauthenticated("The authorization is not of the form \"Bearer <token>\".")
	}
	if p := file.ByToken(token); p != nil {
		return p, nil
	}
	return nil, fault.Unauthenticated("The token is not known here.")
}
