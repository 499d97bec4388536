package telemetry

import (
	"context"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	grpccodes "google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
)

// Tracing makes spans of calls and passes W3C trace contexts on. A caller's own
// decision to sample is followed; without one, a part of the calls is sampled.
// A span holds names, codes and the request id, and nothing of a record.
type Tracing struct {
	provider *sdktrace.TracerProvider // nil when there is nobody to send to
	exporter sdktrace.SpanExporter
	tracer   trace.Tracer
	always   bool
}

// NewTracing samples this part, from 0 to 1, of the calls that carry no trace
// context, and sends spans to the exporter. With a nil exporter no span is made;
// a caller's trace id still stands in the log.
func NewTracing(exporter sdktrace.SpanExporter, part float64, version string) *Tracing {
	if exporter == nil {
		return &Tracing{}
	}
	return newTracing(sdktrace.NewBatchSpanProcessor(exporter), exporter, part, version)
}

func newTracing(processor sdktrace.SpanProcessor, exporter sdktrace.SpanExporter, part float64, version string) *Tracing {
	provider := sdktrace.NewTracerProvider(
		sdktrace.WithSpanProcessor(processor),
		sdktrace.WithSampler(sdktrace.ParentBased(sdktrace.TraceIDRatioBased(part))),
		sdktrace.WithResource(resource.NewSchemaless(
			attribute.String("service.name", "meshd"),
			attribute.String("service.version", version),
		)),
	)
	return &Tracing{provider: provider, exporter: exporter, tracer: provider.Tracer("odoomesh"), always: part > 0}
}

// Shutdown sends the spans that are left, and gives up those that are still left
// when the context ends. Nothing runs on after it.
func (t *Tracing) Shutdown(ctx context.Context) error {
	if t.provider == nil {
		return nil
	}
	unbounded := context.WithoutCancel(ctx)
	defer context.AfterFunc(ctx, func() { _ = t.exporter.Shutdown(unbounded) })()
	return t.provider.Shutdown(unbounded)
}

// start takes the caller's trace context over and begins a span; the span is nil
// when the call is not traced.
func (t *Tracing) start(ctx context.Context, method string) (context.Context, trace.Span) {
	given := metadata.ValueFromIncomingContext(ctx, "traceparent")
	if len(given) > 0 {
		ctx = propagation.TraceContext{}.Extract(ctx, traceHeaders{
			parent: given[0],
			state:  strings.Join(metadata.ValueFromIncomingContext(ctx, "tracestate"), ","),
		})
	}
	if t.provider == nil || len(given) == 0 && !t.always {
		return ctx, nil
	}
	method = strings.TrimPrefix(method, "/")
	ctx, span := t.tracer.Start(ctx, method, ofServer)
	if !span.IsRecording() {
		return ctx, nil
	}
	service, name, _ := strings.Cut(method, "/")
	span.SetAttributes(
		attribute.String("rpc.system", "grpc"),
		attribute.String("rpc.service", service),
		attribute.String("rpc.method", name),
		attribute.String("mesh.request_id", RequestID(ctx)),
	)
	return ctx, span
}

// Work traces what the mesh does of its own accord, of which a part is sampled as of
// the calls. With an error the span says that it failed, and not why.
func (t *Tracing) Work(ctx context.Context, name string, work func(context.Context) error) error {
	if t.provider == nil || !t.always {
		return work(ctx)
	}
	ctx, span := t.tracer.Start(ctx, name)
	err := work(ctx)
	if err != nil {
		span.SetStatus(codes.Error, "failed")
	}
	span.End() // a deferred one would put a panic's text into the span
	return err
}

// ofServer is made once: most calls are not sampled, and are to cost little.
var ofServer = trace.WithSpanKind(trace.SpanKindServer)

// traceHeaders are the two headers of a W3C trace context.
type traceHeaders struct{ parent, state string }

var _ propagation.TextMapCarrier = traceHeaders{}

// Get implements propagation.TextMapCarrier.
func (h traceHeaders) Get(key string) string {
	switch key {
	case "traceparent":
		return h.parent
	case "tracestate":
		return h.state
	}
	return ""
}

// Set does nothing: the headers are only read.
func (traceHeaders) Set(string, string) {}

// Keys implements propagation.TextMapCarrier.
func (traceHeaders) Keys() []string { return []string{"traceparent", "tracestate"} }

func finish(span trace.Span, code grpccodes.Code) {
	if span == nil {
		return
	}
	span.SetAttributes(attribute.Int("rpc.grpc.status_code", int(code)))
	if code != grpccodes.OK {
		span.SetStatus(codes.Error, code.String())
	}
	span.End()
}
