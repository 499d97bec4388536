package models

import (
	"odoomesh/internal/odoosim/orm"
)

// donePicking books what a transfer has done. The rest goes to a backorder, or is
// cancelled.
func donePicking(p record, cancelRest bool) error {
	var open []record
	for _, move := range p.all("move_ids") {
		if !ended(move) {
			open = append(open, move)
		}
	}
	if p.m.Field("move_ids") != nil && p.e.DB().Version >= 17 && !anyPicked(p) {
		for _, move := range open {
			for _, l := range move.all("move_line_ids") {
				if err := l.keep(map[string]any{"picked": true}); err != nil {
					return err
				}
			}
		}
	}
	rest, err := doneMoves(open, cancelRest)
	if err != nil {
		return err
	}
	if len(rest) > 0 && !cancelRest {
		if err := backorder(p, rest); err != nil {
			return err
		}
	}
	if err := p.keep(map[string]any{"date_done": now(p.e), "priority": "0"}); err != nil {
		return err
	}
	if err := refreshPicking(p); err != nil {
		return err
	}
	return refreshOrders(append(open, rest...))
}

// doneMoves books the counting lines of moves and answers the moves that are left
// over; with cancelRest these are cancelled.
func doneMoves(open []record, cancelRest bool) (rest []record, err error) {
	done := make([]float64, len(open))
	for i, move := range open {
		done[i] = doneOf(move)
	}
	var untouched []record
	for i, move := range open {
		switch {
		case isZero(done[i]) && !move.is("is_inventory"):
			if cancelRest {
				if err := cancelMoves([]record{move}); err != nil {
					return nil, err
				}
				continue
			}
			untouched = append(untouched, move)
		default:
			left, err := doneMove(move, done[i], cancelRest)
			if err != nil {
				return nil, err
			}
			if left.id != 0 {
				rest = append(rest, left)
			}
		}
	}
	return append(rest, untouched...), nil
}

func doneMove(move record, done float64, cancelRest bool) (left record, err error) {
	demand := move.num("product_uom_qty")
	if missing := cents(demand - done); missing > 0 && (!cancelRest || move.e.DB().Version == 16) {
		if left, err = split(move, missing); err != nil {
			return left, err
		}
		if err := move.keep(map[string]any{"product_uom_qty": done}); err != nil {
			return left, err
		}
		if cancelRest {
			if err := cancelMoves([]record{left}); err != nil {
				return left, err
			}
			left = record{}
		}
	} else if missing < 0 && move.e.DB().Version == 16 {
		if err := move.keep(map[string]any{"product_uom_qty": done}); err != nil {
			return left, err
		}
	}
	for _, l := range move.all("move_line_ids") {
		if !counts(l) {
			if err := l.e.Unlink(l.m, []int64{l.id}); err != nil {
				return left, err
			}
		}
	}
	for _, l := range move.all("move_line_ids") {
		if err := doneLine(l); err != nil {
			return left, err
		}
	}
	if err := move.keep(map[string]any{"state": "done", "date": now(move.e)}); err != nil {
		return left, err
	}
	return left, refreshMove(move)
}

// split makes a move for the rest.
func split(move record, quantity float64) (record, error) {
	vals := map[string]any{"product_uom_qty": quantity, "date": when(move.at("date")), "date_deadline": when(move.at("date_deadline")),
		"name": move.text("name"), "origin": move.text("origin"), "price_unit": move.num("price_unit"), "state": "confirmed",
		"sequence": move.int("sequence"), "procure_method": "make_to_stock", "to_refund": move.is("to_refund")}
	for _, name := range []string{"product_id", "product_uom", "location_id", "location_dest_id", "picking_id", "picking_type_id",
		"purchase_line_id", "group_id", "partner_id", "company_id", "origin_returned_move_id", "rule_id"} {
		if to := move.int(name); to != 0 {
			vals[name] = to
		}
	}
	if refs := move.e.Get(move.m, move.id, "reference_ids").L; len(refs) > 0 {
		vals["reference_ids"] = refs
	}
	return add(move.e, "stock.move", vals)
}

// doneLine finds or makes the lot and moves the quantity.
func doneLine(l record) error {
	e := l.e
	if err := book(e, effect(l, nil), -1); err != nil {
		return err
	}
	vals := map[string]any{"state": "done", "date": now(e), "reserved_uom_qty": 0.0, "reserved_qty": 0.0, "picked": true}
	product := l.to("product_id")
	if product.text("tracking") != "none" && l.int("lot_id") == 0 && l.text("lot_name") != "" {
		lot, err := lotNamed(l, product)
		if err != nil {
			return err
		}
		vals["lot_id"] = lot
	}
	if err := l.keep(vals); err != nil {
		return err
	}
	i := effect(l, nil)
	if product.text("tracking") == "serial" && i.quantity > 1.004 {
		return orm.Rule("You can only process 1.0 %s of products with unique serial number.", product.to("uom_id").text("name"))
	}
	if err := book(e, i, 1); err != nil {
		return err
	}
	return uniqueSerial(l, product)
}

// uniqueSerial refuses a serial number that would lie twice in the stock.
func uniqueSerial(l record, product record) error {
	if product.text("tracking") != "serial" || l.to("location_dest_id").text("usage") != "internal" {
		return nil
	}
	for _, q := range quantsOf(l.e, effect(l, nil).to) {
		if q.num("quantity") > 1.004 {
			return orm.Rule("The serial number has already been assigned: \n Product: %s, Serial Number: %s",
				l.e.DisplayName(product.m, product.id), l.to("lot_id").text("name"))
		}
	}
	return nil
}

// lotNamed is the lot of that name, made if there is none.
func lotNamed(l record, product record) (int64, error) {
	m := l.e.DB().Model("stock.lot")
	for _, id := range l.e.Referring(m.Field("product_id"), product.id) {
		if (record{l.e, m, id}).text("name") == l.text("lot_name") {
			return id, nil
		}
	}
	vals := map[string]any{"name": l.text("lot_name"), "product_id": product.id}
	if at := l.at("expiration_date"); !at.IsZero() && product.is("use_expiration_date") {
		vals["expiration_date"] = at // of other products Odoo drops it without a word
	}
	lot, err := add(l.e, "stock.lot", vals)
	return lot.id, err
}

// backorder puts moves into a transfer of their own, reserved like the first.
func backorder(p record, rest []record) error {
	if err := mayWriteMail(p.e); err != nil { // the backorder says where it comes from
		return err
	}
	vals := map[string]any{"backorder_id": p.id, "origin": p.text("origin"), "move_type": p.text("move_type")}
	for _, name := range []string{"picking_type_id", "location_id", "location_dest_id", "partner_id", "company_id", "group_id", "owner_id", "user_id"} {
		if to := p.int(name); to != 0 {
			vals[name] = to
		}
	}
	next, err := add(p.e, "stock.picking", vals)
	if err != nil {
		return err
	}
	for _, move := range rest {
		if err := move.keep(map[string]any{"picking_id": next.id, "reference": next.text("name")}); err != nil {
			return err
		}
		for _, l := range move.all("move_line_ids") {
			if err := l.keep(map[string]any{"picking_id": next.id, "picked": false}); err != nil {
				return err
			}
		}
		if err := refreshMove(move); err != nil {
			return err
		}
	}
	return assignMoves(rest)
}
