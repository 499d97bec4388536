package gateway_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	"odoomesh/gateway"
	productv1 "odoomesh/gen/go/mesh/product/v1"
)

func failing(err error) *products {
	return &products{get: func(context.Context, *productv1.GetProductRequest) (*productv1.Product, error) {
		return nil, err
	}}
}

func TestErrorsAreWrittenAsAIP193HasThem(t *testing.T) {
	withInfo, err := status.New(codes.ResourceExhausted, "Too many calls.").WithDetails(
		&errdetails.ErrorInfo{Reason: "OVERLOADED", Domain: "mesh"},
		&errdetails.RetryInfo{RetryDelay: durationpb.New(1500 * time.Millisecond)},
	)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name       string
		err        error
		httpCode   int
		status     string
		reason     string
		message    string
		retryAfter string
	}{
		{"with its own reason", withInfo.Err(), 429, "RESOURCE_EXHAUSTED", "OVERLOADED", "Too many calls.", "2"},
		{"without a reason", status.Error(codes.NotFound, "No such product."), 404, "NOT_FOUND", "NOT_FOUND", "No such product.", ""},
		{"unauthenticated", status.Error(codes.Unauthenticated, "Who are you?"), 401, "UNAUTHENTICATED", "UNAUTHENTICATED", "Who are you?", ""},
		{"internal", status.Error(codes.Internal, "/var/secret"), 500, "INTERNAL", "INTERNAL", "The mesh failed. Its log has the cause under the request's id.", ""},
		{"no status", errors.New("/var/secret"), 500, "INTERNAL", "INTERNAL", "The mesh failed. Its log has the cause under the request's id.", ""},
		{"deadline", context.DeadlineExceeded, 504, "DEADLINE_EXCEEDED", "DEADLINE_EXCEEDED", "context deadline exceeded", ""},
		{"precondition", status.Error(codes.FailedPrecondition, "No."), 422, "FAILED_PRECONDITION", "BUSINESS_RULE", "No.", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			server := newServer(t, failing(tt.err))
			got := send(t, server, "GET", "/v1/products/42", "Accept", "text/html")
			e := got.failure(t)
			if got.StatusCode != tt.httpCode || e.Error.Code != tt.httpCode || e.Error.Status != tt.status {
				t.Errorf("got %d, %d %s, want %d %s", got.StatusCode, e.Error.Code, e.Error.Status, tt.httpCode, tt.status)
			}
			if e.Error.Message != tt.message || e.reason(t) != tt.reason {
				t.Errorf("got %q %s, want %q %s", e.Error.Message, e.reason(t), tt.message, tt.reason)
			}
			if got.Header.Get("Retry-After") != tt.retryAfter {
				t.Errorf("Retry-After: got %q, want %q", got.Header.Get("Retry-After"), tt.retryAfter)
			}
			if got.Header.Get("Content-Type") != "application/json" || got.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("headers: %v", got.Header)
			}
			if (got.StatusCode == 401) != (got.Header.Get("WWW-Authenticate") == "Bearer") {
				t.Errorf("WWW-Authenticate: got %q", got.Header.Get("WWW-Authenticate"))
			}
		})
	}
}

func TestPathsAndMethodsThatDoNotExist(t *testing.T) {
	server := serve(t, newHandler(t, answering(realistic("products/42")), gateway.Options{OpenAPI: []byte("{}")}, interceptors{}))
	tests := []struct {
		method, path string
		code         int
		reason       string
		allow        string
	}{
		{"GET", "/v1/nothing", 404, "NOT_FOUND", ""},
		{"GET", "/nothing", 404, "NOT_FOUND", ""},
		{"GET", "/v1/products/42/more", 404, "NOT_FOUND", ""},
		{"GET", "/docs/nothing.html", 404, "NOT_FOUND", ""},
		{"DELETE", "/v1/products/42", 405, "NOT_SUPPORTED", "GET, HEAD, PATCH"},
		{"POST", "/v1/products:batchGet", 405, "NOT_SUPPORTED", "GET, HEAD"},
		{"OPTIONS", "/v1/products:watch", 405, "NOT_SUPPORTED", "GET, HEAD"},
		{"POST", "/v1/nothing", 404, "NOT_FOUND", ""},
	}
	for _, tt := range tests {
		t.Run(tt.method+" "+tt.path, func(t *testing.T) {
			got := send(t, server, tt.method, tt.path)
			if got.StatusCode != tt.code || got.failure(t).reason(t) != tt.reason || got.Header.Get("Allow") != tt.allow {
				t.Errorf("got %d %q %s", got.StatusCode, got.Header.Get("Allow"), got.body)
			}
		})
	}
}

