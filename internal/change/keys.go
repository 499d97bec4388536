package change

import (
	"context"
	"fmt"
	"slices"

	"odoomesh/internal/mapping"
	"odoomesh/internal/resource"
	"odoomesh/internal/store"
)

// Inside the engine a record goes by its key as a text, so that sets can hold it.

// keysOf are the keys of the records that root rows belong to.
func keysOf(ctx context.Context, s Source, rows []int64) ([]string, error) {
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

// fetch reads records by their keys.
func fetch(ctx context.Context, s Source, keys []string) ([]*mapping.Record, error) {
	raw := make([][]byte, len(keys))
	for i, key := range keys {
		raw[i] = []byte(key)
	}
	return s.Fetch(ctx, raw)
}

// owners are the keys of the records that the cache knows to be made of a row.
func (e *Engine) owners(s store.Snapshot, d *domain, model string, row int64) ([]string, error) {
	var keys []string
	for hit, err := range s.Index(d.Name, rowsIndex(model), store.Range{Prefix: resource.Key(row), Exact: true, KeysOnly: true}) {
		if err != nil {
			return nil, fmt.Errorf("finding the %s made of %s %d: %w", d.Name, model, row, err)
		}
		keys = append(keys, string(hit.Key))
	}
	return keys, nil
}

// compareGroups is compareRoots where several rows make a record: it compares the
// rows. A record is gone when none of its rows is left.
func (e *Engine) compareGroups(ctx context.Context, d *domain) (gone, missed []string, err error) {
	s := d.source()
	known, err := e.knownRows(d, s.Model(), everything)
	if err != nil {
		return nil, nil, err
	}
	var there []int64
	for more := true; more; {
		after := int64(0)
		if len(there) > 0 {
			after = there[len(there)-1]
		}
		ids, err := s.RowIDs(ctx, s.Model(), after, censusAtOnce)
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
	snapshot := e.cache.Snapshot()
	defer snapshot.Close()
	for _, row := range difference(nil, known, there) {
		keys, err := e.owners(snapshot, d, s.Model(), row)
		if err != nil {
			return nil, nil, err
		}
		for _, key := range keys {
			left, err := e.rowsLeft(d, key, there)
			if err != nil {
				return nil, nil, err
			}
			if !left {
				gone = append(gone, key)
			}
		}
	}
	for _, keys := range []*[]string{&gone, &missed} {
		slices.Sort(*keys)
		*keys = slices.Compact(*keys)
	}
	return gone, missed, nil
}

// rowsLeft tells whether any of a record's root rows is among those that are there.
func (e *Engine) rowsLeft(d *domain, key string, there []int64) (bool, error) {
	record, err := e.cached(d, key)
	if err != nil {
		return false, err
	}
	for _, rows := range record.GetRows() {
		if rows.GetModel() != d.source().Model() {
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
