package inventory

import (
	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	"odoomesh/gen/go/mesh/inventory/v1/inventoryservice"
	"odoomesh/internal/stream"
	"odoomesh/services/inventory/stockbook"
)

// EventFeed is what streams of inventory events read from.
type EventFeed = stream.FeedDeps[*inventoryv1.InventoryEvent]

// Service answers InventoryService.
type Service struct {
	*inventoryservice.Standard
	book   *stockbook.Book
	events *stream.Feed[*inventoryv1.InventoryEvent]
}

// New makes the service from what it reads and what it watches.
func New(r Rooms) (*Service, error) {
	standard, err := inventoryservice.New(r)
	if err != nil {
		return nil, err
	}
	events, err := stream.NewFeed(r.StockFeed())
	if err != nil {
		return nil, err
	}
	return &Service{Standard: standard, book: r.StockBook(), events: events}, nil
}