func TestMethodOverrideIsNotHeard(t *testing.T) {
	server := newServer(t, answering(realistic("products/42")))
	got := sendBody(t, server, "POST", "/v1/products/42", strings.NewReader("a=b"),
		"Content-Type", "application/x-www-form-urlencoded", "X-Http-Method-Override", "GET")
	if got.StatusCode != 405 {
		t.Errorf("got %d, want 405", got.StatusCode)
	}
}

func TestParametersThatTheMethodDoesNotTakeAreRefused(t *testing.T) {
	p := answering(realistic("products/42"))
	p.list = func(context.Context, *productv1.ListProductsRequest) (*productv1.ListProductsResponse, error) {
		return &productv1.ListProductsResponse{}, nil
	}
	server := newServer(t, p)
	tests := []struct {
		path  string
		wrong []string // none: accepted
	}{
		{"/v1/products?page_size=3&filter=active%3Dtrue", nil},
		{"/v1/products?pageSize=3&orderBy=sku", nil},
		{"/v1/products?read_mode.live=true", nil},
		{"/v1/products?readMode.maxStaleness=5s", nil},
		{"/v1/products?pagesize=3", []string{"pagesize"}},
		{"/v1/products?limit=3&offset=4", []string{"limit", "offset"}},
		{"/v1/products?read_mode.lively=true", []string{"read_mode.lively"}},
		{"/v1/products?filter.x=1", []string{}},
		{"/v1/products/42?name=products/43", []string{"name"}},
		{"/v1/products/42?etag=1", []string{"etag"}},
	}
	for _, tt := range tests {
		t.Run(tt.path, func(t *testing.T) {
			got := send(t, server, "GET", tt.path)
			if tt.wrong == nil {
				if got.StatusCode != 200 {
					t.Errorf("got %d %s", got.StatusCode, got.body)
				}
				return
			}
			if got.StatusCode != 400 {
				t.Fatalf("got %d %s, want 400", got.StatusCode, got.body)
			}
			var fields []string
			for _, detail := range got.failure(t).Error.Details {
				violations, _ := detail["fieldViolations"].([]any)
				for _, v := range violations {
					fields = append(fields, v.(map[string]any)["field"].(string))
				}
			}
			if len(tt.wrong) > 0 && !slices.Equal(fields, tt.wrong) {
				t.Errorf("got %v, want %v", fields, tt.wrong)
			}
		})
	}
}

func TestTextThatIsNotUTF8IsRefused(t *testing.T) {
	p := answering(realistic("products/42"))
	p.watch = sending(nil).watch
	server := newServer(t, p)
	for _, path := range []string{"/v1/products?filter=%ff", "/v1/products?%ff=1", "/v1/products/%ff", "/v1/products:watch?position=%ff"} {
		if got := send(t, server, "GET", path); got.StatusCode != 400 || got.failure(t).reason(t) != "INVALID_ARGUMENT" {
			t.Errorf("%s: got %d %s", path, got.StatusCode, got.body)
		}
	}
	// A watch that began elsewhere would miss what the client believes it asked for.
	if got := send(t, server, "GET", "/v1/products:watch", "Last-Event-ID", "\xff"); got.StatusCode != 400 {
		t.Errorf("Last-Event-ID: got %d %s", got.StatusCode, got.body)
	}
}

func TestAValueOfTheWrongTypeNamesItsParameter(t *testing.T) {
	server := newServer(t, &products{})
	for _, path := range []string{"/v1/products?page_size=many", "/v1/products?pageSize=1&page_size=2"} {
		got := send(t, server, "GET", path)
		e := got.failure(t)
		if got.StatusCode != 400 || e.reason(t) != "INVALID_ARGUMENT" || !strings.Contains(e.Error.Message, "page_size") {
			t.Errorf("%s: got %d %s", path, got.StatusCode, got.body)
		}
	}
}

