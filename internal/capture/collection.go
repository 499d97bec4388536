package capture

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"odoomesh/internal/mapping"
	"odoomesh/internal/reconcile"
)

// collection is one collection with the worker that brings it up to date. What is
// not guarded by the inbox or atomic belongs to that worker alone.
type collection struct {
	*reconcile.Reconciler
	engine *Engine
	from   atomic.Pointer[Records]
	inbox  *inbox
	state  health
	loaded atomic.Bool
	// indexed says that all records are indexed as this program searches them.
	indexed atomic.Bool
	// verified is when the last probes began after which nothing was left to be done, in
	// nanoseconds of Unix time; 0 before the first.
	verified atomic.Int64
	// counted is the same, where each that is asked often, counts too, was made again.
	counted  atomic.Int64
	arrivals arrivals
	progress progress
	standing standing
	// resyncing is held while an operator lets the collection be read again.
	resyncing sync.Mutex

	// mapped is the fingerprint of the mapping that the copy was last seen to be made with.
	mapped string
	// rows are suspicious rows whose records are not found yet, by model.
	rows map[string]map[int64]Cause
	// pending are keys of records to be read; they stay until that has succeeded.
	pending map[string]Cause
	// gone are keys of records that Odoo did not have when it was asked.
	gone map[string]bool
	// probed is when the probes began whose findings were taken in.
	probed map[detector]time.Time
	// until is how far the windows of each model have come, as kept in the cache.
	until windowMarks
	// deletions is the position in the log up to which the orphans of deletions were
	// taken in.
	deletions uint64
	// censused and swept are when the last ones began, sweptTo is where the sweep stands.
	censused, swept time.Time
	sweptTo         []byte
	// retried is when faulty records were tried again, retriedTo where that stands.
	retried   time.Time
	retriedTo []byte
}

func newCollection(e *Engine, c *reconcile.Collection) *collection {
	return &collection{
		Reconciler: reconcile.New(e.stores, c, e), engine: e, inbox: newInbox(),
		arrivals: arrivals{noted: map[string]time.Time{}},
		rows:     map[string]map[int64]Cause{}, pending: map[string]Cause{}, gone: map[string]bool{},
		probed: map[detector]time.Time{}, swept: e.clock.Now(),
	}
}

func (c *collection) records() Records { return *c.from.Load() }

// takeIn takes what the inbox holds. What Odoo was asked for already and did not have
// is not asked for again: it goes as soon as nothing else is left to be read.
func (c *collection) takeIn() {
	c.deletions = c.engine.orphans.followed.Load()
	b := c.inbox
	b.mu.Lock()
	defer b.mu.Unlock()
	for model, rows := range b.rows {
		for id, cause := range rows {
			addRows(c.rows, model, []int64{id}, cause)
		}
	}
	for key, cause := range b.keys {
		if !c.gone[key] {
			c.suspect(cause, []string{key})
		}
	}
	maps.Copy(c.probed, b.probed)
	for model, until := range b.until {
		c.until.reach(model, until)
	}
	b.empty()
}

// suspect notes records to be read.
func (c *collection) suspect(cause Cause, keys []string) {
	for _, key := range keys {
		if _, known := c.pending[key]; !known {
			c.engine.metrics.suspects.WithLabelValues(c.Name, string(cause)).Inc()
		}
		c.pending[key] = cause
	}
}

// unsettled tells whether something is left to be found, read or removed.
func (c *collection) unsettled() bool { return len(c.rows)+len(c.pending)+len(c.gone) > 0 }

// work brings the collection up to date until the context ends. It returns an error
// only when Odoo cannot be asked at all; what concerns this collection alone shows as
// degraded of it, and is tried again.
func (c *collection) work(ctx context.Context) error {
	for {
		began := c.engine.clock.Now()
		err := c.step(ctx, began)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil && c.engine.ofConnection(err, began) {
			return err
		}
		c.report(ctx, err, began)
		if err == nil && len(c.rows)+len(c.pending) > 0 {
			continue
		}
		if !c.await(ctx, err != nil) {
			return ctx.Err()
		}
	}
}

// report notes how a step has ended.
func (c *collection) report(ctx context.Context, err error, began time.Time) {
	now := c.engine.clock.Now()
	if err == nil {
		c.state.succeeded(began, now.Sub(began))
		return
	}
	if c.state.failed(began, now, c.engine.Backoff, reasonOf(err)) {
		c.Logger.LogAttrs(ctx, slog.LevelWarn, "a collection cannot be brought up to date", slog.String("collection", c.Name), slog.Any("reason", err))
	}
}

