package rpc_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/internal/access"
	"odoomesh/internal/clock"
	"odoomesh/internal/fault"
	"odoomesh/internal/rpc"
)

// hasty is a clock on which a second passes at once.
type hasty struct{ clock.System }

func (hasty) After(time.Duration) <-chan time.Time { return time.After(time.Millisecond) }

// An open stream ends when what it rests on is taken, with the refusal that a new call
// would meet, and sends nothing more whatever its handler does.
func TestAStreamEndsWhenItsCallerIsBelievedNoMore(t *testing.T) {
	var revoked atomic.Bool
	for _, c := range []struct {
		name, reason string
		take         func(t *testing.T, guard *access.Guard, path string)
	}{
		{"the right", "NOT_PERMITTED", replaced("[read]", "[write]")},
		{"the principal", "UNAUTHENTICATED", replaced("name: ward", "name: guard")},
		{"the key", "UNAUTHENTICATED", func(*testing.T, *access.Guard, string) { revoked.Store(true) }},
	} {
		for _, patient := range []bool{true, false} {
			revoked.Store(false)
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
			p.Clock = hasty{}
			byToken := p.Guard.Recognise
			p.Guard.Recognise = func(ctx context.Context, file *access.File) (*access.Principal, *access.Proof, error) {
				if revoked.Load() {
					return nil, nil, fault.Unauthenticated("The key is revoked.")
				}
				return byToken(ctx, file)
			}
			chain := rpc.Standard(p)
			server := grpc.NewServer(append(rpc.OverGRPC(chain), grpc.ChainStreamInterceptor(func(srv any, s grpc.ServerStream, _ *grpc.StreamServerInfo, next grpc.StreamHandler) error {
				err := next(srv, s)
				handler <- err
				return err
			}))...)
			productv1.RegisterProductServiceServer(server, stubborn)
			if err := chain.Cover(server.GetServiceInfo()); err != nil {
				t.Fatal(err)
			}
			running(t, chain)
			client := productv1.NewProductServiceClient(connect(t, server))
			stream, err := client.WatchProducts(metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer secret"), &productv1.WatchProductsRequest{})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := stream.Recv(); err != nil {
				t.Fatal(err)
			}
			c.take(t, p.Guard, path)
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

// replaced puts another text into the access file, and the file in force.
func replaced(from, to string) func(*testing.T, *access.Guard, string) {
	return func(t *testing.T, guard *access.Guard, path string) {
		t.Helper()
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(strings.Replace(string(text), from, to, 1)), 0o600); err != nil {
			t.Fatal(err)
		}
		guard.Reload()
	}
}

// running runs a chain until the test ends.
func running(t *testing.T, chain *rpc.Chain) {
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- chain.Run(ctx) }()
	t.Cleanup(func() { stop(); <-ended })
}
