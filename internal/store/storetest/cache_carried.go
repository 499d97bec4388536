package storetest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"odoomesh/internal/store"
)

// carrying is put with one entry of the index "n" that carries something.
func carrying(key, value, indexValue, carried string) store.Mutation {
	m := put("p", key, value, "other", indexValue)
	m.Indexes = append(m.Indexes, store.IndexEntry{Index: "n", Value: []byte(indexValue), Carried: []byte(carried)})
	return m
}

// testCacheCarried wants what an index carries to be that of the record's state,
// also where the entry's key stays, and also where nothing but it changes.
func testCacheCarried(t *testing.T, open OpenCache) {
	dir := t.TempDir()
	c := open(t, dir)
	defer func() { closeStore(t, c) }()
	twice := carrying("5", "v", "b", "first")
	twice.Indexes = append(twice.Indexes, store.IndexEntry{Index: "n", Value: []byte("b"), Carried: []byte("second")})
	again := func(m store.Mutation) func() error {
		return func() error { return c.Apply(t.Context(), c.Position()+1, []store.Mutation{m}) }
	}
	for _, step := range []struct {
		name string
		do   func() error
		want []string
	}{
		{"filled", func() error {
			return c.Fill(t.Context(), []store.Mutation{carrying("1", "v", "a", "one\x00"), carrying("2", "v", "a", "two"), carrying("3", "v", "a", "")})
		}, []string{"a=1:one\x00", "a=2:two", "a=3:"}},
		{"the record changes, its value in the index does not", again(carrying("1", "w", "a", "ONE")), []string{"a=1:ONE", "a=2:two", "a=3:"}},
		{"only what is carried changes", again(carrying("2", "v", "a", "TWO")), []string{"a=1:ONE", "a=2:TWO", "a=3:"}},
		{"something is carried from now on", again(carrying("3", "v", "a", "three")), []string{"a=1:ONE", "a=2:TWO", "a=3:three"}},
		{"nothing changes", again(carrying("3", "v", "a", "three")), []string{"a=1:ONE", "a=2:TWO", "a=3:three"}},
		{"nothing is carried any more", again(carrying("1", "w", "a", "")), []string{"a=1:", "a=2:TWO", "a=3:three"}},
		{"the value in the index changes", again(carrying("1", "w", "b", "ONE")), []string{"a=2:TWO", "a=3:three", "b=1:ONE"}},
		{"the record goes", again(drop("p", "2")), []string{"a=3:three", "b=1:ONE"}},
		{"two entries under one value", again(twice), []string{"a=3:three", "b=1:ONE", "b=5:first"}},
		{"and the second of them goes", again(carrying("5", "v", "b", "first")), []string{"a=3:three", "b=1:ONE", "b=5:first"}},
		{"opened again", func() error { closeStore(t, c); c = open(t, dir); return nil }, []string{"a=3:three", "b=1:ONE", "b=5:first"}},
	} {
		if err := step.do(); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		for _, r := range []store.Range{{}, {KeysOnly: true}} {
			if diff := cmp.Diff(step.want, carriedBy(t, c, "n", r)); diff != "" {
				t.Errorf("%s, %+v (-want +got):\n%s", step.name, r, diff)
			}
		}
	}
	if diff := cmp.Diff([]string{"a=3:", "b=1:", "b=5:"}, carriedBy(t, c, "other", store.Range{})); diff != "" {
		t.Errorf("an index that was given nothing (-want +got):\n%s", diff)
	}
}

// carriedBy lists what a scan meets as "value=key:carried".
func carriedBy(t *testing.T, c store.Cache, index string, r store.Range) (met []string) {
	t.Helper()
	s := c.Snapshot()
	defer s.Close()
	for hit, err := range s.Index("p", index, r) {
		if err != nil {
			t.Fatalf("scanning: %v", err)
		}
		met = append(met, string(hit.IndexValue)+"="+string(hit.Key)+":"+string(hit.Carried))
	}
	return met
}