// await waits until a detector has something to tell or the clock says that something
// is due; after a failure until it may be tried again.
func (c *collection) await(ctx context.Context, failed bool) bool {
	now := c.engine.clock.Now()
	wake, wait := c.inbox.wake, c.sweepDue(now)
	if failed {
		wake, wait = nil, c.state.waits(now)
	}
	// The clock of a test moves by itself.
	wait = max(time.Millisecond, min(wait, restMost))
	for {
		select {
		case <-ctx.Done():
			return false
		case <-wake:
			return true
		case <-c.engine.clock.After(wait):
			if !failed || c.state.waits(c.engine.clock.Now()) == 0 {
				return true
			}
		}
	}
}

// step loads what is not loaded yet, takes in what detectors have found, and brings a
// part of it up to date.
func (c *collection) step(ctx context.Context, now time.Time) error {
	if err := c.loadIfDue(ctx); err != nil {
		return err
	}
	c.takeIn()
	c.recheck()
	if err := c.sweep(now); err != nil {
		return err
	}
	if err := c.retryFaulty(now); err != nil {
		return err
	}
	failed := c.findRecords(ctx)
	if err := c.readPending(ctx); err != nil {
		return errors.Join(failed, err)
	}
	if err := c.removeGone(ctx); err != nil {
		return errors.Join(failed, err)
	}
	if failed != nil {
		return failed
	}
	if !c.unsettled() {
		if err := c.settled(ctx, now); err != nil {
			return err
		}
	}
	return c.censusIfDue(ctx, now)
}

// settle brings the collection up to date to the end. What detectors find meanwhile
// belongs to it: nothing is removed while rows are left whose records are not known.
func (c *collection) settle(ctx context.Context) error {
	for c.unsettled() {
		if err := c.findRecords(ctx); err != nil {
			return err
		}
		if err := c.readPending(ctx); err != nil {
			return err
		}
		if err := c.removeGone(ctx); err != nil {
			return err
		}
		c.takeIn()
	}
	return nil
}

// readPending reads and stores a part of what is pending: while thousands of records
// are read, detectors are to be heard all the same.
func (c *collection) readPending(ctx context.Context) error {
	if len(c.pending) == 0 {
		return nil
	}
	keys := slices.Sorted(maps.Keys(c.pending))
	keys = keys[:min(len(keys), reconcile.AtOnce)]
	if c.Logger.Enabled(ctx, slog.LevelDebug) {
		c.Logger.LogAttrs(ctx, slog.LevelDebug, "reading suspects", slog.String("collection", c.Name), slog.Any("causes", tally(c.pending, keys)))
	}
	var out reconcile.Outcome
	err := c.engine.Traced(ctx, "capture/"+c.Name, func(ctx context.Context) (err error) {
		out, err = c.Some(ctx, c.records(), keys)
		return err
	})
	if err != nil {
		return err
	}
	for _, key := range keys {
		delete(c.pending, key)
		delete(c.gone, key)
	}
	for _, key := range out.Missing {
		c.gone[key] = true
	}
	c.Release(func(key string) bool {
		_, asked := slices.BinarySearch(keys, key)
		return asked && !c.gone[key]
	})
	return nil
}

// tally counts the causes of some keys.
func tally(pending map[string]Cause, keys []string) map[Cause]int {
	n := map[Cause]int{}
	for _, key := range keys {
		n[pending[key]]++
	}
	return n
}

// removeGone removes what Odoo does not have, when nothing is left to be read: a
// mass deletion is to be seen as one.
func (c *collection) removeGone(ctx context.Context) error {
	if len(c.gone) == 0 || len(c.pending)+len(c.rows) > 0 {
		return nil
	}
	if err := c.engine.recount(ctx, c); err != nil {
		return err
	}
	if c.takeIn(); len(c.pending)+len(c.rows) > 0 {
		return nil
	}
	_, err := c.Remove(ctx, slices.Sorted(maps.Keys(c.gone)), false)
	var held *reconcile.HeldError
	if errors.As(err, &held) {
		c.Logger.LogAttrs(ctx, slog.LevelError, "mass deletion held back", slog.String("collection", c.Name), slog.Int("count", held.Count))
		err = nil
	}
	if err == nil {
		clear(c.gone)
	}
	return err
}

// settled notes that nothing is left to be done: the copy equals Odoo as of the probes
// that were taken in.
func (c *collection) settled(ctx context.Context, now time.Time) error {
	verified, counted := c.comparedAt(now)
	later(&c.verified, verified)
	later(&c.counted, counted)
	if !c.arrivals.any() {
		// What has just come may point at something that went before it.
		c.until.follow(c.deletions)
	}
	return c.keepUntil(ctx, now)
}

// follows tells whether a collection's records are made of a model, as reference or
// otherwise.
func (c *collection) follows(model string) bool {
	return slices.ContainsFunc(c.records().Watches(), func(w mapping.WatchedModel) bool { return w.Model == model })
}
