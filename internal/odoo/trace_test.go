package odoo

import (
	"context"
	"net/http"
	"strings"
	"testing"

	kolo "github.com/kolo/xmlrpc"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
)

// A call is traced where the work that it belongs to is, and says of a failure only
// which kind it is. Odoo hears nothing of it.
func TestACallIsTracedWithItsWork(t *testing.T) {
	recorder := tracetest.NewSpanRecorder()
	tracer := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(recorder)).Tracer("test")
	f := newFakeOdoo(t, func(received) (any, error) { return nil, kolo.FaultError{Code: 2, String: "hunter2"} })
	serve := f.Config.Handler
	f.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Traceparent") != "" {
			t.Error("Odoo was sent a trace")
		}
		serve.ServeHTTP(w, r)
	})
	c := connected(t, testConfig(f.URL))
	read := func(ctx context.Context) error {
		_, err := c.Call(ctx, "res.partner", "read", []any{[]any{int64(1)}}, nil)
		return err
	}
	if err := read(t.Context()); err == nil || len(recorder.Started()) > 0 {
		t.Fatalf("%v, and %d spans outside of a trace", err, len(recorder.Started()))
	}
	ctx, parent := tracer.Start(t.Context(), "work")
	err := read(ctx)
	parent.End()
	ended := recorder.Ended()
	if err == nil || len(ended) != 2 {
		t.Fatalf("%v, and %d spans", err, len(ended))
	}
	span := ended[0]
	if span.Name() != "res.partner/read" || span.Parent().SpanID() != parent.SpanContext().SpanID() || span.Status().Description != outcome(err) || len(span.Events()) != 1 || span.Events()[0].Name != "sent" {
		t.Errorf("%s under %s: %v, %v", span.Name(), span.Parent().SpanID(), span.Status(), span.Events())
	}
	for _, a := range span.Attributes() {
		if strings.Contains(a.Value.String(), "hunter2") {
			t.Errorf("it repeats what Odoo says: %v", a)
		}
	}
}
