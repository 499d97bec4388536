package telemetry

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"odoomesh/internal/build"
)

const (
	// sendFor bounds how long one batch of spans is tried, repetitions included.
	sendFor = 10 * time.Second
	// maxReason bounds what the log repeats of a collector's answer.
	maxReason = 300
)

// Collector takes spans, as OTLP over HTTP: over gRPC it would take as many
// dependencies, and a URL says both whether the way is encrypted and where it leads.
type Collector struct {
	// Endpoint is its URL; empty where there is none.
	Endpoint string
	// Ratio is the part, from 0 to 1, of the calls without a trace context that are
	// traced.
	Ratio float64
	// Headers go with what is sent: a collector may ask for a key.
	Headers map[string]string
	// Authorities may sign its certificate; nil: the system's.
	Authorities *x509.CertPool
}

// OpenTracing sends spans to the collector; without an endpoint none are made. It
// connects to nothing yet: the collector may be down. What it does not take is lost,
// costs no call anything, and is logged when that begins and when it ends.
func OpenTracing(c Collector, r prometheus.Registerer, log *slog.Logger) (*Tracing, error) {
	if c.Endpoint == "" {
		return NewTracing(nil, 0, ""), nil
	}
	client := c.client()
	exporter, err := otlptracehttp.New(context.Background(),
		otlptracehttp.WithEndpointURL(c.url()), otlptracehttp.WithHeaders(c.Headers), otlptracehttp.WithHTTPClient(client))
	if err != nil {
		return nil, fmt.Errorf("opening the way to the collector of spans: %w", err)
	}
	made := prometheus.NewCounter(prometheus.CounterOpts{
		Name: "mesh_trace_spans_made_total",
		Help: "Spans that were made for the collector.",
	})
	sent := prometheus.NewCounter(prometheus.CounterOpts{
		Name: "mesh_trace_spans_sent_total",
		Help: "Spans that the collector took. What was made and not sent within seconds is lost.",
	})
	if err := errors.Join(r.Register(made), r.Register(sent)); err != nil {
		return nil, fmt.Errorf("registering the metrics of spans: %w", err)
	}
	s := &sender{SpanExporter: exporter, client: client, log: log, sent: sent}
	batches := sdktrace.NewBatchSpanProcessor(s, sdktrace.WithExportTimeout(sendFor))
	return newTracing(counting{batches, made}, s, c.Ratio, build.Version()), nil
}

// url is the endpoint; one that names only the server gets OTLP's own path.
func (c Collector) url() string {
	u, err := url.Parse(c.Endpoint)
	if err == nil && strings.Trim(u.Path, "/") == "" {
		return u.JoinPath("v1/traces").String()
	}
	return c.Endpoint
}

// client follows no redirect, which could lead spans and headers elsewhere, or out
// of the encryption.
func (c Collector) client() *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: c.Authorities}
	return &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// counting counts the spans that come to be sent, also those that the full queue
// drops.
type counting struct {
	sdktrace.SpanProcessor
	made prometheus.Counter
}

// OnEnd implements sdktrace.SpanProcessor.
func (c counting) OnEnd(s sdktrace.ReadOnlySpan) {
	c.made.Inc()
	c.SpanProcessor.OnEnd(s)
}

// sender tells the log once that spans are lost, where the SDK would tell each time.
// Batches are sent one after the other.
type sender struct {
	sdktrace.SpanExporter
	client *http.Client
	log    *slog.Logger
	sent   prometheus.Counter
	losing bool
}

// ExportSpans implements sdktrace.SpanExporter.
func (s *sender) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	err := s.SpanExporter.ExportSpans(ctx, spans)
	switch {
	case err == nil:
		s.sent.Add(float64(len(spans)))
		if s.losing {
			s.log.LogAttrs(ctx, slog.LevelInfo, "the collector takes spans again")
		}
	case !s.losing:
		reason := err.Error()
		s.log.LogAttrs(ctx, slog.LevelWarn, "the collector takes no spans: they are lost, and calls are answered as ever", slog.String("reason", reason[:min(len(reason), maxReason)]))
	}
	s.losing = err != nil
	return nil
}

// Shutdown implements sdktrace.SpanExporter. What is being sent is given up.
func (s *sender) Shutdown(ctx context.Context) error {
	defer s.client.CloseIdleConnections()
	return s.SpanExporter.Shutdown(ctx)
}
