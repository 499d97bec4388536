package odoosim_test

import (
	"testing"

	"odoomesh/internal/odoosim"
)

func (sh *shop) asks(picking int64, context map[string]any) any {
	sh.t.Helper()
	got := sh.c.must("stock.picking", "button_validate", []any{[]any{picking}}, map[string]any{"context": context})
	if action, ok := got.(map[string]any); ok {
		return action["res_model"]
	}
	return got
}

// On 16 nothing done means everything, if a person says so; from 17 on it is so.
func TestReceivingEverythingAtOnce(t *testing.T) {
	each(t, nil, func(t *testing.T, sh *shop) {
		picking := sh.receipt(sh.order(5, nil))
		want := any(true)
		if sh.s.Version() == 16 {
			want = "stock.immediate.transfer"
		}
		if got := sh.asks(picking, nil); got != want {
			t.Errorf("answers %v, want %v", got, want)
		}
	})
}

func TestExpiredLotsAreAskedFor(t *testing.T) {
	each(t, map[string]any{"tracking": "lot", "use_expiration_date": true}, func(t *testing.T, sh *shop) {
		picking := sh.receipt(sh.order(1, nil))
		move := sh.one("stock.picking", picking, "move_ids").([]int64)[0]
		do(t, sh.s, func(tx *odoosim.Tx) error {
			if err := tx.Unlink("stock.move.line", sh.one("stock.picking", picking, "move_line_ids").([]int64)); err != nil {
				return err
			}
			lot, err := tx.Create("stock.lot", map[string]any{"name": "OLD", "product_id": sh.product, "company_id": 1, "expiration_date": "2026-01-01 00:00:00"})
			if err != nil {
				return err
			}
			line := map[string]any{"move_id": move, "picking_id": picking, "lot_id": lot, "quantity": 1, "picked": true}
			if sh.s.Version() == 16 {
				line = map[string]any{"move_id": move, "picking_id": picking, "lot_id": lot, "qty_done": 1}
			}
			_, err = tx.Create("stock.move.line", line)
			return err
		})
		if got := sh.asks(picking, nil); got != "expiry.picking.confirmation" {
			t.Errorf("answers %v", got)
		}
		if got := sh.asks(picking, map[string]any{"skip_expired": true}); got != true {
			t.Errorf("answers %v", got)
		}
	})
}

func TestALotMustBeNamed(t *testing.T) {
	each(t, map[string]any{"tracking": "lot"}, func(t *testing.T, sh *shop) {
		picking := sh.receipt(sh.order(1, nil))
		lines := sh.one("stock.picking", picking, "move_line_ids").([]int64)
		if sh.s.Version() == 16 {
			sh.c.must("stock.move.line", "write", []any{lines, map[string]any{"qty_done": 1}}, nil)
		}
		_, err := sh.c.as(2, "admin", "stock.picking", "button_validate", []any{[]any{picking}}, map[string]any{"context": whole})
		sh.refusedWith(2, "You need to supply a Lot/Serial number for products [GZ] Gauze.", err)
	})
}

func TestScrappingMoreThanThereIsAsks(t *testing.T) {
	each(t, nil, func(t *testing.T, sh *shop) {
		id := sh.c.must("stock.scrap", "create", []any{map[string]any{"product_id": sh.product, "scrap_qty": 3}}, nil)
		got, ok := sh.c.must("stock.scrap", "action_validate", []any{[]any{id}}, nil).(map[string]any)
		if !ok || got["res_model"] != "stock.warn.insufficient.qty.scrap" || sh.one("stock.scrap", id.(int64), "state") != "draft" {
			t.Errorf("answers %v", got)
		}
	})
}

// In inventory mode a count goes to the row that is there; without, it makes one more,
// which adds up.
func TestCountsGoToTheRowInInventoryMode(t *testing.T) {
	each(t, nil, func(t *testing.T, sh *shop) {
		stock := sh.c.must("stock.location", "search", []any{[]any{leafOf("complete_name", "=", "WH/Stock")}}, nil).([]any)[0]
		count := func(quantity float64, context map[string]any) {
			id := sh.c.must("stock.quant", "create", []any{map[string]any{"product_id": sh.product, "location_id": stock, "inventory_quantity": quantity}},
				map[string]any{"context": context})
			_, err := sh.c.as(2, "admin", "stock.quant", "action_apply_inventory", []any{[]any{id}}, map[string]any{})
			sh.refusedWith(1, "cannot marshal None", err)
		}
		for _, step := range []struct {
			counted float64
			mode    bool
			want    float64
		}{{7, false, 7}, {10, true, 10}, {4, true, 4}, {3, false, 7}} {
			count(step.counted, map[string]any{"inventory_mode": step.mode})
			if got := sh.one("product.product", sh.product, "qty_available"); got != step.want {
				t.Errorf("on hand %v after counting %v, want %v", got, step.counted, step.want)
			}
		}
	})
}

