package storetest

import (
	"fmt"
	"testing"

	"odoomesh/internal/store"
)

func testCacheReindex(t *testing.T, open OpenCache) {
	c := newCache(t, open)
	all := store.Range{}
	apply(t, c, put("p", "1", "v", "name", "bolt", "sku", "A"), put("p", "2", "v", "name", "nut"))
	apply(t, c, put("p", "1", "v", "name", "screw"))
	wantKeys(t, keysOf(t, c, "p", "name", all), "nut=2", "screw=1")
	wantKeys(t, keysOf(t, c, "p", "sku", all))
	apply(t, c, put("p", "1", "w", "name", "screw"))
	wantKeys(t, keysOf(t, c, "p", "name", all), "nut=2", "screw=1")
	apply(t, c, drop("p", "1"))
	wantKeys(t, keysOf(t, c, "p", "name", all), "nut=2")
	apply(t, c, put("p", "1", "v", "name", "bolt"))
	wantKeys(t, keysOf(t, c, "p", "name", all), "bolt=1", "nut=2")
}

func testCacheManyValues(t *testing.T, open OpenCache) {
	c := newCache(t, open)
	apply(t, c, put("o", "1", "v", "line", "b", "line", "a", "line", "b"), put("o", "2", "v", "line", "a"))
	wantKeys(t, keysOf(t, c, "o", "line", store.Range{}), "a=1", "a=2", "b=1")
}

func testCacheLastCounts(t *testing.T, open OpenCache) {
	for name, write := range map[string]func(store.Cache, []store.Mutation) error{
		"apply": func(c store.Cache, m []store.Mutation) error { return c.Apply(t.Context(), 1, m) },
		"fill":  func(c store.Cache, m []store.Mutation) error { return c.Fill(t.Context(), m) },
	} {
		c := newCache(t, open)
		err := write(c, []store.Mutation{
			put("p", "1", "first", "n", "x"), put("p", "1", "last", "n", "y"),
			put("p", "2", "v", "n", "z"), drop("p", "2"),
			drop("p", "3"), put("p", "3", "back"),
		})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		wantValue(t, c, "p", "1", "last")
		wantNone(t, c, "p", "2")
		wantValue(t, c, "p", "3", "back")
		wantKeys(t, keysOf(t, c, "p", "n", store.Range{}), "y=1")
		if c.Count("p") != 2 {
			t.Errorf("%s: count %d, want 2", name, c.Count("p"))
		}
	}
}

// testCacheRanges spells out what the model test tries at random.
func testCacheRanges(t *testing.T, open OpenCache) {
	c := newCache(t, open)
	apply(t, c, put("p", "1", "", "n", "a"), put("p", "2", "", "n", "ab"), put("p", "3", "", "n", "a"),
		put("p", "4", "", "n", "b"), put("p", "5", "", "n", ""), put("p", "6", "", "n", "a\x00"), put("p", "61", "", "n", "a\xff"))
	for _, try := range []struct {
		name, index string
		in          store.Range
		want        []string
	}{
		{"records", "", store.Range{}, []string{"1", "2", "3", "4", "5", "6", "61"}},
		{"records backwards", "", store.Range{Descending: true}, []string{"61", "6", "5", "4", "3", "2", "1"}},
		{"records by prefix", "", store.Range{Prefix: []byte("6")}, []string{"6", "61"}},
		{"one record", "", store.Range{Prefix: []byte("6"), Exact: true}, []string{"6"}},
		{"records after", "", store.Range{AfterKey: []byte("4")}, []string{"5", "6", "61"}},
		{"records after, backwards", "", store.Range{AfterKey: []byte("4"), Descending: true}, []string{"3", "2", "1"}},
		{"after a record that is not there", "", store.Range{AfterKey: []byte("55")}, []string{"6", "61"}},
		{"index", "n", store.Range{}, []string{"=5", "a=1", "a=3", "a\x00=6", "ab=2", "a\xff=61", "b=4"}},
		{"index backwards", "n", store.Range{Descending: true}, []string{"b=4", "a\xff=61", "ab=2", "a\x00=6", "a=3", "a=1", "=5"}},
		{"by prefix", "n", store.Range{Prefix: []byte("a")}, []string{"a=1", "a=3", "a\x00=6", "ab=2", "a\xff=61"}},
		{"exact", "n", store.Range{Prefix: []byte("a"), Exact: true}, []string{"a=1", "a=3"}},
		{"exact and empty", "n", store.Range{Exact: true}, []string{"=5"}},
		{"exact, after a key", "n", store.Range{Prefix: []byte("a"), Exact: true, AfterKey: []byte("1")}, []string{"a=3"}},
		{"exact, after a key, backwards", "n", store.Range{Prefix: []byte("a"), Exact: true, AfterKey: []byte("3"), Descending: true}, []string{"a=1"}},
		{"after value and key", "n", store.Range{AfterValue: []byte("a"), AfterKey: []byte("1")}, []string{"a=3", "a\x00=6", "ab=2", "a\xff=61", "b=4"}},
		{"after value and key, backwards", "n", store.Range{AfterValue: []byte("ab"), AfterKey: []byte("2"), Descending: true}, []string{"a\x00=6", "a=3", "a=1", "=5"}},
		{"after a whole value", "n", store.Range{AfterValue: []byte("a")}, []string{"a\x00=6", "ab=2", "a\xff=61", "b=4"}},
		{"after a whole value, backwards", "n", store.Range{AfterValue: []byte("a"), Descending: true}, []string{"=5"}},
		{"after the empty value's key", "n", store.Range{AfterKey: []byte("5")}, []string{"a=1", "a=3", "a\x00=6", "ab=2", "a\xff=61", "b=4"}},
		{"prefix, after what lies before it", "n", store.Range{Prefix: []byte("ab"), AfterValue: []byte("a"), AfterKey: []byte("9")}, []string{"ab=2"}},
		{"prefix, after what lies behind it", "n", store.Range{Prefix: []byte("a"), AfterValue: []byte("b")}, nil},
		{"no such index", "none", store.Range{}, nil},
	} {
		for _, keysOnly := range []bool{false, true} {
			try.in.KeysOnly = keysOnly
			t.Run(fmt.Sprintf("%s, keys only %v", try.name, keysOnly), func(t *testing.T) {
				wantKeys(t, keysOf(t, c, "p", try.index, try.in), try.want...)
			})
		}
	}
}

func testCacheNames(t *testing.T, open OpenCache) {
	c := newCache(t, open)
	all := store.Range{}
	apply(t, c, put("a", "bc", "1", "i", "v"), put("ab", "c", "2", "i", "v"), put("a\x00", "bc", "3", "i\x00", "v"), put("b", "\x00", "4"))
	wantKeys(t, keysOf(t, c, "a", "", all), "bc")
	wantKeys(t, keysOf(t, c, "a", "", store.Range{Descending: true}), "bc")
	wantKeys(t, keysOf(t, c, "ab", "", all), "c")
	wantKeys(t, keysOf(t, c, "a", "i", all), "v=bc")
	wantKeys(t, keysOf(t, c, "a\x00", "i\x00", all), "v=bc")
	wantKeys(t, keysOf(t, c, "a\x00", "i", all))
	wantKeys(t, keysOf(t, c, "b", "", store.Range{Descending: true}), "\x00")
}
