// Package services is the one list of all services. A domain that stands in it is
// captured, served over gRPC and REST, guarded and measured; there is no second
// place to enter it.
package services

import (
	"context"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	operationsv1 "odoomesh/gen/go/mesh/operations/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
	"odoomesh/internal/read"
	"odoomesh/internal/stream"
	"odoomesh/services/operations"
	"odoomesh/services/product"
	"odoomesh/services/supplier"
)

// Domain is one canonical domain.
type Domain struct {
	// Name is what --services calls it.
	Name string
	// Collections are its kinds of records; a domain may have none.
	Collections []Collection
	// Serve makes its service and registers it.
	Serve func(grpc.ServiceRegistrar, Rooms) error
	// Gateway adds its REST routes.
	Gateway func(context.Context, *runtime.ServeMux, grpc.ClientConnInterface) error
}

// Collection is one kind of record.
type Collection struct {
	// Name is the first part of the resource names.
	Name string
	// Record is an empty record.
	Record proto.Message
	// Mapping is its mapping.yaml.
	Mapping []byte
}

// Rooms gives a service what it reads from, what it watches and what it operates.
type Rooms interface {
	Read(collection string) read.Deps
	Watch(collection string) stream.Deps
	Operate() operations.Mesh
}

// All lists the domains.
func All() []Domain {
	return []Domain{
		{
			Name:        "product",
			Collections: []Collection{{product.Collection, &productv1.Product{}, product.Mapping()}},
			Serve: func(s grpc.ServiceRegistrar, r Rooms) error {
				service, err := product.New(r.Read(product.Collection), r.Watch(product.Collection))
				if err != nil {
					return err
				}
				productv1.RegisterProductServiceServer(s, service)
				return nil
			},
			Gateway: func(ctx context.Context, mux *runtime.ServeMux, conn grpc.ClientConnInterface) error {
				return productv1.RegisterProductServiceHandlerClient(ctx, mux, productv1.NewProductServiceClient(conn))
			},
		},
		{
			Name:        "supplier",
			Collections: []Collection{{supplier.Collection, &supplierv1.Supplier{}, supplier.Mapping()}},
			Serve: func(s grpc.ServiceRegistrar, r Rooms) error {
				service, err := supplier.New(r.Read(supplier.Collection), r.Watch(supplier.Collection))
				if err != nil {
					return err
				}
				supplierv1.RegisterSupplierServiceServer(s, service)
				return nil
			},
			Gateway: func(ctx context.Context, mux *runtime.ServeMux, conn grpc.ClientConnInterface) error {
				return supplierv1.RegisterSupplierServiceHandlerClient(ctx, mux, supplierv1.NewSupplierServiceClient(conn))
			},
		},
		{
			Name: "operations",
			Serve: func(s grpc.ServiceRegistrar, r Rooms) error {
				operationsv1.RegisterOperationsServiceServer(s, operations.New(r.Operate()))
				return nil
			},
			Gateway: func(ctx context.Context, mux *runtime.ServeMux, conn grpc.ClientConnInterface) error {
				return operationsv1.RegisterOperationsServiceHandlerClient(ctx, mux, operationsv1.NewOperationsServiceClient(conn))
			},
		},
	}
}
