package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"testing"

	"odoomesh/internal/store"
)

const (
	// largeRecord and largeEntries are those of a document of 20,000 lines.
	largeRecord  = 6 << 20
	largeEntries = 60_000
)

// large is a record of one size whose first entries all carry its seed.
func large(key string, size, entries int, seed uint64) store.Mutation {
	m := store.Mutation{Collection: "p", Key: []byte(key), Value: pattern(size, seed)}
	carried := fmt.Append(nil, seed)
	for i := range entries {
		m.Indexes = append(m.Indexes, store.IndexEntry{Index: "line", Value: fmt.Appendf(nil, "products/%08d", i), Carried: carried})
	}
	return m
}

// checkLarge wants a record as large made it; no entries stand for no record.
func checkLarge(s store.Snapshot, key string, size, entries int, seed uint64) error {
	got, err := s.Get("p", []byte(key))
	if entries == 0 && errors.Is(err, store.ErrNotFound) {
		err = nil
	} else if err == nil && !bytes.Equal(got, pattern(size, seed)) {
		err = errors.New("another value")
	}
	if err != nil {
		return fmt.Errorf("%s of %d bytes with seed %d: %d bytes, %w", key, size, seed, len(got), err)
	}
	n := 0
	for hit, err := range s.Index("p", "line", store.Range{KeysOnly: true}) {
		if err != nil {
			return err
		}
		if string(hit.Key) != key {
			continue
		}
		if string(hit.Carried) != fmt.Sprint(seed) || string(hit.IndexValue) != fmt.Sprintf("products/%08d", n) {
			return fmt.Errorf("entry %d of %s is %q and carries %q, want %d", n, key, hit.IndexValue, hit.Carried, seed)
		}
		n++
	}
	if n != entries {
		return fmt.Errorf("%d entries of %s, want %d", n, key, entries)
	}
	return nil
}

// testCacheLarge makes, changes and removes large records in one Apply or Fill each;
// a snapshot from before sees nothing of it.
func testCacheLarge(t *testing.T, open OpenCache) {
	dir := t.TempDir()
	c := open(t, dir)
	defer func() { closeStore(t, c) }()
	type state struct {
		size, entries int
		seed          uint64
	}
	now := state{}
	for _, step := range []struct {
		name  string
		write func(store.Mutation) error
		next  state
	}{
		{"made", func(m store.Mutation) error { return c.Apply(t.Context(), 1, []store.Mutation{put("p", "a", "v"), m}) }, state{largeRecord, largeEntries, 1}},
		{"changed", func(m store.Mutation) error { return c.Apply(t.Context(), 2, []store.Mutation{m}) }, state{largeRecord / 2, largeEntries / 2, 2}},
		{"filled", func(m store.Mutation) error {
			return c.Fill(t.Context(), []store.Mutation{put("p", "b", "v"), m, put("p", "c", "v")})
		}, state{largeRecord, largeEntries, 3}},
		{"made small", func(m store.Mutation) error { return c.Apply(t.Context(), 3, []store.Mutation{m}) }, state{10, 1, 4}},
		{"made large", func(m store.Mutation) error { return c.Apply(t.Context(), 4, []store.Mutation{m}) }, state{largeRecord, 1, 5}},
		{"removed", func(m store.Mutation) error { m.Value = nil; return c.Apply(t.Context(), 5, []store.Mutation{m}) }, state{}},
	} {
		before := c.Snapshot()
		if err := step.write(large("big", step.next.size, step.next.entries, step.next.seed)); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		if err := checkLarge(before, "big", now.size, now.entries, now.seed); err != nil {
			t.Errorf("%s, the snapshot before it: %v", step.name, err)
		}
		before.Close()
		now = step.next
		for range 2 {
			after := c.Snapshot()
			if err := checkLarge(after, "big", now.size, now.entries, now.seed); err != nil {
				t.Errorf("%s: %v", step.name, err)
			}
			after.Close()
			closeStore(t, c)
			c = open(t, dir)
		}
	}
	wantKeys(t, keysOf(t, c, "p", "", store.Range{}), "a", "b", "c")
	if c.Count("p") != 3 || c.Position() != 5 {
		t.Errorf("count %d, position %d", c.Count("p"), c.Position())
	}
}

// testCacheBounds holds a cache to the bounds that every store keeps.
func testCacheBounds(t *testing.T, open OpenCache) {
	c := newCache(t, open)
	apply(t, c, store.Mutation{Collection: "p", Key: []byte("1"), Value: make([]byte, store.MaxRecord)})
	for name, m := range map[string]store.Mutation{
		"record":  {Collection: "p", Key: []byte("2"), Value: make([]byte, store.MaxRecord+1)},
		"carried": {Collection: "p", Key: []byte("2"), Value: []byte{1}, Indexes: []store.IndexEntry{{Index: "n", Carried: make([]byte, store.MaxCarried+1)}}},
		"key":     {Collection: "p", Key: []byte("2"), Value: []byte{1}, Indexes: []store.IndexEntry{{Index: "n", Value: make([]byte, store.MaxKey)}}},
		"entries": {Collection: "p", Key: []byte("2"), Value: []byte{1}, Indexes: make([]store.IndexEntry, store.MaxIndexEntries+1)},
	} {
		if err := m.Fits(); !isTooLarge(err) {
			t.Errorf("%s: Fits: %v", name, err)
		}
		if err := c.Apply(t.Context(), 2, []store.Mutation{m}); !isTooLarge(err) {
			t.Errorf("%s: Apply: %v", name, err)
		}
	}
	if c.Count("p") != 1 || c.Position() != 1 {
		t.Errorf("count %d at %d", c.Count("p"), c.Position())
	}
}

// crashLarge is the state of a position in which a large record has many entries, few
// or none.
func crashLarge(position uint64) (size, entries int) {
	return []int{3 << 20, 1_500_000, 0}[position%3], []int{30_000, 5_000, 0}[position%3]
}

// applyLargeForever makes one large state after the other.
func applyLargeForever(c store.Cache) error {
	ctx := context.Background()
	for {
		position := c.Position() + 1
		size, entries := crashLarge(position)
		m := large("big", size, entries, position)
		if entries == 0 {
			m.Value = nil
		}
		if err := c.Apply(ctx, position, []store.Mutation{put("p", "beside", fmt.Sprint(position)), m}); err != nil {
			return err
		}
		if _, err := fmt.Fprintln(os.Stdout, position); err != nil {
			return err
		}
	}
}

// checkAppliedLarge wants exactly the state of the position.
func checkAppliedLarge(c store.Cache) error {
	s := c.Snapshot()
	defer s.Close()
	size, entries := crashLarge(s.Position())
	if err := checkLarge(s, "big", size, entries, s.Position()); err != nil {
		return fmt.Errorf("at position %d: %w", s.Position(), err)
	}
	if beside, err := s.Get("p", []byte("beside")); err != nil || string(beside) != fmt.Sprint(s.Position()) {
		return fmt.Errorf("at position %d, the record beside holds %q, %w", s.Position(), beside, err)
	}
	return nil
}
