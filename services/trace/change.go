package trace

import (
	"cmp"
	"context"
	"slices"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	tracev1 "odoomesh/gen/go/mesh/trace/v1"
)

// change is a quantity that took a lot, or lost it, where it lies.
type change struct {
	event *inventoryv1.InventoryEvent
	// gained says that it took the lot that is traced; otherwise it lost it.
	gained  bool
	inHouse bool
}

// changes are those of a lot, in the order of their times.
func (s *Service) changes(ctx context.Context, lot string) ([]change, error) {
	events, err := s.assigned(lot)
	if err != nil || len(events) == 0 {
		return nil, err
	}
	var names []string
	for _, e := range events {
		names = append(names, e.GetDestinationLocation())
	}
	places, err := s.locations.Find(ctx, distinct(names))
	if err != nil {
		return nil, err
	}
	inside, narrowed := map[string]bool{}, s.locations.Narrowed(ctx)
	for _, p := range places {
		inside[p.GetName()] = inHouse(p.GetSourceUsage())
	}
	var all []change
	for _, e := range events {
		if _, met := inside[e.GetDestinationLocation()]; narrowed && !met {
			continue // it happened in another company
		}
		all = append(all, change{event: e, gained: e.GetLot() == lot, inHouse: inside[e.GetDestinationLocation()]})
	}
	slices.SortStableFunc(all, func(a, b change) int {
		x, y := a.event.GetSourceTime(), b.event.GetSourceTime()
		return cmp.Or(cmp.Compare(x.GetSeconds(), y.GetSeconds()), cmp.Compare(x.GetNanos(), y.GetNanos()))
	})
	return all, nil
}

// change goes on by a quantity that took the lot or lost it. What it took in the house
// is an origin of the lot: it came out of stock without it.
func (w *walk) change(c change) error {
	e := c.event
	quantity, err := w.quantity(e.GetName(), e.GetQuantity().GetValue())
	if err != nil {
		return err
	}
	here, do := at(w.places, e.GetDestinationLocation(), c.inHouse, e.GetSourceTime()), exact.Add
	if !c.gained {
		do = exact.Sub
	}
	if _, err := do(&here.balance, &here.balance, quantity); err != nil {
		return err
	}
	w.way.Steps = append(w.way.Steps, &tracev1.Step{
		Type: e.GetType(), MoveTime: e.GetSourceTime(), Quantity: e.GetQuantity(), InventoryEvent: e.GetName(),
		SourceLocation: e.GetSourceLocation(), DestinationLocation: e.GetDestinationLocation(), SourceLot: e.GetSourceLot(), Lot: e.GetLot(),
		SourceBalance: text(&here.balance), DestinationBalance: text(&here.balance),
	})
	if c.gained && c.inHouse {
		w.way.Origins = append(w.way.Origins, &tracev1.Origin{
			Quantity: e.GetQuantity(), ArriveTime: e.GetSourceTime(), AssignedLocation: e.GetDestinationLocation(), SourceLot: e.GetSourceLot(),
		})
	}
	return nil
}
