package capture_test

import (
	"fmt"

	"odoomesh/internal/odoosim"
)

// What people and Odoo itself do with orders, goods and bills, as far as it leaves
// traces that capture finds hard to read.

// live is a day's work: orders are drafted, confirmed and cancelled, goods come with
// lots and backorders, bills are posted, quants counted and merged.
func (a *adversary) live() {
	for range 1 + a.random.IntN(3) {
		if err := a.sim.Step(); err != nil {
			a.t.Logf("%s: refused by Odoo: %v", a.trick, err)
			continue
		}
		a.works()
	}
}

// editLine changes a line of an order and not the order.
func (a *adversary) editLine() {
	a.write("purchase.order.line", 2, map[string]any{"name": a.word()})
}

// doneField is what the version calls the quantity that a move line moves.
func (a *adversary) doneField() string {
	if a.version == 16 {
		return "qty_done"
	}
	return "quantity"
}

// editDone corrects what has been booked: that moves stock without a new row.
func (a *adversary) editDone() {
	a.write("stock.move.line", 1, map[string]any{a.doneField(): float64(1 + a.random.IntN(9))}, []any{"state", "=", "done"})
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
			return errNothing
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

// resequence gives posted bills other numbers, without a change of their state.
func (a *adversary) resequence() {
	a.attempt(func(tx *odoosim.Tx) error {
		bills, err := a.some(tx, "account.move", 2, []any{"move_type", "=", "in_invoice"}, []any{"state", "=", "posted"})
		if err != nil {
			return err
		}
		const wizard = "account.resequence.wizard"
		first := fmt.Sprintf("BILL/2026/11/%06d", a.random.IntN(1_000_000))
		id, err := tx.Create(wizard, map[string]any{"move_ids": bills, "first_name": first})
		if err != nil {
			return err
		}
		_, err = tx.Call(wizard, "resequence", []int64{id}, nil)
		return err
	})
}

// cancelOrder cancels an order, sets it back, or deletes a cancelled one with its lines.
func (a *adversary) cancelOrder() {
	if a.random.IntN(2) == 0 {
		a.press("purchase.order", []any{"state", "in", []any{"draft", "sent", "cancel"}}, "button_cancel", "button_draft")
		return
	}
	a.attempt(func(tx *odoosim.Tx) error {
		ids, err := a.some(tx, "purchase.order", 1, []any{"state", "=", "cancel"})
		if err != nil {
			return err
		}
		return tx.Unlink("purchase.order", ids)
	})
}

// bigOrder makes a year's order of eight hundred lines or, where there is one, writes
// all its lines and deletes some.
func (a *adversary) bigOrder() {
	const lines, mark = 800, "YEAR"
	a.attempt(func(tx *odoosim.Tx) error {
		if old := a.pick(tx, "purchase.order", 1, []any{"partner_ref", "=", mark}); len(old) > 0 {
			all := a.pick(tx, "purchase.order.line", lines, []any{"order_id", "=", old[0]})
			if err := tx.Write("purchase.order.line", all, map[string]any{"name": a.word()}); err != nil {
				return err
			}
			return tx.Unlink("purchase.order.line", all[:min(3, len(all))])
		}
		products, err := a.some(tx, "product.product", 50, []any{"purchase_ok", "=", true})
		if err != nil {
			return err
		}
		supplier, err := a.some(tx, "res.partner", 1)
		if err != nil {
			return err
		}
		var ordered []any
		for i := range lines {
			ordered = append(ordered, []any{0, 0, map[string]any{"product_id": products[i%len(products)], "product_qty": float64(1 + i%7), "name": a.word()}})
		}
		_, err = tx.Create("purchase.order", map[string]any{"partner_id": supplier[0], "partner_ref": mark, "order_line": ordered})
		return err
	})
}

// kit orders a set that comes as its parts, and receives the parts of an earlier one,
// as far as they are to come.
func (a *adversary) kit() {
	a.attempt(func(tx *odoosim.Tx) error {
		set, err := a.kitProduct(tx)
		if err != nil {
			return err
		}
		supplier, err := a.some(tx, "res.partner", 1)
		if err != nil {
			return err
		}
		order, err := tx.Create("purchase.order", map[string]any{"partner_id": supplier[0], "order_line": []any{
			[]any{0, 0, map[string]any{"product_id": set, "product_qty": 3.0}}}})
		if err != nil {
			return err
		}
		if _, err := tx.Call("purchase.order", "button_confirm", []int64{order}, nil); err != nil {
			return err
		}
		rows, err := tx.Read("purchase.order", []int64{order}, []string{"picking_ids"})
		if err != nil {
			return err
		}
		pickings, _ := rows[0]["picking_ids"].([]int64)
		if len(pickings) == 0 {
			return fmt.Errorf("order %d of a kit brings nothing", order)
		}
		return a.receive(tx, pickings[0])
	})
}

// receive books two of each thing that a receipt is to bring.
func (a *adversary) receive(tx *odoosim.Tx, picking int64) error {
	lines, err := tx.Search("stock.move.line", []any{[]any{"picking_id", "=", picking}})
	if err != nil {
		return err
	}
	vals := map[string]any{a.doneField(): 2.0}
	if a.version > 16 {
		vals["picked"] = true
	}
	if err := tx.Write("stock.move.line", lines, vals); err != nil {
		return err
	}
	_, err = tx.Call("stock.picking", "button_validate", []int64{picking}, map[string]any{"skip_backorder": true, "skip_sms": true, "skip_expired": true})
	return err
}

// kitProduct is a set with a recipe of two parts.
func (a *adversary) kitProduct(tx *odoosim.Tx) (int64, error) {
	const code = "SET-ADV"
	if sets := a.pick(tx, "product.product", 1, []any{"default_code", "=", code}); len(sets) > 0 {
		return sets[0], nil
	}
	make := func(name, code string) (int64, error) {
		vals := map[string]any{"name": name, "default_code": code, "is_storable": true}
		if a.version < 18 {
			delete(vals, "is_storable")
			vals["detailed_type"] = "product"
		}
		return tx.Create("product.product", vals)
	}
	var parts []any
	for _, name := range []string{"Gown of a set", "Drape of a set"} {
		part, err := make(name, "")
		if err != nil {
			return 0, err
		}
		parts = append(parts, []any{0, 0, map[string]any{"product_id": part, "product_qty": 2.0}})
	}
	set, err := make("Set", code)
	if err != nil {
		return 0, err
	}
	rows, err := tx.Read("product.product", []int64{set}, []string{"product_tmpl_id"})
	if err != nil {
		return 0, err
	}
	_, err = tx.Create("mrp.bom", map[string]any{"product_tmpl_id": first(rows[0]["product_tmpl_id"]), "type": "phantom", "bom_line_ids": parts})
	return set, err
}

// press presses one of some buttons on a record.
func (a *adversary) press(model string, which []any, buttons ...string) {
	a.attempt(func(tx *odoosim.Tx) error {
		ids, err := a.some(tx, model, 1, which)
		if err != nil {
			return err
		}
		_, err = tx.Call(model, buttons[a.random.IntN(len(buttons))], ids, nil)
		return err
	})
}
