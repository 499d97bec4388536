package trace

import (
	"context"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	invoicev1 "odoomesh/gen/go/mesh/invoice/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
	tracev1 "odoomesh/gen/go/mesh/trace/v1"
	"odoomesh/internal/clock"
	"odoomesh/internal/fault"
	"odoomesh/internal/read"
)

// Service answers TraceService.
type Service struct {
	tracev1.UnimplementedTraceServiceServer
	lots      *read.Collection[*inventoryv1.Lot]
	movements *read.Collection[*inventoryv1.Movement]
	locations *read.Collection[*inventoryv1.Location]
	suppliers *read.Collection[*supplierv1.Supplier]
	orders    *read.Collection[*orderv1.Order]
	receipts  *read.Collection[*receiptv1.Receipt]
	invoices  *read.Collection[*invoicev1.Invoice]
	// products is nil where they are not served.
	products *read.Collection[*productv1.Product]
	assigned Assigned
	clock    clock.Clock
}

// Assigned are the events in which stock took a lot, or lost it, where it lies.
type Assigned func(lot string) ([]*inventoryv1.InventoryEvent, error)

// New makes the service; deps gives what a collection is read from, and served tells of
// one that need not be there.
func New(deps func(collection string) read.Deps, served func(collection string) (read.Deps, bool), assigned Assigned, c clock.Clock) (*Service, error) {
	s := &Service{assigned: assigned, clock: c}
	if d, ok := served("products"); ok {
		if err := open(&s.products, d); err != nil {
			return nil, err
		}
	}
	for _, err := range []error{
		open(&s.lots, deps("lots")), open(&s.movements, deps("movements")), open(&s.locations, deps("locations")),
		open(&s.suppliers, deps("suppliers")), open(&s.orders, deps("orders")),
		open(&s.receipts, deps("receipts")), open(&s.invoices, deps("invoices")),
	} {
		if err != nil {
			return nil, err
		}
	}
	return s, nil
}

// TraceLot answers the way of one lot.
func (s *Service) TraceLot(ctx context.Context, r *tracev1.TraceLotRequest) (*tracev1.LotTrace, error) {
	lots, err := s.lots.Find(ctx, []string{r.GetName()})
	if err != nil {
		return nil, err
	}
	if len(lots) == 0 {
		return nil, fault.NotFound(r.GetName())
	}
	lot := lots[0]
	movements, err := s.movements.WherePart(ctx, "lot", lot.GetName(), followed...)
	if err != nil {
		return nil, err
	}
	changes, err := s.changes(ctx, lot.GetName())
	if err != nil {
		return nil, err
	}
	way, err := follow(movements, changes...)
	if err != nil {
		return nil, err
	}
	if len(movements) > 0 {
		// All quantities are in the product's unit, so that one movement tells it.
		whole, err := s.movements.Find(ctx, []string{movements[len(movements)-1].GetName()})
		if err != nil {
			return nil, err
		}
		if len(whole) > 0 {
			way.Unit = whole[0].GetUnit()
		}
	}
	way.Lot, way.Freshness = lot, s.movements.Freshness()
	return way, s.name(ctx, way)
}

// GetJourney answers the chain of documents behind a number, or each of them where
// unrelated documents bear it.
func (s *Service) GetJourney(ctx context.Context, r *tracev1.GetJourneyRequest) (*tracev1.Journey, error) {
	chain, err := s.chain(ctx, r.GetNumber())
	if err != nil {
		return nil, err
	}
	journey := &tracev1.Journey{Found: chain.found, Freshness: s.orders.Freshness(), Truncated: chain.truncated}
	on := &onward{Service: s}
	for _, group := range chain.groups() {
		if err := on.follow(ctx, group); err != nil {
			return nil, err
		}
		journey.Chains = append(journey.Chains, group.told())
	}
	journey.Truncated = journey.GetTruncated() || on.truncated
	if len(journey.GetChains()) == 1 {
		journey.Milestones = journey.GetChains()[0].GetMilestones()
	}
	return journey, s.called(ctx, journey.GetChains())
}
