package inventory

import (
	"context"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	"odoomesh/gen/go/mesh/inventory/v1/inventoryservice"
	"odoomesh/internal/stream"
)

// EventFeed is what streams of inventory events read from.
type EventFeed = stream.FeedDeps[*inventoryv1.InventoryEvent]

// Event is an inventory event.
type Event = inventoryv1.InventoryEvent

// Book is the book of stock: every event, and the proof that they add up.
type Book interface {
	Feed() EventFeed
	Prove(ctx context.Context) (Proof, error)
	// LotChanges are the events in which stock took a lot, or lost it, where it lies.
	LotChanges(lot string) ([]*Event, error)
}

// Service answers InventoryService.
type Service struct {
	*inventoryservice.Standard
	book   Book
	events *stream.Feed[*inventoryv1.InventoryEvent]
}

// New makes the service from what it reads and what it watches.
func New(r Rooms) (*Service, error) {
	standard, err := inventoryservice.New(r)
	if err != nil {
		return nil, err
	}
	book := r.StockBook()
	events, err := stream.NewFeed(book.Feed())
	if err != nil {
		return nil, err
	}
	return &Service{Standard: standard, book: book, events: events}, nil
}
