package rpc_test

import (
	"context"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc"
	"google.golang.org/grpc/peer"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	"odoomesh/internal/access"
	"odoomesh/internal/audit"
	"odoomesh/internal/fault"
	"odoomesh/internal/rpc"
)

// hanging is an audit that writes nothing for the moment.
type hanging struct{}

func (hanging) Ready() error { return nil }

func (hanging) Record(ctx context.Context, _ audit.Record) error {
	<-ctx.Done()
	return ctx.Err()
}

// A caller waits for the record of its command as long as its deadline says, and is then
// told which intent knows what became of it.
func TestTheRecordOfACommandIsWaitedForUntilTheDeadline(t *testing.T) {
	p := parts(t, &logBuffer{}, prometheus.NewRegistry(), "")
	p.Audit = hanging{}
	guard, err := access.Open(access.Config{LocalWrites: true})
	if err != nil {
		t.Fatal(err)
	}
	p.Guard = guard
	chain := rpc.Standard(p)
	if err := chain.Cover(map[string]grpc.ServiceInfo{orderv1.OrderService_ServiceDesc.ServiceName: {}}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(peer.NewContext(t.Context(), &peer.Peer{Addr: localAddr{}}), 20*time.Millisecond)
	defer cancel()
	_, err = chain.Unary(ctx, &orderv1.ReleaseOrderRequest{Name: "orders/1", RequestId: "r-1"}, &grpc.UnaryServerInfo{FullMethod: orderv1.OrderService_ReleaseOrder_FullMethodName},
		func(context.Context, any) (any, error) {
			return &orderv1.ReleaseOrderResponse{Intent: &commandv1.Intent{Name: "intents/7"}}, nil
		})
	if fault.ReasonOf(err) != errorsv1.Reason_REASON_DEADLINE_EXCEEDED || fault.About(err) != "intents/7" {
		t.Errorf("%v, about %q", err, fault.About(err))
	}
}
