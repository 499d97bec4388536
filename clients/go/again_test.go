package client

import (
	"context"
	"errors"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	errorsv1 "odoomesh.invalid/client/mesh/errors/v1"
	operationsv1 "odoomesh.invalid/client/mesh/operations/v1"
	orderv1 "odoomesh.invalid/client/mesh/order/v1"
)

func refusal(t *testing.T, code codes.Code, reason, retry string) error {
	t.Helper()
	st, err := status.New(code, "Not now.").WithDetails(
		&errdetails.ErrorInfo{Domain: "mesh", Reason: reason, Metadata: map[string]string{"retry": retry}},
		&errdetails.RetryInfo{RetryDelay: durationpb.New(time.Millisecond)})
	if err != nil {
		t.Fatal(err)
	}
	return st.Err()
}

// Sent again are reads, and wishes under their id, where the refusal says so; nothing else.
func TestWhatIsSentAgain(t *testing.T) {
	lost := status.Error(codes.Unavailable, "connection reset")
	for _, tt := range []struct {
		name, method string
		request      any
		refused      error
		calls        int
	}{
		{"a read", "/mesh.order.v1.OrderService/GetOrder", &orderv1.GetOrderRequest{}, refusal(t, codes.Unavailable, "NOT_LOADED", "same_request"), 2},
		{"a read that nobody answers", "/mesh.order.v1.OrderService/GetOrder", &orderv1.GetOrderRequest{}, lost, 2},
		{"a wish", "/mesh.order.v1.OrderService/CreateOrder", &orderv1.CreateOrderRequest{RequestId: "po-1"}, refusal(t, codes.Unknown, "UNKNOWN_OUTCOME", "same_request"), 2},
		{"a wish without an id", "/mesh.order.v1.OrderService/CreateOrder", &orderv1.CreateOrderRequest{}, lost, 1},
		{"what has no id", "/mesh.operations.v1.OperationsService/ResyncDomain", &operationsv1.ResyncDomainRequest{}, refusal(t, codes.Unavailable, "SHUTTING_DOWN", "same_request"), 1},
		{"what is refused for good", "/mesh.order.v1.OrderService/GetOrder", &orderv1.GetOrderRequest{}, refusal(t, codes.Aborted, "STALE_ETAG", "after_read"), 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			calls := 0
			err := again(time.Minute)(t.Context(), tt.method, tt.request, nil, nil, func(context.Context, string, any, any, *grpc.ClientConn, ...grpc.CallOption) error {
				if calls++; calls > 1 {
					return nil
				}
				return tt.refused
			})
			if calls != tt.calls || (err == nil) != (tt.calls > 1) {
				t.Errorf("it was sent %d times: %v", calls, err)
			}
		})
	}
}

func TestARefusalTellsWhy(t *testing.T) {
	err := told(refusal(t, codes.Unavailable, "STALE", "same_request"))
	r, ok := AsRefusal(err)
	if !ok || r.Retry != errorsv1.Retry_RETRY_SAME_REQUEST || r.RetryAfter != time.Millisecond || !errors.Is(err, Reason(errorsv1.Reason_REASON_STALE)) || status.Code(err) != codes.Unavailable {
		t.Errorf("%+v", r)
	}
}

func TestATokenIsNotSentInTheClear(t *testing.T) {
	for target, fine := range map[string]bool{"127.0.0.1:9090": true, "[::1]:9090": true, "localhost:9090": true, "mesh.example:9090": false, "dns:///mesh.example:9090": false} {
		conn, err := New(target, Options{Token: "secret"})
		if (err == nil) != fine {
			t.Errorf("%s: %v", target, err)
		}
		if conn != nil {
			_ = conn.Close()
		}
	}
}
