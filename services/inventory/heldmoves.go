package inventory

import (
	"context"
	"fmt"
	"strings"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	"odoomesh/gen/go/mesh/inventory/v1/inventoryservice"
	"odoomesh/internal/domain"
	"odoomesh/internal/read"
)

// HeldMoves finds what was moved of lots while they were held: Odoo knows nothing of
// holds, and its users can move what they like.
type HeldMoves struct {
	lots      *read.Collection[*inventoryv1.Lot]
	movements *read.Collection[*inventoryv1.Movement]
	locations *read.Collection[*inventoryv1.Location]
	// places are complete names of locations to which held goods may go.
	places []string
}

// HeldMove is a movement of a lot while it was held.
type HeldMove struct {
	Lot      *inventoryv1.Lot
	Movement *inventoryv1.Movement
}

// NewHeldMoves makes a finder; places are complete names of locations, such as
// WH/Quarantine, to which held goods may go.
func NewHeldMoves(r domain.Rooms, places []string) (*HeldMoves, error) {
	h := &HeldMoves{places: places}
	var err error
	if h.lots, err = read.NewCollection[*inventoryv1.Lot](r.Read(inventoryservice.Lots)); err != nil {
		return nil, err
	}
	if h.movements, err = read.NewCollection[*inventoryv1.Movement](r.Read(Movements)); err != nil {
		return nil, err
	}
	h.locations, err = read.NewCollection[*inventoryv1.Location](r.Read(inventoryservice.Locations))
	return h, err
}

// Find lists the movements of lots that are held now, made since they are. It is asked
// again and again, and held lots are few: they are found by the index.
func (h *HeldMoves) Find(ctx context.Context) (moves []HeldMove, err error) {
	for _, state := range []inventoryv1.HoldState{held, recalled} {
		lots, err := h.lots.Where(ctx, "hold_state", state.String())
		if err != nil {
			return nil, err
		}
		for _, lot := range lots {
			if moves, err = h.of(ctx, lot, moves); err != nil {
				return nil, err
			}
		}
	}
	return moves, nil
}

// of adds the movements of a lot since it is held. Odoo's times are whole seconds: what was
// moved in the very second of the hold counts, whichever came first.
func (h *HeldMoves) of(ctx context.Context, lot *inventoryv1.Lot, moves []HeldMove) ([]HeldMove, error) {
	since := lot.GetHoldTime().AsTime()
	page, err := h.movements.List(ctx, &inventoryv1.ListMovementsRequest{
		Filter: fmt.Sprintf("lot = %q AND move_time >= %q", lot.GetName(), since.Format("2006-01-02T15:04:05Z")), PageSize: 1000,
	})
	if err != nil {
		return nil, err
	}
	for _, m := range page.Records {
		allowed, err := h.allowed(ctx, m.GetDestinationLocation())
		if err != nil {
			return nil, err
		}
		if !allowed {
			moves = append(moves, HeldMove{lot, m})
		}
	}
	return moves, nil
}

// allowed tells whether held goods may go to a place.
func (h *HeldMoves) allowed(ctx context.Context, location string) (bool, error) {
	if len(h.places) == 0 || location == "" {
		return false, nil
	}
	l, err := h.locations.Get(ctx, location, nil, nil)
	if err != nil {
		return false, err
	}
	for _, place := range h.places {
		if l.GetCompleteName() == place || strings.HasPrefix(l.GetCompleteName(), place+"/") {
			return true, nil
		}
	}
	return false, nil
}
