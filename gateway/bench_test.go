package gateway_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"

	"odoomesh/gateway"
)

// BenchmarkGetProduct compares a product over REST with a bare server that
// answers the same bytes from memory. Client and server share the process.
func BenchmarkGetProduct(b *testing.B) {
	p := answering(realistic("products/42"))
	handler := newHandler(b, p, gateway.Options{}, interceptors{})
	text, err := protojson.MarshalOptions{EmitDefaultValues: true}.Marshal(realistic("products/42"))
	if err != nil {
		b.Fatal(err)
	}
	bare := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", strconv.Itoa(len(text)))
		_, _ = w.Write(text)
	})
	b.Run("bare", func(b *testing.B) { benchmarkRate(b, bare) })
	b.Run("gateway", func(b *testing.B) { benchmarkRate(b, handler) })
}

// BenchmarkHandler is the gateway's own share, without a network.
func BenchmarkHandler(b *testing.B) {
	p := answering(realistic("products/42"))
	handler := newHandler(b, p, gateway.Options{}, interceptors{})
	req := httptest.NewRequest(http.MethodGet, "/v1/products/42", nil)
	b.ReportAllocs()
	for b.Loop() {
		handler.ServeHTTP(&blackHole{header: http.Header{}}, req)
	}
}

type blackHole struct{ header http.Header }

func (h *blackHole) Header() http.Header         { return h.header }
func (h *blackHole) Write(p []byte) (int, error) { return len(p), nil }
func (h *blackHole) WriteHeader(int)             {}

func benchmarkRate(b *testing.B, handler http.Handler) {
	server := httptest.NewServer(handler)
	defer server.Close()
	transport := &http.Transport{MaxIdleConnsPerHost: 64}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			resp, err := client.Get(server.URL + "/v1/products/42")
			if err != nil {
				b.Error(err)
				return
			}
			if _, err := io.Copy(io.Discard, resp.Body); err != nil {
				b.Error(err)
			}
			_ = resp.Body.Close()
			if resp.StatusCode != http.StatusOK {
				b.Errorf("status %d", resp.StatusCode)
			}
		}
	})
}
