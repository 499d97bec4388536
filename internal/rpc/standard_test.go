package rpc_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/health"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/internal/access"
	"odoomesh/internal/odoo"
	"odoomesh/internal/rpc"
	"odoomesh/internal/telemetry"
)

func newRegistry() *prometheus.Registry { return prometheus.NewRegistry() }

// answer is what a caller of GetProduct sees.
type answer struct {
	code    codes.Code
	reason  string
	message string
	id      string // in the header
	errID   string // in the error
}

func (m *mesh) get(t testing.TB, name string, pairs ...string) answer {
	t.Helper()
	var header metadata.MD
	_, err := m.client.GetProduct(metadata.AppendToOutgoingContext(t.Context(), pairs...), &productv1.GetProductRequest{Name: name}, grpc.Header(&header))
	a := answer{code: status.Code(err), message: status.Convert(err).Message()}
	if ids := header.Get("x-request-id"); len(ids) == 1 {
		a.id = ids[0]
	}
	for _, d := range status.Convert(err).Details() {
		switch d := d.(type) {
		case *errdetails.ErrorInfo:
			a.reason = d.Reason
		case *errdetails.RequestInfo:
			a.errID = d.RequestId
		}
	}
	return a
}

func serving(get func(context.Context) error) *products {
	return &products{
		get: func(ctx context.Context, r *productv1.GetProductRequest) (*productv1.Product, error) {
			return &productv1.Product{Name: r.GetName()}, get(ctx)
		},
		watch: func(_ *productv1.WatchProductsRequest, s grpc.ServerStreamingServer[productv1.WatchProductsResponse]) error {
			return get(s.Context())
		},
	}
}

func TestACallIsNamedMeasuredAndAnswered(t *testing.T) {
	m := start(t, serving(func(ctx context.Context) error {
		if telemetry.RequestID(ctx) == "" || access.From(ctx).Name != "local" {
			t.Error("the handler knows neither call nor caller")
		}
		return nil
	}), "")
	if a := m.get(t, "products/1", "x-request-id", "abc-1"); a.code != codes.OK || a.id != "abc-1" {
		t.Errorf("%+v", a)
	}
	if a := m.get(t, "products/1"); len(a.id) != 32 {
		t.Errorf("made id %q", a.id)
	}
	if a := m.get(t, "products/1", "x-request-id", "a b\"c"); len(a.id) != 32 {
		t.Errorf("an unsafe id was taken: %q", a.id)
	}
	w := httptest.NewRecorder()
	telemetry.Handler(m.registry, silent()).ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	for _, want := range []string{
		`mesh_rpc_calls_total{code="OK",method="/mesh.product.v1.ProductService/GetProduct"} 3`,
		`mesh_rpc_calls_total{code="OK",method="/mesh.product.v1.ProductService/WatchProducts"} 0`,
		`mesh_rpc_duration_seconds_count{method="/mesh.product.v1.ProductService/GetProduct"} 3`,
		`mesh_rpc_in_flight{method="/mesh.product.v1.ProductService/GetProduct"} 0`,
	} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("no %s", want)
		}
	}
}

func TestRefusalsOfUnaryAndStreamAreAlike(t *testing.T) {
	trace := odoo.NewFault(1, "Traceback (most recent call last):\n  File \"/x.py\", line 1, in y\n    z()\nKeyError: 'hunter2'")
	cases := []struct {
		name   string
		err    error
		code   codes.Code
		reason string
		logged string
	}{
		{"a secret cause", errors.New("hunter2"), codes.Internal, "INTERNAL", "hunter2"},
		{"a fault of Odoo's", trace, codes.Internal, "INTERNAL", "Traceback"},
		{"a rule", &odoo.Fault{Code: 2, Kind: odoo.BusinessRule, Message: "No lots."}, codes.FailedPrecondition, "BUSINESS_RULE", "No lots."},
		{"a panic", nil, codes.Internal, "INTERNAL", "hunter2 in a panic"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			m := start(t, serving(func(context.Context) error {
				if c.err == nil {
					panic("hunter2 in a panic")
				}
				return c.err
			}), "")
			a := m.get(t, "products/1", "x-request-id", "id-7")
			if a.code != c.code || a.reason != c.reason || a.errID != "id-7" {
				t.Errorf("unary: %+v", a)
			}
			if err := drain(t, m.client); status.Code(err) != c.code || strings.Contains(status.Convert(err).Proto().String(), "hunter2") {
				t.Errorf("stream: %v", err)
			}
			if strings.Contains(a.message, "hunter2") {
				t.Errorf("leak: %s", a.message)
			}
			if log := m.log.String(); !strings.Contains(log, c.logged) || !strings.Contains(log, `"request_id":"id-7"`) {
				t.Errorf("the log has not the cause under the id: %s", log)
			}
		})
	}
}

