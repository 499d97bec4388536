package e2e

import (
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	collectorv1 "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	otlpv1 "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/proto"
)

// collector takes spans.
type collector struct {
	*httptest.Server
	mu    sync.Mutex
	spans []*otlpv1.Span
}

func newCollector(t *testing.T) *collector {
	c := &collector{}
	c.Server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(r.Body)
		var sent collectorv1.ExportTraceServiceRequest
		if err == nil {
			err = proto.Unmarshal(text, &sent)
		}
		if err != nil {
			t.Error(err)
			return
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		for _, resource := range sent.GetResourceSpans() {
			for _, scope := range resource.GetScopeSpans() {
				c.spans = append(c.spans, scope.GetSpans()...)
			}
		}
	}))
	t.Cleanup(c.Close)
	return c
}

// that gives the spans of which a condition holds.
func (c *collector) that(holds func(*otlpv1.Span) bool) []*otlpv1.Span {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(c.spans), func(s *otlpv1.Span) bool { return !holds(s) })
}

// under gives the calls to Odoo that were made for a span.
func (c *collector) under(parent *otlpv1.Span) []*otlpv1.Span {
	return c.that(func(s *otlpv1.Span) bool {
		return string(s.GetParentSpanId()) == string(parent.GetSpanId()) && string(s.GetTraceId()) == string(parent.GetTraceId()) && attribute(s, "rpc.system") == "odoo"
	})
}

func attribute(s *otlpv1.Span, key string) string {
	for _, a := range s.GetAttributes() {
		if a.GetKey() == key {
			return a.GetValue().GetStringValue()
		}
	}
	return ""
}

// A call and what it asks of Odoo are one trace; so are the reads of what has changed.
// Nothing of a record stands in either.
func TestATraceHoldsTheCallAndWhatItAsksOfOdoo(t *testing.T) {
	t.Parallel()
	p := simulated(t, 19, 10)
	collector := newCollector(t)
	c := settings(t, p)
	c.TraceEndpoint, c.TraceRatio = collector.URL, 1
	m := start(t, c)

	const secret = "Hush Gauze 17"
	id := p.create(t, "product.product", map[string]any{"name": secret})
	(&stage{p, m}).awaitProduct(t, id)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, m.rest+"/v1/"+productName(id)+"?read_mode.live=true", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("X-Request-Id", "traced-1")
	request.Header.Set("Traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	response.Body.Close()
	if err != nil || response.StatusCode != http.StatusOK || !strings.Contains(string(body), secret) {
		t.Fatalf("%s: %s (%v)", response.Status, body, err)
	}
	m.stop() // sends what is left

	calls := collector.that(func(s *otlpv1.Span) bool { return attribute(s, "mesh.request_id") == "traced-1" })
	if len(calls) != 1 || calls[0].GetName() != "mesh.product.v1.ProductService/GetProduct" ||
		hex.EncodeToString(calls[0].GetTraceId()) != "4bf92f3577b34da6a3ce929d0e0e4736" || hex.EncodeToString(calls[0].GetParentSpanId()) != "00f067aa0ba902b7" {
		t.Fatalf("the call was traced as %v", calls)
	}
	asked := collector.under(calls[0])
	if len(asked) == 0 {
		t.Fatal("no call to Odoo stands under it")
	}
	for _, s := range asked {
		if attribute(s, "rpc.method") == "" || attribute(s, "mesh.outcome") != "ok" || len(s.GetEvents()) != 1 || s.GetEndTimeUnixNano() <= s.GetStartTimeUnixNano() {
			t.Errorf("a call to Odoo was traced as %v", s)
		}
	}
	captured := collector.that(func(s *otlpv1.Span) bool { return s.GetName() == "capture/products" })
	if !slices.ContainsFunc(captured, func(s *otlpv1.Span) bool { return len(collector.under(s)) > 0 }) {
		t.Errorf("no read of what changed is traced with its calls to Odoo: %v", captured)
	}
	for _, s := range collector.that(func(*otlpv1.Span) bool { return true }) {
		if text := prototext.Format(s); strings.Contains(text, secret) || strings.Contains(text, p.password+`"`) {
			t.Errorf("a span repeats what is none of its business: %s", text)
		}
	}
}
