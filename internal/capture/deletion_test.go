package capture_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"odoomesh/internal/capture"
	"odoomesh/internal/odoosim"
	"odoomesh/internal/store"
)

// Deleting leaves no trace in Odoo. It is seen at the next counts all the same,
// of rows that have just come as of old ones, and right behind another deletion.
func TestDeletionsAreSeenLongBeforeTheNextCensus(t *testing.T) {
	t.Parallel()
	versions(t, func(t *testing.T, version int) {
		h := newHouse(t, version, 20)
		h.loaded()
		h.halt()
		h.tune = func(c *capture.Config) { c.Census = time.Hour }
		h.start()
		h.loaded()
		for round := range 3 {
			var ids []int64
			for range 3 {
				h.do(func(tx *odoosim.Tx) error {
					id, err := tx.Create("product.product", map[string]any{"name": "Passing"})
					ids = append(ids, id)
					return err
				})
			}
			for _, id := range ids {
				h.eventually("a new product", func() error { _, err := h.product(id); return err })
			}
			for i, id := range ids {
				h.do(func(tx *odoosim.Tx) error { return tx.Unlink("product.product", []int64{id}) })
				h.eventually(fmt.Sprintf("deletion %d of round %d", i, round), func() error {
					if _, err := h.product(id); !errors.Is(err, store.ErrNotFound) {
						return fmt.Errorf("product %d is still there: %v", id, err)
					}
					return nil
				})
			}
		}
	})
}

// A price is a row of a product's own: its deletion shows on no stamp of the product's.
func TestDeletedPricesAreSeenLongBeforeTheNextCensus(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 17, 20)
	h.loaded()
	h.halt()
	h.tune = func(c *capture.Config) { c.Census = time.Hour }
	h.start()
	h.loaded()
	var product, price int64
	prices := func(want int) func() error {
		return func() error {
			p, err := h.product(product)
			if err != nil {
				return err
			}
			if have := len(p.GetSupplierPrices()); have != want {
				return fmt.Errorf("product %d has %d prices, want %d", product, have, want)
			}
			return nil
		}
	}
	h.do(func(tx *odoosim.Tx) (err error) {
		product, err = tx.Create("product.product", map[string]any{"name": "Priced"})
		return err
	})
	for range 3 {
		h.do(func(tx *odoosim.Tx) error {
			vendors, err := tx.Search("res.partner", []any{[]any{"supplier_rank", ">", 0}})
			if err != nil {
				return err
			}
			price, err = tx.Create("product.supplierinfo", map[string]any{"partner_id": vendors[0], "product_id": product, "price": 1.0})
			return err
		})
		h.eventually("a new price", prices(1))
		h.later(time.Minute)
		h.do(func(tx *odoosim.Tx) error { return tx.Unlink("product.supplierinfo", []int64{price}) })
		h.eventually("its deletion", prices(0))
	}
}
