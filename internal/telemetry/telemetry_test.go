package telemetry

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
	"go.uber.org/goleak"
	"google.golang.org/grpc/metadata"
	"pgregory.net/rapid"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	"odoomesh/internal/clock"
	"odoomesh/internal/fault"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestLogLinesNameTheirCall(t *testing.T) {
	var buf bytes.Buffer
	log, err := NewLogger(&buf, "info", FormatAuto)
	if err != nil {
		t.Fatal(err)
	}
	log.With("part", "x").InfoContext(WithRequestID(context.Background(), "id-1"), "something happened")
	log.Debug("not shown")
	var line map[string]any
	if err := json.Unmarshal(buf.Bytes(), &line); err != nil {
		t.Fatalf("not one line of JSON: %v", err)
	}
	if line["request_id"] != "id-1" || line["part"] != "x" || line["msg"] != "something happened" {
		t.Errorf("%v", line)
	}
	buf.Reset()
	text, err := NewLogger(&buf, "WARN", FormatText)
	if err != nil {
		t.Fatal(err)
	}
	text.Warn("careful")
	if !strings.Contains(buf.String(), "msg=careful") || strings.Contains(buf.String(), "request_id") {
		t.Errorf("%s", buf.String())
	}
}

func TestDurationsHaveTheirUnit(t *testing.T) {
	for format, want := range map[string]string{FormatJSON: `"took":"27.05ms"`, FormatText: "took=27.05ms"} {
		var buf bytes.Buffer
		log, err := NewLogger(&buf, "info", format)
		if err != nil {
			t.Fatal(err)
		}
		log.Info("done", "took", 27050*time.Microsecond)
		if !strings.Contains(buf.String(), want) {
			t.Errorf("%s: %s, want %s in it", format, buf.String(), want)
		}
	}
}

func TestUnknownLogSettingsAreRefused(t *testing.T) {
	for _, c := range [][2]string{{"loud", FormatJSON}, {"info", "xml"}} {
		if _, err := NewLogger(&bytes.Buffer{}, c[0], c[1]); err == nil {
			t.Errorf("%v was taken", c)
		}
	}
}

func TestRequestIDs(t *testing.T) {
	cases := []struct {
		name  string
		given []string
		taken bool
	}{
		{"plain", []string{"abc-123_x.y:z/9+="}, true},
		{"128 characters", []string{strings.Repeat("a", 128)}, true},
		{"129 characters", []string{strings.Repeat("a", 129)}, false},
		{"empty", []string{""}, false},
		{"none", nil, false},
		{"two", []string{"a", "b"}, false},
		{"a space", []string{"a b"}, false},
		{"a new line", []string{"a\nb"}, false},
		{"not ASCII", []string{"ä"}, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			id := RequestID(NameRequest(metadata.NewIncomingContext(context.Background(), metadata.MD{RequestIDKey: c.given})))
			if c.taken && id != c.given[0] || !c.taken && len(id) != 32 {
				t.Errorf("%q", id)
			}
		})
	}
}

func TestAnyRequestIDIsSafe(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		given := rapid.String().Draw(t, "given")
		id := RequestID(NameRequest(metadata.NewIncomingContext(context.Background(), metadata.MD{RequestIDKey: {given}})))
		if !safeID(id) || strings.ContainsAny(id, " \n\r\t\"'<>\\") {
			t.Fatalf("%q", id)
		}
	})
}

// value is what a counter or gauge stands at.
func value(t testing.TB, m prometheus.Metric) float64 {
	t.Helper()
	var written dto.Metric
	if err := m.Write(&written); err != nil {
		t.Fatal(err)
	}
	return written.GetCounter().GetValue() + written.GetGauge().GetValue()
}

func newTestCalls(t testing.TB, tracing *Tracing) *Calls {
	t.Helper()
	now := time.Unix(0, 0)
	calls, err := NewCalls(prometheus.NewRegistry(), tracing, clock.Func(func() time.Time { now = now.Add(time.Millisecond); return now }))
	if err != nil {
		t.Fatal(err)
	}
	return calls
}

func TestCallsAreCountedByCodeAlsoWhenTheyPanic(t *testing.T) {
	calls := newTestCalls(t, NewTracing(nil, 0, ""))
	run := func(next func(context.Context) error) {
		defer func() { _ = recover() }()
		_ = calls.Around(context.Background(), "/s/m", false, next)
	}
	run(func(context.Context) error { return nil })
	run(func(context.Context) error { return fault.New(errorsv1.Reason_REASON_NOT_FOUND, "x") })
	run(func(context.Context) error { return errors.New("x") })
	run(func(context.Context) error { panic("x") })
	for code, want := range map[string]float64{"OK": 1, "NotFound": 1, "Internal": 2, "Unknown": 0} {
		if got := value(t, calls.metrics.calls.WithLabelValues("/s/m", code)); got != want {
			t.Errorf("%s: %v, want %v", code, got, want)
		}
	}
	if got := value(t, calls.metrics.inFlight.WithLabelValues("/s/m")); got != 0 {
		t.Errorf("%v calls are left in flight", got)
	}
}

