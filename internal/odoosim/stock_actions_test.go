package odoosim_test

import (
	"errors"

	"pgregory.net/rapid"

	"odoomesh/internal/odoosim"
	"odoomesh/internal/odoosim/orm"
)

// refused is a business rule's no, which any step may meet.
type refused = orm.Fault

func asRefusal(err error, f **refused) bool { return errors.As(err, f) && (*f).Code == 2 }

var whole = map[string]any{"skip_backorder": true, "skip_sms": true, "skip_expired": true, "skip_immediate": true}

func (b *bench) furnish(tx *odoosim.Tx) error {
	for i, tracking := range []string{"none", "lot", "serial"} {
		vals := map[string]any{"name": tracking, "default_code": string(rune('A' + i)), "tracking": tracking}
		if b.s.Version() < 18 {
			vals["detailed_type"] = "product"
		} else {
			vals["is_storable"] = true
		}
		id, err := tx.Create("product.product", vals)
		if err != nil {
			return err
		}
		b.products = append(b.products, id)
	}
	w, err := tx.Read("stock.warehouse", []int64{1}, []string{"lot_stock_id", "view_location_id"})
	if err != nil {
		return err
	}
	hold, err := tx.Create("stock.location", map[string]any{"name": "Hold", "usage": "internal", "location_id": refOf(w[0]["view_location_id"])})
	b.places = []int64{refOf(w[0]["lot_stock_id"]), hold}
	return err
}

func (b *bench) done() string {
	if b.s.Version() == 16 {
		return "qty_done"
	}
	return "quantity"
}

func (b *bench) lot(tx *odoosim.Tx, product int64) (any, error) {
	if product == b.products[0] {
		return false, nil
	}
	name := rapid.SampledFrom([]string{"L1", "L2", "L3"}).Draw(b.t, "lot")
	ids, err := tx.Search("stock.lot", []any{leafOf("name", "=", name), leafOf("product_id", "=", product)})
	if err != nil || len(ids) > 0 {
		return first64(ids), err
	}
	return tx.Create("stock.lot", map[string]any{"name": name, "product_id": product, "company_id": 1})
}

func first64(ids []int64) any {
	if len(ids) == 0 {
		return false
	}
	return ids[0]
}

// receive orders something and lets some of it come.
func (b *bench) receive(tx *odoosim.Tx) error {
	product := rapid.SampledFrom(b.products).Draw(b.t, "product")
	demand := float64(rapid.IntRange(1, 6).Draw(b.t, "demand"))
	order, err := tx.Create("purchase.order", map[string]any{"partner_id": 1, "order_line": []any{
		[]any{0, 0, map[string]any{"product_id": product, "product_qty": demand, "price_unit": 1.5}}}})
	if err != nil {
		return err
	}
	if _, err := tx.Call("purchase.order", "button_confirm", []int64{order}, nil); err != nil {
		return err
	}
	moves, err := tx.Search("stock.move", []any{leafOf("purchase_line_id.order_id", "=", order)})
	if err != nil {
		return err
	}
	m, err := tx.Read("stock.move", moves, []string{"picking_id", "move_line_ids"})
	if err != nil {
		return err
	}
	if err := tx.Unlink("stock.move.line", m[0]["move_line_ids"].([]int64)); err != nil {
		return err
	}
	line := map[string]any{"move_id": moves[0], "picking_id": refOf(m[0]["picking_id"]), b.done(): float64(rapid.IntRange(1, 7).Draw(b.t, "came"))}
	if product == b.products[2] {
		line[b.done()] = 1.0
	}
	if product != b.products[0] {
		line["lot_name"] = rapid.StringMatching(`N[0-9]{3}`).Draw(b.t, "name")
	}
	if b.s.Version() > 16 {
		line["picked"] = true
	}
	if _, err := tx.Create("stock.move.line", line); err != nil {
		return err
	}
	_, err = tx.Call("stock.picking", "button_validate", []int64{refOf(m[0]["picking_id"])}, whole)
	if err == nil {
		b.receipts = append(b.receipts, refOf(m[0]["picking_id"]))
	}
	return err
}

