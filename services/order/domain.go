// Package order is the Order domain: purchase orders, and the requests for
// quotation that they were before, one record for each with all its lines. Behind
// it stand Odoo's purchase.order and purchase.order.line; receipts and invoices
// are linked by name. Sections and notes are lines of their own types.
// Before them stand requisitions, purchase.requisition, where Odoo has that module.
package order

import (
	_ "embed" // the mappings are part of the program

	"google.golang.org/grpc"

	orderv1 "odoomesh/gen/go/mesh/order/v1"
	"odoomesh/gen/go/mesh/order/v1/orderservice"
	"odoomesh/internal/domain"
)

var (
	//go:embed mapping.yaml
	mapping []byte
	//go:embed requisition.yaml
	requisitionMapping []byte
)

// Domain is what is served of orders and requisitions.
func Domain[R Rooms]() domain.Domain[R] {
	return domain.Domain[R]{
		Name:        "order",
		Collections: domain.Computed(orderservice.Collections(mapping, requisitionMapping), orderservice.Orders, compute),
		Commands:    kinds(nil),
		Serve: func(s grpc.ServiceRegistrar, r R) error {
			service, err := New(r)
			if err != nil {
				return err
			}
			orderv1.RegisterOrderServiceServer(s, service)
			return nil
		},
		Gateway: orderservice.Gateway,
	}
}
