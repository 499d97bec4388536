package oidc_test

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"odoomesh/internal/clock"
	"odoomesh/internal/identity/oidc"
)

// A client's secret goes to the provider in the way that it asks for, and nowhere else;
// what the provider answers is told by its code alone.
func TestTheSecretOfTheClientGoesToTheProviderAlone(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		methods []string
		secret  string
		code    int
		header  string
		want    error
	}{
		{"as the standard has it", nil, "s3cret", 400, "Basic bWVzaDpzM2NyZXQ=", oidc.ErrCode},
		{"in the form", []string{"client_secret_post"}, "s3cret", 400, "", oidc.ErrCode},
		{"without one", nil, "", 401, "", oidc.ErrCode},
		{"to one that is broken", nil, "s3cret", 502, "Basic bWVzaDpzM2NyZXQ=", oidc.ErrAway},
		{"to one that leads elsewhere", nil, "s3cret", 307, "Basic bWVzaDpzM2NyZXQ=", oidc.ErrCode},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			asked := make(chan *http.Request, 2)
			mux := http.NewServeMux()
			server := httptest.NewServer(mux)
			defer server.Close()
			mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
				_ = json.NewEncoder(w).Encode(map[string]any{"issuer": server.URL, "jwks_uri": server.URL + "/keys", "authorization_endpoint": server.URL + "/authorize", "token_endpoint": server.URL + "/token", "token_endpoint_auth_methods_supported": tt.methods})
			})
			mux.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) {
				_, _ = w.Write([]byte(`{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}`))
			})
			mux.HandleFunc("/token", func(w http.ResponseWriter, r *http.Request) {
				_ = r.ParseForm()
				asked <- r
				w.Header().Set("Location", server.URL+"/elsewhere")
				w.WriteHeader(tt.code)
				_, _ = w.Write([]byte(`{"error":"invalid_grant","error_description":"the-code is unknown"}`))
			})
			mux.HandleFunc("/elsewhere", func(http.ResponseWriter, *http.Request) { t.Error("the secret was sent elsewhere") })
			v, err := oidc.Open(oidc.Config{Issuer: server.URL, Algorithms: []string{"EdDSA"}, File: filepath.Join(t.TempDir(), "keys"), Clock: clock.System{}, Logger: slog.New(slog.DiscardHandler), Transport: server.Client().Transport})
			if err != nil {
				t.Fatal(err)
			}
			defer v.Close()
			c := v.Client(oidc.ClientConfig{ID: "mesh", Secret: func() (string, error) { return tt.secret, nil }, Redirect: "https://mesh.example/signin/callback", Scopes: []string{"openid"}})
			_, err = c.End(t.Context(), oidc.Attempt{State: "state", Nonce: "nonce", Verifier: "the-verifier"}, "the-code")
			if !errors.Is(err, tt.want) || strings.Contains(err.Error(), "the-code") || strings.Contains(err.Error(), "s3cret") {
				t.Errorf("%v, want %v", err, tt.want)
			}
			if len(asked) != 1 {
				t.Fatalf("the provider was asked %d times", len(asked))
			}
			r := <-asked
			inForm := r.PostForm.Get("client_secret")
			if r.Header.Get("Authorization") != tt.header || (inForm != "") != (tt.header == "" && tt.secret != "") || r.PostForm.Get("code_verifier") != "the-verifier" {
				t.Errorf("the provider was sent %v and %v", r.Header, r.PostForm)
			}
		})
	}
}

func TestASignInNeedsAnEncryptedProvider(t *testing.T) {
	t.Parallel()
	var server *httptest.Server
	server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/keys" {
			_, _ = w.Write([]byte(`{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}`))
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"issuer": server.URL, "jwks_uri": server.URL + "/keys", "authorization_endpoint": "http://idp.example/authorize", "token_endpoint": server.URL + "/token"})
	}))
	defer server.Close()
	v, err := oidc.Open(oidc.Config{Issuer: server.URL, Algorithms: []string{"EdDSA"}, File: filepath.Join(t.TempDir(), "keys"), Clock: clock.System{}, Logger: slog.New(slog.DiscardHandler), Transport: server.Client().Transport})
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	if to, err := v.Client(oidc.ClientConfig{ID: "mesh"}).Begin(t.Context(), oidc.Attempt{}); !errors.Is(err, oidc.ErrAway) {
		t.Errorf("people are led to %q, %v", to, err)
	}
}