func TestRequestsAreValidated(t *testing.T) {
	m := start(t, serving(func(context.Context) error { return nil }), "")
	if a := m.get(t, "nonsense"); a.code != codes.InvalidArgument || a.reason != "INVALID_NAME" {
		t.Errorf("unary: %+v", a)
	}
	stream, err := m.client.WatchProducts(t.Context(), &productv1.WatchProductsRequest{Filter: strings.Repeat("x", 5000)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := stream.Recv(); status.Code(err) != codes.InvalidArgument || !strings.Contains(err.Error(), "filter") {
		t.Errorf("stream: %v", err)
	}
}

func TestOnlyWhoMayGetsThrough(t *testing.T) {
	cases := []struct {
		name   string
		rights string
		header []string
		code   codes.Code
		reason string
	}{
		{"right token and right", "read", []string{"authorization", "Bearer secret"}, codes.OK, ""},
		{"scheme in lower case", "read", []string{"authorization", "bearer secret"}, codes.OK, ""},
		{"no token, though of this machine", "read", nil, codes.Unauthenticated, "UNAUTHENTICATED"},
		{"wrong token", "read", []string{"authorization", "Bearer secreT"}, codes.Unauthenticated, "UNAUTHENTICATED"},
		{"the hash as token", "read", []string{"authorization", "Bearer 2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"}, codes.Unauthenticated, "UNAUTHENTICATED"},
		{"two tokens", "read", []string{"authorization", "Bearer secret", "authorization", "Bearer secret"}, codes.Unauthenticated, "UNAUTHENTICATED"},
		{"another scheme", "read", []string{"authorization", "Basic secret"}, codes.Unauthenticated, "UNAUTHENTICATED"},
		{"another right", "write", []string{"authorization", "Bearer secret"}, codes.PermissionDenied, "NOT_PERMITTED"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			m := start(t, serving(func(context.Context) error { return nil }), accessFile(t, c.rights))
			if a := m.get(t, "products/1", c.header...); a.code != c.code || a.reason != c.reason {
				t.Errorf("%+v", a)
			}
			// A caller that is refused learns nothing of the rules for requests.
			if a := m.get(t, "nonsense", c.header...); c.code != codes.OK && a.code != c.code {
				t.Errorf("validated before it was refused: %+v", a)
			}
		})
	}
}

func TestAMethodWithoutARuleKeepsTheServerFromStarting(t *testing.T) {
	chain := rpc.Standard(parts(t, &logBuffer{}, newRegistry(), ""))
	ruleless := map[string]grpc.ServiceInfo{"grpc.channelz.v1.Channelz": {}}
	if err := chain.Cover(ruleless); err == nil {
		t.Error("a service without a contract was covered")
	}
	server := grpc.NewServer()
	productv1.RegisterProductServiceServer(server, &products{})
	healthv1.RegisterHealthServer(server, health.NewServer())
	if err := chain.Cover(server.GetServiceInfo()); err != nil {
		t.Error(err)
	}
}

func TestWithoutCoverNothingIsAllowed(t *testing.T) {
	chain := rpc.Standard(parts(t, &logBuffer{}, newRegistry(), ""))
	server := grpc.NewServer(grpc.UnaryInterceptor(chain.Unary))
	productv1.RegisterProductServiceServer(server, serving(func(context.Context) error { return nil }))
	m := &mesh{client: productv1.NewProductServiceClient(connect(t, server))}
	if a := m.get(t, "products/1"); a.code != codes.PermissionDenied {
		t.Errorf("%+v", a)
	}
}
