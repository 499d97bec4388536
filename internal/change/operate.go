package change

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"google.golang.org/protobuf/proto"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/mapping"
	"odoomesh/internal/resource"
)

var (
	// ErrNoCollection says that this process does not capture the collection.
	ErrNoCollection = errors.New("no such collection is captured here")
	// ErrNotLoaded says that the first load is not complete.
	ErrNotLoaded = errors.New("the first load is not complete")
	// ErrResyncRuns says that the collection is being read again already.
	ErrResyncRuns = errors.New("the collection is being read again already")
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
	d, err := e.ready(collection)
	if err != nil {
		return ResyncResult{}, err
	}
	if !d.loaded.Load() {
		return ResyncResult{}, ErrNotLoaded
	}
	if !d.resyncing.TryLock() {
		return ResyncResult{}, ErrResyncRuns
	}
	defer d.resyncing.Unlock()
	// It takes its turns like capture: below that, the lock would be held back.
	r := &resync{Engine: e, d: d, report: report}
	ctx = mapping.ForCapture(ctx)
	if err := r.readAll(ctx); err != nil {
		return r.result, fmt.Errorf("reading all %s again: %w", collection, err)
	}
	if err := r.compareIDs(ctx, accept); err != nil {
		return r.result, fmt.Errorf("comparing all ids of %s: %w", collection, err)
	}
	return r.result, nil
}

// ready is the domain of a collection whose Odoo has been reached.
func (e *Engine) ready(collection string) (*domain, error) {
	d := e.byName[collection]
	switch {
	case d == nil:
		return nil, ErrNoCollection
	case d.from.Load() == nil:
		return nil, ErrNotConnected
	}
	return d, nil
}

// resync is one resync.
type resync struct {
	*Engine
	d      *domain
	report func(ResyncProgress) error
	pace   progress
	result ResyncResult
}

// readAll reads the root rows in the order of their ids.
func (r *resync) readAll(ctx context.Context) error {
	s := r.d.source()
	r.forget(s)
	total, err := s.Count(ctx, s.Model(), 0, maxID)
	if err != nil {
		return err
	}
	r.pace.begin(r.clock.Now(), total)
	for after := int64(0); ; {
		ids, err := s.RowIDs(ctx, s.Model(), after, fillAtOnce)
		if err != nil {
			return err
		}
		for chunk := range slices.Chunk(ids, recordsAtOnce) {
			if err := r.read(ctx, chunk); err != nil {
				return err
			}
		}
		if len(ids) < fillAtOnce {
			return nil
		}
		after = ids[len(ids)-1]
	}
}

// read brings a few records up to date. What the cache has beyond Odoo is left to
// the comparison of the ids.
func (r *resync) read(ctx context.Context, ids []int64) error {
	keys, err := keysOf(ctx, r.d.source(), ids)
	if err != nil {
		return err
	}
	changed, _, err := r.refreshChunk(ctx, r.d, keys)
	if err != nil {
		return err
	}
	r.result.Changed += int64(changed)
	r.result.Checked += int64(len(ids))
	r.pace.add(len(ids))
	return r.report(ResyncProgress{Progress: r.pace.at(r.clock.Now()), Changed: r.result.Changed})
}

// compareIDs fetches what the cache lacks and removes what Odoo no longer has,
// having asked for each of them once more.
func (r *resync) compareIDs(ctx context.Context, accept bool) error {
	candidates, missed, err := r.compareRoots(ctx, r.d, everything)
	if err != nil {
		return err
	}
	var gone []string
	for chunk := range slices.Chunk(slices.Sorted(slices.Values(slices.Concat(candidates, missed))), recordsAtOnce) {
		changed, missing, err := r.refreshChunk(ctx, r.d, chunk)
		if err != nil {
			return err
		}
		r.result.Changed += int64(changed)
		gone = append(gone, missing...)
	}
	deleted, err := r.remove(ctx, r.d, gone, accept)
	r.result.Deleted = int64(deleted)
	var held *HeldError
	if err != nil && !errors.As(err, &held) {
		return err
	}
	kept, err := r.stillThere(r.d, gone)
	if err != nil {
		return err
	}
	r.result.Held = int64(len(kept))
	r.hold(r.d, kept)
	return nil
}

// forget lets reference rows, such as units, be read again too.
func (e *Engine) forget(s Source) {
	for _, w := range s.Watches() {
		if w.Reference {
			s.Forget(w.Model)
		}
	}
}

// Verification is how the cache's copy of a record compares with Odoo.
type Verification struct {
	// InCache and InOdoo say where the record is.
	InCache, InOdoo bool
	// Differences is empty where only one of the two has the record.
	Differences []Difference
	// Pending says that Odoo wrote the record later than the copy says, so that
	// the next look at the stamps will bring it.
	Pending bool
	// Compared is when Odoo was asked.
	Compared time.Time
	// Revision is the place in the log of the copy's last change.
	Revision uint64
}

// Equal says that both have the record, with the same content.
func (v Verification) Equal() bool { return v.InCache && v.InOdoo && len(v.Differences) == 0 }

// Verify compares a record with Odoo as it is now, and changes nothing. Capture
// of the collection waits meanwhile, so that the copy is the one that stood there
// when Odoo was asked.
func (e *Engine) Verify(ctx context.Context, collection string, key []byte) (Verification, error) {
	d, err := e.ready(collection)
	if err != nil {
		return Verification{}, err
	}
	d.writing.Lock()
	defer d.writing.Unlock()
	e.forget(d.source())
	v := Verification{Compared: e.clock.Now()}
	records, err := d.source().Fetch(mapping.ForLiveRead(ctx), [][]byte{key})
	if err != nil {
		return Verification{}, fmt.Errorf("reading %s to compare it: %w", resource.NameOf(collection, key), err)
	}
	kept, err := e.cached(d, string(key))
	if err != nil {
		return Verification{}, err
	}
	v.InCache, v.InOdoo, v.Revision = kept != nil, len(records) > 0, kept.GetRevision()
	if !v.InOdoo {
		return v, nil
	}
	if v.InCache {
		if v.Differences, err = e.compare(d, kept, records[0]); err != nil {
			return Verification{}, err
		}
	}
	v.Pending = !v.Equal() && e.willBeSeen(records[0].SourceTime, kept.GetSourceTime().AsTime())
	return v, nil
}

// willBeSeen tells whether a look finds what was written last, by its stamp and
// that of the copy: a later stamp within the overlap is seen, and an equal one
// while it is young.
func (e *Engine) willBeSeen(written, kept time.Time) bool {
	now := e.odooTime()
	return written.After(kept) && written.After(now.Add(-e.Overlap)) || written.Equal(kept) && now.Before(written.Add(youngFor))
}

// compare lists what differs between a kept record and one just read.
func (e *Engine) compare(d *domain, kept *internalv1.CacheRecord, now *mapping.Record) ([]Difference, error) {
	message := d.message.New()
	if err := proto.Unmarshal(kept.GetBody(), message.Interface()); err != nil {
		return nil, fmt.Errorf("decoding %s: %w", resource.NameOf(d.Name, now.Key), err)
	}
	differences := Differences(message, now.Message.ProtoReflect())
	shown := &typesv1.Provenance{Faults: kept.GetFaults()}
	for _, f := range Differences(shown.ProtoReflect(), (&typesv1.Provenance{Faults: now.Faults}).ProtoReflect()) {
		differences = append(differences, Difference{Field: "provenance." + f.Field, Mesh: f.Mesh, Odoo: f.Odoo})
	}
	return differences, nil
}
