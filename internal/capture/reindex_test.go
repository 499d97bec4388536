package capture_test

import (
	"errors"
	"testing"

	"odoomesh/internal/index"
	"odoomesh/internal/reconcile"
	"odoomesh/internal/resource"
	"odoomesh/internal/store"
)

// A data folder that a program without searches has filled is indexed at the next start,
// while the copy is served; the log hears nothing of it.
func TestRecordsThatAreThereAreIndexedForSearches(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 18, 300)
	h.loaded()
	ctx := t.Context()
	indexed := func() (n int) {
		snapshot := h.cache.Snapshot()
		defer snapshot.Close()
		for _, err := range snapshot.Index("products", index.Search, store.Range{KeysOnly: true}) {
			if err != nil {
				t.Fatal(err)
			}
			n++
		}
		return n
	}
	whole := indexed()
	if whole < 300 || !h.engine.Copy("products").Indexed {
		t.Fatalf("%d entries after the first load", whole)
	}
	head := h.log.Head()
	// As the program before left it.
	snapshot := h.cache.Snapshot()
	var bare []store.Mutation
	for hit, err := range snapshot.Records("products", store.Range{}) {
		if err != nil {
			t.Fatal(err)
		}
		bare = append(bare, store.Mutation{Collection: "products", Key: hit.Key, Value: hit.Value})
	}
	snapshot.Close()
	if err := errors.Join(h.cache.Fill(ctx, bare), h.cache.SetMeta(ctx, reconcile.IndexMark("products"), nil)); err != nil {
		t.Fatal(err)
	}
	if n := indexed(); n != 0 {
		t.Fatalf("%d entries are left", n)
	}
	h.halt()
	h.start()
	if !h.engine.Copy("products").Loaded {
		t.Error("the copy is not served meanwhile")
	}
	h.eventually("the records to be indexed", func() error {
		if !h.engine.Copy("products").Indexed || indexed() != whole {
			return errors.New("they are not")
		}
		return nil
	})
	if h.log.Head() != head {
		t.Errorf("the log went from %d to %d", head, h.log.Head())
	}
	p, err := h.product(resource.KeyID(bare[0].Key))
	if err != nil || p.GetName() == "" {
		t.Error(p, err)
	}
}
