package odoosim_test

import (
	"fmt"
	"testing"

	"odoomesh/internal/odoosim"
)

// count sets what was counted of a product in the stock, in the way that books at once.
func (w *writer) count(named map[string]any, quantity float64) any {
	w.t.Helper()
	stock := w.ref("stock.warehouse", 1, "lot_stock_id")
	return w.call("stock.quant", "create", nil, with(row{"vals_list": map[string]any{"product_id": w.plain, "location_id": stock, "inventory_quantity_auto_apply": quantity},
		"context": map[string]any{"inventory_mode": true}}, named))
}

// rows reads rows of a model.
func (w *writer) rows(model string, domain []any, fields ...string) []map[string]any {
	w.t.Helper()
	var out []map[string]any
	for _, r := range w.call(model, "search_read", nil, map[string]any{"domain": domain, "fields": fields}).([]any) {
		out = append(out, r.(map[string]any))
	}
	return out
}

func (w *writer) onStock(t *testing.T, rows int, sum float64) {
	t.Helper()
	found := w.rows("stock.quant", []any{leafOf("product_id", "=", w.plain), leafOf("location_id", "=", w.ref("stock.warehouse", 1, "lot_stock_id"))}, "quantity")
	got := 0.0
	for _, r := range found {
		switch q := r["quantity"].(type) {
		case float64:
			got += q
		case int64:
			got += float64(q)
		}
	}
	if len(found) != rows || got != sum {
		t.Errorf("there are %v in %d rows, want %v in %d", got, len(found), sum, rows)
	}
}

func (w *writer) moved(reference string) int {
	w.t.Helper()
	return len(w.rows("stock.move", []any{leafOf("reference", "=like", reference+"%"), leafOf("state", "=", "done")}, "id"))
}

// A scrap that is done is scrapped once more, whoever validates it again.
func TestAScrapIsScrappedAgain(t *testing.T) {
	everywhere(t, func(t *testing.T, w *writer) {
		w.count(nil, 10)
		scrap := w.load("stock.scrap", row{"id": "mesh.sp", "product_id/.id": w.plain, "scrap_qty": 3, "product_uom_id/.id": w.unit, "location_id/.id": w.ref("stock.warehouse", 1, "lot_stock_id")})
		for _, left := range []float64{7, 4} {
			if got := w.call("stock.scrap", "action_validate", scrap, nil); got != true {
				t.Errorf("validating answers %v", got)
			}
			w.onStock(t, 1, left)
		}
		if got := w.window(w.call("stock.scrap", "action_validate", w.load("stock.scrap", row{"id": "mesh.sp2", "product_id/.id": w.plain, "scrap_qty": -1, "product_uom_id/.id": w.unit}), nil)); got != "stock.warn.insufficient.qty.scrap" {
			t.Errorf("less than nothing answers %v", got)
		}
	})
}

// A count in one call books once while nothing moves, and over whatever has moved; it is
// found by its reference. Where it is applied a second time, 19 sets the stock to nothing.
func TestCountingDangers(t *testing.T) {
	everywhere(t, func(t *testing.T, w *writer) {
		named := map[string]any{"context": map[string]any{"inventory_mode": true, "inventory_name": "mesh:x_1"}}
		w.count(nil, 5)
		w.count(named, 12)
		w.onStock(t, 1, 12)
		if got := w.moved("mesh:x_1"); got != 1 {
			t.Errorf("the count has %d movements", got)
		}
		w.count(named, 12) // again: nothing, or a movement of nothing
		w.onStock(t, 1, 12)
		if got, want := w.moved("mesh:x_1"), by(w, 17, 2, 1); got != want {
			t.Errorf("counted again it has %d movements, want %d", got, want)
		}
		quant := w.rows("stock.quant", []any{leafOf("product_id", "=", w.plain), leafOf("location_id.usage", "=", "internal")}, "id")[0]["id"].(int64)
		w.call("stock.quant", "action_apply_inventory", []int64{quant}, nil)
		w.onStock(t, 1, by(w, 19, 12.0, 0.0))
		w.count(nil, 12)

		w.call("stock.quant", "write", []int64{quant}, map[string]any{"vals": map[string]any{"inventory_quantity": 20.0}, "context": map[string]any{"inventory_mode": true}})
		w.count(nil, 9) // moves, and takes the count that waits with it
		w.onStock(t, 1, 9)

		// Of two rows a count sets one, until the window of stock has merged them.
		stock := w.ref("stock.warehouse", 1, "lot_stock_id")
		do(t, w.s, func(tx *odoosim.Tx) error {
			_, err := tx.Create("stock.quant", map[string]any{"product_id": w.plain, "location_id": stock, "quantity": -5.0})
			return err
		})
		w.onStock(t, 2, 4)
		w.count(nil, 4)
		w.onStock(t, 2, -1)
		w.call("stock.quant", "action_view_quants", nil, nil)
		w.onStock(t, 1, -1)
		w.count(nil, 4)
		w.onStock(t, 1, 4)
	})
}

// Nothing refuses a movement of more than there is.
func TestMovementsGoBelowNothing(t *testing.T) {
	everywhere(t, func(t *testing.T, w *writer) {
		w.count(nil, 2)
		stock := w.ref("stock.warehouse", 1, "lot_stock_id")
		kind := w.ref("stock.warehouse", 1, "int_type_id")
		place := w.rows("stock.location", []any{leafOf("usage", "=", "inventory")}, "id")[0]["id"]
		r := row{"id": "mesh.t", "picking_type_id/.id": kind, "location_id/.id": stock, "location_dest_id/.id": place, "origin": "x", "move_ids/id": "mesh.t_1",
			"move_ids/product_id/.id": w.plain, "move_ids/product_uom_qty": 5, "move_ids/product_uom/.id": w.unit, "move_ids/location_id/.id": stock, "move_ids/location_dest_id/.id": place}
		if w.v() < 19 {
			r["move_ids/name"] = "x"
		}
		transfer := w.load("stock.picking", r)[0]
		if again := w.load("stock.picking", r)[0]; again != transfer {
			t.Errorf("loaded again it is %d, and was %d", again, transfer)
		}
		w.call("stock.picking", "action_confirm", []int64{transfer}, nil)
		if lines := w.ids("stock.picking", transfer, "move_line_ids"); len(lines) > 0 {
			w.call("stock.move.line", "unlink", lines, nil)
		}
		w.load("stock.move.line", w.moveLineRow("tl", w.moveOf(transfer, w.plain), 5, ""))
		if got := w.call("stock.picking", "button_validate", []int64{transfer}, nil); got != true {
			t.Errorf("validating answers %v", got)
		}
		w.onStock(t, 1, -3)
		w.is("stock.picking", transfer, "state", "done")
		if got := fmt.Sprint(w.window(w.call("stock.quant", "action_view_quants", nil, nil))); got != "stock.quant" {
			t.Errorf("the window of stock is %s", got)
		}
	})
}
