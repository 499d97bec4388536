package badgerstore_test

import (
	"testing"

	"odoomesh/internal/store/badgerstore"
)

// A version stays while nothing is written, and every write brings another one.
func TestVersionTellsStatesApart(t *testing.T) {
	c, err := badgerstore.OpenCache(t.TempDir(), badgerstore.CacheOptions{})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[uint64]bool{0: true}
	for _, write := range []struct {
		name string
		do   func() error
	}{
		{"opening", func() error { return nil }},
		{"Fill", func() error { return c.Fill(t.Context(), records(0, 1)) }},
		{"Apply", func() error { return c.Apply(t.Context(), 1, records(1, 2)) }},
		{"SetMeta", func() error { return c.SetMeta(t.Context(), "mark", []byte{1}) }},
		{"Clear", func() error { return c.Clear(t.Context()) }},
	} {
		if err := write.do(); err != nil {
			t.Fatal(err)
		}
		if v := c.Version(); seen[v] || v != c.Version() {
			t.Errorf("after %s: version %d, then %d, seen before: %v", write.name, v, c.Version(), seen[v])
		}
		seen[c.Version()] = true
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if v := c.Version(); v != 0 {
		t.Errorf("closed: version %d", v)
	}
}
