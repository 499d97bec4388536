package gateway

import (
	"context"
	"io"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	productv1 "odoomesh/gen/go/mesh/product/v1"
)

// refusedStream has ended before its request was sent, as one does whose caller has no
// right.
type refusedStream struct{ grpc.ClientStream }

func (refusedStream) Context() context.Context     { return context.Background() }
func (refusedStream) SendMsg(any) error            { return io.EOF }
func (refusedStream) Header() (metadata.MD, error) { return nil, nil }
func (refusedStream) RecvMsg(any) error            { return status.Error(codes.PermissionDenied, "No.") }

func TestAStreamThatIsRefusedBeforeItsRequestIsReadSaysWhy(t *testing.T) {
	s := &checkedStream{ClientStream: refusedStream{}, method: productv1.ProductService_WatchProducts_FullMethodName, call: &call{}}
	if err := s.SendMsg(&productv1.WatchProductsRequest{}); err != nil {
		t.Errorf("sending the request: %v", err)
	}
	if _, err := s.Header(); status.Code(err) != codes.PermissionDenied {
		t.Errorf("the answer is %v", err)
	}
}
