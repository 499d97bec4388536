package capture_test

import (
	"time"

	"odoomesh/internal/odoosim"
)

// What people and Odoo itself do with orders, goods and bills, as far as it leaves
// traces that capture finds hard to read.

// live is a day's work: orders are drafted, confirmed and cancelled, goods come with
// lots and backorders, bills are posted, quants counted and merged.
func (a *adversary) live() {
	for range 1 + a.random.IntN(3) {
		if err := a.sim.Step(); err != nil {
			a.t.Logf("refused by Odoo: %v", err)
		}
	}
}

// editLine changes a line of an order and not the order.
func (a *adversary) editLine() {
	a.change("purchase.order.line", map[string]any{"name": a.word()})
}

// editDone corrects what has been booked: that moves stock without a new row.
func (a *adversary) editDone() {
	a.attempt(func(tx *odoosim.Tx) error {
		field := "quantity"
		if a.version == 16 {
			field = "qty_done"
		}
		ids := a.pick(tx, "stock.move.line", 1, []any{"state", "=", "done"})
		if len(ids) == 0 {
			return nil
		}
		return tx.Write("stock.move.line", ids, map[string]any{field: float64(1 + a.random.IntN(9))})
	})
}

// mergeQuants does what Odoo's scheduler does behind the ORM.
func (a *adversary) mergeQuants() {
	a.attempt(func(tx *odoosim.Tx) error {
		_, err := tx.Call("stock.quant", "_quant_tasks", nil, nil)
		return err
	})
}

// splitQuant makes a second row of one place, and deletes a row of another.
func (a *adversary) splitQuant() {
	a.attempt(func(tx *odoosim.Tx) error {
		ids := a.pick(tx, "stock.quant", 2)
		if len(ids) < 2 {
			return nil
		}
		rows, err := tx.Read("stock.quant", ids[:1], []string{"product_id", "location_id", "lot_id"})
		if err != nil {
			return err
		}
		vals := map[string]any{"product_id": first(rows[0]["product_id"]), "location_id": first(rows[0]["location_id"]), "quantity": 2.5}
		if lot := first(rows[0]["lot_id"]); lot != 0 {
			vals["lot_id"] = lot
		}
		if _, err := tx.Create("stock.quant", vals); err != nil {
			return err
		}
		return tx.Unlink("stock.quant", ids[1:])
	})
}

// resetBill puts a posted bill back to a draft, or posts a draft.
func (a *adversary) resetBill() {
	a.press("account.move", []any{"move_type", "=", "in_invoice"}, "button_draft", "action_post", "button_cancel")
}

// cancelOrder cancels an order, sets it back, or deletes a cancelled one with its lines.
func (a *adversary) cancelOrder() {
	if a.random.IntN(2) == 0 {
		a.press("purchase.order", []any{"state", "in", []any{"draft", "sent", "cancel"}}, "button_cancel", "button_draft")
		return
	}
	a.attempt(func(tx *odoosim.Tx) error {
		ids := a.pick(tx, "purchase.order", 1, []any{"state", "=", "cancel"})
		if len(ids) == 0 {
			return nil
		}
		return tx.Unlink("purchase.order", ids)
	})
}

// renumberLot renames a lot, whose number shows in receipts, movements and positions.
func (a *adversary) renumberLot() { a.change("stock.lot", map[string]any{"name": a.word()}) }

func (a *adversary) renamePlace() { a.change("stock.location", map[string]any{"name": a.word()}) }

// vanish lets a supplier leave its collection and come back, by values that Odoo
// itself changes by SQL.
func (a *adversary) vanish() {
	var ids []int64
	rank := func(n int) {
		a.attempt(func(tx *odoosim.Tx) error {
			if ids == nil {
				ids = a.pick(tx, "res.partner", 1)
			}
			return tx.Write("res.partner", ids, map[string]any{"supplier_rank": n})
		})
	}
	rank(0)
	a.later(time.Duration(a.random.IntN(3000)) * time.Millisecond)
	rank(1)
}

// press presses one of some buttons on a record.
func (a *adversary) press(model string, which []any, buttons ...string) {
	a.attempt(func(tx *odoosim.Tx) error {
		ids := a.pick(tx, model, 1, which)
		if len(ids) == 0 {
			return nil
		}
		_, err := tx.Call(model, buttons[a.random.IntN(len(buttons))], ids, nil)
		return err
	})
}

// change writes some rows of a model.
func (a *adversary) change(model string, vals map[string]any) {
	a.attempt(func(tx *odoosim.Tx) error { return tx.Write(model, a.pick(tx, model, 2), vals) })
}

// stampede changes thousands of rows under one stamp, and deletes hundreds of them
// at once, too few of all for a mass deletion.
func (a *adversary) stampede() {
	const rows, fewer = 5000, 300
	var lots []int64
	a.do(func(tx *odoosim.Tx) error {
		products := a.pick(tx, "product.product", 100)
		for i := range rows {
			id, err := tx.Create("stock.lot", map[string]any{"name": a.word() + a.word(), "product_id": products[i%len(products)], "company_id": int64(1)})
			if err != nil {
				return err
			}
			lots = append(lots, id)
		}
		return nil
	})
	a.eventually("thousands of new rows", a.holds("lots", rows))
	a.do(func(tx *odoosim.Tx) error { return tx.Write("stock.lot", lots, map[string]any{"ref": a.word()}) })
	a.restart()
	a.do(func(tx *odoosim.Tx) error { return tx.Unlink("stock.lot", lots[:fewer]) })
}
