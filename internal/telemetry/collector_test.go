package telemetry

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	collectorv1 "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"
)

// opened is tracing before a collector.
type opened struct {
	*Tracing
	calls    *Calls
	registry *prometheus.Registry
	log      *bytes.Buffer // to be read after Shutdown
}

func open(t testing.TB, c Collector) *opened {
	t.Helper()
	o := &opened{registry: prometheus.NewRegistry(), log: &bytes.Buffer{}}
	log, err := NewLogger(o.log, "info", FormatJSON)
	if err != nil {
		t.Fatal(err)
	}
	if o.Tracing, err = OpenTracing(c, o.registry, log); err != nil {
		t.Fatal(err)
	}
	o.calls = newTestCalls(t, o.Tracing)
	return o
}

// call answers one call.
func (o *opened) call(t testing.TB) {
	t.Helper()
	if err := o.calls.Around(context.Background(), "/mesh.x/Get", false, func(context.Context) error { return nil }); err != nil {
		t.Error(err)
	}
}

// counted is what a counter of spans stands at.
func (o *opened) counted(t testing.TB, name string) float64 {
	t.Helper()
	families, err := o.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == name {
			return f.GetMetric()[0].GetCounter().GetValue()
		}
	}
	t.Fatalf("there is no %s", name)
	return 0
}

func TestSpansReachTheCollector(t *testing.T) {
	received := make(chan *http.Request, 10)
	names := make(chan string, 10)
	collector := httptest.NewTLSServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(r.Body)
		var sent collectorv1.ExportTraceServiceRequest
		if err := errors.Join(err, proto.Unmarshal(text, &sent)); err != nil {
			t.Error(err)
			return
		}
		received <- r
		names <- sent.GetResourceSpans()[0].GetScopeSpans()[0].GetSpans()[0].GetName()
	}))
	defer collector.Close()
	authorities := x509.NewCertPool()
	authorities.AddCert(collector.Certificate())
	for _, path := range []string{"", "/", "/other"} {
		o := open(t, Collector{Endpoint: collector.URL + path, Ratio: 1, Authorities: authorities, Headers: map[string]string{"X-Key": "hunter2"}})
		o.call(t)
		if err := o.Shutdown(t.Context()); err != nil {
			t.Fatal(err)
		}
		r, name := <-received, <-names
		want := map[string]string{"/other": "/other"}[path]
		if want == "" {
			want = "/v1/traces"
		}
		if r.URL.Path != want || r.Header.Get("X-Key") != "hunter2" || name != "mesh.x/Get" {
			t.Errorf("%q came to %s with the key %q as %s", path, r.URL.Path, r.Header.Get("X-Key"), name)
		}
		if made, sent := o.counted(t, "mesh_trace_spans_made_total"), o.counted(t, "mesh_trace_spans_sent_total"); made != 1 || sent != 1 {
			t.Errorf("%v made, %v sent", made, sent)
		}
		if o.log.Len() > 0 {
			t.Errorf("the log says %s", o.log)
		}
	}
}

// More spans than the queue holds are made while the collector answers nothing: the
// calls are answered, and the end does not wait for it.
func TestACollectorThatHangsHoldsUpNothing(t *testing.T) {
	const many = 5000
	hangs := make(chan struct{})
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		select {
		case <-hangs:
		case <-r.Context().Done():
		}
	}))
	defer collector.Close()
	defer close(hangs)
	o := open(t, Collector{Endpoint: collector.URL, Ratio: 1})
	for range many {
		o.call(t)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	began := time.Now()
	if err := o.Shutdown(ctx); err != nil {
		t.Error(err)
	}
	if took := time.Since(began); took >= sendFor {
		t.Errorf("the end waited %s for it", took)
	}
	if made, sent := o.counted(t, "mesh_trace_spans_made_total"), o.counted(t, "mesh_trace_spans_sent_total"); made != many || sent != 0 {
		t.Errorf("%v made, %v sent", made, sent)
	}
	if lines := strings.Count(o.log.String(), "\n"); lines != 1 || !strings.Contains(o.log.String(), "takes no spans") {
		t.Errorf("the log says %s", o.log)
	}
}

