package capture

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"odoomesh/internal/mapping"
	"odoomesh/internal/reconcile"
)

var (
	// ErrNoCollection says that this process does not capture the collection.
	ErrNoCollection = errors.New("no such collection is captured here")
	// ErrNotLoaded says that the first load is not complete.
	ErrNotLoaded = errors.New("the first load is not complete")
	// ErrResyncRuns says that the collection is being read again already.
	ErrResyncRuns = errors.New("the collection is being read again already")
	// ErrNotConnected says that Odoo has not been reached since the start.
	ErrNotConnected = errors.New("odoo has not been reached since the start")
)

// ResyncProgress is how far a resync is.
type ResyncProgress struct {
	Progress
	// Changed is how many records differed so far.
	Changed int64
}

// ResyncResult is what a resync did, in records.
type ResyncResult struct{ Checked, Changed, Deleted, Held int64 }

// Resync reads every record of a collection again and then compares all ids; what
// differs goes through the log. A mass deletion is carried out only if accepted,
// and is otherwise counted as held. It runs beside capture: both read and write
// under the collection's lock, a few records at a time, so that the later of two
// writes has the later content. An error of report, which is called after each of
// these steps, ends it; what was written until then stays.
func (e *Engine) Resync(ctx context.Context, collection string, accept bool, report func(ResyncProgress) error) (ResyncResult, error) {
	c, err := e.ready(collection)
	if err != nil {
		return ResyncResult{}, err
	}
	if !c.loaded.Load() {
		return ResyncResult{}, ErrNotLoaded
	}
	if !c.resyncing.TryLock() {
		return ResyncResult{}, ErrResyncRuns
	}
	defer c.resyncing.Unlock()
	// It takes its turns like capture: below that, the lock would be held back.
	r := &resync{collection: c, notify: report}
	ctx = mapping.ForCapture(ctx)
	if err := r.readAll(ctx); err != nil {
		return r.result, fmt.Errorf("reading all %s again: %w", collection, err)
	}
	if err := r.compareIDs(ctx, accept); err != nil {
		return r.result, fmt.Errorf("comparing all ids of %s: %w", collection, err)
	}
	return r.result, nil
}

// ready is a collection whose Odoo has been reached.
func (e *Engine) ready(collection string) (*collection, error) {
	c := e.byName[collection]
	switch {
	case c == nil:
		return nil, ErrNoCollection
	case c.from.Load() == nil:
		return nil, ErrNotConnected
	}
	return c, nil
}

// resync reads all of a collection again, for an operator who is told how far it is.
type resync struct {
	*collection
	notify func(ResyncProgress) error
	pace   progress
	result ResyncResult
}

// readAll reads the root rows in the order of their ids.
func (r *resync) readAll(ctx context.Context) error {
	s := r.records()
	forget(s)
	if len(s.Watches()) == 0 {
		return nil // this Odoo has no such model
	}
	tables := r.engine.tables()
	total, err := tables.Count(ctx, s.Model(), 0, maxID)
	if err != nil {
		return err
	}
	r.pace.begin(r.engine.clock.Now(), total)
	for after := int64(0); ; {
		ids, err := tables.RowIDs(ctx, s.Model(), after, pageRows)
		if err != nil {
			return err
		}
		for chunk := range slices.Chunk(ids, reconcile.AtOnce) {
			if err := r.read(ctx, chunk); err != nil {
				return err
			}
		}
		if len(ids) < pageRows {
			return nil
		}
		after = ids[len(ids)-1]
	}
}

// read brings a few records up to date. What the cache has beyond Odoo is left to
// the comparison of the ids.
func (r *resync) read(ctx context.Context, ids []int64) error {
	keys, err := keysOf(ctx, r.records(), ids)
	if err != nil {
		return err
	}
	for chunk := range slices.Chunk(keys, reconcile.AtOnce) {
		out, err := r.Some(ctx, r.records(), chunk)
		if err != nil {
			return err
		}
		r.result.Changed += int64(out.Changed)
	}
	r.result.Checked += int64(len(ids))
	r.pace.add(len(ids))
	return r.notify(ResyncProgress{Progress: r.pace.at(r.engine.clock.Now()), Changed: r.result.Changed})
}

// compareIDs fetches what the cache lacks and removes what Odoo no longer has,
// having asked for each of them once more.
func (r *resync) compareIDs(ctx context.Context, accept bool) error {
	candidates, missed, err := r.compareRoots(ctx, everything)
	if err != nil {
		return err
	}
	var gone []string
	for chunk := range slices.Chunk(slices.Sorted(slices.Values(slices.Concat(candidates, missed))), reconcile.AtOnce) {
		out, err := r.Some(ctx, r.records(), chunk)
		if err != nil {
			return err
		}
		r.result.Changed += int64(out.Changed)
		gone = append(gone, out.Missing...)
	}
	deleted, err := r.Remove(ctx, gone, accept)
	r.result.Deleted = int64(deleted)
	var held *reconcile.HeldError
	if err != nil && !errors.As(err, &held) {
		return err
	}
	kept, err := r.Hold(gone)
	r.result.Held = int64(kept)
	return err
}

// forget lets reference rows, such as units, be read again too.
func forget(s Records) {
	for _, w := range s.Watches() {
		if w.Reference {
			s.Forget(w.Model)
		}
	}
}

// Verify compares a record with Odoo as it is now, and changes nothing.
func (e *Engine) Verify(ctx context.Context, collection string, key []byte) (reconcile.Verification, error) {
	c, err := e.ready(collection)
	if err != nil {
		return reconcile.Verification{}, err
	}
	forget(c.records())
	return c.Reconciler.Verify(mapping.ForLiveRead(ctx), c.records(), key, e.willBeSeen)
}

// willBeSeen tells whether a look finds what was written last, by its stamp and
// that of the copy: a later stamp within the overlap is seen, and an equal one
// while it is young.
func (e *Engine) willBeSeen(written, kept time.Time) bool {
	now := e.clock.Now()
	settled, known := e.database.settled(now)
	return written.After(kept) && written.After(e.database.bound(now).Add(-e.Overlap)) ||
		written.Equal(kept) && (!known || !written.Add(youngFor).Before(settled))
}

// Refresh reads records from Odoo now and lets log and cache follow, for a
// caller who waits. Ids that are no records are no error.
func (e *Engine) Refresh(ctx context.Context, collection string, keys [][]byte) error {
	c, err := e.ready(collection)
	if err != nil {
		return err
	}
	_, err = c.Records(mapping.ForLiveRead(ctx), c.records(), texts(keys))
	return err
}

// Merge brings what Odoo does not own anew into records of the copy, and lets log and
// cache follow; Odoo is not asked. It returns how many differed.
func (e *Engine) Merge(ctx context.Context, collection string, keys [][]byte) (int, error) {
	c := e.byName[collection]
	if c == nil {
		return 0, ErrNoCollection
	}
	changed := 0
	for chunk := range slices.Chunk(texts(keys), reconcile.AtOnce) {
		n, err := c.Reconciler.Merge(ctx, chunk)
		changed += n
		if err != nil {
			return changed, err
		}
	}
	return changed, nil
}
