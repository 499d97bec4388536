package gateway_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc/metadata"

	"odoomesh/gateway"
	productv1 "odoomesh/gen/go/mesh/product/v1"
)

// FuzzQuery holds that no query is a fault of the mesh's, and that every answer
// is JSON.
func FuzzQuery(f *testing.F) {
	for _, query := range []string{
		"page_size=3", "readMode.live=true", "read_mode.maxStaleness=5s", "readMask=a,b", "filter[x]=1", "a;b", "%zz",
		"read_mode.live.x=1", "page_size=1&pageSize=2", "=", ".=1", "read_mode.=1", "[=1", "filter=%ff",
	} {
		f.Add(query)
	}
	handler := newHandler(f, &products{list: func(context.Context, *productv1.ListProductsRequest) (*productv1.ListProductsResponse, error) {
		return &productv1.ListProductsResponse{}, nil
	}}, gateway.Options{}, interceptors{})
	f.Fuzz(func(t *testing.T, query string) {
		r := httptest.NewRequest("GET", "/v1/products", nil)
		r.URL.RawQuery = query
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Code != 200 && w.Code != 400 || !json.Valid(w.Body.Bytes()) {
			t.Errorf("%q: got %d %s", query, w.Code, w.Body)
		}
	})
}

// FuzzRequest holds that no path and no header is a fault of the mesh's, and that a handler
// is told nothing by a header but what the gateway passes on by that name.
func FuzzRequest(f *testing.F) {
	for _, r := range [][2]string{
		{"/v1/products/42", "X-Request-Id: a"}, {"/v1/products/..%2f42", "Grpc-Metadata-Authorization: Bearer x"}, {"/v1/products/%00", "Grpc-Timeout: 1S"},
		{"/v1//products", "Te: trailers"}, {"/v1/products/4%2f2:watch", "X-Forwarded-For: 127.0.0.1"}, {"http://x/v1/products", "Grpc-Metadata-X-Admin-bin: AAAA"},
		{"/v1/products:batchGet?names=products/1", "Accept: text/event-stream, */*;q=0.1"}, {"/v1/products/%ff", "Request-Timeout: 1e400"}, {"/v1/products/{name}", "If-Match: \"\x7f\""},
	} {
		f.Add(r[0], r[1])
	}
	known := []string{"authorization", "content-type", "grpc-accept-encoding", "grpcgateway-accept", "grpcgateway-authorization", "grpcgateway-content-type", "grpcgateway-user-agent", "idempotency-key", "if-match", "traceparent", "tracestate", "user-agent", "x-forwarded-for", "x-forwarded-host", "x-request-id"}
	var told metadata.MD
	hear := func(ctx context.Context) { told, _ = metadata.FromIncomingContext(ctx) }
	handler := newHandler(f, &products{list: func(ctx context.Context, _ *productv1.ListProductsRequest) (*productv1.ListProductsResponse, error) {
		hear(ctx)
		return &productv1.ListProductsResponse{}, nil
	}, batchGet: func(ctx context.Context, _ *productv1.BatchGetProductsRequest) (*productv1.BatchGetProductsResponse, error) {
		hear(ctx)
		return &productv1.BatchGetProductsResponse{}, nil
	}, get: func(ctx context.Context, _ *productv1.GetProductRequest) (*productv1.Product, error) {
		hear(ctx)
		return &productv1.Product{Name: "products/42"}, nil
	}}, gateway.Options{}, interceptors{})
	f.Fuzz(func(t *testing.T, path, header string) {
		r, err := http.ReadRequest(bufio.NewReader(strings.NewReader("GET " + path + " HTTP/1.1\r\nHost: mesh\r\n" + header + "\r\n\r\n")))
		if err != nil || strings.Contains(r.URL.Path, ":watch") {
			return // the server refuses it before, or it would not end
		}
		told = nil
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Code >= 500 && w.Code != 501 && w.Code != 504 {
			t.Errorf("%q, %q: got %d %s", path, header, w.Code, w.Body)
		}
		for name := range told {
			if !slices.Contains(known, name) {
				t.Errorf("%q, %q: the handler is told %s", path, header, name)
			}
		}
	})
}
