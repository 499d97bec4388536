package config

import (
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"odoomesh/internal/secret"
)

// SignIn is how people sign in with a browser.
type SignIn struct {
	OIDCClientID    string        `key:"oidc-client-id" doc:"What the provider calls the mesh where people sign in with a browser (code flow with PKCE), and the audience of the tokens that say who did. Empty: nobody does."`
	OIDCSecretFile  string        `key:"oidc-client-secret-file" doc:"File whose first line is the client's secret at the provider. It is read at each sign-in. Empty: a client without one."`
	OIDCScopes      []string      `key:"oidc-scopes" doc:"What is asked of the provider; openid has to be among it. Some give groups for a scope of that name alone."`
	PublicURL       string        `key:"public-url" doc:"URL by which browsers reach http-addr, such as https://mesh.example. The provider has to know /signin/callback below it."`
	SessionLifetime time.Duration `key:"session-lifetime" doc:"How long somebody is signed in at most."`
	SessionIdle     time.Duration `key:"session-idle" doc:"How long a session may go unused; a stream that is open is used when it is opened."`
	OIDCDevelopment bool          `key:"oidc-development-issuer" doc:"Serve an issuer for development below /development-issuer/, where everybody may be whom they pick, without a password. In the environment development, and on loopback addresses alone."`
}

// DevelopmentClient is what the issuer for development calls the mesh.
const DevelopmentClient = "meshd"

const (
	leastIdle     = time.Minute
	leastLifetime = 5 * time.Minute
	mostLifetime  = 7 * 24 * time.Hour
)

func defaultSignIn() SignIn {
	return SignIn{OIDCScopes: []string{"openid"}, SessionLifetime: 8 * time.Hour, SessionIdle: 30 * time.Minute}
}

// SignsIn tells whether people sign in with a browser.
func (s SignIn) SignsIn() bool { return s.OIDCClientID != "" || s.OIDCDevelopment }

func (s SignIn) check(c Config, found *problems) {
	atLeast("session-idle", s.SessionIdle, leastIdle, found)
	atLeast("session-lifetime", s.SessionLifetime, leastLifetime, found)
	if s.SessionLifetime > mostLifetime {
		found.add("session-lifetime", "%s is too long; at most %s", shortDuration(s.SessionLifetime), shortDuration(mostLifetime))
	}
	if s.SessionIdle > s.SessionLifetime {
		found.add("session-idle", "%s is longer than session-lifetime; shorten it", shortDuration(s.SessionIdle))
	}
	if !slices.Contains(s.OIDCScopes, "openid") || slices.ContainsFunc(s.OIDCScopes, func(one string) bool { return strings.ContainsAny(one, " \"\\") }) {
		found.add("oidc-scopes", "openid is not among them, or one has blanks or quotes; write openid,groups")
	}
	s.checkURL(c.Encrypts(), found)
	if s.OIDCDevelopment {
		s.checkDevelopment(c, found)
		return
	}
	if s.OIDCClientID == "" {
		for _, one := range []struct{ key, value string }{{"oidc-client-secret-file", s.OIDCSecretFile}, {"public-url", s.PublicURL}} {
			if one.value != "" {
				found.add(one.key, "nobody signs in with a browser; set oidc-client-id")
			}
		}
		return
	}
	if c.OIDCIssuer == "" {
		found.add("oidc-client-id", "there is no issuer; set oidc-issuer")
	}
	if s.PublicURL == "" {
		found.add("public-url", "it is empty, and the provider sends browsers back to it; set it to how they reach the mesh, such as https://mesh.example")
	}
	if c.HTTPAddr == "" {
		found.add("oidc-client-id", "there are no pages; set http-addr")
	}
	if _, err := s.ClientSecret(); err != nil {
		found.add("oidc-client-secret-file", "%v", err)
	}
}

func (s SignIn) checkURL(encrypts bool, found *problems) {
	if s.PublicURL == "" {
		return
	}
	checkURL("public-url", s.PublicURL, "leave them out: everybody sees it",
		"plain http:// would show sessions to anybody on the way; use https://", found)
	u, err := url.Parse(s.PublicURL)
	if err != nil {
		return
	}
	if u.Path != "" {
		found.add("public-url", "it has a path, and the pages lie at the root; write %s://%s", u.Scheme, u.Host)
	}
	if encrypts && u.Scheme == "http" {
		found.add("public-url", "the port has TLS; write https://%s", u.Host)
	}
}

// checkDevelopment keeps the issuer that asks for no password from everybody but whoever
// develops.
func (s SignIn) checkDevelopment(c Config, found *problems) {
	const key = "oidc-development-issuer"
	if c.Environment != defaultIdentity().Environment {
		found.add(key, "everybody may be whom they pick, and this is the environment %s, not development; set oidc-issuer to a real one", c.Environment)
	}
	for _, a := range []struct{ key, addr string }{{"grpc-addr", c.GRPCAddr}, {"http-addr", c.HTTPAddr}} {
		if host, _, err := net.SplitHostPort(a.addr); err == nil && !isLoopback(host) {
			found.add(key, "%s can be reached from other machines, where everybody could be whom they pick; listen on 127.0.0.1", a.key)
		}
	}
	if u, err := url.Parse(s.PublicURL); s.PublicURL != "" && (err != nil || !isLoopback(u.Hostname())) {
		found.add(key, "public-url leads to another machine, where everybody could be whom they pick; leave it out")
	}
	if len(c.TrustedProxies) > 0 {
		found.add(key, "a proxy passes on callers of other machines; leave out trusted-proxies")
	}
	if c.OIDCIssuer != "" || s.OIDCClientID != "" || s.OIDCSecretFile != "" {
		found.add(key, "there can be one issuer; leave out oidc-issuer, oidc-client-id and oidc-client-secret-file")
	}
	if c.HTTPAddr == "" {
		found.add(key, "there are no pages; set http-addr")
	}
	if c.AccessFile == "" {
		found.add(key, "who can be picked stands in the access file; set access-file")
	}
}

// ClientSecret reads the secret of the client as it is now; empty for a client without one.
func (s SignIn) ClientSecret() (string, error) {
	if s.OIDCSecretFile == "" {
		return "", nil
	}
	t, err := secret.NewFile(s.OIDCSecretFile).Read()
	return t.Reveal(), err
}
