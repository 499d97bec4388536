package identity

import (
	"context"
	"strings"

	"odoomesh/internal/access"
	"odoomesh/internal/clock"
	"odoomesh/internal/fault"
	"odoomesh/internal/identity/apikey"
	"odoomesh/internal/identity/oidc"
	"odoomesh/internal/identity/session"
	"odoomesh/internal/identity/ticket"
)

// Keys know the keys that the mesh has made.
type Keys interface {
	// Find answers whose key it is. Its errors repeat no key.
	Find(token string) (*apikey.Owner, error)
}

// Tokens verify the tokens of an identity provider.
type Tokens interface {
	// Verify answers what a token says. Its errors repeat no token.
	Verify(ctx context.Context, token string) (*oidc.Verified, error)
}

// Sessions know the people who have signed in with a browser.
type Sessions interface {
	// Find answers whose session was shown. Its errors repeat no id.
	Find(shown *session.Shown, file *access.File) (*session.Found, error)
}

// Config is what a Chain looks at. What is nil is not believed.
type Config struct {
	Certificates Certificates
	Tokens       Tokens
	Keys         Keys
	Sessions     Sessions
	Proxies      *Proxies
	Clock        clock.Clock
}

// Chain finds out who calls. It is safe for concurrent use.
type Chain struct {
	Config
	certificates remembered
}

// New makes a chain. It starts nothing.
func New(c Config) *Chain {
	if c.Clock == nil {
		c.Clock = clock.System{}
	}
	return &Chain{Config: c, certificates: remembered{known: map[string]*named{}}}
}

// Recognise implements access.Recogniser.
func (c *Chain) Recognise(ctx context.Context, file *access.File) (*access.Principal, *access.Proof, error) {
	shown, err := c.shown(ctx)
	if err != nil {
		return nil, nil, err
	}
	by, err := c.byCertificate(shown, file)
	if err != nil {
		return nil, nil, err
	}
	token, err := access.Bearer(ctx)
	switch {
	case err != nil:
		return nil, nil, err
	case token != "":
		p, proof, err := c.byToken(ctx, token, shown, file)
		if err == nil && by != nil && by.principal != nil && by.principal != p {
			return nil, nil, fault.Unauthenticated("The certificate and the token of the call are those of two principals.")
		}
		return p, proof, err
	case session.From(ctx) != nil && c.Sessions != nil:
		return c.bySession(session.From(ctx), by, file)
	case by == nil:
		return nil, nil, fault.Unauthenticated("The call needs one header \"Authorization: Bearer <token>\", or a client certificate that the access file names.")
	case by.principal == nil:
		return nil, nil, fault.Unauthenticated("No principal of the access file has a name of the client certificate (certificates), and the call has no token.")
	}
	return by.principal, by.proof, nil
}

// byToken recognises the bearer of a token; its form says whose it is to be.
func (c *Chain) byToken(ctx context.Context, token string, shown shown, file *access.File) (*access.Principal, *access.Proof, error) {
	switch {
	case strings.HasPrefix(token, ticket.Prefix):
		return nil, nil, refused(ticket.ErrUnknown)
	case c.Keys != nil && strings.HasPrefix(token, apikey.Prefix):
		return c.byKey(token, file)
	case c.Tokens != nil && oidc.Resembles(token):
		return c.byIDToken(ctx, token, shown, file)
	}
	return file.Bearer(token)
}

func (c *Chain) byKey(token string, file *access.File) (*access.Principal, *access.Proof, error) {
	owner, err := c.Keys.Find(token)
	if err != nil {
		return nil, nil, refused(err)
	}
	p := file.Principal(owner.Principal)
	if p == nil {
		return nil, nil, fault.Unauthenticated("The access file does not have the principal of the key any more.")
	}
	return p, owner.Proof, nil
}

// bySession recognises a browser. It sends its cookie whatever else it shows, so that a
// token goes before it; but a certificate of somebody else is a contradiction.
func (c *Chain) bySession(shown *session.Shown, by *named, file *access.File) (*access.Principal, *access.Proof, error) {
	found, err := c.Sessions.Find(shown, file)
	if err != nil {
		return nil, nil, refused(err)
	}
	if by != nil && by.principal != nil && by.principal != found.Principal {
		return nil, nil, fault.Unauthenticated("The certificate and the session of the browser are those of two principals.")
	}
	return found.Principal, found.Proof, nil
}

// refused tells a caller why its credential is none, in a sentence.
func refused(err error) error {
	text := err.Error()
	return fault.Unauthenticated(strings.ToUpper(text[:1]) + text[1:] + ".")
}

func (c *Chain) byIDToken(ctx context.Context, token string, shown shown, file *access.File) (*access.Principal, *access.Proof, error) {
	says, err := c.Tokens.Verify(ctx, token)
	if err != nil {
		return nil, nil, refused(err)
	}
	// A token that is bound to a certificate is worth nothing without it (RFC 8705).
	if bound := says.Thumbprint; bound != "" && (shown == nil || shown.thumbprint() != bound) {
		return nil, nil, fault.Unauthenticated("The token is bound to a client certificate that the call does not show.")
	}
	p, err := says.Principal(file)
	switch {
	case err != nil:
		return nil, nil, fault.Unauthenticated("Several principals of the access file have what the token says (oidc); whoever runs the mesh has to tell them apart.")
	case p == nil:
		return nil, nil, fault.Unauthenticated("No principal of the access file has what the token says (oidc).")
	}
	return p, says.Proof, nil
}
