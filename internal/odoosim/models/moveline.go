package models

import (
	"time"

	"odoomesh/internal/odoosim/orm"
)

// doneField is what a move line calls the quantity that it moves.
func doneField(e *orm.Env) string {
	if e.DB().Version == 16 {
		return "qty_done"
	}
	return "quantity"
}

// heldField is what a move line calls the quantity that it reserves: from 17 on
// the same as what it will move.
func heldField(e *orm.Env) string {
	if e.DB().Version == 16 {
		return "reserved_uom_qty"
	}
	return "quantity"
}

// moveLines describes stock.move.line: what is moved, lot by lot. Lines that are
// done are the journal of the stock; a correction of one moves stock again.
func moveLines(db *orm.DB) {
	m := db.Model("stock.move.line")
	m.Label, m.RecName, m.Order = "Product Moves (Stock Move Line)", "product_id", "result_package_id desc, id"
	m.Indexed("product_id", "lot_id", "move_id", "picking_id")
	m.Cascades("move_id")
	m.Field("move_id").OwnedLines = true
	m.Restricts("product_id", "lot_id")
	m.Defaults(map[string]any{"company_id": 1, "state": "draft"})
	m.Field("date").Default = func(e *orm.Env) any { return now(e) }
	for name, of := range map[string]string{"reference": "reference", "origin": "origin", "is_inventory": "is_inventory", "scrap_id": "scrap_id"} {
		db.Related(m.Name, name, "move_id", of)
	}
	db.Related(m.Name, "picking_code", "picking_id", "picking_type_code")
	db.Related(m.Name, "picking_type_id", "picking_id", "picking_type_id")
	db.Related(m.Name, "picking_partner_id", "picking_id", "partner_id")
	db.Related(m.Name, "tracking", "product_id", "tracking")
	db.Related(m.Name, "use_expiration_date", "product_id", "use_expiration_date")
	db.Related(m.Name, "location_usage", "location_id", "usage")
	db.Related(m.Name, "location_dest_usage", "location_dest_id", "usage")
	m.BeforeCreate = completeLine
	m.BeforeWrite = func(e *orm.Env, ids []int64, vals map[string]any) error {
		for _, l := range recs(e, m.Name, ids) {
			if err := correct(l, vals); err != nil {
				return err
			}
		}
		return nil
	}
	m.AfterWrite = func(e *orm.Env, id int64, vals map[string]any, created bool) error {
		l := rec(e, m.Name, id)
		if err := lotFits(l); err != nil {
			return err
		}
		return afterLine(l, created)
	}
	m.BeforeUnlink = func(e *orm.Env, ids []int64) (func() error, error) { return dropLines(recs(e, m.Name, ids)) }
}

// completeLine fills in what follows from the move or the transfer of a new line. The
// move does not give it a transfer: a line made without one belongs to none.
func completeLine(e *orm.Env, vals map[string]any) error {
	move := rec(e, "stock.move", id(vals["move_id"]))
	if move.id == 0 && id(vals["picking_id"]) != 0 {
		found, err := moveFor(rec(e, "stock.picking", id(vals["picking_id"])), vals)
		if err != nil {
			return err
		}
		move, vals["move_id"] = found, found.id
	}
	if move.id != 0 {
		for name, of := range map[string]string{"product_id": "product_id", "location_id": "location_id",
			"location_dest_id": "location_dest_id", "company_id": "company_id", "product_uom_id": "product_uom"} {
			if id(vals[name]) == 0 && move.int(of) != 0 {
				vals[name] = move.int(of)
			}
		}
		vals["state"] = move.text("state")
	}
	product := rec(e, "product.product", id(vals["product_id"]))
	if id(vals["product_uom_id"]) == 0 && product.id != 0 {
		vals["product_uom_id"] = product.int("uom_id")
	}
	lot := rec(e, "stock.lot", id(vals["lot_id"]))
	switch {
	case vals["expiration_date"] != nil:
	case lot.id != 0:
		vals["expiration_date"] = when(lot.at("expiration_date"))
	case product.is("use_expiration_date") && move.to("picking_id").text("picking_type_code") == "incoming":
		vals["expiration_date"] = expected(e, product)
	}
	return nil
}

// lotFits refuses a lot of another product.
func lotFits(l record) error {
	lot, product := l.to("lot_id"), l.to("product_id")
	if lot.id == 0 || product.id == 0 || lot.int("product_id") == product.id {
		return nil
	}
	return orm.Rule("This lot %s is incompatible with this product %s", lot.text("name"), l.e.DisplayName(product.m, product.id))
}

// expected is when something received now will expire; an early 17 counts from
// midnight.
func expected(e *orm.Env, product record) time.Time {
	from := now(e)
	if e.DB().Version == 17 {
		from = from.Truncate(24 * time.Hour)
	}
	return from.AddDate(0, 0, int(product.int("expiration_time")))
}

