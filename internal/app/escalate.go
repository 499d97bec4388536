package app

import (
	"context"
	"time"

	"odoomesh/internal/business"
	"odoomesh/internal/stockbook"
)

// lookForHeld is the pause between two looks for deletions that are held back.
const lookForHeld = time.Second

// escalateDrift tells of a balance that the events do not prove.
func (a *App) escalateDrift(ctx context.Context, d stockbook.Drift) error {
	return a.events.Escalate(ctx, business.StockDrifted(d.StockPosition(), d.Events, d.Odoo, a.clock.Now()))
}

// escalateHeld tells of mass deletions that wait for an operator, until the context
// ends.
func (a *App) escalateHeld(ctx context.Context) error {
	told := map[string]int64{}
	tick := time.NewTicker(lookForHeld)
	defer tick.Stop()
	for {
		for _, s := range a.engine.Statuses() {
			if s.Held > 0 && s.Held != told[s.Collection] {
				if err := a.events.Escalate(ctx, business.DeletionsHeld(s.Collection, s.Held, a.clock.Now())); err != nil {
					return err
				}
			}
			told[s.Collection] = s.Held
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}
