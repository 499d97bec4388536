package inventory

import (
	"context"
	_ "embed" // the mappings are part of the program

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	"odoomesh/internal/read"
	"odoomesh/internal/stream"
)

// The first parts of the names of locations, lots, movements and stock positions.
const (
	Locations = "locations"
	Lots      = "lots"
	Movements = "movements"
	Positions = "stockPositions"
)

var (
	//go:embed location.yaml
	locationMapping []byte
	//go:embed lot.yaml
	lotMapping []byte
	//go:embed movement.yaml
	movementMapping []byte
	//go:embed stock_position.yaml
	positionMapping []byte
)

// LocationMapping says how a location is read out of Odoo.
func LocationMapping() []byte { return locationMapping }

// LotMapping says how a lot is read out of Odoo.
func LotMapping() []byte { return lotMapping }

// MovementMapping says how a movement is read out of Odoo.
func MovementMapping() []byte { return movementMapping }

// PositionMapping says how a stock position is read out of Odoo.
func PositionMapping() []byte { return positionMapping }

// Rooms gives what is read from and what is watched of each kind of record, and
// the book of stock.
type Rooms interface {
	Read(collection string) read.Deps
	Watch(collection string) stream.Deps
	StockBook() Book
}

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
	inventoryv1.UnimplementedInventoryServiceServer
	locations        *read.Collection[*inventoryv1.Location]
	locationsChanges *stream.Watcher[*inventoryv1.Location]
	lots             *read.Collection[*inventoryv1.Lot]
	lotsChanges      *stream.Watcher[*inventoryv1.Lot]
	movements        *read.Collection[*inventoryv1.Movement]
	movementsChanges *stream.Watcher[*inventoryv1.Movement]
	positions        *read.Collection[*inventoryv1.StockPosition]
	positionsChanges *stream.Watcher[*inventoryv1.StockPosition]
	book             Book
	events           *stream.Feed[*inventoryv1.InventoryEvent]
}

// New makes the service of what it reads and what it watches.
func New(r Rooms) (*Service, error) {
	s := &Service{book: r.StockBook()}
	var err error
	if s.events, err = stream.NewFeed(s.book.Feed()); err != nil {
		return nil, err
	}
	if s.locations, err = read.NewCollection[*inventoryv1.Location](r.Read(Locations)); err != nil {
		return nil, err
	}
	if s.locationsChanges, err = stream.NewWatcher[*inventoryv1.Location](r.Watch(Locations)); err != nil {
		return nil, err
	}
	if s.lots, err = read.NewCollection[*inventoryv1.Lot](r.Read(Lots)); err != nil {
		return nil, err
	}
	if s.lotsChanges, err = stream.NewWatcher[*inventoryv1.Lot](r.Watch(Lots)); err != nil {
		return nil, err
	}
	if s.movements, err = read.NewCollection[*inventoryv1.Movement](r.Read(Movements)); err != nil {
		return nil, err
	}
	if s.movementsChanges, err = stream.NewWatcher[*inventoryv1.Movement](r.Watch(Movements)); err != nil {
		return nil, err
	}
	if s.positions, err = read.NewCollection[*inventoryv1.StockPosition](r.Read(Positions)); err != nil {
		return nil, err
	}
	if s.positionsChanges, err = stream.NewWatcher[*inventoryv1.StockPosition](r.Watch(Positions)); err != nil {
		return nil, err
	}
	return s, nil
}
