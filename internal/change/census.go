package change

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"odoomesh/internal/mapping"
	"odoomesh/internal/resource"
	"odoomesh/internal/store"
)

// censusAtOnce is how many ids one slice of a census compares.
const censusAtOnce = 5000

// censusIfDue compares the ids of a domain with Odoo's where the time has come: of
// one domain at a time, so that a change waits for no more
// than that.
func (e *Engine) censusIfDue(ctx context.Context, now time.Time) error {
	next := e.nextCensus(now)
	if next == nil {
		return nil
	}
	if err := e.takeCensus(mapping.ForCensus(ctx), next); err != nil {
		return err
	}
	next.census = now
	return nil
}

// nextCensus is the domain that has waited longest for its census, if one is due.
// The first ones come when all models have been looked at and counted: what went
// before that shows in no count.
func (e *Engine) nextCensus(now time.Time) *domain {
	var next *domain
	for _, w := range e.windows {
		if w.looked.IsZero() {
			return nil
		}
	}
	for _, t := range e.tallies {
		if t.counted.IsZero() {
			return nil
		}
	}
	for _, d := range e.domains {
		if now.Sub(d.census) >= e.Census && (next == nil || d.census.Before(next.census)) {
			next = d
		}
	}
	return next
}

// takeCensus finds what no stamp tells: records that are gone, records that were
// missed, and rows of a record's own that are gone.
func (e *Engine) takeCensus(ctx context.Context, d *domain) error {
	began := e.clock.Now()
	gone, missed, err := e.compareRoots(ctx, d, everything)
	if err != nil {
		return err
	}
	for _, key := range slices.Concat(gone, missed) {
		d.pending[key] = true
	}
	e.release(d, func(key string) bool { _, away := slices.BinarySearch(gone, key); return !away })
	lost := 0
	for _, w := range d.source().Watches() {
		if w.Reference || w.Path == "" && !d.source().Grouped() {
			continue
		}
		rows, err := e.goneRows(ctx, d, w.Model)
		if err != nil {
			return err
		}
		lost += len(rows)
		if err := e.touchOwners(d, w.Model, rows); err != nil {
			return err
		}
	}
	if err := e.settle(ctx, d); err != nil {
		return err
	}
	d.standing.compared(Drift{Compared: e.clock.Now(), Gone: int64(len(gone)), Missed: int64(len(missed)), GoneRows: int64(lost)})
	e.metrics.drift.WithLabelValues(d.Name, "gone").Set(float64(len(gone)))
	e.metrics.drift.WithLabelValues(d.Name, "missed").Set(float64(len(missed)))
	e.metrics.drift.WithLabelValues(d.Name, "gone_rows").Set(float64(lost))
	if len(gone)+len(missed)+lost > 0 {
		e.logger.LogAttrs(ctx, slog.LevelInfo, "census found differences", slog.String("collection", d.Name),
			slog.Int("gone", len(gone)), slog.Int("missed", len(missed)), slog.Int("gone_rows", lost),
			slog.Duration("took", e.clock.Now().Sub(began)))
	}
	return nil
}

// compareRoots lists the records among some ids that only the cache has, and those that
// only Odoo has, both sorted. Of a grouped domain it compares all.
func (e *Engine) compareRoots(ctx context.Context, d *domain, within span) (gone, missed []string, err error) {
	s := d.source()
	if s.Grouped() {
		return e.compareGroups(ctx, d)
	}
	for part := within; ; part.after = part.upTo {
		ids, err := s.RowIDs(ctx, s.Model(), part.after, censusAtOnce)
		if err != nil {
			return nil, nil, err
		}
		part.upTo = within.upTo
		if len(ids) == censusAtOnce {
			part.upTo = min(part.upTo, ids[len(ids)-1])
		}
		ids = slices.DeleteFunc(ids, func(id int64) bool { return id > part.upTo })
		if len(ids) > 0 {
			if ids, err = s.Members(ctx, ids); err != nil {
				return nil, nil, err
			}
		}
		have, err := e.cachedIDs(d, part)
		if err != nil {
			return nil, nil, err
		}
		gone, missed = append(gone, names(difference(nil, have, ids))...), append(missed, names(difference(nil, ids, have))...)
		if part.upTo == within.upTo {
			return gone, missed, nil
		}
	}
}

// cachedIDs lists which of some ids the cache has, ascending.
func (e *Engine) cachedIDs(d *domain, among span) ([]int64, error) {
	snapshot := e.cache.Snapshot()
	defer snapshot.Close()
	var ids []int64
	for hit, err := range snapshot.Records(d.Name, store.Range{AfterKey: resource.Key(among.after), KeysOnly: true}) {
		if err != nil {
			return nil, err
		}
		id := resource.KeyID(hit.Key)
		if id > among.upTo {
			break
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// goneRows lists the rows that records are made of and that Odoo no longer has.
func (e *Engine) goneRows(ctx context.Context, d *domain, model string) ([]int64, error) {
	have, err := e.knownRows(d, model, everything)
	if err != nil {
		return nil, err
	}
	var there listing
	return there.lacks(ctx, d.source(), model, have)
}

// knownRows lists the rows of a model among some ids that the cache's records are
// made of, ascending.
func (e *Engine) knownRows(d *domain, model string, among span) ([]int64, error) {
	snapshot := e.cache.Snapshot()
	defer snapshot.Close()
	var rows []int64
	for hit, err := range snapshot.Index(d.Name, rowsIndex(model), store.Range{AfterValue: resource.Key(among.after), KeysOnly: true}) {
		if err != nil {
			return nil, err
		}
		id := resource.KeyID(hit.IndexValue)
		if id > among.upTo {
			break
		}
		if len(rows) == 0 || rows[len(rows)-1] != id {
			rows = append(rows, id)
		}
	}
	return rows, nil
}

// difference appends what is in a and not in b; both are sorted.
func difference(to, a, b []int64) []int64 {
	for _, id := range a {
		if _, found := slices.BinarySearch(b, id); !found {
			to = append(to, id)
		}
	}
	return to
}
