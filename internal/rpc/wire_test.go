package rpc_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/internal/record"
	"odoomesh/internal/rpc"
)

// A record that is rendered is a whole record to every stage, and reaches the caller as
// one that is not. What a stage answers in its place is what the caller gets.
func TestStagesSeeWholeRecords(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	kind, err := record.NewKind("products", (&productv1.Product{}).ProtoReflect().Type(), "hospital")
	if err != nil {
		t.Fatal(err)
	}
	body, err := proto.Marshal(&productv1.Product{Name: "products/7", DisplayName: "Glove"})
	if err != nil {
		t.Fatal(err)
	}
	raw, err := proto.Marshal(&internalv1.CacheRecord{Body: body, ContentHash: make([]byte, 16), ObservedTime: timestamppb.New(now)})
	if err != nil {
		t.Fatal(err)
	}
	rendered, err := kind.Render(raw)
	if err != nil {
		t.Fatal(err)
	}
	shown, err := rendered.Show(now, nil)
	if err != nil {
		t.Fatal(err)
	}
	service := &products{get: func(ctx context.Context, r *productv1.GetProductRequest) (*productv1.Product, error) {
		record.ReplyOf(ctx).Add(shown)
		if r.GetName() == "products/8" {
			return &productv1.Product{Name: "products/8"}, nil
		}
		return shown.Message.(*productv1.Product), nil
	}}
	var seen []any
	options := append(rpc.OverGRPC(rpc.NewChain()), grpc.ChainUnaryInterceptor(
		func(ctx context.Context, request any, _ *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
			response, err := next(ctx, request)
			seen = append(seen, response)
			return response, err
		}))
	server := grpc.NewServer(options...)
	productv1.RegisterProductServiceServer(server, service)
	client := productv1.NewProductServiceClient(connect(t, server))
	for _, want := range []*productv1.Product{shown.Message.(*productv1.Product), {Name: "products/8"}} {
		seen = nil
		got, err := client.GetProduct(t.Context(), &productv1.GetProductRequest{Name: want.GetName()})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
			t.Errorf("the caller (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]any{want}, seen, protocmp.Transform()); diff != "" {
			t.Errorf("a stage (-want +got):\n%s", diff)
		}
	}
}

// pieces is bytes that were put together before.
type pieces [][]byte

func (p pieces) Wire() ([][]byte, error) { return p, nil }

// A stream can be sent bytes in place of a message, and its handler knows that.
func TestAStreamIsSentBytes(t *testing.T) {
	wire, err := proto.Marshal(&productv1.WatchProductsResponse{Position: "p", Product: &productv1.Product{Name: "products/7"}})
	if err != nil {
		t.Fatal(err)
	}
	service := &products{watch: func(_ *productv1.WatchProductsRequest, s grpc.ServerStreamingServer[productv1.WatchProductsResponse]) error {
		if !record.OverGRPC(s.Context()) {
			t.Error("the handler does not know that it answers over gRPC")
		}
		return s.SendMsg(pieces{wire[:3], wire[3:]})
	}}
	server := grpc.NewServer(rpc.OverGRPC(rpc.NewChain())...)
	productv1.RegisterProductServiceServer(server, service)
	stream, err := productv1.NewProductServiceClient(connect(t, server)).WatchProducts(t.Context(), &productv1.WatchProductsRequest{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := stream.Recv()
	if err != nil || got.GetPosition() != "p" || got.GetProduct().GetName() != "products/7" {
		t.Errorf("got %v (%v)", got, err)
	}
}
