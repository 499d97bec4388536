package odoosim_test

import (
	"testing"

	"odoomesh/internal/odoosim"
)

// onHand is what the rows of a product and lot hold at a place.
func (sh *shop) onHand(place int64, lot any) (sum float64) {
	sh.t.Helper()
	do(sh.t, sh.s, func(tx *odoosim.Tx) error {
		ids, err := tx.Search("stock.quant", []any{leafOf("product_id", "=", sh.product), leafOf("location_id", "=", place), leafOf("lot_id", "=", lot)})
		if err != nil {
			return err
		}
		rows, err := tx.Read("stock.quant", ids, []string{"quantity"})
		for _, q := range rows {
			sum += q["quantity"].(float64)
		}
		return err
	})
	return sum
}

// carry moves so much of a lot at once.
func (sh *shop) carry(from, to int64, lot any, quantity float64) {
	sh.t.Helper()
	field := "quantity"
	if sh.s.Version() == 16 {
		field = "qty_done"
	}
	do(sh.t, sh.s, func(tx *odoosim.Tx) error {
		types, err := tx.Search("stock.picking.type", []any{leafOf("sequence_code", "=", "INT")})
		if err != nil {
			return err
		}
		move := map[string]any{"product_id": sh.product, "product_uom_qty": quantity, "product_uom": 1, "location_id": from, "location_dest_id": to}
		if sh.s.Version() < 19 {
			move["name"] = "carried"
		}
		p, err := tx.Create("stock.picking", map[string]any{"picking_type_id": types[0], "location_id": from, "location_dest_id": to,
			"move_ids": []any{[]any{0, 0, move}}})
		if err != nil {
			return err
		}
		if _, err := tx.Call("stock.picking", "action_confirm", []int64{p}, nil); err != nil {
			return err
		}
		moves, err := tx.Search("stock.move", []any{leafOf("picking_id", "=", p)})
		if err != nil {
			return err
		}
		lines, err := tx.Search("stock.move.line", []any{leafOf("picking_id", "=", p)})
		if err != nil {
			return err
		}
		if err := tx.Unlink("stock.move.line", lines); err != nil {
			return err
		}
		if _, err := tx.Create("stock.move.line", map[string]any{"move_id": moves[0], "picking_id": p, "lot_id": lot, field: quantity}); err != nil {
			return err
		}
		_, err = tx.Call("stock.picking", "button_validate", []int64{p}, whole)
		return err
	})
}

// A lot that is moved out of a place that has none of it takes its quantity from the
// stock without a lot there. Where the place has some of the lot, it goes below nought
// as long as there is stock without a lot beside it.
func TestALotIsTakenFromStockWithoutOne(t *testing.T) {
	each(t, nil, func(t *testing.T, sh *shop) {
		house := sh.one("stock.warehouse", 1, "lot_stock_id")
		stock := refOf(house)
		var ward, lot int64
		do(t, sh.s, func(tx *odoosim.Tx) (err error) {
			ward, err = tx.Create("stock.location", map[string]any{"name": "Ward", "usage": "internal"})
			if err != nil {
				return err
			}
			q, err := tx.Create("stock.quant", map[string]any{"product_id": sh.product, "location_id": stock, "inventory_quantity": 10.0})
			if err != nil {
				return err
			}
			if _, err := tx.Call("stock.quant", "action_apply_inventory", []int64{q}, nil); err != nil {
				return err
			}
			if err := tx.Write("product.product", []int64{sh.product}, map[string]any{"tracking": "lot"}); err != nil {
				return err
			}
			lot, err = tx.Create("stock.lot", map[string]any{"name": "T", "product_id": sh.product, "company_id": 1})
			return err
		})
		sh.carry(stock, ward, lot, 4)
		if loose, there, went := sh.onHand(stock, false), sh.onHand(stock, lot), sh.onHand(ward, lot); loose != 6 || there != 0 || went != 4 {
			t.Errorf("the stock has %v without a lot and %v of it, the ward %v", loose, there, went)
		}
		sh.carry(ward, stock, lot, 1)
		sh.carry(stock, ward, lot, 3)
		if loose, there, went := sh.onHand(stock, false), sh.onHand(stock, lot), sh.onHand(ward, lot); loose != 6 || there != -2 || went != 6 {
			t.Errorf("after some came back and more went, the stock has %v without a lot and %v of it, the ward %v", loose, there, went)
		}
	})
}

// Up to 18 a product that has moved keeps being counted or not; 19 lets that change,
// and keeps no stock of what moved before.
func TestAProductThatMovedBecomesCounted(t *testing.T) {
	kind := func(version int, counts bool) map[string]any {
		if version < 18 {
			return map[string]any{"detailed_type": map[bool]string{true: "product", false: "consu"}[counts]}
		}
		return map[string]any{"is_storable": counts}
	}
	each(t, nil, func(t *testing.T, sh *shop) {
		sh.receiveAll(sh.receipt(sh.order(5, nil)))
		_, err := sh.c.as(2, "admin", "product.product", "write", []any{[]any{sh.product}, kind(sh.s.Version(), false)}, map[string]any{})
		if sh.s.Version() < 19 {
			sh.refusedWith(2, "inventory type of a product that was already used", err)
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		sh.receiveAll(sh.receipt(sh.order(2, nil)))
		sh.c.must("product.product", "write", []any{[]any{sh.product}, kind(sh.s.Version(), true)}, nil)
		if got := sh.onHand(refOf(sh.one("stock.warehouse", 1, "lot_stock_id")), false); got != 5 {
			t.Errorf("%v are on hand after 5 came, 2 of them uncounted besides", got)
		}
	})
}
