package app

import (
	"context"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	"odoomesh/internal/fault"
	"odoomesh/services/inventory"
	"odoomesh/services/operations/exception"
)

// settleHeldLots says what was moved of lots while they are held, until the context ends.
// It looks anew where the log has grown.
func (a *App) settleHeldLots(ctx context.Context, found *inventory.HeldMoves) error {
	for seen := uint64(0); ; {
		head := a.stores.log.Head()
		if head != seen || seen == 0 {
			moves, err := found.Find(ctx)
			switch {
			case fault.ReasonOf(err) == errorsv1.Reason_REASON_NOT_LOADED:
			case err != nil:
				return err
			default:
				causes := make([]exception.Cause, len(moves))
				for i, m := range moves {
					causes[i] = exception.HeldLotMoved(m.Movement.GetName(), m.Lot.GetName(), m.Lot.GetLotNumber(), m.Lot.GetHoldReason(),
						m.Movement.GetQuantity().GetValue(), m.Movement.GetTransferNumber())
				}
				if err := a.board.Settle(ctx, exception.HeldLot, causes); err != nil {
					return err
				}
				seen = max(head, 1)
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-a.clock.After(settleEvery / 2):
		}
	}
}
