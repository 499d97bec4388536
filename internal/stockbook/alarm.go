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
			if err := b.alarm(ctx, d); err != nil {
				return err
			}
		}
	}
}

// alarm tells people of a difference, unless they were told of it as it is. What they
// were told is durable: a restart tells nothing again.
func (b *Book) alarm(ctx context.Context, d Drift) error {
	if d.Known.GetTold() == d.Difference {
		return nil
	}
	b.Logger.LogAttrs(ctx, slog.LevelError, "the events do not prove Odoo's stock",
		slog.String("stock_position", d.StockPosition()), slog.String("events", d.Events), slog.String("odoo", d.Odoo))
	if b.Escalate != nil {
		if err := b.Escalate(ctx, d); err != nil {
			return err
		}
	}
	return b.keeper.Tell(ctx, func(j *journal.Writer) error {
		over := overlay{j}
		known, err := over.difference(d.place)
		if err != nil || known == nil {
			return err
		}
		known.Told = d.Difference
		return over.setDifference(d.place, known)
	})
}
