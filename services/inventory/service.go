package inventory

import (
	"time"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	"odoomesh/gen/go/mesh/inventory/v1/inventoryservice"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/command"
	"odoomesh/internal/owned"
	"odoomesh/internal/stream"
	"odoomesh/services/inventory/goods"
	"odoomesh/services/inventory/stockbook"
)

// EventFeed is what streams of inventory events read from.
type EventFeed = stream.FeedDeps[*inventoryv1.InventoryEvent]

// Service answers InventoryService.
type Service struct {
	*inventoryservice.Standard
	book   *stockbook.Book
	events *stream.Feed[*inventoryv1.InventoryEvent]
	desk   *command.Desk
	owned  *owned.Writer
	// holds are complete names of places to which held goods may go.
	holds []string
	// quarantine are complete names of those to which they are moved.
	quarantine []string
	now        func() time.Time
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
	s := &Service{Standard: standard, book: r.StockBook(), events: events, desk: r.Commands(), owned: r.Owned(), holds: r.HoldLocations(), quarantine: r.QuarantineLocations(), now: r.Read(inventoryservice.Lots).Clock.Now}
	s.desk.Register(kinds(s)...)
	return s, nil
}

// kinds are the commands; s may be nil for what is said of them without carrying them
// out.
func kinds(s *Service) []command.Kind {
	return []command.Kind{
		{Name: "lots.hold", Method: inventoryv1.InventoryService_HoldLot_FullMethodName, Request: &inventoryv1.HoldLotRequest{}, Begin: s.beginHold, Own: true, Protects: true},
		{Name: "lots.releaseHold", Method: inventoryv1.InventoryService_ReleaseLotHold_FullMethodName, Request: &inventoryv1.ReleaseLotHoldRequest{}, Begin: s.beginReleaseHold, Own: true},
		{Name: "stockPositions.scrap", Method: inventoryv1.InventoryService_ScrapStock_FullMethodName, Request: &inventoryv1.ScrapStockRequest{}, Begin: s.beginScrap, Needs: goods.Needs, Mails: true},
		{Name: "stockPositions.transfer", Method: inventoryv1.InventoryService_TransferStock_FullMethodName, Request: &inventoryv1.TransferStockRequest{}, Begin: s.beginTransfer, Needs: goods.Needs, Mails: true},
		{Name: "stockPositions.adjust", Method: inventoryv1.InventoryService_AdjustStock_FullMethodName, Request: &inventoryv1.AdjustStockRequest{}, Begin: s.beginAdjust, Needs: countNeeds, Mails: true},
	}
}

// live asks Odoo.
var live = &typesv1.ReadMode{Mode: &typesv1.ReadMode_Live{Live: true}}
