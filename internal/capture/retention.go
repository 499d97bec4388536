package capture

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"odoomesh/internal/store"
)

const (
	// trimEvery is the pause between two looks for what the log need not keep.
	trimEvery = time.Minute
	// trimAgain is the pause where a follower holds back what is old enough to go.
	trimAgain = time.Second
)

// trim drops the entries of the log that are older than its retention and that all
// followers have read, however long one of them takes. Of those it leaves the newest, which
// tells what begins at a time that nothing later is gone. A watch or a consumer is no
// follower: who still wants an entry is told where to begin anew.
func (e *Engine) trim(ctx context.Context, now time.Time) error {
	pause := trimEvery
	if e.held {
		pause = trimAgain
	}
	if e.Retention == nil || now.Sub(e.trimmed) < pause {
		return nil
	}
	age := e.Retention()
	if age <= 0 {
		return nil
	}
	e.trimmed = now
	low := e.followers.LowWater()
	first, last := e.log.Oldest(), low
	limit := now.Add(-age)
	// Times rise with positions: the first entry that is young enough is found by halving.
	for first < last {
		middle := first + (last-first)/2
		entry, err := store.At(ctx, e.log, middle)
		if err != nil {
			return fmt.Errorf("looking for old entries of the log: %w", err)
		}
		if entry.Time.Before(limit) {
			first = middle + 1
		} else {
			last = middle
		}
	}
	e.held = first == low && low <= e.log.Head()
	if first > e.log.Oldest() {
		first-- // the newest of the old ones
	}
	if first <= e.log.Oldest() {
		return nil
	}
	e.logger.LogAttrs(ctx, slog.LevelInfo, "dropping old entries of the log", slog.Uint64("count", first-e.log.Oldest()), slog.Uint64("oldest", first))
	return e.log.Truncate(ctx, first)
}
