package storetest

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"odoomesh/internal/store"
)

func testCacheFill(t *testing.T, open OpenCache) {
	const records = 12_000
	dir := t.TempDir()
	c := open(t, dir)
	mutations := make([]store.Mutation, records)
	for i := range mutations {
		mutations[i] = put("p", fmt.Sprintf("%06d", i), strings.Repeat("x", 500), "n", fmt.Sprint(i%7), "m", fmt.Sprint(i))
	}
	for range 2 { // a second time changes nothing
		if err := c.Fill(t.Context(), mutations); err != nil {
			t.Fatal(err)
		}
		if c.Count("p") != records || c.Position() != 0 {
			t.Errorf("count %d, position %d", c.Count("p"), c.Position())
		}
	}
	closeStore(t, c)
	c = open(t, dir)
	defer closeStore(t, c)
	if c.Count("p") != records || len(keysOf(t, c, "p", "n", store.Range{KeysOnly: true})) != records {
		t.Errorf("after reopening: count %d", c.Count("p"))
	}
	wantValue(t, c, "p", "011999", strings.Repeat("x", 500))
}

func testCacheMeta(t *testing.T, open OpenCache) {
	dir := t.TempDir()
	c := open(t, dir)
	apply(t, c, put("p", "1", "v"))
	for _, value := range [][]byte{[]byte("a"), {}, []byte("b\x00")} {
		if err := c.SetMeta(t.Context(), "mark", value); err != nil {
			t.Fatal(err)
		}
		if got, err := c.Meta("mark"); err != nil || got == nil || string(got) != string(value) {
			t.Errorf("meta %q, %v; want %q", got, err, value)
		}
	}
	closeStore(t, c)
	c = open(t, dir)
	defer closeStore(t, c)
	if got, err := c.Meta("mark"); err != nil || string(got) != "b\x00" {
		t.Errorf("after reopening: meta %q, %v", got, err)
	}
	if err := c.SetMeta(t.Context(), "mark", nil); err != nil {
		t.Fatal(err)
	}
	if got, err := c.Meta("mark"); err != nil || got != nil {
		t.Errorf("removed meta is %q, %v", got, err)
	}
	if c.Position() != 1 || c.Count("p") != 1 {
		t.Errorf("position %d, count %d", c.Position(), c.Count("p"))
	}
}

func testCacheClear(t *testing.T, open OpenCache) {
	dir := t.TempDir()
	c := open(t, dir)
	apply(t, c, put("p", "1", "v", "n", "x"))
	if err := c.SetMeta(t.Context(), "mark", []byte("a")); err != nil {
		t.Fatal(err)
	}
	if err := c.Clear(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		meta, err := c.Meta("mark")
		if meta != nil || err != nil || c.Position() != 0 || c.Count("p") != 0 {
			t.Errorf("left: meta %q, %v, position %d, count %d", meta, err, c.Position(), c.Count("p"))
		}
		wantNone(t, c, "p", "1")
		wantKeys(t, keysOf(t, c, "p", "n", store.Range{}))
		closeStore(t, c)
		c = open(t, dir)
	}
	defer closeStore(t, c)
	apply(t, c, put("p", "1", "again"))
	wantValue(t, c, "p", "1", "again")
}

func testCacheSnapshot(t *testing.T, open OpenCache) {
	c := newCache(t, open)
	apply(t, c, put("p", "1", "old", "n", "a"), put("p", "2", "old", "n", "a"))
	s := c.Snapshot()
	defer s.Close()
	seen := 0
	for hit, err := range s.Index("p", "n", store.Range{}) {
		if err != nil || string(hit.Value) != "old" {
			t.Fatalf("hit %q, %v", hit.Value, err)
		}
		seen++
		apply(t, c, put("p", "1", "new", "n", "b"), drop("p", "2"), put("p", "3", "new", "n", "a"))
	}
	if got, err := s.Get("p", []byte("2")); seen != 2 || s.Position() != 1 || string(got) != "old" || err != nil {
		t.Errorf("the snapshot saw %d records and %q, %v at %d", seen, got, err, s.Position())
	}
	if _, err := s.Get("p", []byte("3")); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the snapshot sees what came later: %v", err)
	}
	wantKeys(t, keysOf(t, c, "p", "n", store.Range{}), "a=3", "b=1")
}

