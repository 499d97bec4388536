package inventory

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	"odoomesh/gen/go/mesh/inventory/v1/inventoryservice"
	"odoomesh/internal/command"
	"odoomesh/internal/fault"
	"odoomesh/internal/read"
	"odoomesh/services/inventory/goods"
	"odoomesh/services/operations/exception"
)

// HeldMoves finds what was moved of lots while they were held: Odoo knows nothing of
// holds, and its users can move what they like.
type HeldMoves struct {
	lots      *read.Collection[*inventoryv1.Lot]
	movements *read.Collection[*inventoryv1.Movement]
	locations *read.Collection[*inventoryv1.Location]
	// places are complete names of locations to which held goods may go.
	places []string
	desk   *command.Desk
	now    func() time.Time
	look   exception.Lookout
}

// taking are the commands that take held goods out of the house, or throw them away: who
// gives them knows that they are held.
var taking = []string{"stockPositions.scrap", "receipts.return"}

// toldWithin is how long a movement waits for whether a command is behind it, while such
// commands are being carried out.
const toldWithin = 30 * time.Second

// NewHeldMoves makes a finder; places are complete names of locations, such as
// WH/Quarantine, to which held goods may go, and head tells where the log ends.
func NewHeldMoves(r Rooms, places []string, head func() uint64) (*HeldMoves, error) {
	h := &HeldMoves{places: places, desk: r.Commands(), now: r.Read(inventoryservice.Lots).Clock.Now}
	h.look = exception.Lookout{Head: head, Find: h.find}
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

// Watch reports them as exceptions.
func (h *HeldMoves) Watch() exception.Watch {
	return exception.Watch{Kind: exception.HeldLot, Causes: h.look.Causes}
}

// find lists the movements of lots that are held now, made since they are. Held lots are
// few: they are found by the index. unknown says that one went to a place that the mesh
// does not know (yet): it counts. With exception.ErrLater, it is not known of one yet
// whether a command has made it: it is not among them.
func (h *HeldMoves) find(ctx context.Context) (moves []exception.Cause, unknown bool, err error) {
	var later error
	for _, state := range []inventoryv1.HoldState{held, recalled} {
		lots, err := h.lots.Where(ctx, "hold_state", state.String())
		if err != nil {
			return nil, false, err
		}
		for _, lot := range lots {
			more, strange, err := h.of(ctx, lot)
			if errors.Is(err, exception.ErrLater) {
				later, err = err, nil
			}
			if err != nil {
				return nil, false, err
			}
			moves, unknown = append(moves, more...), unknown || strange
		}
	}
	return moves, unknown, later
}

// of lists the movements of a lot since it is held. Odoo's times are whole seconds: what was
// moved in the very second of the hold counts, whichever came first.
func (h *HeldMoves) of(ctx context.Context, lot *inventoryv1.Lot) (moves []exception.Cause, unknown bool, err error) {
	since := lot.GetHoldTime().AsTime()
	page, err := h.movements.List(ctx, &inventoryv1.ListMovementsRequest{
		Filter: fmt.Sprintf("lot = %q AND move_time >= %q", lot.GetName(), since.Format("2006-01-02T15:04:05Z")), PageSize: 1000,
	})
	if err != nil {
		return nil, false, err
	}
	var later error
	for _, m := range page.Records {
		allowed, err := h.allowed(ctx, m.GetDestinationLocation())
		if fault.ReasonOf(err) == errorsv1.Reason_REASON_NOT_FOUND {
			unknown, err = true, nil
		}
		if err != nil {
			return nil, false, err
		}
		if !allowed {
			allowed, err = h.asked(m)
		}
		if errors.Is(err, exception.ErrLater) {
			later = err
			continue
		}
		if err != nil {
			return nil, false, err
		}
		if !allowed {
			moves = append(moves, exception.HeldLotMoved(m.GetName(), lot.GetName(), lot.GetLotNumber(), lot.GetHoldReason(), m.GetQuantity().GetValue(), m.GetTransferNumber()))
		}
	}
	return moves, unknown, later
}

// asked tells whether a movement was made by a command that may take held goods. While it
// may turn out to be, it is exception.ErrLater.
func (h *HeldMoves) asked(m *inventoryv1.Movement) (bool, error) {
	if m.GetOdooTransferId() == 0 {
		return false, nil // commands move by transfers
	}
	atWork := h.desk.AtWork(taking...) // before the ledger is asked: what ends in between is in it
	name, err := h.desk.Made(goods.Model, m.GetOdooTransferId())
	switch {
	case err != nil || slices.Contains(taking, name):
		return err == nil, err
	case atWork && h.now().Sub(m.GetMoveTime().AsTime()) < toldWithin:
		return false, exception.ErrLater
	}
	return false, nil
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
	return within(l.GetCompleteName(), h.places), nil
}

// within tells whether a place, by its complete name, is one of several or below one.
func within(name string, places []string) bool {
	return slices.ContainsFunc(places, func(place string) bool { return name == place || strings.HasPrefix(name, place+"/") })
}
