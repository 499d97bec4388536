package clinical

import "fmt"

// lying is a quantity at a place that can be taken from there.
type lying struct {
	product, lot, place int64
	quantity            float64
}

// something finds unreserved stock under a location; false where there is none.
func (d desk) something(under int64, tracking ...any) (lying, bool, error) {
	domain := []any{leaf("location_id", "child_of", under), leaf("quantity", ">", 0), leaf("reserved_quantity", "=", 0)}
	if len(tracking) > 0 {
		domain = append(domain, leaf("product_id.tracking", "in", tracking))
	}
	id, err := d.pick("stock.quant", domain...)
	if err != nil || id == 0 {
		return lying{}, false, err
	}
	q, err := d.one("stock.quant", id, "product_id", "lot_id", "location_id", "quantity")
	if err != nil {
		return lying{}, false, err
	}
	return lying{ref(q["product_id"]), ref(q["lot_id"]), ref(q["location_id"]), q["quantity"].(float64)}, true, nil
}

// part is a piece of a quantity: whole units, at least one.
func (d desk) part(quantity float64) float64 {
	return float64(1 + d.rng.IntN(max(1, int(quantity)/4)))
}

// transfer moves stock from where it lies to another place by a transfer of a type.
func (d desk) transfer(kind int64, l lying, to int64, quantity float64) (int64, error) {
	p, err := d.one("product.product", l.product, "uom_id", "name")
	if err != nil {
		return 0, err
	}
	move := map[string]any{"product_id": l.product, "product_uom_qty": quantity, "product_uom": ref(p["uom_id"]),
		"location_id": l.place, "location_dest_id": to}
	if d.version < 19 {
		move["name"] = p["name"]
	}
	picking, err := d.add("stock.picking", map[string]any{"picking_type_id": kind, "location_id": l.place, "location_dest_id": to,
		"move_ids": []any{[]any{0, 0, move}}})
	if err != nil {
		return 0, err
	}
	for _, button := range []string{"action_confirm", "action_assign"} {
		if _, err := d.Call("stock.picking", button, []int64{picking}, nil); err != nil {
			return 0, err
		}
	}
	return picking, nil
}

// carry does a transfer at once.
func (d desk) carry(kind int64, l lying, to int64, quantity float64) error {
	picking, err := d.transfer(kind, l, to, quantity)
	if err != nil {
		return err
	}
	lines, err := d.Search("stock.move.line", []any{leaf("picking_id", "=", picking)})
	if err != nil || len(lines) == 0 {
		return err
	}
	if d.version == 16 {
		for _, line := range lines {
			row, err := d.one("stock.move.line", line, "reserved_uom_qty")
			if err != nil {
				return err
			}
			if err := d.Write("stock.move.line", []int64{line}, map[string]any{"qty_done": row["reserved_uom_qty"]}); err != nil {
				return err
			}
		}
	}
	return d.validate(picking)
}

// toWard delivers something from the store to a ward.
func (d desk) toWard() error {
	s, err := d.store(1)
	if err != nil {
		return err
	}
	l, ok, err := d.something(s.stock)
	if err != nil || !ok {
		return err
	}
	ward, err := d.named("stock.location", wards[d.rng.IntN(len(wards))])
	if err != nil || ward == 0 {
		return err
	}
	return d.carry(s.out, l, ward, d.part(l.quantity))
}

// toPharmacy supplies the pharmacy from the central store.
func (d desk) toPharmacy() error {
	s, err := d.store(1)
	if err != nil {
		return err
	}
	l, ok, err := d.something(s.stock, "lot")
	if err != nil || !ok {
		return err
	}
	other, err := d.named("stock.warehouse", pharmacy)
	if err != nil || other == 0 {
		return err
	}
	p, err := d.store(other)
	if err != nil {
		return err
	}
	return d.carry(s.internal, l, p.stock, d.part(l.quantity))
}

// intoQuarantine holds something back; outOfQuarantine releases it.
func (d desk) intoQuarantine() error {
	s, err := d.store(1)
	if err != nil {
		return err
	}
	l, ok, err := d.something(s.stock, "lot")
	if err != nil || !ok {
		return err
	}
	held, err := d.named("stock.location", quarantine)
	if err != nil || held == 0 {
		return err
	}
	return d.carry(s.internal, l, held, d.part(l.quantity))
}

