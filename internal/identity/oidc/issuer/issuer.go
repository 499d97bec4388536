// Package issuer is an OpenID Connect provider for development: whoever opens its page
// picks who they want to be. It knows the code flow with PKCE and signing out, believes one
// client, and answers callers of this machine alone. Its key is made anew at each
// start. What a real provider would promise of people, it does not.
package issuer

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"

	"odoomesh/internal/clock"
)

// Algorithm is how tokens are signed.
const Algorithm = jose.ES256

// Person is somebody to be.
type Person struct {
	Name    string
	Subject string
	Claims  map[string]string
	// Why says why nobody can be this person; empty where one can.
	Why string
}

// Config is what an Issuer needs.
type Config struct {
	// URL is where it is reached, without a slash at the end.
	URL string
	// ClientID and Redirect are those of the one client.
	ClientID, Redirect string
	// SignedOut is where browsers are led that have signed out.
	SignedOut string
	// People are those to pick from, as they are now.
	People func() []Person
	Clock  clock.Clock
}

// Issuer is a provider. It is safe for concurrent use.
type Issuer struct {
	Config
	pages *http.ServeMux
	key   *ecdsa.PrivateKey
	kid   string

	mu sync.Mutex
	// codes are those that nobody has come back with.
	codes map[string]granted
}

// New makes an issuer with a key of its own. It starts nothing.
func New(c Config) (*Issuer, error) {
	at, err := url.Parse(c.URL)
	if err != nil {
		return nil, fmt.Errorf("reading the address of the issuer: %w", err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("making the key of the issuer: %w", err)
	}
	i := &Issuer{Config: c, pages: http.NewServeMux(), key: key, kid: rand.Text(), codes: map[string]granted{}}
	for pattern, page := range map[string]http.HandlerFunc{
		"GET /.well-known/openid-configuration": i.discovery,
		"GET /keys":                             i.keys,
		"GET /authorize":                        i.ask,
		"POST /authorize":                       i.grant,
		"POST /token":                           i.token,
		"GET /signout":                          i.signOut,
		"POST /signout":                         i.signOut,
	} {
		verb, path, _ := strings.Cut(pattern, " ")
		i.pages.HandleFunc(verb+" "+at.Path+path, page)
	}
	return i, nil
}

// ServeHTTP implements http.Handler.
func (i *Issuer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	i.pages.ServeHTTP(w, r)
}

func (i *Issuer) discovery(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]any{
		"issuer": i.URL, "jwks_uri": i.URL + "/keys", "authorization_endpoint": i.URL + "/authorize", "token_endpoint": i.URL + "/token", "end_session_endpoint": i.URL + "/signout",
		"response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"}, "scopes_supported": []string{"openid"},
		"id_token_signing_alg_values_supported": []string{string(Algorithm)}, "code_challenge_methods_supported": []string{"S256"},
		"token_endpoint_auth_methods_supported": []string{"none"},
	})
}

// Keys are those that verify what it signs.
func (i *Issuer) Keys() []jose.JSONWebKey {
	return []jose.JSONWebKey{{Key: i.key.Public(), KeyID: i.kid, Use: "sig", Algorithm: string(Algorithm)}}
}

// Public is the key that verifies.
func (i *Issuer) Public() crypto.PublicKey { return i.key.Public() }

func (i *Issuer) keys(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, jose.JSONWebKeySet{Keys: i.Keys()})
}

// tokenFor is how long a token is good: it is looked at once, at once.
const tokenFor = 5 * time.Minute

// Sign makes a token of claims.
func (i *Issuer) Sign(claims map[string]any) (string, error) {
	options := &jose.SignerOptions{ExtraHeaders: map[jose.HeaderKey]any{"kid": i.kid, "typ": "JWT"}}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: Algorithm, Key: i.key}, options)
	if err != nil {
		return "", err
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		return "", err
	}
	return signed.CompactSerialize()
}

func writeJSON(w http.ResponseWriter, code int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(v) // the caller has gone away
}
