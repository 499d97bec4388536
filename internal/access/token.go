package access

import (
	"context"
	"strings"

	"google.golang.org/grpc/metadata"

	"odoomesh/internal/fault"
)

// Recogniser finds out who calls, among the principals of an access file, and how that was
// proven. Its errors carry their reasons.
type Recogniser func(ctx context.Context, file *File) (*Principal, *Proof, error)

// ByToken recognises the bearer of a token of the file.
func ByToken(ctx context.Context, file *File) (*Principal, *Proof, error) {
	token, err := Bearer(ctx)
	if err != nil {
		return nil, nil, err
	}
	if token == "" {
		return nil, nil, fault.Unauthenticated("The call needs one header \"Authorization: Bearer <token>\".")
	}
	return file.Bearer(token)
}

// Bearer recognises the bearer of a token of the file.
func (f *File) Bearer(token string) (*Principal, *Proof, error) {
	if p := f.ByToken(token); p != nil {
		return p, byFileToken, nil
	}
	return nil, nil, fault.Unauthenticated("The token is not known here.")
}

var byFileToken = &Proof{Kind: ByFileToken}

// Bearer is the token that a call has; empty where it has none. Anything else that stands
// in its place is refused.
func Bearer(ctx context.Context) (string, error) {
	given := metadata.ValueFromIncomingContext(ctx, "authorization")
	switch len(given) {
	case 0:
		return "", nil
	case 1:
	default:
		return "", fault.Unauthenticated("The call has more than one authorization.")
	}
	scheme, token, ok := strings.Cut(given[0], " ")
	if !ok || !strings.EqualFold(scheme, "bearer") || token == "" {
		return "", fault.Unauthenticated("The authorization is not of the form \"Bearer <token>\".")
	}
	return token, nil
}
