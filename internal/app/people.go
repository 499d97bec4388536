package app

import (
	"crypto/rand"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"

	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"

	"odoomesh/internal/access"
	"odoomesh/internal/config"
	"odoomesh/internal/identity"
	"odoomesh/internal/identity/oidc"
	"odoomesh/internal/identity/oidc/issuer"
	"odoomesh/internal/identity/session"
	"odoomesh/internal/signin"
)

// people are those who sign in with a browser.
type people struct {
	// door and sessions are nil where nobody does.
	door     *signin.Door
	sessions *session.Sessions
	// developing is nil where there is no issuer for development.
	developing *issuer.Issuer
}

// issuerPath is where the issuer for development lies.
const issuerPath = "/development-issuer"

// signInNote tells whoever looks at the API pages.
const signInNote = "To try calls out from this page, [sign in](" + signin.PathSignIn + "?return=%2Fdocs%2F); [who is signed in](" + signin.PathSession + ") is shown there, too."

func (p *people) pages(mux *http.ServeMux) {
	if p.door != nil {
		p.door.Pages(mux)
	}
	if p.developing != nil {
		mux.Handle(issuerPath+"/", issuer.OnlyLocal(p.developing))
	}
}

// publicURL is by which browsers reach the mesh.
func (a *App) publicURL() string {
	switch {
	case a.config.PublicURL != "":
		return a.config.PublicURL
	case a.servers.encrypts:
		return "https://" + a.HTTPAddr()
	}
	return "http://" + a.HTTPAddr()
}

// openSignIn makes the door, and the place for sessions. Both start nothing.
func (a *App) openSignIn(proxies *identity.Proxies) error {
	file := func() *access.File { return a.servers.guard.File() }
	a.identity.people.sessions = session.New(session.Config{
		Lifetime: a.config.SessionLifetime, Idle: a.config.SessionIdle, Bounds: session.DefaultBounds(), File: file,
		Clock: a.clock, Random: rand.Reader, Registerer: a.metrics,
	})
	at, id, secret := a.publicURL(), a.config.OIDCClientID, a.config.ClientSecret
	if a.config.OIDCDevelopment {
		id = config.DevelopmentClient
	}
	client := a.identity.tokens.Client(oidc.ClientConfig{ID: id, Secret: secret, Redirect: at + signin.PathCallback, SignedOut: at + signin.PathSignedOut, Scopes: a.config.OIDCScopes})
	var err error
	a.identity.people.door, err = signin.New(signin.Config{
		URL: at, Issuer: a.identity.tokens.Issuer, Client: client, Sessions: a.identity.people.sessions, File: file, Audit: a.trail,
		Address: func(r *http.Request) string { return cameFrom(r, proxies) }, Environment: a.config.Environment, Lifetime: a.config.SessionLifetime,
		Clock: a.clock, Logger: a.logger, Registerer: a.metrics,
	})
	if err == nil && strings.HasPrefix(at, "http://") {
		a.logger.Warn("people sign in without TLS, on this machine alone: the cookie of their session is not Secure, and every port of "+a.HTTPAddr()+" is sent it", slog.String("public-url", at))
	}
	return err
}

// cameFrom is the address that a request comes from; empty where it is not known.
func cameFrom(r *http.Request, proxies *identity.Proxies) string {
	at, ok := remote(r)
	if !ok {
		return ""
	}
	ctx := peer.NewContext(r.Context(), &peer.Peer{Addr: net.TCPAddrFromAddrPort(at)})
	sent := metadata.MD{}
	sent.Append("x-forwarded-for", r.Header.Values("X-Forwarded-For")...)
	if from := proxies.Origin(metadata.NewIncomingContext(ctx, sent)); from.IsValid() {
		return from.String()
	}
	return ""
}

// developIssuer makes the issuer for development, and lets it be the one that is believed.
func (a *App) developIssuer(c *oidc.Config) error {
	// The settings have refused an address that leads further; this is what it led to.
	for _, l := range []net.Listener{a.servers.grpcListener, a.servers.httpListener} {
		if l == nil || !access.IsLocal(l.Addr()) {
			return fmt.Errorf("oidc-development-issuer: a port can be reached from other machines, where everybody could be whom they pick; listen on 127.0.0.1")
		}
	}
	at := a.publicURL()
	made, err := issuer.New(issuer.Config{
		URL: at + issuerPath, ClientID: config.DevelopmentClient, Redirect: at + signin.PathCallback, SignedOut: at + signin.PathSignedOut, Clock: a.clock,
		People: func() []issuer.Person { return toPick(a.servers.guard.File(), at+issuerPath) },
	})
	if err != nil {
		return err
	}
	a.identity.people.developing = made
	c.Issuer, c.Algorithms, c.Transport = made.URL, []string{string(issuer.Algorithm)}, made
	a.logger.Warn("the issuer for development is on: whoever works on this machine can be whom they pick", slog.String("issuer", made.URL))
	return nil
}

// toPick are the principals of the access file, each with what a token has to say to be its own.
func toPick(file *access.File, at string) []issuer.Person {
	var all []issuer.Person
	for _, c := range file.Claimed() {
		p := issuer.Person{Name: c.Name, Subject: c.Subject, Claims: c.Claims}
		if p.Subject == "" {
			p.Subject = "development-" + c.Name
		}
		switch {
		case !c.Known:
			p.Why = "the access file does not say which tokens are this principal's (oidc)"
		case c.Issuer != "" && c.Issuer != at:
			p.Why = "the access file takes tokens of another issuer alone (oidc, issuer)"
		}
		all = append(all, p)
	}
	return all
}
