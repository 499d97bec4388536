package oidc_test

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"testing"

	"golang.org/x/oauth2"

	"odoomesh/internal/clock"
	"odoomesh/internal/identity/oidc"
	"odoomesh/internal/identity/oidc/issuer"
	"odoomesh/internal/identity/oidc/oidctest"
)

func TestWhereAProviderSignsOut(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, endpoint, want string }{
		{"at its page", "https://idp.example/out", "https://idp.example/out?client_id=mesh&post_logout_redirect_uri=https%3A%2F%2Fmesh.example%2Fsignedout&state=s"},
		{"at a page with a question of its own", "https://idp.example/out?p=b2c&state=x", "https://idp.example/out?client_id=mesh&p=b2c&post_logout_redirect_uri=https%3A%2F%2Fmesh.example%2Fsignedout&state=s"},
		{"nowhere", "", ""},
		{"at a page that others can read", "http://idp.example/out", ""},
		{"at none that is a page", "javascript:alert(1)", ""},
		{"on no host", "https:out", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var server *httptest.Server
			server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/keys" {
					_, _ = w.Write([]byte(`{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}`))
					return
				}
				_ = json.NewEncoder(w).Encode(map[string]any{"issuer": server.URL, "jwks_uri": server.URL + "/keys", "authorization_endpoint": server.URL + "/authorize", "token_endpoint": server.URL + "/token", "end_session_endpoint": tt.endpoint})
			}))
			defer server.Close()
			v, err := oidc.Open(oidc.Config{Issuer: server.URL, Algorithms: []string{"EdDSA"}, File: filepath.Join(t.TempDir(), "keys"), Clock: clock.System{}, Logger: slog.New(slog.DiscardHandler), Transport: server.Client().Transport})
			if err != nil {
				t.Fatal(err)
			}
			defer v.Close()
			c := v.Client(oidc.ClientConfig{ID: "mesh", SignedOut: "https://mesh.example/signedout"})
			if to := c.SignOut(nil, "s"); to != "" {
				t.Errorf("before the provider was asked: %q", to)
			}
			if _, err := c.Begin(t.Context(), oidc.Attempt{}); err != nil {
				t.Fatal(err)
			}
			if to := c.SignOut(nil, "s"); to != tt.want {
				t.Errorf("%q, want %q", to, tt.want)
			}
		})
	}
}

// A token that opens calls is in no address, which browsers keep and servers log.
func TestATokenThatOpensCallsIsNoHint(t *testing.T) {
	t.Parallel()
	for name, audiences := range map[string][]string{"one for people alone": {"mesh-api"}, "one for calls, too": {"mesh-api", "mesh-console"}} {
		i := oidctest.New(t)
		i.SignsIn("mesh-console", "http://mesh/back", "http://mesh/out", clock.System{}, issuer.Person{Name: "bob", Subject: "bob"})
		v, err := oidc.Open(oidc.Config{Issuer: i.URL, Audiences: audiences, Algorithms: []string{"ES256"}, File: filepath.Join(t.TempDir(), "keys"), Clock: clock.System{}, Logger: slog.New(slog.DiscardHandler), Transport: i.Client().Transport})
		if err != nil {
			t.Fatal(err)
		}
		defer v.Close()
		c := v.Client(oidc.ClientConfig{ID: "mesh-console", Redirect: "http://mesh/back", SignedOut: "http://mesh/out", Scopes: []string{"openid"}})
		attempt := oidc.Attempt{State: "s", Nonce: "n", Verifier: oauth2.GenerateVerifier()}
		to, err := c.Begin(t.Context(), attempt)
		if err != nil {
			t.Fatal(err)
		}
		browser := *i.Client()
		browser.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		picked, err := browser.PostForm(to, url.Values{"person": {"bob"}})
		if err != nil {
			t.Fatal(err)
		}
		picked.Body.Close()
		back, err := picked.Location()
		if err != nil {
			t.Fatal(err)
		}
		who, err := c.End(t.Context(), attempt, back.Query().Get("code"))
		if err != nil {
			t.Fatal(err)
		}
		out, err := url.Parse(c.SignOut(who, "s"))
		if err != nil || out.Query().Has("id_token_hint") == (len(audiences) == 2) || out.Query().Get("client_id") != "mesh-console" {
			t.Errorf("%s: %v, %v", name, out, err)
		}
	}
}