func TestALostCollectorIsToldOnceAndSoIsItsReturn(t *testing.T) {
	var down atomic.Bool
	var asked atomic.Int32
	collector := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if down.Load() {
			http.Error(w, strings.Repeat("no ", 1000), http.StatusBadRequest)
		}
	}))
	defer collector.Close()
	o := open(t, Collector{Endpoint: collector.URL, Ratio: 1})
	for _, isDown := range []bool{false, true, true, false} {
		down.Store(isDown)
		o.call(t)
		if err := o.provider.ForceFlush(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if err := o.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	lines := strings.Split(strings.TrimSpace(o.log.String()), "\n")
	if asked.Load() != 4 || len(lines) != 2 || !strings.Contains(lines[0], "400 Bad Request") || len(lines[0]) > 1000 || !strings.Contains(lines[1], "again") {
		t.Errorf("after %d batches the log says %s", asked.Load(), o.log)
	}
	if sent := o.counted(t, "mesh_trace_spans_sent_total"); sent != 2 {
		t.Errorf("%v sent", sent)
	}
}

// A redirect could lead out of the encryption.
func TestSpansFollowNoRedirect(t *testing.T) {
	var strayed atomic.Bool
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { strayed.Store(true) }))
	defer other.Close()
	collector := httptest.NewServer(http.RedirectHandler(other.URL, http.StatusTemporaryRedirect))
	defer collector.Close()
	o := open(t, Collector{Endpoint: collector.URL, Ratio: 1})
	o.call(t)
	if err := o.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	if strayed.Load() || !strings.Contains(o.log.String(), "307") {
		t.Errorf("strayed: %v; the log says %s", strayed.Load(), o.log)
	}
}

func TestWithoutAnEndpointThereIsNoExporter(t *testing.T) {
	o := open(t, Collector{Ratio: 1})
	if o.provider != nil || o.exporter != nil {
		t.Error("there is an exporter")
	}
	o.call(t)
	if families, err := o.registry.Gather(); err != nil || len(families) > 0 {
		t.Errorf("%v, %v", families, err)
	}
}

// What a panic or an error says may hold values of records.
func TestASpanRepeatsNoTextOfAFailure(t *testing.T) {
	exporter := tracetest.NewInMemoryExporter()
	tracing := NewTracing(exporter, 1, "test")
	defer tracing.Shutdown(context.Background())
	calls := newTestCalls(t, tracing)
	ctx := WithRequestID(metadata.NewIncomingContext(context.Background(), metadata.Pairs("authorization", "hunter2")), "id-1")
	func() {
		defer func() { _ = recover() }()
		_ = calls.Around(ctx, "/s/m", false, func(context.Context) error { panic("hunter2") })
	}()
	_ = calls.Around(ctx, "/s/m", false, func(context.Context) error { return errors.New("hunter2") })
	if err := tracing.Work(ctx, "capture/x", func(context.Context) error { return errors.New("hunter2") }); err == nil {
		t.Error("the failure is lost")
	}
	if err := tracing.provider.ForceFlush(context.Background()); err != nil {
		t.Fatal(err)
	}
	spans := exporter.GetSpans()
	if len(spans) != 3 {
		t.Fatalf("%d spans", len(spans))
	}
	for _, s := range spans {
		if s.Status.Description == "" || len(s.Events) > 0 || strings.Contains(s.Status.Description, "hunter2") {
			t.Errorf("%s says %v %v", s.Name, s.Status, s.Events)
		}
		for _, a := range s.Attributes {
			if strings.Contains(a.Value.String(), "hunter2") || a.Key == "mesh.request_id" && a.Value.AsString() != "id-1" {
				t.Errorf("%s has %v", s.Name, a)
			}
		}
	}
}
