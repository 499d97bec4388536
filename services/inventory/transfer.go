package inventory

import (
	"context"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	"odoomesh/gen/go/mesh/inventory/v1/inventoryservice"
	"odoomesh/internal/command"
	"odoomesh/internal/fault"
	"odoomesh/internal/resource"
	"odoomesh/services/inventory/goods"
)

func (s *Service) beginTransfer(request proto.Message) (command.Command, error) {
	r := request.(*inventoryv1.TransferStockRequest)
	var g command.Given
	c := &moving{spot: s.spotted(&g, r.GetName(), r.GetEtag(), r.GetUnit(), r.GetReason()), everything: r.GetEverything(), takeReserved: r.GetTakeReserved()}
	switch {
	case !c.everything:
		c.quantity = g.Quantity("quantity", r.GetQuantity())
	case r.GetQuantity() != nil:
		g.Wrong("quantity", "everything is to be moved: leave it out")
	case r.GetUnit() != "":
		g.Wrong("unit", "everything is to be moved: leave it out")
	}
	to := g.ID("destination_location", inventoryservice.Locations, r.GetDestinationLocation())
	if to != 0 && to == c.at.Location {
		g.Wrong("destination_location", "the goods lie there already")
	}
	c.why = "Moved by odoomesh"
	if !r.GetAllowExpired() {
		c.passes = func(to goods.Place) bool { return within(to.Name, s.holds) } // there such lots belong
	}
	c.to = func(ctx context.Context, o *command.Odoo, g *command.Given, from goods.Place) (goods.Place, error) {
		place, ok, err := goods.PlaceOf(ctx, o, to)
		switch {
		case err != nil:
		case !ok:
			g.Wrong("destination_location", "there is no locations/%d", to)
		case !place.InHouse():
			g.Wrong("destination_location", "locations/%d (%s) is no place of the house", to, place.Name)
		case !place.Active:
			g.Wrong("destination_location", "locations/%d (%s) is archived in Odoo", to, place.Name)
		case place.Company != 0 && from.Company != 0 && place.Company != from.Company:
			g.Wrong("destination_location", "locations/%d (%s) belongs to another company", to, place.Name)
		}
		return place, err
	}
	c.lets = func(ctx context.Context, w *command.Work, g *command.Given, f found, to goods.Place) error {
		if r.GetOnlyWhileHeld() {
			switch by, err := s.holder(ctx, c.at.Lot); {
			case err != nil:
				return err
			case by == nil:
				return command.Refused("lots/%d is not held any more: its goods stay where they are.", c.at.Lot)
			}
		}
		if within(to.Name, s.holds) {
			return nil
		}
		if day := f.lot.over(s.now(), w.Odoo); day != "" && !r.GetAllowExpired() {
			g.Wrong("allow_expired", "lots/%d (%s) %s: say so where it is to be moved all the same", c.at.Lot, f.lot.number, day)
		}
		return s.freeOfHolds(ctx, c.at.Lot)
	}
	return c, g.Err()
}

// over says of a lot that its time is over; empty where it is not.
func (l heldLot) over(now time.Time, o *command.Odoo) string {
	for _, end := range []struct{ at, what string }{{l.expires, "has expired on "}, {l.removal, "is to be taken out of stock since "}} {
		at, err := time.Parse(time.DateTime, end.at)
		// Up to 18 Odoo asks for those that have expired alone.
		if err == nil && !at.After(now) && (end.at == l.expires || o.Major() >= 19) {
			return end.what + at.In(o.Zone()).Format(time.DateOnly)
		}
	}
	return ""
}

// freeOfHolds refuses a lot that is held, or whose number is that of one that is.
func (s *Service) freeOfHolds(ctx context.Context, lot int64) error {
	twin, err := s.holder(ctx, lot)
	if err != nil || twin == nil {
		return err
	}
	return command.Refused("%s is %s, by %s since %s: %s. It may go to the places of hold-locations, back to the supplier, or be thrown away.",
		twin.GetName(), strings.ToLower(strings.TrimPrefix(twin.GetHoldState().String(), "HOLD_STATE_")), twin.GetHeldBy(), twin.GetHoldTime().AsTime().Format(time.DateTime), twin.GetHoldReason())
}

// holder is the lot of the same number by which a lot is held; nil where none is.
func (s *Service) holder(ctx context.Context, lot int64) (*inventoryv1.Lot, error) {
	if lot == 0 {
		return nil, nil
	}
	twins, err := s.twins(ctx, resource.Name(inventoryservice.Lots, lot))
	if fault.ReasonOf(err) == errorsv1.Reason_REASON_NOT_FOUND {
		return nil, nil // it is newer than the copy: nobody can have held it
	}
	if err != nil {
		return nil, err
	}
	for _, twin := range twins {
		if is := twin.GetHoldState(); is == held || is == recalled {
			return twin, nil
		}
	}
	return nil, nil
}

// TransferStock takes goods to another place of the house.
func (s *Service) TransferStock(ctx context.Context, r *inventoryv1.TransferStockRequest) (*inventoryv1.TransferStockResponse, error) {
	intent, position, err := command.Carried(ctx, s.desk, inventoryv1.InventoryService_TransferStock_FullMethodName, r, s.position)
	if err != nil {
		return nil, err
	}
	return &inventoryv1.TransferStockResponse{Intent: intent, StockPosition: position}, nil
}