func (d desk) outOfQuarantine() error {
	s, err := d.store(1)
	if err != nil {
		return err
	}
	held, err := d.named("stock.location", quarantine)
	if err != nil || held == 0 {
		return err
	}
	l, ok, err := d.something(held)
	if err != nil || !ok {
		return err
	}
	return d.carry(s.internal, l, s.stock, l.quantity)
}

// scrap throws something away.
func (d desk) scrap() error {
	s, err := d.store(1)
	if err != nil {
		return err
	}
	l, ok, err := d.something(s.stock)
	if err != nil || !ok {
		return err
	}
	vals := map[string]any{"product_id": l.product, "scrap_qty": 1.0, "location_id": l.place}
	if l.lot != 0 {
		vals["lot_id"] = l.lot
	}
	id, err := d.add("stock.scrap", vals)
	if err != nil {
		return err
	}
	_, err = d.Call("stock.scrap", "action_validate", []int64{id}, nil)
	return err
}

// recount corrects what lies somewhere.
func (d desk) recount() error {
	s, err := d.store(1)
	if err != nil {
		return err
	}
	l, ok, err := d.something(s.stock, "lot", "none")
	if err != nil || !ok {
		return err
	}
	quant, err := d.pick("stock.quant", leaf("product_id", "=", l.product), leaf("location_id", "=", l.place), leaf("quantity", "=", l.quantity))
	if err != nil || quant == 0 {
		return err
	}
	if err := d.Write("stock.quant", []int64{quant}, map[string]any{"inventory_quantity": max(0, l.quantity-float64(d.rng.IntN(3)))}); err != nil {
		return err
	}
	_, err = d.Call("stock.quant", "action_apply_inventory", []int64{quant}, nil)
	return err
}

// sendBack returns one unit of something received to its supplier.
func (d desk) sendBack(receipt int64) error {
	moves, err := d.Search("stock.move", []any{leaf("picking_id", "=", receipt), leaf("state", "=", "done")})
	if err != nil || len(moves) == 0 {
		return err
	}
	m, err := d.one("stock.move", moves[0], "product_id", "location_id")
	if err != nil {
		return err
	}
	vals := map[string]any{"picking_id": receipt, "product_return_moves": []any{
		[]any{0, 0, map[string]any{"product_id": ref(m["product_id"]), "move_id": moves[0], "quantity": 1.0}}}}
	if d.version < 18 {
		vals["location_id"] = ref(m["location_id"])
	}
	wizard, err := d.add("stock.return.picking", vals)
	if err != nil {
		return err
	}
	button := "create_returns"
	if d.version >= 18 {
		button = "action_create_returns"
	}
	if _, err := d.Call("stock.return.picking", button, []int64{wizard}, nil); err != nil {
		return fmt.Errorf("returning from receipt %d: %w", receipt, err)
	}
	back, err := d.Search("stock.move", []any{leaf("origin_returned_move_id", "=", moves[0]), leaf("state", "=", "assigned")})
	if err != nil || len(back) == 0 {
		return err
	}
	t, err := d.one("stock.move", back[0], "picking_id", "move_line_ids")
	if err != nil {
		return err
	}
	if d.version == 16 {
		if err := d.Write("stock.move.line", list(t["move_line_ids"]), map[string]any{"qty_done": 1.0}); err != nil {
			return err
		}
	}
	if err := d.nameLots(moves[0], list(t["move_line_ids"])); err != nil {
		return err
	}
	return d.validate(ref(t["picking_id"]))
}

// nameLots writes the lot that a movement brought on lines that lack one: what comes
// back from where Odoo keeps no stock was not reserved with its lot.
func (d desk) nameLots(brought int64, lines []int64) error {
	came, err := d.Search("stock.move.line", []any{leaf("move_id", "=", brought), leaf("lot_id", "!=", false)})
	if err != nil || len(came) == 0 {
		return err
	}
	c, err := d.one("stock.move.line", came[0], "lot_id")
	if err != nil {
		return err
	}
	without, err := d.Search("stock.move.line", []any{leaf("id", "in", lines), leaf("lot_id", "=", false)})
	if err != nil || len(without) == 0 {
		return err
	}
	return d.Write("stock.move.line", without, map[string]any{"lot_id": ref(c["lot_id"])})
}