func testCacheSnapshotClosed(t *testing.T, open OpenCache) {
	c := newCache(t, open)
	apply(t, c, put("p", "1", "v"), put("p", "2", "v"))
	s := c.Snapshot()
	seen := 0
	for _, err := range s.Records("p", store.Range{}) {
		if err != nil {
			t.Fatal(err)
		}
		seen++
		s.Close()
		s.Close() // twice does no harm
	}
	if seen != 2 {
		t.Errorf("the running scan met %d of 2", seen)
	}
	if _, err := s.Get("p", []byte("1")); !errors.Is(err, store.ErrClosed) {
		t.Errorf("Get: %v", err)
	}
	for _, err := range s.Records("p", store.Range{}) {
		if !errors.Is(err, store.ErrClosed) {
			t.Errorf("Records: %v", err)
		}
	}
}

func testCacheOwnSlices(t *testing.T, open OpenCache) {
	c := newCache(t, open)
	value, key, carried := []byte("value"), []byte("key"), []byte("carried")
	apply(t, c, store.Mutation{Collection: "p", Key: key, Value: value, Indexes: []store.IndexEntry{{Index: "n", Value: []byte("x\x00y"), Carried: carried}}})
	clear(value)
	clear(key)
	clear(carried)
	s := c.Snapshot()
	defer s.Close()
	for range 2 {
		got, err := s.Get("p", []byte("key"))
		if err != nil || string(got) != "value" {
			t.Fatalf("%q, %v", got, err)
		}
		clear(got)
		for hit, err := range s.Index("p", "n", store.Range{}) {
			if err != nil || string(hit.Key) != "key" || string(hit.Value) != "value" || string(hit.IndexValue) != "x\x00y" || string(hit.Carried) != "carried" {
				t.Fatalf("hit %q %q %q %q, %v", hit.Key, hit.Value, hit.IndexValue, hit.Carried, err)
			}
			_ = append(hit.IndexValue, "overwrites nothing"...)
			if string(hit.Key) != "key" {
				t.Error("key and index value share room")
			}
			clear(hit.Key)
			clear(hit.Value)
			clear(hit.IndexValue)
			clear(hit.Carried)
		}
	}
}

// testCacheConcurrent moves two records together; no reader may see them apart.
func testCacheConcurrent(t *testing.T, open OpenCache) {
	const rounds = 300
	c := newCache(t, open)
	apply(t, c, put("p", "a", "1", "n", "1"), put("p", "b", "1", "n", "1"))
	var readers sync.WaitGroup
	done := make(chan struct{})
	for range 3 {
		readers.Go(func() {
			for !isClosed(done) {
				s := c.Snapshot()
				want := fmt.Sprint(s.Position())
				seen := 0
				for hit, err := range s.Index("p", "n", store.Range{Prefix: []byte(want), Exact: true}) {
					if err != nil || string(hit.Value) != want {
						t.Errorf("at %s: %q, %v", want, hit.Value, err)
					}
					seen++
				}
				if seen != 2 {
					t.Errorf("at %s: %d of 2 records", want, seen)
				}
				s.Close()
				if _, err := c.Get("p", []byte("a")); err != nil || c.Count("p") != 2 {
					t.Errorf("Get: %v, count %d", err, c.Count("p"))
				}
			}
		})
	}
	for i := 2; i <= rounds; i++ {
		text := fmt.Sprint(i)
		apply(t, c, put("p", "a", text, "n", text), put("p", "b", text, "n", text))
	}
	close(done)
	readers.Wait()
}

// testCacheClearWhileRead only wants that readers get an answer, whichever.
func testCacheClearWhileRead(t *testing.T, open OpenCache) {
	c := newCache(t, open)
	var mutations []store.Mutation
	for i := range 2000 {
		mutations = append(mutations, put("p", fmt.Sprint(i), strings.Repeat("v", 200), "n", "x"))
	}
	var readers sync.WaitGroup
	done := make(chan struct{})
	for range 3 {
		readers.Go(func() {
			for !isClosed(done) {
				if _, err := c.Get("p", []byte("7")); err != nil && !errors.Is(err, store.ErrNotFound) {
					t.Errorf("Get: %v", err)
				}
				s := c.Snapshot()
				for _, err := range s.Records("p", store.Range{}) {
					if err != nil {
						t.Errorf("Records: %v", err)
					}
				}
				s.Close()
			}
		})
	}
	for range 5 {
		if err := c.Fill(t.Context(), mutations); err != nil {
			t.Error(err)
		}
		if err := c.Clear(t.Context()); err != nil {
			t.Error(err)
		}
	}
	close(done)
	readers.Wait()
	if c.Count("p") != 0 {
		t.Errorf("count %d", c.Count("p"))
	}
}
