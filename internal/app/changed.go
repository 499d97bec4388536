package app

import (
	"context"
	"log/slog"
	"time"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/capture"
	"odoomesh/internal/fingerprint"
)

// noticeEvery is the pause between two looks whether Odoo was found to be another one.
const noticeEvery = time.Second

// readAgainEvery is the pause between two tries to read a collection again whose Odoo was
// found to be another one.
const readAgainEvery = 10 * time.Second

// probe looks whether Odoo is the one that it was.
func (a *App) probe(ctx context.Context, kept *internalv1.KeptFingerprint, depth fingerprint.Depth) (fingerprint.Finding, error) {
	return fingerprint.Look(ctx, a.client, kept, depth)
}

// readAgain reads all collections again when Odoo is found to be another one: rows that
// were put back have the stamps of then, which no look for changes shows. What is gone in
// masses is held back.
func (a *App) readAgain(ctx context.Context) error {
	var seen time.Time
	due := false
	for {
		if change, is := a.desk.Changed(); is && change.Etag != "" && !change.Noticed.Equal(seen) {
			seen, due = change.Noticed, true
		}
		if due {
			due = !a.readAllAgain(ctx)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-a.clock.After(noticeEvery):
		}
	}
}

// readAllAgain tells whether all collections were read again.
func (a *App) readAllAgain(ctx context.Context) bool {
	for _, s := range a.engine.Statuses() {
		result, err := a.engine.Resync(ctx, s.Collection, false, func(capture.ResyncProgress) error { return nil })
		if err != nil {
			a.logger.LogAttrs(ctx, slog.LevelWarn, "a collection could not be read again from an Odoo that was found to be another one",
				slog.String("collection", s.Collection), slog.Any("error", err))
			select {
			case <-ctx.Done():
			case <-a.clock.After(readAgainEvery):
			}
			return false
		}
		if result.Changed+result.Deleted+result.Held > 0 {
			a.logger.LogAttrs(ctx, slog.LevelWarn, "records differ in an Odoo that was found to be another one", slog.String("collection", s.Collection),
				slog.Int64("changed", result.Changed), slog.Int64("deleted", result.Deleted), slog.Int64("held", result.Held))
		}
	}
	return true
}
