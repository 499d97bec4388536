package inventory

import (
	"context"
	"errors"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	"odoomesh/internal/fault"
	"odoomesh/services/inventory/stockbook"
	"odoomesh/services/operations/exception"
)

// Drifted reports the balances that the events do not prove, as exceptions.
func Drifted(board *exception.Board) func(context.Context, []stockbook.Drift) error {
	return func(ctx context.Context, drifts []stockbook.Drift) error {
		causes := make([]exception.Cause, len(drifts))
		for i, d := range drifts {
			causes[i] = exception.StockDrifted(d.StockPosition(), d.Events, d.Odoo, d.Difference, d.Known.GetSinceTime().AsTime())
		}
		return board.Settle(ctx, exception.StockWithoutMovement, causes)
	}
}

// AcceptDrift lets the proof of stock hold from a difference on that a person takes as it
// is. Of other exceptions it need not know.
func AcceptDrift(ctx context.Context, book *stockbook.Book, c exception.Cause, reason, by string) error {
	if c.Kind != exception.StockWithoutMovement {
		return nil
	}
	if by == "" {
		by = "a caller who need not say who they are"
	}
	err := book.Acknowledge(ctx, c.Subject, stockbook.Acknowledgement{Difference: c.Numbers["difference"], Reason: reason, By: by})
	switch {
	case errors.Is(err, stockbook.ErrOtherDifference):
		return fault.New(errorsv1.Reason_REASON_STALE_ETAG, "The difference has changed since the exception was last brought up to date: read it again.", fault.Because(err))
	case errors.Is(err, stockbook.ErrNoDifference):
		return fault.InvalidField(errorsv1.Reason_REASON_INVALID_ARGUMENT, "name", "the stock position does not differ any more")
	}
	return err
}