func TestTwoServersDoNotMeet(t *testing.T) {
	registry := NewRegistry()
	if _, err := NewCalls(registry, NewTracing(nil, 0, ""), clock.System{}); err != nil {
		t.Fatal(err)
	}
	if _, err := NewCalls(registry, NewTracing(nil, 0, ""), clock.System{}); err == nil {
		t.Error("the same metrics were registered twice in one registry")
	}
	if _, err := NewCalls(NewRegistry(), NewTracing(nil, 0, ""), clock.System{}); err != nil {
		t.Error(err)
	}
}

const (
	traceID     = "4bf92f3577b34da6a3ce929d0e0e4736"
	sampled     = "00-" + traceID + "-00f067aa0ba902b7-01"
	notSampled  = "00-" + traceID + "-00f067aa0ba902b7-00"
	noTraceText = "nonsense"
)

func TestTracingFollowsTheCaller(t *testing.T) {
	cases := []struct {
		name   string
		parent string
		part   float64
		spans  int
		id     string
	}{
		{"caller samples", sampled, 0, 1, traceID},
		{"caller does not", notSampled, 1, 0, traceID},
		{"no caller, off", "", 0, 0, ""},
		{"no caller, all", "", 1, 1, ""},
		{"a damaged header", noTraceText, 0, 0, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			exporter := tracetest.NewInMemoryExporter()
			tracing := NewTracing(exporter, c.part, "test")
			defer tracing.Shutdown(context.Background())
			calls := newTestCalls(t, tracing)
			ctx := context.Background()
			if c.parent != "" {
				ctx = metadata.NewIncomingContext(ctx, metadata.Pairs("traceparent", c.parent))
			}
			seen := ""
			_ = calls.Around(ctx, "/mesh.x/Get", false, func(ctx context.Context) error {
				seen = trace.SpanContextFromContext(ctx).TraceID().String()
				return errors.New("x")
			})
			if err := tracing.provider.ForceFlush(context.Background()); err != nil {
				t.Fatal(err)
			}
			spans := exporter.GetSpans()
			if len(spans) != c.spans {
				t.Fatalf("%d spans, want %d", len(spans), c.spans)
			}
			if c.id != "" && seen != c.id {
				t.Errorf("trace id %s", seen)
			}
			if c.spans == 1 && (spans[0].Name != "mesh.x/Get" || spans[0].Status.Description != "Internal") {
				t.Errorf("%s %v", spans[0].Name, spans[0].Status)
			}
		})
	}
}

func TestTheTraceIDIsKnownWithoutAnExporter(t *testing.T) {
	calls := newTestCalls(t, NewTracing(nil, 1, ""))
	ctx := metadata.NewIncomingContext(context.Background(), metadata.Pairs("traceparent", sampled))
	_ = calls.Around(ctx, "/s/m", true, func(ctx context.Context) error {
		if got := trace.SpanContextFromContext(ctx).TraceID().String(); got != traceID {
			t.Errorf("trace id %s", got)
		}
		return nil
	})
	if err := NewTracing(nil, 1, "").Shutdown(context.Background()); err != nil {
		t.Error(err)
	}
}

// BenchmarkAround is what measuring costs one call, with tracing off, and at ratios
// of calls that are traced; to stay below 3 µs while it is off. Spans are thrown away
// beside the calls.
func BenchmarkAround(b *testing.B) {
	ctx := metadata.NewIncomingContext(context.Background(), metadata.Pairs(":authority", "x", "user-agent", "y"))
	next := func(context.Context) error { return nil }
	for _, c := range []struct {
		name     string
		exporter sdktrace.SpanExporter
		ratio    float64
	}{{"off", nil, 0}, {"0", tracetest.NewNoopExporter(), 0}, {"0.01", tracetest.NewNoopExporter(), 0.01}, {"1", tracetest.NewNoopExporter(), 1}} {
		b.Run(c.name, func(b *testing.B) {
			tracing := NewTracing(c.exporter, c.ratio, "")
			defer tracing.Shutdown(context.Background())
			calls, err := NewCalls(prometheus.NewRegistry(), tracing, clock.System{})
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if err := calls.Around(NameRequest(ctx), "/mesh.x.Service/Get", false, next); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
