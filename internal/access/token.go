package access

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"strings"

	"google.golang.org/grpc/metadata"

	"odoomesh/internal/fault"
)

// holder is a principal with the hash of its token.
type holder struct {
	hash      [sha256.Size]byte
	principal *Principal
	credentials
}

// noToken is the hash of a principal without a token.
var noToken [sha256.Size]byte

// holders are all that the access file names.
type holders []holder

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
	if p := file.ByToken(token); p != nil {
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

// find looks at every holder, so that its time tells nothing of whom it found.
func (h holders) find(hash [sha256.Size]byte) *Principal {
	at := -1
	for i := range h {
		at = subtle.ConstantTimeSelect(subtle.ConstantTimeCompare(hash[:], h[i].hash[:]), i, at)
	}
	if at < 0 {
		return nil
	}
	return h[at].principal
}
