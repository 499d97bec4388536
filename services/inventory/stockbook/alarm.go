package stockbook

import (
	"context"
	"errors"
	"log/slog"

	"odoomesh/internal/journal"
)

// proveAgainAndAgain proves the balances now and then, and escalates what comes to
// differ, once each.
func (b *Book) proveAgainAndAgain(ctx context.Context) error {
	if b.Verify <= 0 {
		<-ctx.Done()
		return ctx.Err()
	}
	for {
		if err := pause(ctx, b.Verify); err != nil {
			return err
		}
		if !b.Ready() {
			continue
		}
		proof, err := b.Prove(ctx)
		if errors.Is(err, ErrUnsettled) {
			continue
		}
		if err != nil {
			return err
		}
		b.metrics.drift.Set(float64(len(proof.Drifts)))
		for _, d := range proof.Drifts {
			if _, err := b.alarm(ctx, d); err != nil {
				return err
			}
		}
		if b.Escalate == nil {
			continue
		}
		if err := b.Escalate(ctx, proof.Drifts); err != nil {
			return err
		}
	}
}

// alarm logs a difference, unless it was logged as it is, and tells whether it has.
// That is durable: a restart logs nothing again.
func (b *Book) alarm(ctx context.Context, d Drift) (told bool, err error) {
	if d.Known.GetTold() == d.Difference {
		return false, nil
	}
	b.Logger.LogAttrs(ctx, slog.LevelError, "the events do not prove Odoo's stock",
		slog.String("stock_position", d.StockPosition()), slog.String("events", d.Events), slog.String("odoo", d.Odoo))
	return true, b.keeper.Tell(ctx, func(j *journal.Writer) error {
		over := overlay{j}
		known, err := over.difference(d.place)
		if err != nil || known == nil {
			return err
		}
		known.Told = d.Difference
		return over.setDifference(d.place, known)
	})
}
