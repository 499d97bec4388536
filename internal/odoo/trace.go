package odoo

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// startSpan begins the span of a call as a child of the span that its context
// carries. Where nobody records that one, nothing is recorded here: a call to Odoo is
// traced with what it is made for. Odoo is sent no trace context.
func startSpan(ctx context.Context, e endpoint) (context.Context, trace.Span) {
	parent := trace.SpanFromContext(ctx)
	if !parent.IsRecording() {
		return ctx, noSpan
	}
	return parent.TracerProvider().Tracer("odoomesh/odoo").Start(ctx, e.model+"/"+e.method,
		trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(
			attribute.String("rpc.system", "odoo"),
			attribute.String("rpc.service", e.model),
			attribute.String("rpc.method", e.method),
		))
}

// noSpan records nothing.
var noSpan = trace.SpanFromContext(context.Background())

// endSpan tells how the call has ended by the name of the outcome alone: the error's
// text may repeat values of records.
func endSpan(span trace.Span, err error) {
	if !span.IsRecording() {
		return
	}
	outcome := outcome(err)
	span.SetAttributes(attribute.String("mesh.outcome", outcome))
	if err != nil {
		span.SetStatus(codes.Error, outcome)
	}
	span.End()
}
