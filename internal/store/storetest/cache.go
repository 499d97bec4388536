package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"odoomesh/internal/store"
)

// OpenCache opens, or makes, the cache that lies in a folder. A cache that has a
// Close method is closed by the suite.
type OpenCache func(t testing.TB, dir string) store.Cache

// TestCache holds a cache to its promises.
func TestCache(t *testing.T, open OpenCache) {
	for name, test := range map[string]func(*testing.T, OpenCache){
		"a new cache is empty":                      testCacheNew,
		"records come back as they went in":         testCacheRoundTrip,
		"an applied position is not applied twice":  testCachePositions,
		"a refused apply changes nothing":           testCacheRefused,
		"a change replaces all index entries":       testCacheReindex,
		"a record is met once under each value":     testCacheManyValues,
		"an index carries what it was given":        testCacheCarried,
		"the last mutation of a record counts":      testCacheLastCounts,
		"scans keep to their range":                 testCacheRanges,
		"a fill of any size ends up whole":          testCacheFill,
		"a large record is kept with its entries":   testCacheLarge,
		"the bounds of every store are kept":        testCacheBounds,
		"meta is kept beside the records":           testCacheMeta,
		"clear drops everything":                    testCacheClear,
		"a snapshot does not change":                testCacheSnapshot,
		"a closed snapshot says so":                 testCacheSnapshotClosed,
		"readers see each apply whole or not":       testCacheConcurrent,
		"reading goes on while it is cleared":       testCacheClearWhileRead,
		"it behaves like the model":                 testCacheModel,
		"answers are the caller's own":              testCacheOwnSlices,
		"names are kept apart whatever their bytes": testCacheNames,
	} {
		t.Run(name, func(t *testing.T) { test(t, open) })
	}
}

// newCache is a cache in a folder of its own that the test closes.
func newCache(t testing.TB, open OpenCache) store.Cache {
	t.Helper()
	c := open(t, t.TempDir())
	t.Cleanup(func() { closeStore(t, c) })
	return c
}

// put is a mutation with index entries given as "index", "value", pairwise.
func put(collection, key, value string, indexes ...string) store.Mutation {
	m := store.Mutation{Collection: collection, Key: []byte(key), Value: []byte(value)}
	for i := 0; i < len(indexes); i += 2 {
		m.Indexes = append(m.Indexes, store.IndexEntry{Index: indexes[i], Value: []byte(indexes[i+1])})
	}
	return m
}

func drop(collection, key string) store.Mutation {
	return store.Mutation{Collection: collection, Key: []byte(key)}
}

// apply makes the mutations at the next position.
func apply(t testing.TB, c store.Cache, mutations ...store.Mutation) {
	t.Helper()
	if err := c.Apply(t.Context(), c.Position()+1, mutations); err != nil {
		t.Fatalf("Apply: %v", err)
	}
}

// keysOf lists what a scan meets, as "value=key" in an index scan.
func keysOf(t testing.TB, c store.Cache, collection, index string, r store.Range) (keys []string) {
	t.Helper()
	s := c.Snapshot()
	defer s.Close()
	hits := s.Records(collection, r)
	if index != "" {
		hits = s.Index(collection, index, r)
	}
	for hit, err := range hits {
		if err != nil {
			t.Fatalf("scanning: %v", err)
		}
		text := string(hit.Key)
		if index != "" {
			text = string(hit.IndexValue) + "=" + text
		}
		keys = append(keys, text)
	}
	return keys
}

func wantKeys(t testing.TB, got []string, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
}

func wantValue(t testing.TB, c store.Cache, collection, key, want string) {
	t.Helper()
	got, err := c.Get(collection, []byte(key))
	if err != nil || got == nil || string(got) != want {
		t.Errorf("%s %q holds %q, %v; want %q", collection, key, got, err, want)
	}
}

func wantNone(t testing.TB, c store.Cache, collection, key string) {
	t.Helper()
	if got, err := c.Get(collection, []byte(key)); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("%s %q holds %q, %v; want none", collection, key, got, err)
	}
}

