package capture

import (
	"context"
	"log/slog"
	"time"

	"odoomesh/internal/clock"
)

// reindexAgain is how long to wait after indexing has failed.
const reindexAgain = 10 * time.Second

// checkIndexed finds out which collections a program before this one has indexed
// otherwise. One that has nothing yet is indexed as it is filled.
func (e *Engine) checkIndexed(ctx context.Context) error {
	for _, c := range e.collections {
		indexed, err := c.Indexed(e.cache)
		if err == nil && !indexed && e.cache.Count(c.Name) == 0 {
			indexed, err = true, c.NoteIndexed(ctx, e.cache)
		}
		if err != nil {
			return err
		}
		c.indexed.Store(indexed)
	}
	return nil
}

// reindex indexes them, while the copy is served and followed.
func (e *Engine) reindex(ctx context.Context) {
	for _, c := range e.collections {
		for !c.indexed.Load() {
			began := e.clock.Now()
			if err := c.Reindex(ctx); err != nil {
				if ctx.Err() == nil {
					e.logger.LogAttrs(ctx, slog.LevelWarn, "records cannot be indexed for searches", slog.String("collection", c.Name), slog.Any("reason", err))
				}
				if !clock.Sleep(ctx, e.clock, reindexAgain) {
					return
				}
				continue
			}
			c.indexed.Store(true)
			e.logger.LogAttrs(ctx, slog.LevelInfo, "records are indexed for searches", slog.String("collection", c.Name), slog.Duration("took", e.clock.Now().Sub(began)))
		}
	}
}
