package app

import (
	"context"
	"crypto/rand"
	"fmt"
	"path/filepath"

	"golang.org/x/sync/errgroup"

	"odoomesh/internal/identity"
	"odoomesh/internal/identity/apikey"
	"odoomesh/internal/identity/oidc"
	"odoomesh/internal/identity/ticket"
	"odoomesh/internal/token"
	"odoomesh/services/access"
)

// identities are those who know callers.
type identities struct {
	keys *apikey.Ring
	// tokens is nil where no identity provider is believed.
	tokens *oidc.Verifier
	chain  *identity.Chain
	// tickets open streams for pages.
	tickets *ticket.Box
	people  people
}

// providerFile keeps, in the data folder, the keys of the identity provider.
const providerFile = "oidc-keys.json"

// openIdentity opens what the chain of authenticators looks at. It starts nothing.
func (a *App) openIdentity() error {
	var err error
	a.identity.keys, err = apikey.Open(apikey.Config{Journal: a.stores.keys, Environment: a.config.Environment, Clock: a.clock, Random: rand.Reader})
	if err != nil {
		return err
	}
	a.identity.tickets = ticket.New(a.clock, rand.Reader)
	parts := identity.Config{Keys: a.identity.keys, Clock: a.clock, Proxies: identity.NewProxies(a.config.TrustedNetworks(), a.config.CertificateHeader)}
	if err := a.openProvider(); err != nil {
		return err
	}
	if len(a.config.OIDCAudience) > 0 {
		parts.Tokens = a.identity.tokens
	}
	if a.config.TLSClientCAFile != "" {
		parts.Certificates = a.servers.tls
	}
	if a.config.SignsIn() {
		if err := a.openSignIn(parts.Proxies); err != nil {
			return err
		}
		parts.Sessions = a.identity.people.sessions
	}
	a.identity.chain = identity.New(parts)
	return nil
}

// openProvider opens the keys of the identity provider; there may be none.
func (a *App) openProvider() error {
	c := oidc.Config{
		Issuer: a.config.OIDCIssuer, Audiences: a.config.OIDCAudience, Algorithms: a.config.OIDCAlgorithms, Skew: a.config.OIDCSkew,
		File: filepath.Join(a.config.DataDir, providerFile), Clock: a.clock, Logger: a.logger,
	}
	var err error
	switch {
	case a.config.OIDCDevelopment:
		err = a.developIssuer(&c)
	case a.config.OIDCIssuer != "":
		c.Transport, err = a.config.OIDCTransport()
	default:
		return nil
	}
	if err != nil {
		return err
	}
	if a.identity.tokens, err = oidc.Open(c); err != nil {
		return err
	}
	if err := a.metrics.Register(a.identity.tokens); err != nil {
		return fmt.Errorf("telling how old the keys of the identity provider are: %w", err)
	}
	return nil
}

// run keeps what is known of callers fresh until the context ends.
func (i *identities) run(ctx context.Context) error {
	group, inner := errgroup.WithContext(ctx)
	group.Go(func() error { return i.keys.Run(inner) })
	if i.tokens != nil {
		group.Go(func() error { return i.tokens.Run(inner) })
	}
	if i.people.sessions != nil {
		group.Go(func() error { return i.people.sessions.Run(inner) })
	}
	return group.Wait()
}

func (i *identities) close() {
	if i.tokens != nil {
		i.tokens.Close()
	}
}

// Keys makes and revokes keys for principals of the access file.
func (r *rooms) Keys() access.Keys { return partnerKeys{r.app.identity.keys, r.app} }

// Tickets makes tickets for streams.
func (r *rooms) Tickets() access.Tickets { return r.app.identity.tickets }

// partnerKeys are the keys, with who may have some.
type partnerKeys struct {
	*apikey.Ring
	app *App
}

// ID names where the keys are kept.
func (k partnerKeys) ID() string { return k.app.stores.keys.ID() }

// Tokens are the page tokens of who calls.
func (k partnerKeys) Tokens(ctx context.Context) token.Tokens { return k.app.tokens.For(ctx) }

// Knows tells whether the access file has a principal.
func (k partnerKeys) Knows(principal string) bool {
	file := k.app.servers.guard.File()
	return file.Principal(principal) != nil
}

// ByTwo tells whether a key takes two persons: who makes one alone for somebody else could
// be both of those whom a governed access file asks for.
func (k partnerKeys) ByTwo() bool { return k.app.config.Governed }
