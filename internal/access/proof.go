package access

import (
	"context"
	"fmt"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	"odoomesh/internal/fault"
	"odoomesh/internal/scope"
)

// Kind is a way to prove who one is.
type Kind string

// The ways.
const (
	// ByCertificate is a client certificate of an authority that is believed.
	ByCertificate Kind = "certificate"
	// ByIDToken is a token that an identity provider has signed.
	ByIDToken Kind = "oidc"
	// BySession is a session of a person who has signed in with a browser.
	BySession Kind = "session"
	// ByAPIKey is a key that the mesh has made.
	ByAPIKey Kind = "api-key"
	// ByFileToken is a token whose hash the access file has.
	ByFileToken Kind = "token"
	// ByPlace is that the caller is on this machine.
	ByPlace Kind = "local"
)

// Proof is how a caller has proven who it is. It never changes, and holds no secret.
type Proof struct {
	Kind Kind
	// Credential names what was shown: a name in a certificate, issuer and subject of a token
	// or of who has signed in, a key such as "apiKeys/k3q…". Empty where there is nothing to
	// be named.
	Credential string
}

// String is the proof as the audit tells it, such as "api-key apiKeys/k3q…"; empty for none.
func (p *Proof) String() string {
	switch {
	case p == nil:
		return ""
	case p.Credential == "":
		return string(p.Kind)
	}
	return string(p.Kind) + " " + p.Credential
}

// caller is a context with who calls, and how that was proven: one for both.
type caller struct {
	context.Context
	principal *Principal
	proof     *Proof
}

type proofKey struct{}

// Value implements context.Context.
func (c *caller) Value(key any) any {
	switch key.(type) {
	case principalKey:
		return c.principal
	case proofKey:
		return c.proof
	}
	return c.Context.Value(key)
}

// WithCaller keeps who calls, what it meets, and how it has proven who it is.
func WithCaller(ctx context.Context, p *Principal, proof *Proof) context.Context {
	if p != nil && p.scope != nil {
		ctx = scope.With(ctx, p.scope)
	}
	return &caller{ctx, p, proof}
}

// ProofOf is how the caller has proven who it is; nil when nobody was recognised.
func ProofOf(ctx context.Context) *Proof {
	p, _ := ctx.Value(proofKey{}).(*Proof)
	return p
}

// InPerson refuses a step that is one of two persons' to who shows an API key: one who gives
// rights makes keys for every principal, and so would be both. What says what such a caller
// does not do, such as "confirms keys".
func InPerson(ctx context.Context, what string) error {
	if p := ProofOf(ctx); p == nil || p.Kind != ByAPIKey {
		return nil
	}
	return fault.New(errorsv1.Reason_REASON_NOT_PERMITTED, fmt.Sprintf("Who shows an API key never %s: one person can make keys for several principals.", what),
		fault.Instead("Call with what the access file itself knows the principal by: a certificate, a token or a session."))
}
