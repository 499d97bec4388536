package operations

import (
	"context"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc"

	operationsv1 "odoomesh/gen/go/mesh/operations/v1"
	"odoomesh/gen/go/mesh/operations/v1/exceptionservice"
	"odoomesh/gen/go/mesh/operations/v1/operationsservice"
	"odoomesh/internal/domain"
)

// Rooms gives what is operated, and the exceptions that people settle.
type Rooms interface {
	Operate() Mesh
	Exceptions() Exceptions
}

// Domain is what is served to whoever runs the mesh.
func Domain[R Rooms]() domain.Domain[R] {
	return domain.Domain[R]{
		Name: "operations",
		Serve: func(s grpc.ServiceRegistrar, r R) error {
			operationsv1.RegisterOperationsServiceServer(s, New(r.Operate()))
			operationsv1.RegisterExceptionServiceServer(s, NewExceptions(r.Exceptions()))
			return nil
		},
		Gateway: func(ctx context.Context, mux *runtime.ServeMux, conn grpc.ClientConnInterface) error {
			if err := exceptionservice.Gateway(ctx, mux, conn); err != nil {
				return err
			}
			return operationsservice.Gateway(ctx, mux, conn)
		},
	}
}
