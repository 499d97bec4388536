// Package order is the Order domain: purchase orders, and the requests for
// quotation that they were before, one record for each with all its lines. Behind
// it stand Odoo's purchase.order and purchase.order.line; receipts and invoices
// are linked by name. Sections and notes are lines of their own types.
// Before them stand requisitions, purchase.requisition, where Odoo has that module.
package order

import (
	_ "embed" // the mappings are part of the program

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
func Domain[R domain.Rooms]() domain.Domain[R] {
	return domain.Domain[R]{
		Name:        "order",
		Collections: orderservice.Collections(mapping, requisitionMapping),
		Serve:       orderservice.Serve[R],
		Gateway:     orderservice.Gateway,
	}
}
