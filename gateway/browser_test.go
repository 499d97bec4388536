package gateway_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	"odoomesh/gateway"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/internal/fault"
	"odoomesh/internal/identity/session"
)

// browser takes the header Cookie as it is for a session, and one header for the origin.
type browser struct{}

func (browser) Session(r *http.Request) *session.Shown {
	if id := r.Header.Get("Cookie"); id != "" {
		return session.Show(id)
	}
	return nil
}

func (browser) SameOrigin(r *http.Request) error {
	if r.Method != http.MethodGet && r.Header.Get("Sec-Fetch-Site") != "same-origin" {
		return errors.New("not from here")
	}
	return nil
}

func (browser) Lead(w http.ResponseWriter, r *http.Request) bool {
	if !strings.Contains(r.Header.Get("Accept"), "text/html") {
		return false
	}
	w.Header().Set("Location", "/signin")
	w.WriteHeader(http.StatusSeeOther)
	return true
}

// A session reaches those who know callers, on calls and on streams, as nothing that goes
// over a wire; it changes something for pages of the own origin alone.
func TestABrowserShowsItsSession(t *testing.T) {
	p := answering(realistic("products/42"))
	p.watch = func(*productv1.WatchProductsRequest, grpc.ServerStreamingServer[productv1.WatchProductsResponse]) error {
		return nil
	}
	check := func(ctx context.Context) error {
		md, _ := metadata.FromIncomingContext(ctx)
		for name, values := range md {
			if strings.Contains(strings.Join(values, " ")+name, "cookie") {
				t.Errorf("the cookie is metadata: %s", name)
			}
		}
		if session.From(ctx) == nil {
			return fault.Unauthenticated("Nobody is signed in.")
		}
		return nil
	}
	in := interceptors{
		func(ctx context.Context, req any, _ *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
			if err := check(ctx); err != nil {
				return nil, err
			}
			return next(ctx, req)
		},
		func(server any, s grpc.ServerStream, _ *grpc.StreamServerInfo, next grpc.StreamHandler) error {
			if err := check(s.Context()); err != nil {
				return err
			}
			return next(server, s)
		},
	}
	server := serve(t, newHandler(t, p, gateway.Options{Browser: browser{}, AllowedOrigins: []string{ward}}, in))
	for _, tt := range []struct {
		method, path string
		headers      []string
		code         int
	}{
		{"GET", "/v1/products/42", []string{"Cookie", "a-cookie"}, 200},
		{"GET", "/v1/products:watch", []string{"Cookie", "a-cookie"}, 200},
		{"GET", "/v1/products/42", nil, 401},
		{"GET", "/v1/products/42", []string{"Grpc-Metadata-Cookie", "a-cookie"}, 401},
		{"GET", "/v1/products/42", []string{"Accept", "text/html,*/*"}, 303},
		{"POST", "/v1/products/42", []string{"Cookie", "a-cookie", "Sec-Fetch-Site", "same-origin"}, 405},
		{"POST", "/v1/products/42", []string{"Cookie", "a-cookie"}, 403},
		// One that may call with a token may not with somebody's cookie.
		{"POST", "/v1/products/42", []string{"Cookie", "a-cookie", "Origin", ward}, 403},
		{"POST", "/v1/products/42", []string{"Origin", ward}, 405},
	} {
		got := send(t, server, tt.method, tt.path, tt.headers...)
		if got.StatusCode != tt.code || (tt.code == 303) != (got.Header.Get("Location") == "/signin") {
			t.Errorf("%s %s with %v: %d, want %d: %s", tt.method, tt.path, tt.headers, got.StatusCode, tt.code, got.body)
		}
		if got.Header.Get("Access-Control-Allow-Credentials") != "" {
			t.Errorf("%s %s: browsers may send credentials from elsewhere", tt.method, tt.path)
		}
	}
}
