package gateway_test

import (
	"net/http"
	"strings"
	"testing"

	"google.golang.org/grpc"

	"odoomesh/gateway"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
)

const (
	ward     = "https://ward.example"
	stranger = "https://ward.example.evil"
)

func TestOnlyListedOriginsMayCall(t *testing.T) {
	p := answering(realistic("products/42"))
	p.watch = func(_ *productv1.WatchProductsRequest, s grpc.ServerStreamingServer[productv1.WatchProductsResponse]) error {
		return s.Send(&productv1.WatchProductsResponse{ChangeType: typesv1.ChangeType_CHANGE_TYPE_HEARTBEAT})
	}
	open := serve(t, newHandler(t, p, gateway.Options{AllowedOrigins: []string{"http://localhost:5173", ward}}, interceptors{}))
	for _, c := range []struct {
		path, origin string
		status       int
	}{
		{"/v1/products/42", ward, 200}, {"/v1/products/42?q=1", ward, 400}, {"/v1/nothing", ward, 404}, {"/v1/products:watch", ward, 200},
		{"/v1/products/42", stranger, 200}, {"/v1/products/42", "null", 200}, {"/v1/products/42", "", 200},
	} {
		var headers []string
		if c.origin != "" {
			headers = []string{"Origin", c.origin}
		}
		got := send(t, open, "GET", c.path, headers...)
		allowed := got.Header.Get("Access-Control-Allow-Origin")
		if want := map[string]string{ward: ward}[c.origin]; got.StatusCode != c.status || allowed != want {
			t.Errorf("%s from %q: %d, allowed %q", c.path, c.origin, got.StatusCode, allowed)
		}
		if got.Header.Get("Vary") != "Origin" || got.Header.Get("Access-Control-Allow-Credentials") != "" {
			t.Errorf("%s from %q: %v", c.path, c.origin, got.Header)
		}
		if c.origin != ward {
			continue
		}
		for _, name := range []string{"ETag", "Preference-Applied", "X-Request-Id", "Retry-After", "Mesh-Verified-Time"} {
			if !strings.Contains(got.Header.Get("Access-Control-Expose-Headers"), name) {
				t.Errorf("%s: %s is not exposed", c.path, name)
			}
		}
		if got.Header.Get("Cross-Origin-Resource-Policy") != "cross-origin" {
			t.Errorf("%s: %v", c.path, got.Header)
		}
	}
}

func TestBrowsersAreToldWhatPagesMaySend(t *testing.T) {
	p := answering(realistic("products/42"))
	open := serve(t, newHandler(t, p, gateway.Options{AllowedOrigins: []string{ward}}, interceptors{}))
	shut := newServer(t, p)
	ask := func(origin string) []string {
		return []string{"Origin", origin, "Access-Control-Request-Method", "GET", "Access-Control-Request-Headers", "authorization, last-event-id"}
	}
	got := send(t, open, "OPTIONS", "/v1/products:watch", ask(ward)...)
	if got.StatusCode != http.StatusNoContent || got.Header.Get("Access-Control-Allow-Origin") != ward || got.Header.Get("Access-Control-Max-Age") == "" {
		t.Errorf("%d %v", got.StatusCode, got.Header)
	}
	for _, name := range []string{"authorization", "last-event-id", "if-none-match", "x-request-id", "idempotency-key", "content-type", "prefer"} {
		if !strings.Contains(strings.ToLower(got.Header.Get("Access-Control-Allow-Headers")), name) {
			t.Errorf("%s may not be sent", name)
		}
	}
	refused := send(t, open, "OPTIONS", "/v1/products", ask(stranger)...)
	if refused.StatusCode != http.StatusForbidden || refused.Header.Get("Access-Control-Allow-Origin") != "" || refused.failure(t).reason(t) != "NOT_PERMITTED" {
		t.Errorf("a stranger: %d %s", refused.StatusCode, refused.body)
	}
	if !strings.Contains(string(refused.body), "Name the origin in cors-allowed-origins.") {
		t.Errorf("a stranger is told: %s", refused.body)
	}
	none := send(t, shut, "OPTIONS", "/v1/products", ask(ward)...)
	if none.StatusCode != http.StatusMethodNotAllowed || none.Header.Get("Access-Control-Allow-Origin") != "" || none.Header.Get("Vary") != "" {
		t.Errorf("without a list: %d %v", none.StatusCode, none.Header)
	}
	// What changes something is refused to pages of strangers, and only to them.
	for origin, want := range map[string]int{ward: http.StatusMethodNotAllowed, stranger: http.StatusForbidden} {
		if got := send(t, open, "POST", "/v1/products/42", "Origin", origin, "Sec-Fetch-Site", "cross-site"); got.StatusCode != want {
			t.Errorf("POST from %s: %d, want %d", origin, got.StatusCode, want)
		}
	}
}

func TestAnOriginThatIsNoneIsRefused(t *testing.T) {
	for _, origin := range []string{"*", "ward.example", "https://ward.example/path"} {
		if _, err := gateway.New(gateway.InProcess(nil, nil, nil), gateway.Options{AllowedOrigins: []string{origin}}); err == nil {
			t.Errorf("%s was taken", origin)
		}
	}
}
