package capture_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"odoomesh/internal/capture"
	"odoomesh/internal/odooproxy"
	"odoomesh/internal/odoosim"
	"odoomesh/internal/resource"
	"odoomesh/internal/store"
)

// quiet is a whole house whose capture has come to rest, with no stamp young.
func quiet(t *testing.T, version int) *house {
	t.Helper()
	h := openHouse(&house{t: t, dir: t.TempDir(), tune: func(c *capture.Config) { c.Census, c.Sweep = time.Hour, time.Hour }}, version, 20)
	h.loaded()
	h.later(time.Hour)
	h.eventually("rest", h.equals)
	return h
}

// A change of a product is read in the product. The movements and receipts that show
// no more of it than its unit are let alone, however many they are.
func TestAChangedProductTouchesNoMovement(t *testing.T) {
	t.Parallel()
	h := quiet(t, 17)
	h.meanwhile = func() {} // so that no stamp leaves the overlap
	var product int64
	h.do(func(tx *odoosim.Tx) error {
		lines, err := tx.Search("stock.move.line", []any{[]any{"state", "=", "done"}})
		if err != nil {
			return err
		}
		rows, err := tx.Read("stock.move.line", lines[:1], []string{"product_id"})
		product = first(rows[0]["product_id"])
		return err
	})
	rename := func(sku string) {
		h.later(3 * time.Second)
		h.rename(product, sku)
		h.eventually(sku, func() error {
			if p, err := h.product(product); err != nil || p.GetSku() != sku {
				return fmt.Errorf("%q, %w", p.GetSku(), err)
			}
			return nil
		})
	}
	rename("ONCE") // from now on it is known what the movements show of it
	h.eventually("rest", h.equals)
	seen := h.searched("stock.picking") // not by capture: it has come to rest
	rename("TWICE")
	if now := h.searched("stock.picking"); now != seen {
		t.Errorf("the receipts that show the product were searched %d times", now-seen)
	}
}

// searched counts the searches by which records are found that show a change; looks
// and reads search and read in one.
func (h *house) searched(model string) int64 { return h.sim.CallsOf(model, "search") }

// While a mass deletion waits for an operator, single records that go are removed.
func TestWhatGoesBesideAHeldDeletionIsRemoved(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 18, 30)
	h.loaded()
	spare := h.spare(125)
	h.do(func(tx *odoosim.Tx) error { return tx.Unlink("product.product", spare[:120]) })
	held := func() error {
		if s := h.engine.Status("products"); s.Held != 120 {
			return fmt.Errorf("%d are held", s.Held)
		}
		return nil
	}
	h.eventually("the mass deletion", held)
	for _, id := range spare[120:] {
		h.deleteAndWait(id)
		h.eventually("the held ones", held)
	}
}

// Deletions that go on and on are no mass deletion, however many they are in the end.
func TestManySingleDeletionsAreNoMassDeletion(t *testing.T) {
	t.Parallel()
	h := openHouse(&house{t: t, dir: t.TempDir(), only: []string{"product"}, tune: func(c *capture.Config) { c.Census = time.Hour }}, 17, 30)
	h.loaded()
	for some := range slices.Chunk(h.spare(160), 40) {
		h.deleteAndWait(some...)
	}
	if s := h.engine.Status("products"); s.Held != 0 {
		t.Errorf("%d are held", s.Held)
	}
}

func (h *house) deleteAndWait(ids ...int64) {
	h.t.Helper()
	h.do(func(tx *odoosim.Tx) error { return tx.Unlink("product.product", ids) })
	h.eventually("a deletion", func() error {
		for _, id := range ids {
			if _, err := h.product(id); !errors.Is(err, store.ErrNotFound) {
				return fmt.Errorf("product %d is still there: %v", id, err)
			}
		}
		return nil
	})
}

// passing lets a receipt name a supplier that nothing else names, and capture come to
// rest over it.
func (h *house) passing() (supplier int64) {
	h.t.Helper()
	h.do(func(tx *odoosim.Tx) (err error) {
		if supplier, err = tx.Create("res.partner", map[string]any{"name": "Passing", "supplier_rank": 1}); err != nil {
			return err
		}
		receipts, err := tx.Search("stock.picking", []any{[]any{"picking_type_code", "=", "incoming"}, []any{"state", "=", "assigned"}})
		if err != nil {
			return err
		}
		return tx.Write("stock.picking", receipts[:1], map[string]any{"partner_id": supplier})
	})
	h.eventually("the link", h.equals)
	h.later(time.Hour)
	h.eventually("rest", h.equals)
	return supplier
}

// A link that Odoo empties by SQL, because its target is deleted, leaves no stamp: it
// is found by what the copy names.
func TestALinkToADeletedSupplierIsEmptied(t *testing.T) {
	t.Parallel()
	versions(t, func(t *testing.T, version int) {
		h := quiet(t, version)
		supplier := h.passing()
		h.do(func(tx *odoosim.Tx) error { return tx.Unlink("res.partner", []int64{supplier}) })
		h.eventually("the empty link", h.equals)
	})
}

// So it is where the mesh is killed after it has seen the deletion and before it has
// read again what named the target.
func TestALinkToADeletedSupplierIsEmptiedAfterACrash(t *testing.T) {
	t.Parallel()
	h := quiet(t, 19)
	supplier := h.passing()
	end := h.proxy.Always(odooproxy.Model("stock.move"), odooproxy.Denied())
	h.do(func(tx *odoosim.Tx) error { return tx.Unlink("res.partner", []int64{supplier}) })
	h.eventually("the deletion", func() error {
		if _, err := h.cache.Get("suppliers", resource.Key(supplier)); !errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("the supplier is still there: %v", err)
		}
		return nil
	})
	h.halt()
	end()
	h.start()
	h.eventually("the empty link", h.equals)
}
