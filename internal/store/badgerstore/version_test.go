package badgerstore_test

import (
	"testing"

	"odoomesh/internal/store/badgerstore"
)

// A version stays while no record is written, and every write of one brings another.
func TestVersionTellsStatesApart(t *testing.T) {
	c, err := badgerstore.OpenCache(t.TempDir(), badgerstore.CacheOptions{})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[uint64]bool{0: true}
	for _, write := range []struct {
		name  string
		do    func() error
		stays bool
	}{
		{"opening", func() error { return nil }, false},
		{"Fill", func() error { return c.Fill(t.Context(), records(0, 1)) }, false},
		{"Apply", func() error { return c.Apply(t.Context(), 1, records(1, 2)) }, false},
		{"an Apply of what is there", func() error { return c.Apply(t.Context(), 2, records(1, 2)) }, true},
		{"an Apply without records", func() error { return c.Apply(t.Context(), 3, nil) }, true},
		{"SetMeta", func() error { return c.SetMeta(t.Context(), "mark", []byte{1}) }, true},
		{"Clear", func() error { return c.Clear(t.Context()) }, false},
	} {
		if err := write.do(); err != nil {
			t.Fatal(err)
		}
		if v := c.Version(); seen[v] != write.stays || v != c.Version() {
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
