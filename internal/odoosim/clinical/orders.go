package clinical

import "fmt"

// order places an order for a few products of one supplier, as a draft. Its date and
// planned date are days from today.
func (d desk) order(ordered, planned int) (int64, error) {
	offer, err := d.pick("product.supplierinfo", leaf("product_tmpl_id.active", "=", true), leaf("partner_id.active", "=", true))
	if err != nil || offer == 0 {
		return 0, err
	}
	first, err := d.one("product.supplierinfo", offer, "partner_id")
	if err != nil {
		return 0, err
	}
	supplier := ref(first["partner_id"])
	offers, err := d.Search("product.supplierinfo", []any{leaf("partner_id", "=", supplier), leaf("product_tmpl_id.active", "=", true)})
	if err != nil {
		return 0, err
	}
	lines, seen := []any{}, map[int64]bool{}
	for range 1 + d.rng.IntN(4) {
		info, err := d.one("product.supplierinfo", offers[d.rng.IntN(len(offers))], "product_tmpl_id")
		if err != nil {
			return 0, err
		}
		product, err := d.pick("product.product", leaf("product_tmpl_id", "=", ref(info["product_tmpl_id"])))
		if err != nil {
			return 0, err
		}
		if product == 0 || seen[product] {
			continue
		}
		seen[product] = true
		quantity, err := d.quantityFor(product)
		if err != nil {
			return 0, err
		}
		lines = append(lines, []any{0, 0, map[string]any{"product_id": product, "product_qty": quantity, "date_planned": d.days(planned)}})
	}
	if len(lines) == 0 {
		return 0, nil
	}
	return d.add("purchase.order", map[string]any{"partner_id": supplier, "date_order": d.days(ordered), "date_planned": d.days(planned),
		"partner_ref": fmt.Sprintf("SO-%05d", 10_000+d.rng.IntN(90_000)), "order_line": lines})
}

// quantityFor is a sensible quantity: devices with serial numbers come in ones.
func (d desk) quantityFor(product int64) (float64, error) {
	p, err := d.one("product.product", product, "tracking")
	if err != nil {
		return 0, err
	}
	if p["tracking"] == "serial" {
		return float64(1 + d.rng.IntN(3)), nil
	}
	return float64(10 * (1 + d.rng.IntN(30))), nil
}

func (d desk) confirm(order int64) error {
	_, err := d.Call("purchase.order", "button_confirm", []int64{order}, nil)
	return err
}

// openReceipts are the transfers of an order that are still to come.
func (d desk) openReceipts(order int64) ([]int64, error) {
	o, err := d.one("purchase.order", order, "picking_ids")
	if err != nil {
		return nil, err
	}
	return d.Search("stock.picking", []any{leaf("id", "in", list(o["picking_ids"])), leaf("state", "not in", []any{"done", "cancel"}),
		leaf("picking_type_code", "=", "incoming")})
}

// receive books that share of a receipt, with lots, serial numbers and expiry dates
// as the delivery note says; the rest stays on a backorder.
func (d desk) receive(picking int64, share float64) error {
	moves, err := d.Search("stock.move", []any{leaf("picking_id", "=", picking), leaf("state", "not in", []any{"done", "cancel"})})
	if err != nil {
		return err
	}
	rows, err := d.Read("stock.move", moves, []string{"product_id", "product_uom_qty", "move_line_ids", "location_id", "location_dest_id"})
	if err != nil {
		return err
	}
	done := false
	for _, m := range rows {
		if err := d.Unlink("stock.move.line", list(m["move_line_ids"])); err != nil {
			return err
		}
		quantity := float64(int(m["product_uom_qty"].(float64)*share + 0.5))
		if quantity <= 0 {
			continue
		}
		done = true
		if err := d.receiveMove(picking, m, quantity); err != nil {
			return err
		}
	}
	if !done {
		return nil
	}
	return d.validate(picking)
}

func (d desk) receiveMove(picking int64, m map[string]any, quantity float64) error {
	product := ref(m["product_id"])
	p, err := d.one("product.product", product, "tracking", "use_expiration_date")
	if err != nil {
		return err
	}
	line := map[string]any{"move_id": m["id"], "picking_id": picking, "product_id": product, d.doneField(): quantity,
		"location_id": ref(m["location_id"]), "location_dest_id": ref(m["location_dest_id"])}
	if d.version > 16 {
		line["picked"] = true
	}
	switch p["tracking"] {
	case "lot":
		line["lot_name"] = fmt.Sprintf("L%05d-%d", 26_000+product, m["id"])
		if p["use_expiration_date"] == true {
			line["expiration_date"] = d.days(200 + d.rng.IntN(500))
		}
	case "serial":
		line[d.doneField()] = 1.0
		for k := range int(quantity) {
			line["lot_name"] = fmt.Sprintf("SN%06d-%d-%d", 400_000+product, m["id"], k+1)
			if _, err := d.add("stock.move.line", line); err != nil {
				return err
			}
		}
		return nil
	}
	_, err = d.add("stock.move.line", line)
	return err
}

// validate books a transfer; a person has answered the wizards.
func (d desk) validate(picking int64) error {
	answer, err := d.Call("stock.picking", "button_validate", []int64{picking},
		map[string]any{"skip_backorder": true, "skip_sms": true, "skip_expired": true, "skip_immediate": true})
	if err != nil {
		return fmt.Errorf("validating transfer %d: %w", picking, err)
	}
	if answer != true {
		return fmt.Errorf("validating transfer %d asks %v", picking, answer)
	}
	return nil
}

// deviation is how a bill differs from what has been received.
type deviation struct{ price, quantity float64 }

// bill bills what an order has received, and posts it.
func (d desk) bill(order int64, by deviation) error {
	if _, err := d.Call("purchase.order", "action_create_invoice", []int64{order}, nil); err != nil {
		return fmt.Errorf("billing order %d: %w", order, err)
	}
	o, err := d.one("purchase.order", order, "invoice_ids", "partner_ref")
	if err != nil {
		return err
	}
	drafts, err := d.Search("account.move", []any{leaf("id", "in", list(o["invoice_ids"])), leaf("state", "=", "draft")})
	if err != nil || len(drafts) == 0 {
		return err
	}
	b, err := d.one("account.move", drafts[0], "invoice_line_ids")
	if err != nil {
		return err
	}
	lines, err := d.Read("account.move.line", list(b["invoice_line_ids"]), []string{"price_unit", "quantity"})
	if err != nil {
		return err
	}
	if len(lines) > 0 && by != (deviation{}) {
		l := lines[0]
		vals := map[string]any{"price_unit": cents(int(100*l["price_unit"].(float64)*(1+by.price) + 0.5)), "quantity": l["quantity"].(float64) + by.quantity}
		if err := d.Write("account.move.line", []int64{l["id"].(int64)}, vals); err != nil {
			return err
		}
	}
	if err := d.Write("account.move", drafts[:1], map[string]any{"invoice_date": d.day(0), "ref": fmt.Sprintf("INV-%06d", 100_000+d.rng.IntN(900_000))}); err != nil {
		return err
	}
	_, err = d.Call("account.move", "action_post", drafts[:1], nil)
	return err
}
