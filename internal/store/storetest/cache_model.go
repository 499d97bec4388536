package storetest

import (
	"bytes"
	"cmp"
	"maps"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"odoomesh/internal/store"
)

// cacheModel is what a cache should hold: mutations by collection and key.
type cacheModel struct {
	position uint64
	records  map[string]store.Mutation // by collection + "/" + key
}

var (
	modelNames  = []string{"p", "pp", "p\x00"}
	modelIndex  = []string{"n", "nn"}
	modelBytes  = rapid.SampledFrom([]byte{0x00, 0x01, 'a', 0xFE, 0xFF})
	modelKeys   = rapid.SliceOfN(modelBytes, 1, 3)
	modelValues = rapid.SliceOfN(modelBytes, 0, 3)
)

func drawMutation(rt *rapid.T) store.Mutation {
	m := store.Mutation{Collection: rapid.SampledFrom(modelNames).Draw(rt, "collection"), Key: modelKeys.Draw(rt, "key")}
	if rapid.IntRange(0, 3).Draw(rt, "kind") == 0 {
		return m
	}
	m.Value = append([]byte{}, modelValues.Draw(rt, "value")...)
	for range rapid.IntRange(0, 3).Draw(rt, "entries") {
		m.Indexes = append(m.Indexes, store.IndexEntry{
			Index: rapid.SampledFrom(modelIndex).Draw(rt, "index"), Value: modelValues.Draw(rt, "index value"), Carried: modelValues.Draw(rt, "carried"),
		})
	}
	return m
}

func drawRange(rt *rapid.T) store.Range {
	maybe := func(g *rapid.Generator[[]byte], label string) []byte {
		if rapid.Bool().Draw(rt, "with "+label) {
			return g.Draw(rt, label)
		}
		return nil
	}
	return store.Range{
		Prefix: maybe(modelValues, "prefix"), Exact: rapid.Bool().Draw(rt, "exact"),
		AfterValue: maybe(modelValues, "after value"), AfterKey: maybe(modelKeys, "after key"),
		Descending: rapid.Bool().Draw(rt, "descending"), KeysOnly: rapid.Bool().Draw(rt, "keys only"),
	}
}

func (m *cacheModel) write(mutations []store.Mutation) {
	for _, w := range mutations {
		if w.Value == nil {
			delete(m.records, w.Collection+"/"+string(w.Key))
		} else {
			m.records[w.Collection+"/"+string(w.Key)] = w
		}
	}
}

// in lists a collection's records by key.
func (m *cacheModel) in(collection string) (found []store.Mutation) {
	for _, id := range slices.Sorted(maps.Keys(m.records)) {
		if r := m.records[id]; strings.HasPrefix(id, collection+"/") && r.Collection == collection {
			found = append(found, r)
		}
	}
	return found
}

// scan is the promise of a scan, spelled out without any cleverness.
func (m *cacheModel) scan(collection, index string, r store.Range) (hits []store.Hit) {
	for _, rec := range m.in(collection) {
		values := map[string][]byte{} // with what is carried
		for _, e := range slices.Backward(rec.Indexes) {
			if e.Index == index {
				values[string(e.Value)] = e.Carried
			}
		}
		if index == "" {
			values[string(rec.Key)] = nil
		}
		for value, carried := range values {
			if r.Exact && value == string(r.Prefix) || !r.Exact && strings.HasPrefix(value, string(r.Prefix)) {
				hits = append(hits, store.Hit{Key: rec.Key, Value: rec.Value, IndexValue: []byte(value), Carried: carried})
			}
		}
	}
	order := func(a, b store.Hit) int {
		c := cmp.Or(bytes.Compare(a.IndexValue, b.IndexValue), bytes.Compare(a.Key, b.Key))
		if r.Descending {
			c = -c
		}
		return c
	}
	slices.SortFunc(hits, order)
	place := store.Hit{Key: r.AfterKey, IndexValue: r.AfterValue}
	if index == "" {
		place.IndexValue = r.AfterKey
	} else if r.Exact && len(place.IndexValue) == 0 {
		place.IndexValue = r.Prefix
	}
	return slices.DeleteFunc(hits, func(h store.Hit) bool {
		switch {
		case len(r.AfterKey) > 0:
			return order(h, place) <= 0
		case index != "" && len(r.AfterValue) > 0:
			h.Key = nil
			return order(h, place) <= 0
		}
		return false
	})
}

// testCacheModel compares the cache with the model under random operations.
func testCacheModel(t *testing.T, open OpenCache) {
	rapid.Check(t, func(rt *rapid.T) {
		dir := t.TempDir()
		c := open(t, dir)
		defer func() { closeStore(t, c) }()
		m := &cacheModel{records: map[string]store.Mutation{}}
		for range rapid.IntRange(1, 7).Draw(rt, "steps") {
			mutations := rapid.SliceOfN(rapid.Custom(drawMutation), 0, 12).Draw(rt, "mutations")
			var err error
			switch rapid.SampledFrom([]string{"apply", "apply", "apply", "fill", "clear", "reopen"}).Draw(rt, "step") {
			case "apply":
				m.position += rapid.Uint64Range(1, 3).Draw(rt, "advance")
				m.write(mutations)
				err = c.Apply(t.Context(), m.position, mutations)
			case "fill":
				m.write(mutations)
				err = c.Fill(t.Context(), mutations)
			case "clear":
				*m = cacheModel{records: map[string]store.Mutation{}}
				err = c.Clear(t.Context())
			case "reopen":
				closeStore(t, c)
				c = open(t, dir)
			}
			if err != nil {
				rt.Fatal(err)
			}
			compareCache(rt, c, m)
		}
	})
}

func compareCache(rt *rapid.T, c store.Cache, m *cacheModel) {
	if c.Position() != m.position {
		rt.Fatalf("position %d, want %d", c.Position(), m.position)
	}
	s := c.Snapshot()
	defer s.Close()
	for _, collection := range modelNames {
		if got, want := c.Count(collection), int64(len(m.in(collection))); got != want {
			rt.Fatalf("count of %q is %d, want %d", collection, got, want)
		}
		for _, index := range append(modelIndex, "") {
			compareScan(rt, s, m, collection, index, store.Range{})
			compareScan(rt, s, m, collection, index, drawRange(rt))
		}
	}
}

func compareScan(rt *rapid.T, s store.Snapshot, m *cacheModel, collection, index string, r store.Range) {
	hits, want := s.Records(collection, r), m.scan(collection, index, r)
	if index != "" {
		hits = s.Index(collection, index, r)
	}
	var got []store.Hit
	for hit, err := range hits {
		if err != nil {
			rt.Fatalf("scanning: %v", err)
		}
		if r.KeysOnly && hit.Value != nil {
			rt.Fatalf("a value in a scan of keys only")
		}
		got = append(got, hit)
	}
	if len(want) == 0 {
		want = nil
	}
	for i := range want {
		if r.KeysOnly {
			want[i].Value = nil
		}
		if index == "" {
			want[i].IndexValue = nil
		}
	}
	if diff := gocmp.Diff(want, got, gocmp.Comparer(bytes.Equal)); diff != "" {
		rt.Fatalf("scan of %q by %q in %+v (-want +got):\n%s", collection, index, r, diff)
	}
}
