// Package services is the one list of all services. A domain that stands in it is
// captured, served over gRPC and REST, guarded and measured; there is no second
// place to enter it.
package services

import (
	"odoomesh/internal/domain"
	"odoomesh/services/access"
	"odoomesh/services/audit"
	"odoomesh/services/command"
	"odoomesh/services/event"
	"odoomesh/services/governance"
	"odoomesh/services/inventory"
	"odoomesh/services/invoice"
	"odoomesh/services/operations"
	"odoomesh/services/order"
	"odoomesh/services/product"
	"odoomesh/services/receipt"
	"odoomesh/services/search"
	"odoomesh/services/summary"
	"odoomesh/services/supplier"
	"odoomesh/services/trace"
)

// Domain is one canonical domain.
type Domain = domain.Domain[Rooms]

// Collection is one kind of record.
type Collection = domain.Collection

// Rooms gives the services what they read from, what they watch and what they operate.
type Rooms interface {
	domain.Rooms
	command.Rooms
	order.Rooms
	invoice.Rooms
	supplier.Rooms
	inventory.Rooms
	event.Rooms
	operations.Rooms
	access.Rooms
	search.Rooms
	audit.Rooms
	governance.Rooms
	summary.Rooms
}

// All lists the domains.
func All() []Domain {
	return []Domain{
		product.Domain[Rooms](),
		supplier.Domain[Rooms](),
		order.Domain[Rooms](),
		receipt.Domain[Rooms](),
		invoice.Domain[Rooms](),
		inventory.Domain[Rooms](),
		event.Domain[Rooms](),
		trace.Domain[Rooms](),
		search.Domain[Rooms](),
		summary.Domain[Rooms](),
		command.Domain[Rooms](),
		operations.Domain[Rooms](),
		access.Domain[Rooms](),
		audit.Domain[Rooms](),
		governance.Domain[Rooms](),
	}
}
