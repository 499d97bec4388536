package command

import (
	"context"
	"fmt"
	"log/slog"

	"odoomesh/internal/clock"
	"odoomesh/internal/odoo"
)

// watchOdoo looks now and then whether Odoo is the one that it was.
func (d *Desk) watchOdoo(ctx context.Context) error {
	if _, err := d.keptOdoo(); err != nil {
		return fmt.Errorf("reading which Odoo the ledger is about: %w", err)
	}
	for {
		pause := recogniseEvery
		if change, is := d.Changed(); is && change.Etag == "" {
			pause = recogniseAgain
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-d.Clock.After(pause):
		case <-d.written:
			// Others may be about to be done.
			if !clock.Sleep(ctx, d.Clock, recogniseSoon) {
				return ctx.Err()
			}
		}
		if _, connected := d.Client.Server(); !connected {
			continue
		}
		if err := d.Recognise(odoo.WithPriority(ctx, odoo.PriorityCommand), false); err != nil && ctx.Err() == nil {
			d.Logger.LogAttrs(ctx, slog.LevelDebug, "it could not be found out whether Odoo is the one that it was", slog.Any("error", err))
		}
	}
}