func testCacheNew(t *testing.T, open OpenCache) {
	c := newCache(t, open)
	wantNone(t, c, "p", "1")
	wantKeys(t, keysOf(t, c, "p", "", store.Range{}))
	if meta, err := c.Meta("x"); meta != nil || err != nil || c.Position() != 0 || c.Count("p") != 0 {
		t.Errorf("meta %q, %v, position %d, count %d", meta, err, c.Position(), c.Count("p"))
	}
}

func testCacheRoundTrip(t *testing.T, open OpenCache) {
	c := newCache(t, open)
	apply(t, c, put("p", "1", "one"), put("p", "2", ""), put("q", "1", "other"))
	wantValue(t, c, "p", "1", "one")
	wantValue(t, c, "p", "2", "")
	wantValue(t, c, "q", "1", "other")
	apply(t, c, put("p", "1", "changed"), drop("p", "2"), drop("p", "none"))
	wantValue(t, c, "p", "1", "changed")
	wantNone(t, c, "p", "2")
	if c.Count("p") != 1 || c.Count("q") != 1 || c.Position() != 2 {
		t.Errorf("counts %d, %d at %d", c.Count("p"), c.Count("q"), c.Position())
	}
}

func testCachePositions(t *testing.T, open OpenCache) {
	c := newCache(t, open)
	for _, step := range []struct {
		position uint64
		ok       bool
	}{{0, false}, {5, true}, {5, false}, {4, false}, {6, true}} {
		var refused *store.NotAheadError
		err := c.Apply(t.Context(), step.position, []store.Mutation{put("p", fmt.Sprint(step), "")})
		if step.ok && err != nil || !step.ok && !errors.As(err, &refused) {
			t.Errorf("Apply at %d: %v", step.position, err)
		}
	}
	if c.Position() != 6 || c.Count("p") != 2 {
		t.Errorf("position %d, %d records", c.Position(), c.Count("p"))
	}
	if err := c.Apply(t.Context(), 9, nil); err != nil || c.Position() != 9 {
		t.Errorf("an apply without mutations: position %d, %v", c.Position(), err)
	}
}

func testCacheRefused(t *testing.T, open OpenCache) {
	c := newCache(t, open)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	var huge []store.Mutation // more than any store should make at once
	for i := range 300 {
		huge = append(huge, put("p", fmt.Sprint(i), string(make([]byte, 300_000))))
	}
	var tooLarge *store.TooLargeError
	good := put("p", "good", "")
	for name, try := range map[string]struct {
		ctx       context.Context
		mutations []store.Mutation
		known     func(error) bool
	}{
		"ended context": {ended, []store.Mutation{good}, func(err error) bool { return errors.Is(err, context.Canceled) }},
		"empty key":     {t.Context(), []store.Mutation{good, put("p", "", "")}, nil},
		"no collection": {t.Context(), []store.Mutation{good, put("", "k", "")}, nil},
		"no index name": {t.Context(), []store.Mutation{good, put("p", "k", "", "", "v")}, nil},
		"long name":     {t.Context(), []store.Mutation{good, put(string(make([]byte, 256)), "k", "")}, nil},
		"too much":      {t.Context(), huge, func(err error) bool { return errors.As(err, &tooLarge) }},
		"long key":      {t.Context(), []store.Mutation{good, put("p", string(make([]byte, 1<<16)), "")}, func(err error) bool { return errors.As(err, &tooLarge) }},
	} {
		err := c.Apply(try.ctx, 1, try.mutations)
		if err == nil || try.known != nil && !try.known(err) {
			t.Errorf("%s: %v", name, err)
		}
		if c.Position() != 0 || c.Count("p") != 0 || len(keysOf(t, c, "p", "", store.Range{})) != 0 {
			t.Errorf("%s: something changed", name)
		}
	}
	apply(t, c, good)
}
