package rpc_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"google.golang.org/grpc"

	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/internal/rpc"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// mark is a context key of a stage.
type mark string

// tracing is a stage that writes down when it runs.
func tracing(name string, seen *[]string) rpc.Stage {
	return rpc.Stage{Name: name, Around: func(ctx context.Context, call *rpc.Call, next rpc.Next) error {
		*seen = append(*seen, "> "+name)
		defer func() { *seen = append(*seen, "< "+name) }()
		if err := call.Look(func(any) error { *seen = append(*seen, "look "+name); return nil }); err != nil {
			return err
		}
		return next(context.WithValue(ctx, mark(name), true))
	}}
}

func TestUnaryAndStreamRunTheSameStagesInTheSameOrder(t *testing.T) {
	var seen []string
	chain := rpc.NewChain(tracing("a", &seen), tracing("b", &seen), tracing("c", &seen))
	service := &products{
		get: func(ctx context.Context, _ *productv1.GetProductRequest) (*productv1.Product, error) {
			if ctx.Value(mark("a")) == nil || ctx.Value(mark("c")) == nil {
				t.Error("the handler has not the context of the chain")
			}
			seen = append(seen, "handler")
			return &productv1.Product{}, nil
		},
		watch: func(_ *productv1.WatchProductsRequest, s grpc.ServerStreamingServer[productv1.WatchProductsResponse]) error {
			if s.Context().Value(mark("a")) == nil || s.Context().Value(mark("c")) == nil {
				t.Error("the handler has not the context of the chain")
			}
			seen = append(seen, "handler")
			return nil
		},
	}
	server := grpc.NewServer(rpc.OverGRPC(chain)...)
	productv1.RegisterProductServiceServer(server, service)
	client := productv1.NewProductServiceClient(connect(t, server))

	order := func(stages []string) (around []string) {
		for _, s := range stages {
			if !strings.HasPrefix(s, "look") {
				around = append(around, s)
			}
		}
		return around
	}
	if _, err := client.GetProduct(t.Context(), &productv1.GetProductRequest{}); err != nil {
		t.Fatal(err)
	}
	unary := seen
	seen = nil
	drain(t, client)
	want := []string{"> a", "> b", "> c", "handler", "< c", "< b", "< a"}
	if diff := cmp.Diff(want, order(unary)); diff != "" {
		t.Error("unary", diff)
	}
	if diff := cmp.Diff(want, order(seen)); diff != "" {
		t.Error("stream", diff)
	}
	for _, all := range [][]string{unary, seen} {
		looks := slices.DeleteFunc(slices.Clone(all), func(s string) bool { return !strings.HasPrefix(s, "look") })
		if diff := cmp.Diff([]string{"look a", "look b", "look c"}, looks); diff != "" {
			t.Error("looks", diff)
		}
	}
}

// drain watches until the stream ends and gives its error, io.EOF left out.
func drain(t testing.TB, client productv1.ProductServiceClient) error {
	t.Helper()
	stream, err := client.WatchProducts(t.Context(), &productv1.WatchProductsRequest{})
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := stream.Recv(); err != nil {
			if err.Error() == "EOF" {
				return nil
			}
			return err
		}
	}
}

func TestTheStandardOrder(t *testing.T) {
	p := parts(t, &logBuffer{}, newRegistry(), "")
	want := []string{"recover", "request id", "telemetry", "errors", "audit", "authenticate", "authorise", "row scope", "usage", "stands", "limit", "validate", "audit ready"}
	if diff := cmp.Diff(want, rpc.Standard(p).Names()); diff != "" {
		t.Error(diff)
	}
}
