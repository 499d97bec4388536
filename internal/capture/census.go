package capture

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"odoomesh/internal/mapping"
)

// censusAtOnce is how many ids one slice of a census compares.
const censusAtOnce = 5000

// censusIfDue compares the ids of the collection with Odoo's where the time has come.
// The first census comes when all that feeds the collection has been probed since it
// was loaded: what went before that shows in no count. One collection takes its
// census at a time.
func (c *collection) censusIfDue(ctx context.Context, now time.Time) error {
	if now.Sub(c.censused) < c.engine.Census || len(c.rows) > 0 {
		return nil
	}
	for _, d := range c.engine.plan().all {
		if d.feeds(c) && c.probed[d].IsZero() {
			return nil
		}
	}
	if !c.engine.censusing.TryLock() {
		return nil
	}
	defer c.engine.censusing.Unlock()
	if err := c.takeCensus(mapping.ForCensus(ctx)); err != nil {
		return err
	}
	c.censused = now
	return nil
}

// takeCensus finds what no stamp tells: records that are gone, records that were
// missed, and rows of a record's own that are gone.
func (c *collection) takeCensus(ctx context.Context) error {
	began := c.engine.clock.Now()
	if len(c.records().Watches()) == 0 {
		// This Odoo has no such model: there is nothing to compare.
		c.standing.compared(Drift{Compared: began})
		return nil
	}
	gone, missed, err := c.compareRoots(ctx, everything)
	if err != nil {
		return err
	}
	c.suspect(CauseCensus, gone)
	c.suspect(CauseCensus, missed)
	c.Release(func(key string) bool { _, away := slices.BinarySearch(gone, key); return !away })
	lost := 0
	for _, w := range c.records().Watches() {
		if w.Reference || w.Path == "" && !c.records().Grouped() {
			continue
		}
		rows, err := c.goneRows(ctx, w.Model)
		if err != nil {
			return err
		}
		lost += len(rows)
		keys, err := c.owners(w.Model, rows)
		if err != nil {
			return err
		}
		c.suspect(CauseCensus, slices.DeleteFunc(keys, func(key string) bool { return c.gone[key] }))
	}
	if err := c.settle(ctx); err != nil {
		return err
	}
	d := Drift{Compared: c.engine.clock.Now(), Gone: int64(len(gone)), Missed: int64(len(missed)), GoneRows: int64(lost)}
	c.standing.compared(d)
	c.engine.metrics.drifted(c.Name, d)
	if len(gone)+len(missed)+lost > 0 {
		c.Logger.LogAttrs(ctx, slog.LevelInfo, "census found differences", slog.String("collection", c.Name),
			slog.Int("gone", len(gone)), slog.Int("missed", len(missed)), slog.Int("gone_rows", lost),
			slog.Duration("took", c.engine.clock.Now().Sub(began)))
	}
	return nil
}