// moveFor finds or makes the move that a line without one belongs to.
func moveFor(picking record, vals map[string]any) (record, error) {
	product := id(vals["product_id"])
	for _, move := range picking.all("move_ids") {
		if move.int("product_id") == product && (!ended(move) || picking.text("state") == "done") {
			return move, nil
		}
	}
	p := rec(picking.e, "product.product", product)
	return add(picking.e, "stock.move", map[string]any{"picking_id": picking.id, "product_id": product,
		"name": p.text("name"), "product_uom": p.int("uom_id"), "product_uom_qty": 0.0, "state": picking.text("state")})
}

// afterLine keeps the quantity in the product's unit, and books a new line.
func afterLine(l record, created bool) error {
	e := l.e
	vals := map[string]any{"quantity_product_uom": l.inProductUnit(doneField(e)), "reserved_qty": l.inProductUnit(heldField(e))}
	if err := l.keep(vals); err != nil {
		return err
	}
	if created {
		if err := book(e, effect(l, nil), 1); err != nil {
			return err
		}
	}
	move := l.to("move_id")
	if err := sumMove(move, restated(l, created)); err != nil || l.text("state") != "done" {
		return err
	}
	return refreshOrders([]record{move})
}

// restated says whether a move finds its state anew after one of its lines was made
// or changed: not where a line is made by hand, on 17 and 18 not where one is changed
// either. Odoo does so when it reserves, and when a line is deleted.
func restated(l record, created bool) bool {
	v := l.e.DB().Version
	return l.text("state") == "done" || v == 16 || !created && v >= 19
}

func (r record) inProductUnit(name string) float64 {
	return inUnit(r.num(name), r.to("product_uom_id"), r.to("product_id").to("uom_id"))
}

// impact is what a line does to the stock: it moves a quantity if it is done, or
// reserves it at its source.
type impact struct {
	done     bool
	from, to spot
	quantity float64 // in the product's unit
}

// effect is the impact of a line, as it will be after a write of vals.
func effect(l record, vals map[string]any) impact {
	ref := func(name string) int64 {
		if v, ok := vals[name]; ok {
			return id(v)
		}
		return l.int(name)
	}
	pack := ref("package_id")
	out := impact{done: l.text("state") == "done", from: spot{ref("product_id"), ref("location_id"), ref("lot_id"), pack, ref("owner_id")}}
	out.to = out.from
	out.to.location, out.to.pack = ref("location_dest_id"), ref("result_package_id")
	name := heldField(l.e)
	if out.done {
		name = doneField(l.e)
	}
	q := l.num(name)
	if v, ok := vals[name]; ok {
		q = toFloat(v)
	}
	out.quantity = inUnit(q, rec(l.e, "uom.uom", ref("product_uom_id")), rec(l.e, "product.product", out.from.product).to("uom_id"))
	return out
}

func toFloat(v any) float64 {
	switch v := v.(type) {
	case float64:
		return v
	case int:
		return float64(v)
	case int64:
		return float64(v)
	}
	return 0
}

// book puts an impact into the quants: sign 1 adds it, -1 takes it back.
func book(e *orm.Env, i impact, sign float64) error {
	if !storable(rec(e, "product.product", i.from.product)) || isZero(i.quantity) {
		return nil
	}
	if !i.done {
		if bypasses(rec(e, "stock.location", i.from.location)) {
			return nil
		}
		return reserve(e, i.from, sign*i.quantity)
	}
	if err := shift(e, i.from, -sign*i.quantity); err != nil {
		return err
	}
	return shift(e, i.to, sign*i.quantity)
}

// correct rebooks a line that is about to be changed.
func correct(l record, vals map[string]any) error {
	was, is := effect(l, nil), effect(l, vals)
	if was == is {
		return nil
	}
	if was.from == is.from && was.to == is.to {
		// Only the difference moves, so that the quants keep their rows.
		is.quantity -= was.quantity
		return book(l.e, is, 1)
	}
	if err := book(l.e, was, -1); err != nil {
		return err
	}
	return book(l.e, is, 1)
}

func dropLines(lines []record) (func() error, error) {
	touched := map[int64]record{}
	order := []int64{}
	for _, l := range lines {
		if l.text("state") == "done" {
			if l.e.DB().Version >= 19 {
				return nil, orm.Rule("Deleting product moves after the transfer is done?\n\nThat would be like going back in time to revert all operations triggered after this move. Who knows what the end result would be, So let's not do it.\n\nTry changing the “done” quantity to 0 instead.")
			}
			return nil, orm.Rule("You can not delete product moves if the picking is done. You can only correct the done quantities.")
		}
		if err := book(l.e, effect(l, nil), -1); err != nil {
			return nil, err
		}
		if m := l.to("move_id"); m.id != 0 && touched[m.id].id == 0 {
			touched[m.id] = m
			order = append(order, m.id)
		}
	}
	return func() error {
		for _, id := range order {
			if err := refreshMove(touched[id]); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

// storable says whether quantities of a product are kept.
func storable(product record) bool {
	if product.e.DB().Version >= 18 {
		return product.is("is_storable")
	}
	return product.text("detailed_type") == "product"
}

// bypasses says whether a location is outside, so that nothing is reserved there.
func bypasses(location record) bool {
	switch location.text("usage") {
	case "internal", "transit":
		return false
	}
	return true
}
