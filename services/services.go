// Package services is the one list of all services. A domain that stands in it is
// captured, served over gRPC and REST, guarded and measured; there is no second
// place to enter it.
package services

import (
	"context"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	eventv1 "odoomesh/gen/go/mesh/event/v1"
	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	invoicev1 "odoomesh/gen/go/mesh/invoice/v1"
	operationsv1 "odoomesh/gen/go/mesh/operations/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
	tracev1 "odoomesh/gen/go/mesh/trace/v1"
	"odoomesh/internal/read"
	"odoomesh/internal/stream"
	"odoomesh/services/event"
	"odoomesh/services/inventory"
	"odoomesh/services/invoice"
	"odoomesh/services/operations"
	"odoomesh/services/order"
	"odoomesh/services/product"
	"odoomesh/services/receipt"
	"odoomesh/services/supplier"
	"odoomesh/services/trace"
)

// Domain is one canonical domain.
type Domain struct {
	// Name is what --services calls it.
	Name string
	// Collections are its kinds of records; a domain may have none.
	Collections []Collection
	// Needs names the domains that it reads from: it is served only with them.
	Needs []string
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
	Exceptions() operations.Exceptions
	StockBook() inventory.Book
	EventBook() event.Book
}

// All lists the domains.
func All() []Domain {
	return []Domain{products(), suppliers(), orders(), receipts(), invoices(), stock(), events(), tracing(), operators()}
}

func products() Domain {
	return Domain{
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
	}
}

func suppliers() Domain {
	return Domain{
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
	}
}

func orders() Domain {
	return Domain{
		Name: "order",
		Collections: []Collection{
			{order.Collection, &orderv1.Order{}, order.Mapping()},
			{order.Requisitions, &orderv1.Requisition{}, order.RequisitionMapping()},
		},
		Serve: func(s grpc.ServiceRegistrar, r Rooms) error {
			service, err := order.New(r)
			if err != nil {
				return err
			}
			orderv1.RegisterOrderServiceServer(s, service)
			return nil
		},
		Gateway: func(ctx context.Context, mux *runtime.ServeMux, conn grpc.ClientConnInterface) error {
			return orderv1.RegisterOrderServiceHandlerClient(ctx, mux, orderv1.NewOrderServiceClient(conn))
		},
	}
}

func receipts() Domain {
	return Domain{
		Name:        "receipt",
		Collections: []Collection{{receipt.Collection, &receiptv1.Receipt{}, receipt.Mapping()}},
		Serve: func(s grpc.ServiceRegistrar, r Rooms) error {
			service, err := receipt.New(r.Read(receipt.Collection), r.Watch(receipt.Collection))
			if err != nil {
				return err
			}
			receiptv1.RegisterReceiptServiceServer(s, service)
			return nil
		},
		Gateway: func(ctx context.Context, mux *runtime.ServeMux, conn grpc.ClientConnInterface) error {
			return receiptv1.RegisterReceiptServiceHandlerClient(ctx, mux, receiptv1.NewReceiptServiceClient(conn))
		},
	}
}

func invoices() Domain {
	return Domain{
		Name:        "invoice",
		Collections: []Collection{{invoice.Collection, &invoicev1.Invoice{}, invoice.Mapping()}},
		Serve: func(s grpc.ServiceRegistrar, r Rooms) error {
			service, err := invoice.New(r.Read(invoice.Collection), r.Watch(invoice.Collection))
			if err != nil {
				return err
			}
			invoicev1.RegisterInvoiceServiceServer(s, service)
			return nil
		},
		Gateway: func(ctx context.Context, mux *runtime.ServeMux, conn grpc.ClientConnInterface) error {
			return invoicev1.RegisterInvoiceServiceHandlerClient(ctx, mux, invoicev1.NewInvoiceServiceClient(conn))
		},
	}
}

func stock() Domain {
	return Domain{
		Name: "inventory",
		Collections: []Collection{
			{inventory.Locations, &inventoryv1.Location{}, inventory.LocationMapping()},
			{inventory.Lots, &inventoryv1.Lot{}, inventory.LotMapping()},
			{inventory.Movements, &inventoryv1.Movement{}, inventory.MovementMapping()},
			{inventory.Positions, &inventoryv1.StockPosition{}, inventory.PositionMapping()},
		},
		Serve: func(s grpc.ServiceRegistrar, r Rooms) error {
			service, err := inventory.New(r)
			if err != nil {
				return err
			}
			inventoryv1.RegisterInventoryServiceServer(s, service)
			return nil
		},
		Gateway: func(ctx context.Context, mux *runtime.ServeMux, conn grpc.ClientConnInterface) error {
			return inventoryv1.RegisterInventoryServiceHandlerClient(ctx, mux, inventoryv1.NewInventoryServiceClient(conn))
		},
	}
}

func events() Domain {
	return Domain{
		// It tells what the records of all domains mean that are served.
		Name: "event",
		Serve: func(s grpc.ServiceRegistrar, r Rooms) error {
			service, err := event.New(r.EventBook())
			if err != nil {
				return err
			}
			eventv1.RegisterEventServiceServer(s, service)
			return nil
		},
		Gateway: func(ctx context.Context, mux *runtime.ServeMux, conn grpc.ClientConnInterface) error {
			return eventv1.RegisterEventServiceHandlerClient(ctx, mux, eventv1.NewEventServiceClient(conn))
		},
	}
}

func tracing() Domain {
	return Domain{
		Name: "trace",
		// It reads what these domains have.
		Needs: []string{"supplier", "order", "receipt", "invoice", "inventory"},
		Serve: func(s grpc.ServiceRegistrar, r Rooms) error {
			service, err := trace.New(r.Read, r.StockBook().LotChanges)
			if err != nil {
				return err
			}
			tracev1.RegisterTraceServiceServer(s, service)
			return nil
		},
		Gateway: func(ctx context.Context, mux *runtime.ServeMux, conn grpc.ClientConnInterface) error {
			return tracev1.RegisterTraceServiceHandlerClient(ctx, mux, tracev1.NewTraceServiceClient(conn))
		},
	}
}

func operators() Domain {
	return Domain{
		Name: "operations",
		Serve: func(s grpc.ServiceRegistrar, r Rooms) error {
			mesh := r.Operate()
			operationsv1.RegisterOperationsServiceServer(s, operations.New(mesh))
			operationsv1.RegisterExceptionServiceServer(s, operations.NewExceptions(r.Exceptions(), mesh.Caller))
			return nil
		},
		Gateway: func(ctx context.Context, mux *runtime.ServeMux, conn grpc.ClientConnInterface) error {
			if err := operationsv1.RegisterExceptionServiceHandlerClient(ctx, mux, operationsv1.NewExceptionServiceClient(conn)); err != nil {
				return err
			}
			return operationsv1.RegisterOperationsServiceHandlerClient(ctx, mux, operationsv1.NewOperationsServiceClient(conn))
		},
	}
}