// move carries something from one place to the other, or leaves it reserved.
func (b *bench) move(tx *odoosim.Tx) error {
	from := rapid.IntRange(0, 1).Draw(b.t, "from")
	product := rapid.SampledFrom(b.products).Draw(b.t, "product")
	vals := map[string]any{"product_id": product, "product_uom_qty": float64(rapid.IntRange(1, 5).Draw(b.t, "quantity")), "product_uom": 1}
	if b.s.Version() < 19 {
		vals["name"] = "move"
	}
	types, err := tx.Search("stock.picking.type", []any{leafOf("sequence_code", "=", "INT")})
	if err != nil {
		return err
	}
	p, err := tx.Create("stock.picking", map[string]any{"picking_type_id": types[0], "location_id": b.places[from],
		"location_dest_id": b.places[1-from], "move_ids": []any{[]any{0, 0, vals}}})
	if err != nil {
		return err
	}
	for _, button := range []string{"action_confirm", "action_assign"} {
		if _, err := tx.Call("stock.picking", button, []int64{p}, nil); err != nil {
			return err
		}
	}
	lines, err := tx.Search("stock.move.line", []any{leafOf("picking_id", "=", p)})
	if err != nil || len(lines) == 0 || rapid.Bool().Draw(b.t, "leave it reserved") {
		return err
	}
	if err := tx.Write("stock.move.line", lines[:1], map[string]any{b.done(): 1.0}); err != nil {
		return err
	}
	_, err = tx.Call("stock.picking", "button_validate", []int64{p}, whole)
	return err
}

// edit corrects the quantity of a line that is done.
func (b *bench) edit(tx *odoosim.Tx) error {
	lines, err := tx.Search("stock.move.line", []any{leafOf("state", "=", "done")})
	if err != nil || len(lines) == 0 {
		return err
	}
	line := rapid.SampledFrom(lines).Draw(b.t, "line")
	vals := map[string]any{b.done(): float64(rapid.IntRange(0, 9).Draw(b.t, "quantity"))}
	if rapid.Bool().Draw(b.t, "elsewhere") {
		vals["location_dest_id"] = rapid.SampledFrom(b.places).Draw(b.t, "to")
	}
	return tx.Write("stock.move.line", []int64{line}, vals)
}

// count applies an inventory adjustment, with or without inventory mode.
func (b *bench) count(tx *odoosim.Tx) error {
	product := rapid.SampledFrom(b.products[:2]).Draw(b.t, "product")
	lot, err := b.lot(tx, product)
	if err != nil {
		return err
	}
	q, err := tx.Create("stock.quant", map[string]any{"product_id": product, "lot_id": lot, "location_id": rapid.SampledFrom(b.places).Draw(b.t, "place"),
		"inventory_quantity": float64(rapid.IntRange(0, 12).Draw(b.t, "counted"))})
	if err != nil {
		return err
	}
	_, err = tx.Call("stock.quant", "action_apply_inventory", []int64{q}, nil)
	return err
}

func (b *bench) scrap(tx *odoosim.Tx) error {
	product := rapid.SampledFrom(b.products[:2]).Draw(b.t, "product")
	lot, err := b.lot(tx, product)
	if err != nil {
		return err
	}
	id, err := tx.Create("stock.scrap", map[string]any{"product_id": product, "lot_id": lot, "scrap_qty": 1.0, "location_id": b.places[0]})
	if err != nil {
		return err
	}
	_, err = tx.Call("stock.scrap", "action_validate", []int64{id}, nil)
	return err
}

// back returns one unit of a receipt to its supplier.
func (b *bench) back(tx *odoosim.Tx) error {
	if len(b.receipts) == 0 {
		return nil
	}
	receipt := rapid.SampledFrom(b.receipts).Draw(b.t, "receipt")
	moves, err := tx.Search("stock.move", []any{leafOf("picking_id", "=", receipt), leafOf("state", "=", "done")})
	if err != nil || len(moves) == 0 {
		return err
	}
	m, err := tx.Read("stock.move", moves, []string{"product_id"})
	if err != nil {
		return err
	}
	wizard, err := tx.Create("stock.return.picking", map[string]any{"picking_id": receipt, "product_return_moves": []any{
		[]any{0, 0, map[string]any{"product_id": refOf(m[0]["product_id"]), "move_id": moves[0], "quantity": 1.0}}}})
	if err != nil {
		return err
	}
	button := "create_returns"
	if b.s.Version() >= 18 {
		button = "action_create_returns"
	}
	_, err = tx.Call("stock.return.picking", button, []int64{wizard}, nil)
	return err
}
