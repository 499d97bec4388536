package storetest

import (
	"errors"
	"testing"

	"odoomesh/internal/store"
)

// largePayload is like the change of a document of 20,000 lines: before and after.
const largePayload = 12 << 20

// pattern is bytes that tell places and seeds apart.
func pattern(size int, seed uint64) []byte {
	raw := make([]byte, size)
	x := seed*0x9E3779B97F4A7C15 + 1
	for i := range raw {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		raw[i] = byte(x)
	}
	return raw
}

// testLogLarge keeps large payloads between small ones, also when it is opened again
// and when those before them go.
func testLogLarge(t *testing.T, open OpenLog) {
	dir := t.TempDir()
	l := open(t, dir)
	defer func() { closeStore(t, l) }()
	texts := []string{"small", string(pattern(largePayload, 1)), "", string(pattern(1_000_001, 2)), string(pattern(2_000_000, 3)), "last"}
	appendAll(t, l, texts...)
	if _, err := l.Append(t.Context(), noon, store.Drafts("p", make([]byte, store.MaxPayload+1))); !isTooLarge(err) {
		t.Errorf("a payload beyond the bound: %v", err)
	}
	for _, step := range []func(){
		func() {},
		func() { closeStore(t, l); l = open(t, dir) },
		func() {
			if err := l.Truncate(t.Context(), 2); err != nil {
				t.Fatal(err)
			}
		},
		func() {
			if err := l.Truncate(t.Context(), 3); err != nil {
				t.Fatal(err)
			}
		},
	} {
		step()
		got, err := readAll(t.Context(), l, l.Oldest())
		if err != nil || l.Head() != uint64(len(texts)) || len(got) != len(texts)+1-int(l.Oldest()) {
			t.Fatalf("%d entries from %d to %d, %v", len(got), l.Oldest(), l.Head(), err)
		}
		for _, e := range got {
			if string(e.Payload) != texts[e.Position-1] {
				t.Fatalf("entry %d: %d bytes, not what was appended", e.Position, len(e.Payload))
			}
		}
	}
}

func isTooLarge(err error) bool {
	var large *store.TooLargeError
	return errors.As(err, &large)
}
