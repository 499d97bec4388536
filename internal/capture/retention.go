package capture

import (
	"context"
	"fmt"
	"log/slog"
	"time"
)

// trimEvery is the pause between two looks for what the log need not keep.
const trimEvery = time.Minute

// trim drops the entries of the log that are older than its retention and that
// the cache has taken over. Who still wants one is told where to begin anew.
func (e *Engine) trim(ctx context.Context, now time.Time) error {
	if e.Retention <= 0 || now.Sub(e.trimmed) < trimEvery {
		return nil
	}
	e.trimmed = now
	first, last := e.log.Oldest(), e.cache.Position()+1
	limit := now.Add(-e.Retention)
	// Times rise with positions: the first entry that is young enough is found by halving.
	for first < last {
		middle := first + (last-first)/2
		at, err := e.timeOf(ctx, middle)
		if err != nil {
			return fmt.Errorf("looking for old entries of the log: %w", err)
		}
		if at.Before(limit) {
			first = middle + 1
		} else {
			last = middle
		}
	}
	if first <= e.log.Oldest() {
		return nil
	}
	e.logger.LogAttrs(ctx, slog.LevelInfo, "dropping old entries of the log", slog.Uint64("count", first-e.log.Oldest()), slog.Uint64("oldest", first))
	return e.log.Truncate(ctx, first)
}

func (e *Engine) timeOf(ctx context.Context, position uint64) (time.Time, error) {
	for entry, err := range e.log.Read(ctx, position) {
		return entry.Time, err
	}
	return time.Time{}, fmt.Errorf("there is no entry %d", position)
}
