// Package oidctest is an OpenID Connect provider to test with: it tells what it is and
// its keys, and signs whatever a test wants. Keys can be rotated, and it can be down.
package oidctest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// Issuer is a provider.
type Issuer struct {
	*httptest.Server
	t testing.TB

	mu   sync.Mutex
	key  *ecdsa.PrivateKey
	kid  int
	down bool
	// asked counts how often keys were asked for.
	asked int
}

// New starts a provider, which ends with the test.
func New(t testing.TB) *Issuer {
	t.Helper()
	i := &Issuer{t: t}
	i.Rotate()
	i.Server = httptest.NewServer(http.HandlerFunc(i.answer))
	t.Cleanup(i.Close)
	return i
}

func (i *Issuer) answer(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.down {
		http.Error(w, "down", http.StatusServiceUnavailable)
		return
	}
	switch r.URL.Path {
	case "/.well-known/openid-configuration":
		_ = json.NewEncoder(w).Encode(map[string]any{"issuer": i.URL, "jwks_uri": i.URL + "/keys", "authorization_endpoint": i.URL + "/a", "token_endpoint": i.URL + "/t"})
	case "/keys":
		i.asked++
		_ = json.NewEncoder(w).Encode(i.keys())
	default:
		http.NotFound(w, r)
	}
}

func (i *Issuer) keys() jose.JSONWebKeySet {
	return jose.JSONWebKeySet{Keys: []jose.JSONWebKey{
		{Key: i.key.Public(), KeyID: i.name(), Use: "sig", Algorithm: "ES256"},
		// What a set has no business to hold.
		{Key: []byte("a shared secret of thirty-two bytes"), KeyID: "shared", Use: "sig", Algorithm: "HS256"},
	}}
}

func (i *Issuer) name() string { return fmt.Sprint("key-", i.kid) }

// Rotate takes another key; tokens of the one before are good no more.
func (i *Issuer) Rotate() {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		i.t.Fatal(err)
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.key = key
	i.kid++
}

// Down lets the provider answer no more, or again.
func (i *Issuer) Down(down bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.down = down
}

// Asked is how often its keys were asked for.
func (i *Issuer) Asked() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.asked
}

// Claims are those of a good token for the audience "mesh", with some changed; nil takes
// one away.
func (i *Issuer) Claims(now time.Time, change map[string]any) map[string]any {
	all := map[string]any{"iss": i.URL, "aud": "mesh", "sub": "ward-17", "iat": now.Unix(), "exp": now.Add(time.Hour).Unix()}
	maps.Copy(all, change)
	maps.DeleteFunc(all, func(_ string, v any) bool { return v == nil })
	return all
}

// Token is a good token with some claims changed.
func (i *Issuer) Token(now time.Time, change map[string]any) string {
	i.mu.Lock()
	key, kid := i.key, i.name()
	i.mu.Unlock()
	return i.Sign(jose.ES256, key, map[jose.HeaderKey]any{"kid": kid, "typ": "JWT"}, i.Claims(now, change))
}

// Sign signs claims in any way.
func (i *Issuer) Sign(algorithm jose.SignatureAlgorithm, key any, header map[jose.HeaderKey]any, claims any) string {
	i.t.Helper()
	options := &jose.SignerOptions{ExtraHeaders: header}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: key}, options)
	if err != nil {
		i.t.Fatal(err)
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		i.t.Fatal(err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		i.t.Fatal(err)
	}
	text, err := signed.CompactSerialize()
	if err != nil {
		i.t.Fatal(err)
	}
	return text
}

// Public is the key that verifies now.
func (i *Issuer) Public() crypto.PublicKey {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.key.Public()
}
