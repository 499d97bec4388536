package rpc_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/internal/fault"
	"odoomesh/internal/rpc"
)

// An open stream ends when what it rests on is taken, with the refusal that a new call
// would meet, and sends nothing more whatever its handler does.
func TestAStreamEndsWhenItsRightIsTaken(t *testing.T) {
	for _, c := range []struct{ name, from, to, reason string }{
		{"the right", "[read]", "[write]", "NOT_PERMITTED"},
		{"the principal", "name: ward", "name: guard", "UNAUTHENTICATED"},
	} {
		for _, patient := range []bool{true, false} {
			path := accessFile(t, "read")
			handler, stubborn := make(chan error, 1), &products{watch: func(_ *productv1.WatchProductsRequest, s grpc.ServerStreamingServer[productv1.WatchProductsResponse]) error {
				if patient {
					if err := s.Send(&productv1.WatchProductsResponse{}); err != nil {
						return err
					}
					<-s.Context().Done()
					return s.Context().Err()
				}
				for {
					if err := s.Send(&productv1.WatchProductsResponse{}); err != nil {
						return errors.New("it could not be sent")
					}
				}
			}}
			p := quiet(parts(t, &logBuffer{}, newRegistry(), path))
			chain := standard(t, p)
			server := grpc.NewServer(append(rpc.OverGRPC(chain), grpc.ChainStreamInterceptor(func(srv any, s grpc.ServerStream, _ *grpc.StreamServerInfo, next grpc.StreamHandler) error {
				err := next(srv, s)
				handler <- err
				return err
			}))...)
			productv1.RegisterProductServiceServer(server, stubborn)
			if err := chain.Cover(server.GetServiceInfo()); err != nil {
				t.Fatal(err)
			}
			client := productv1.NewProductServiceClient(connect(t, server))
			stream, err := client.WatchProducts(metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer secret"), &productv1.WatchProductsRequest{})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := stream.Recv(); err != nil {
				t.Fatal(err)
			}
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(strings.Replace(string(text), c.from, c.to, 1)), 0o600); err != nil {
				t.Fatal(err)
			}
			p.Guard.Reload()
			for err == nil {
				_, err = stream.Recv()
			}
			if told, _ := fault.Read(err); told.Reason != c.reason {
				t.Errorf("%s, patient %v: %v", c.name, patient, err)
			}
			if <-handler == nil {
				t.Errorf("%s, patient %v: its handler ended well", c.name, patient)
			}
		}
	}
}
