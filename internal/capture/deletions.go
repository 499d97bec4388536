package capture

import (
	"context"
	"slices"

	"odoomesh/internal/mapping"
	"odoomesh/internal/resource"
	"odoomesh/internal/store"
)

// findGone looks for rows of a model among some ids that records are made of and that
// Odoo no longer has, and suspects the records; where the number of the rows has
// changed, records that have come back as well.
func (e *Engine) findGone(ctx context.Context, f *findings, model string, ids span, changed bool) error {
	there := listing{tables: e.tables(), upTo: ids.after}
	for _, c := range e.collections {
		if !c.loaded.Load() {
			continue // its first census is still to come
		}
		for _, w := range c.watches(model) {
			switch root := w.Path == "" && w.Through == ""; {
			case w.Through != "" && changed:
				// Who was a member because of a row that is gone may be one no more.
				if err := e.findStrangers(ctx, f, c, everything, true); err != nil {
					return err
				}
			case w.Through != "" || w.Reference:
			case root && !c.records().Grouped():
				if err := e.findStrangers(ctx, f, c, ids, changed); err != nil {
					return err
				}
			default:
				if err := c.findOwners(ctx, f, &there, model, ids); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// findOwners suspects the records that are made of rows among some ids that Odoo does
// not have any more.
func (c *collection) findOwners(ctx context.Context, f *findings, there *listing, model string, ids span) error {
	have, err := c.knownRows(model, ids)
	if err != nil {
		return err
	}
	gone, err := there.lacks(ctx, model, have)
	if err != nil {
		return err
	}
	keys, err := c.owners(model, gone)
	f.addKeys(CauseCount, c, keys)
	return err
}

// findStrangers looks for records among some ids that are no members of their
// collection any more, and suspects them; where their number has changed, new members
// as well.
func (e *Engine) findStrangers(ctx context.Context, f *findings, c *collection, ids span, changed bool) error {
	if !c.loaded.Load() {
		return nil // its first census is still to come
	}
	if changed {
		gone, missed, err := c.compareRoots(ctx, ids)
		f.addKeys(CauseCount, c, slices.Concat(gone, missed))
		return err
	}
	have, err := c.cachedIDs(ids)
	if err != nil || len(have) == 0 {
		return err
	}
	still, err := c.records().Members(ctx, have)
	if err != nil {
		return err
	}
	f.addKeys(CauseCount, c, names(difference(nil, have, still)))
	return nil
}

// listing are the ids of a model's rows, listed once for all who want to know.
type listing struct {
	tables Tables
	ids    []int64
	// upTo is the id up to which they are listed.
	upTo int64
}

// lacks lists which of some rows, sorted, Odoo does not have.
func (l *listing) lacks(ctx context.Context, model string, have []int64) ([]int64, error) {
	if len(have) == 0 {
		return nil, nil
	}
	for l.upTo < have[len(have)-1] {
		ids, err := l.tables.RowIDs(ctx, model, l.upTo, censusAtOnce)
		if err != nil {
			return nil, err
		}
		l.ids, l.upTo = append(l.ids, ids...), maxID
		if len(ids) == censusAtOnce {
			l.upTo = ids[len(ids)-1]
		}
	}
	return difference(nil, have, l.ids), nil
}

// compareRoots lists the records among some ids that only the cache has, and those that
// only Odoo has, both sorted. Of a grouped collection it compares all.
func (c *collection) compareRoots(ctx context.Context, within span) (gone, missed []string, err error) {
	s := c.records()
	if s.Grouped() {
		return c.compareGroups(ctx)
	}
	for part := within; ; part.after = part.upTo {
		ids, err := c.engine.tables().RowIDs(ctx, s.Model(), part.after, censusAtOnce)
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
		have, err := c.cachedIDs(part)
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
func (c *collection) cachedIDs(among span) ([]int64, error) {
	snapshot := c.Cache.Snapshot()
	defer snapshot.Close()
	var ids []int64
	for hit, err := range snapshot.Records(c.Name, store.Range{AfterKey: resource.Key(among.after), KeysOnly: true}) {
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

// knownRows lists the rows of a model among some ids that the cache's records are
// made of, ascending.
func (c *collection) knownRows(model string, among span) ([]int64, error) {
	snapshot := c.Cache.Snapshot()
	defer snapshot.Close()
	var rows []int64
	for hit, err := range snapshot.Index(c.Name, rowsIndex(model), store.Range{AfterValue: resource.Key(among.after), KeysOnly: true}) {
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

// goneRows lists the rows that records are made of and that Odoo no longer has.
func (c *collection) goneRows(ctx context.Context, model string) ([]int64, error) {
	have, err := c.knownRows(model, everything)
	if err != nil {
		return nil, err
	}
	there := listing{tables: c.engine.tables()}
	return there.lacks(ctx, model, have)
}

// watches lists why a collection watches a model.
func (c *collection) watches(model string) []mapping.WatchedModel {
	var all []mapping.WatchedModel
	for _, w := range c.records().Watches() {
		if w.Model == model {
			all = append(all, w)
		}
	}
	return all
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