func TestAPanicIsA500AndInTheLog(t *testing.T) {
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, nil))
	p := &products{get: func(context.Context, *productv1.GetProductRequest) (*productv1.Product, error) {
		panic("index of a shelf")
	}}
	server := serve(t, newHandler(t, p, gateway.Options{Logger: logger}, interceptors{}))
	got := send(t, server, "GET", "/v1/products/42")
	if got.StatusCode != 500 || got.failure(t).reason(t) != "INTERNAL" || strings.Contains(got.body, "index of a shelf") {
		t.Errorf("got %d %s", got.StatusCode, got.body)
	}
	if !strings.Contains(log.String(), "index of a shelf") || !strings.Contains(log.String(), "GetProduct") {
		t.Errorf("log: %s", log.String())
	}
}

func TestDeadlines(t *testing.T) {
	p := &products{get: func(ctx context.Context, _ *productv1.GetProductRequest) (*productv1.Product, error) {
		if _, ok := ctx.Deadline(); !ok {
			return &productv1.Product{}, nil
		}
		<-ctx.Done()
		return nil, ctx.Err()
	}}
	server := newServer(t, p)
	tests := []struct {
		header, value string
		want          int
	}{
		{"Request-Timeout", "0.01", 504},
		{"Grpc-Timeout", "10m", 504},
		{"Request-Timeout", "soon", 400},
		{"Request-Timeout", "-1", 400},
		{"Request-Timeout", "NaN", 400},
		{"Grpc-Timeout", "soon", 400},
		{"Accept", "*/*", 200},
	}
	for _, tt := range tests {
		if got := send(t, server, "GET", "/v1/products/42", tt.header, tt.value); got.StatusCode != tt.want {
			t.Errorf("%s: %s: got %d %s, want %d", tt.header, tt.value, got.StatusCode, got.body, tt.want)
		}
	}
}

func TestAClientThatLeavesCancelsItsCall(t *testing.T) {
	begun, ended := make(chan struct{}), make(chan error, 1)
	p := &products{get: func(ctx context.Context, _ *productv1.GetProductRequest) (*productv1.Product, error) {
		close(begun)
		<-ctx.Done()
		ended <- ctx.Err()
		return nil, ctx.Err()
	}}
	server := newServer(t, p)
	ctx, cancel := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, "GET", server.URL+"/v1/products/42", nil)
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		<-begun
		cancel()
	}()
	if resp, err := server.Client().Do(req); err == nil {
		resp.Body.Close()
		t.Error("the call ended without an error")
	}
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the service saw %v", err)
	}
}

func TestALargeBodyIsRefused(t *testing.T) {
	server := serve(t, newHandler(t, answering(realistic("products/42")), gateway.Options{MaxBodyBytes: 10}, interceptors{}))
	got := sendBody(t, server, "POST", "/v1/products", strings.NewReader("01234567890"))
	if got.StatusCode != 413 || got.failure(t).reason(t) != "INVALID_ARGUMENT" {
		t.Errorf("got %d %s", got.StatusCode, got.body)
	}
}

func TestSecurityHeadersAreOnEveryAnswer(t *testing.T) {
	server := serve(t, newHandler(t, answering(realistic("products/42")), gateway.Options{OpenAPI: []byte("{}")}, interceptors{}))
	for _, path := range []string{"/v1/products/42", "/v1/products/42?x=1", "/nothing", "/docs/", "/openapi.json", "/"} {
		got := send(t, server, "GET", path)
		if got.Header.Get("X-Content-Type-Options") != "nosniff" || got.Header.Get("Cross-Origin-Resource-Policy") != "same-origin" {
			t.Errorf("%s: %v", path, got.Header)
		}
		if csp := got.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "frame-ancestors 'none'") {
			t.Errorf("%s: policy %q", path, csp)
		}
		if got.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: lets other origins in", path)
		}
	}
}
