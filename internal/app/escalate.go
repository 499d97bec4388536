package app

import (
	"context"
	"time"

	"odoomesh/internal/exception"
	"odoomesh/internal/stockbook"
	"odoomesh/services/operations"
)

// lookForHeld is the pause between two looks for deletions that are held back.
const lookForHeld = time.Second

// openBoard makes the board of exceptions, which lies in the journal of events.
func (a *App) openBoard() error {
	var err error
	a.board, err = exception.New(exception.Config{
		Journal: a.stores.events, Escalate: a.events.Escalate, Clock: a.clock, Logger: a.logger, Registerer: a.metrics,
	})
	return err
}

// Exceptions is the board as its service sees it.
func (r *rooms) Exceptions() operations.Exceptions { return r.app.board }

// settleDrift says which balances the events do not prove.
func (a *App) settleDrift(ctx context.Context, drifts []stockbook.Drift) error {
	causes := make([]exception.Cause, len(drifts))
	for i, d := range drifts {
		causes[i] = exception.StockDrifted(d.StockPosition(), d.Events, d.Odoo)
	}
	return a.board.Settle(ctx, exception.StockDrift, causes)
}

// settleHeld says which mass deletions wait for an operator, until the context ends.
func (a *App) settleHeld(ctx context.Context) error {
	tick := time.NewTicker(lookForHeld)
	defer tick.Stop()
	for {
		var causes []exception.Cause
		for _, s := range a.engine.Statuses() {
			if s.Held > 0 {
				causes = append(causes, exception.DeletionsHeld(s.Collection, s.Held))
			}
		}
		if err := a.board.Settle(ctx, exception.HeldDeletion, causes); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}
