package capture_test

import (
	"fmt"
	"testing"

	"google.golang.org/protobuf/proto"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	"odoomesh/internal/odoosim"
	"odoomesh/internal/resource"
)

// position is what the cache has of a stock position; nil for none.
func (h *house) position(name string) *inventoryv1.StockPosition {
	h.t.Helper()
	key, err := resource.KeyOf("stockPositions", name)
	if err != nil {
		h.t.Fatal(err)
	}
	raw, err := h.cache.Get("stockPositions", key)
	if err != nil {
		return nil
	}
	var kept internalv1.CacheRecord
	p := &inventoryv1.StockPosition{}
	if err := proto.Unmarshal(raw, &kept); err != nil {
		h.t.Fatal(err)
	}
	if err := proto.Unmarshal(kept.GetBody(), p); err != nil {
		h.t.Fatal(err)
	}
	return p
}

// A stock position is the sum of its quants, whatever Odoo does to the rows.
func TestPositionsAreTheSumOfTheirQuants(t *testing.T) {
	t.Parallel()
	versions(t, func(t *testing.T, version int) {
		h := openHouse(&house{t: t, dir: t.TempDir(), only: []string{"inventory"}}, version, 10)
		h.loaded()
		var product, here, there int64
		h.do(func(tx *odoosim.Tx) error {
			places, err := tx.Search("stock.location", []any{[]any{"usage", "=", "internal"}})
			if err != nil {
				return err
			}
			here = places[0]
			if there, err = tx.Create("stock.location", map[string]any{"name": "Ward 7", "usage": "internal", "location_id": here}); err != nil {
				return err
			}
			kind := map[string]any{"name": "Gauze", "detailed_type": "product"}
			if version >= 18 {
				kind = map[string]any{"name": "Gauze", "type": "consu", "is_storable": true}
			}
			product, err = tx.Create("product.product", kind)
			return err
		})
		quant := func(tx *odoosim.Tx, place int64, quantity, reserved float64) (int64, error) {
			return tx.Create("stock.quant", map[string]any{
				"product_id": product, "location_id": place, "quantity": quantity, "reserved_quantity": reserved,
			})
		}
		var first, second int64
		at := func(place int64) string { return resource.Name("stockPositions", product, place, 0, 0, 0) }
		for _, step := range []struct {
			name string
			do   func(tx *odoosim.Tx) error
			// here and there are the quantities afterwards; "" for no position.
			here, there string
		}{
			{"a quant", func(tx *odoosim.Tx) (err error) { first, err = quant(tx, here, 5, 1); return err }, "5", ""},
			{"a second of the same place", func(tx *odoosim.Tx) (err error) { second, err = quant(tx, here, 2.1, 0); return err }, "7.1", ""},
			{"another quantity", func(tx *odoosim.Tx) error {
				return tx.Write("stock.quant", []int64{second}, map[string]any{"quantity": 0.1})
			}, "5.1", ""},
			{"a move to another place", func(tx *odoosim.Tx) error {
				return tx.Write("stock.quant", []int64{second}, map[string]any{"location_id": there})
			}, "5", "0.1"},
			{"two rows merged without a stamp on the one that goes", func(tx *odoosim.Tx) error {
				if _, err := quant(tx, there, 1, 0); err != nil {
					return err
				}
				return tx.Unlink("stock.quant", []int64{second})
			}, "5", "1"},
			{"the last row deleted", func(tx *odoosim.Tx) error { return tx.Unlink("stock.quant", []int64{first}) }, "", "1"},
		} {
			h.do(step.do)
			h.eventually(step.name, func() error {
				for place, want := range map[int64]string{here: step.here, there: step.there} {
					if got := h.position(at(place)).GetQuantity().GetValue(); got != want {
						return fmt.Errorf("%s holds %q, want %q", at(place), got, want)
					}
				}
				return h.equals()
			})
		}
	})
}
