// Package oidctest is an OpenID Connect provider to test with: the one for development,
// which also signs whatever a test wants. Keys can be rotated, and it can be down.
package oidctest

import (
	"crypto"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"odoomesh/internal/clock"
	"odoomesh/internal/identity/oidc/issuer"
)

// Issuer is a provider.
type Issuer struct {
	*httptest.Server
	t testing.TB

	mu     sync.Mutex
	config issuer.Config
	inner  *issuer.Issuer
	down   bool
	// asked counts how often keys were asked for.
	asked int
	// bent are claims that tokens for people have otherwise than they should; nil takes one away.
	bent map[string]any
}

// New starts a provider, which ends with the test.
func New(t testing.TB) *Issuer {
	t.Helper()
	i := &Issuer{t: t}
	i.Server = httptest.NewServer(http.HandlerFunc(i.answer))
	t.Cleanup(i.Close)
	i.config = issuer.Config{URL: i.URL, People: func() []issuer.Person { return nil }, Clock: clock.System{}}
	i.Rotate()
	return i
}

// SignsIn lets people sign in to a client.
func (i *Issuer) SignsIn(clientID, redirect, signedOut string, clk clock.Clock, people ...issuer.Person) {
	i.mu.Lock()
	i.config.ClientID, i.config.Redirect, i.config.SignedOut, i.config.Clock = clientID, redirect, signedOut, clk
	i.config.People = func() []issuer.Person { return people }
	i.mu.Unlock()
	i.Rotate()
}

// Bend lets tokens for people have other claims than they should; nil takes one away.
func (i *Issuer) Bend(claims map[string]any) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.bent = claims
}

func (i *Issuer) answer(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	switch {
	case i.down:
		http.Error(w, "down", http.StatusServiceUnavailable)
	case r.URL.Path == "/keys":
		i.asked++
		// What a set has no business to hold is in it, too.
		shared := jose.JSONWebKey{Key: []byte("a shared secret of thirty-two bytes"), KeyID: "shared", Use: "sig", Algorithm: "HS256"}
		_ = json.NewEncoder(w).Encode(jose.JSONWebKeySet{Keys: append(i.inner.Keys(), shared)})
	case r.URL.Path == "/token" && i.bent != nil:
		i.bend(w, r)
	default:
		i.inner.ServeHTTP(w, r)
	}
}

// bend answers as the provider does, with another token.
func (i *Issuer) bend(w http.ResponseWriter, r *http.Request) {
	good := httptest.NewRecorder()
	i.inner.ServeHTTP(good, r)
	var answer map[string]any
	if err := json.Unmarshal(good.Body.Bytes(), &answer); err != nil {
		i.t.Error(err)
	}
	if token, is := answer["id_token"].(string); is {
		jws, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{issuer.Algorithm})
		if err != nil {
			i.t.Error(err)
			return
		}
		claims := map[string]any{}
		_ = json.Unmarshal(jws.UnsafePayloadWithoutVerification(), &claims)
		if answer["id_token"], err = i.inner.Sign(changed(claims, i.bent)); err != nil {
			i.t.Error(err)
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(good.Code)
	_ = json.NewEncoder(w).Encode(answer)
}

func changed(claims, change map[string]any) map[string]any {
	maps.Copy(claims, change)
	maps.DeleteFunc(claims, func(_ string, v any) bool { return v == nil })
	return claims
}

// Rotate takes another key; tokens of the one before are good no more.
func (i *Issuer) Rotate() {
	i.mu.Lock()
	defer i.mu.Unlock()
	inner, err := issuer.New(i.config)
	if err != nil {
		i.t.Fatal(err)
	}
	i.inner = inner
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
	return changed(all, change)
}

// Token is a good token with some claims changed.
func (i *Issuer) Token(now time.Time, change map[string]any) string {
	i.t.Helper()
	i.mu.Lock()
	defer i.mu.Unlock()
	token, err := i.inner.Sign(i.Claims(now, change))
	if err != nil {
		i.t.Fatal(err)
	}
	return token
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
	return i.inner.Public()
}

// KeyID is what the key calls itself.
func (i *Issuer) KeyID() string {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.inner.Keys()[0].KeyID
}
