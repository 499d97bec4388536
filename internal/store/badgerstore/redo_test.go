package badgerstore

import (
	"bytes"
	"fmt"
	"testing"

	"odoomesh/internal/store"
)

// A process that dies at any step of a large write leaves the state before it or the
// one behind it, and nothing of its lists.
func TestALargeWriteIsWholeWhereverItIsCutOff(t *testing.T) {
	record := func(fill byte, entries int) store.Mutation {
		m := store.Mutation{Collection: "p", Key: []byte("big"), Value: bytes.Repeat([]byte{fill}, 2_500_000)}
		for i := range entries {
			m.Indexes = append(m.Indexes, store.IndexEntry{Index: "n", Value: fmt.Appendf(nil, "%d/%d", fill, i)})
		}
		return m
	}
	const before, behind = 3000, 12_000
	for cut := 0; ; cut++ {
		dir := t.TempDir()
		c := mustCache(t, dir, CacheOptions{boot: func() string { return "a" }})
		if err := c.Apply(t.Context(), 1, []store.Mutation{record(1, before)}); err != nil {
			t.Fatal(err)
		}
		step, last := 0, ""
		c.onStep = func(name string) {
			if last = name; step == cut {
				panic("cut off")
			}
			step++
		}
		cutOff := func() (cutOff bool) {
			defer func() { cutOff = recover() != nil }()
			if err := c.Apply(t.Context(), 2, []store.Mutation{record(2, behind), one("beside")[0]}); err != nil {
				t.Fatal(err)
			}
			return false
		}()
		die(t, c)
		c = mustCache(t, dir, CacheOptions{boot: func() string { return "a" }})
		fill, entries, position := byte(1), before, uint64(1)
		if !cutOff || last != "list" {
			fill, entries, position = 2, behind, 2
		}
		got, err := c.Get("p", []byte("big"))
		if err != nil || !bytes.Equal(got, bytes.Repeat([]byte{fill}, 2_500_000)) || c.Position() != position || c.Count("p") != int64(position) {
			t.Errorf("cut off at %d (%s): position %d, count %d, %v", cut, last, c.Position(), c.Count("p"), err)
		}
		n := 0
		s := c.Snapshot()
		for _, err := range s.Index("p", "n", store.Range{KeysOnly: true}) {
			if err != nil {
				t.Fatal(err)
			}
			n++
		}
		s.Close()
		if n != entries {
			t.Errorf("cut off at %d (%s): %d entries, want %d", cut, last, n, entries)
		}
		for i := range 20 {
			if left, err := readKey(c.db, redoListKey(i)); err != nil || left != nil {
				t.Errorf("cut off at %d (%s): list %d is left, %v", cut, last, i, err)
			}
		}
		mustClose(t, c)
		if !cutOff {
			break
		}
	}
}
