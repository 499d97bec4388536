package capture

import (
	"context"
	"fmt"
	"slices"

	"odoomesh/internal/reconcile"
	"odoomesh/internal/resource"
	"odoomesh/internal/store"
)

// Inside the engine a record goes by its key as a text, so that sets can hold it.

// keysOf are the keys of the records that root rows belong to.
func keysOf(ctx context.Context, s Records, rows []int64) ([]string, error) {
	keys, err := s.Keys(ctx, rows)
	if err != nil {
		return nil, err
	}
	return texts(keys), nil
}

func texts(keys [][]byte) []string {
	out := make([]string, len(keys))
	for i, key := range keys {
		out[i] = string(key)
	}
	return out
}

// names are the keys of records of one row.
func names(ids []int64) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = string(resource.Key(id))
	}
	return out
}

func rowsIndex(model string) string { return reconcile.RowsIndex(model) }

// owners are the keys of the records that the cache knows to be made of rows.
func (c *collection) owners(model string, rows []int64) ([]string, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	snapshot := c.Cache.Snapshot()
	defer snapshot.Close()
	var keys []string
	for _, row := range rows {
		for hit, err := range snapshot.Index(c.Name, rowsIndex(model), store.Range{Prefix: resource.Key(row), Exact: true, KeysOnly: true}) {
			if err != nil {
				return nil, fmt.Errorf("finding the %s made of %s %d: %w", c.Name, model, row, err)
			}
			keys = append(keys, string(hit.Key))
		}
	}
	return keys, nil
}

// compareGroups is compareRoots where several rows make a record: it compares the
// rows. A record is gone when none of its rows is left.
func (c *collection) compareGroups(ctx context.Context) (gone, missed []string, err error) {
	s := c.records()
	known, err := c.knownRows(s.Model(), everything)
	if err != nil {
		return nil, nil, err
	}
	var there []int64
	for more := true; more; {
		after := int64(0)
		if len(there) > 0 {
			after = there[len(there)-1]
		}
		ids, err := c.engine.tables().RowIDs(ctx, s.Model(), after, censusAtOnce)
		if err != nil {
			return nil, nil, err
		}
		there, more = append(there, ids...), len(ids) == censusAtOnce
	}
	for chunk := range slices.Chunk(difference(nil, there, known), censusAtOnce) {
		keys, err := keysOf(ctx, s, chunk)
		if err != nil {
			return nil, nil, err
		}
		missed = append(missed, keys...)
	}
	suspects, err := c.owners(s.Model(), difference(nil, known, there))
	if err != nil {
		return nil, nil, err
	}
	for _, key := range suspects {
		left, err := c.rowsLeft(key, there)
		if err != nil {
			return nil, nil, err
		}
		if !left {
			gone = append(gone, key)
		}
	}
	for _, keys := range []*[]string{&gone, &missed} {
		slices.Sort(*keys)
		*keys = slices.Compact(*keys)
	}
	return gone, missed, nil
}

// rowsLeft tells whether any of a record's root rows is among those that are there.
func (c *collection) rowsLeft(key string, there []int64) (bool, error) {
	record, err := c.Cached(key)
	if err != nil {
		return false, err
	}
	for _, rows := range record.GetRows() {
		if rows.GetModel() != c.records().Model() {
			continue
		}
		for _, id := range rows.GetIds() {
			if _, found := slices.BinarySearch(there, id); found {
				return true, nil
			}
		}
	}
	return false, nil
}
