package gateway_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"
	"google.golang.org/protobuf/encoding/protojson"

	"odoomesh/gateway"
)

// BenchmarkGetProduct compares a product over REST with a bare server that
// answers the same bytes from memory; client and server share the process. Both
// take turns, so that what else the machine does falls on both. It reports
// their rates as a ratio, by the clock and by the processor time used.
func BenchmarkGetProduct(b *testing.B) {
	text, err := protojson.MarshalOptions{EmitDefaultValues: true}.Marshal(realistic("products/42"))
	if err != nil {
		b.Fatal(err)
	}
	bare := newLoad(b, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", strconv.Itoa(len(text)))
		_, _ = w.Write(text)
	}))
	full := newLoad(b, newHandler(b, answering(realistic("products/42")), gateway.Options{}, interceptors{}))
	const turn = 200
	bare.run(b, turn)
	full.run(b, turn)
	bare.used, full.used = use{}, use{}
	for b.Loop() {
		bare.run(b, turn)
		full.run(b, turn)
	}
	calls := float64(b.N * turn)
	b.ReportMetric(bare.used.clock.Seconds()/full.used.clock.Seconds(), "rate-ratio")
	b.ReportMetric(bare.used.processor.Seconds()/full.used.processor.Seconds(), "cpu-ratio")
	b.ReportMetric(bare.used.clock.Seconds()*1e6/calls, "bare-µs/call")
	b.ReportMetric(full.used.clock.Seconds()*1e6/calls, "gateway-µs/call")
	b.ReportMetric(bare.used.processor.Seconds()*1e6/calls, "bare-cpu-µs/call")
	b.ReportMetric(full.used.processor.Seconds()*1e6/calls, "gateway-cpu-µs/call")
}

// use is what a number of calls took.
type use struct{ clock, processor time.Duration }

// load calls a server over connections that stay open.
type load struct {
	client *http.Client
	url    string
	used   use
}

func newLoad(b *testing.B, handler http.Handler) *load {
	server := serve(b, handler)
	transport := &http.Transport{MaxIdleConnsPerHost: 8}
	b.Cleanup(transport.CloseIdleConnections)
	return &load{client: &http.Client{Transport: transport}, url: server.URL + "/v1/products/42"}
}

// run makes n calls, four at a time.
func (l *load) run(b *testing.B, n int64) {
	before, processor := b.Elapsed(), processorTime(b)
	var left atomic.Int64
	left.Store(n)
	callers, ctx := errgroup.WithContext(context.Background())
	for range 4 {
		callers.Go(func() error {
			for left.Add(-1) >= 0 {
				if err := l.call(ctx); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := callers.Wait(); err != nil {
		b.Fatal(err)
	}
	l.used.clock += b.Elapsed() - before
	l.used.processor += processorTime(b) - processor
}

func (l *load) call(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, l.url, nil)
	if err != nil {
		return err
	}
	resp, err := l.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}

func processorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkHandler is the gateway's own share, without a network.
func BenchmarkHandler(b *testing.B) {
	handler := newHandler(b, answering(realistic("products/42")), gateway.Options{}, interceptors{})
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