// A move's quantity may be written on the move, and a line may come without one.
func TestQuantitiesWrittenOnTheMove(t *testing.T) {
	each(t, nil, func(t *testing.T, sh *shop) {
		order := sh.order(5, nil)
		picking := sh.receipt(order)
		move := sh.one("stock.picking", picking, "move_ids").([]int64)[0]
		field := "quantity"
		if sh.s.Version() == 16 {
			field = "quantity_done"
		}
		sh.c.must("stock.move", "write", []any{[]any{move}, map[string]any{field: 5}}, nil)
		sh.validate(picking)
		line := "quantity"
		if sh.s.Version() == 16 {
			line = "qty_done"
		}
		sh.c.must("stock.move.line", "create", []any{map[string]any{"picking_id": picking, "product_id": sh.product, line: 2}}, nil)
		if got := sh.one("product.product", sh.product, "qty_available"); got != 7.0 {
			t.Errorf("on hand %v after a line was added to a done receipt", got)
		}
		if d := imbalance(t, sh.s); d != "" {
			t.Error(d)
		}
	})
}

func TestUnreservingGivesStockBack(t *testing.T) {
	each(t, nil, func(t *testing.T, sh *shop) {
		sh.receiveAll(sh.receipt(sh.order(5, nil)))
		w := all(t, sh.s, "stock.warehouse", "lot_stock_id", "out_type_id")[0]
		customers := sh.c.must("stock.location", "search", []any{[]any{leafOf("usage", "=", "customer")}}, nil).([]any)[0]
		move := map[string]any{"product_id": sh.product, "product_uom_qty": 4, "product_uom": 1}
		if sh.s.Version() < 19 {
			move["name"] = "out"
		}
		p := sh.c.must("stock.picking", "create", []any{map[string]any{"picking_type_id": refOf(w["out_type_id"]), "location_id": refOf(w["lot_stock_id"]),
			"location_dest_id": customers, "move_ids": []any{[]any{0, 0, move}}}}, nil)
		reserved := func() float64 {
			sum := 0.0
			for _, q := range all(t, sh.s, "stock.quant", "reserved_quantity") {
				sum += q["reserved_quantity"].(float64)
			}
			return sum
		}
		for _, step := range []struct {
			button string
			want   float64
		}{{"action_confirm", 4}, {"do_unreserve", 0}, {"action_assign", 4}, {"action_cancel", 0}} {
			_, err := sh.c.as(2, "admin", "stock.picking", step.button, []any{[]any{p}}, map[string]any{})
			if step.button == "do_unreserve" {
				sh.refusedWith(1, "cannot marshal None", err)
			} else if err != nil {
				t.Fatal(err)
			}
			if got := reserved(); got != step.want {
				t.Errorf("reserved %v after %s, want %v", got, step.button, step.want)
			}
		}
	})
}

func TestWhatHasAHistoryCannotBeDeleted(t *testing.T) {
	each(t, nil, func(t *testing.T, sh *shop) {
		order := sh.order(5, nil)
		_, err := sh.c.as(2, "admin", "product.product", "unlink", []any{[]any{sh.product}}, map[string]any{})
		sh.refusedWith(2, "The operation cannot be completed", err)
		_, err = sh.c.as(2, "admin", "purchase.order", "unlink", []any{[]any{order}}, map[string]any{})
		sh.refusedWith(2, "In order to delete a purchase order, you must cancel it first.", err)
		lines := sh.one("stock.picking", sh.receipt(order), "move_line_ids").([]int64)
		sh.receiveAll(sh.receipt(order))
		_, err = sh.c.as(2, "admin", "stock.move.line", "unlink", []any{lines}, map[string]any{})
		sh.refusedWith(2, map[bool]string{true: "Deleting product moves", false: "You can not delete product moves"}[sh.s.Version() >= 19], err)
		_, err = sh.c.as(2, "admin", "purchase.order", "button_cancel", []any{[]any{order}}, map[string]any{})
		if sh.s.Version() >= 19 {
			sh.refusedWith(1, "cannot marshal None", err) // cancelled, its receipt stays done
			return
		}
		sh.refusedWith(2, "Unable to cancel purchase order", err)
	})
}
