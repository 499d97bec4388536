package rpc_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/internal/access"
	"odoomesh/internal/clock"
	"odoomesh/internal/fault"
	"odoomesh/internal/rpc"
)

// hasty is a clock on which a second passes at once.
type hasty struct{ clock.System }

func (hasty) After(time.Duration) <-chan time.Time { return time.After(time.Millisecond) }

// A key that is revoked, or a token that ends, ends the streams that it opened.
func TestAStreamEndsWhenItsCallerIsBelievedNoMore(t *testing.T) {
	var revoked atomic.Bool
	service := &products{watch: func(_ *productv1.WatchProductsRequest, s grpc.ServerStreamingServer[productv1.WatchProductsResponse]) error {
		if err := s.Send(&productv1.WatchProductsResponse{}); err != nil {
			return err
		}
		<-s.Context().Done()
		return s.Context().Err()
	}}
	p := parts(t, &logBuffer{}, prometheus.NewRegistry(), accessFile(t, "read"))
	p.Clock = hasty{}
	p.Guard.Recognise = func(_ context.Context, file *access.File) (*access.Principal, *access.Proof, error) {
		if revoked.Load() {
			return nil, nil, fault.Unauthenticated("The key is revoked.")
		}
		return file.Principal("ward"), &access.Proof{Kind: access.ByAPIKey}, nil
	}
	chain := standard(t, p)
	server := grpc.NewServer(rpc.OverGRPC(chain)...)
	productv1.RegisterProductServiceServer(server, service)
	if err := chain.Cover(server.GetServiceInfo()); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- chain.Run(ctx) }()
	defer func() { stop(); <-ended }()
	stream, err := productv1.NewProductServiceClient(connect(t, server)).WatchProducts(t.Context(), &productv1.WatchProductsRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := stream.Recv(); err != nil {
		t.Fatal(err)
	}
	revoked.Store(true)
	if _, err := stream.Recv(); fault.ReasonOf(err) != errorsv1.Reason_REASON_UNAUTHENTICATED {
		t.Error(err)
	}
}
