package models

import (
	"odoomesh/internal/odoosim/orm"
)

// moves describes stock.move: how much of a product goes from where to where.
func moves(db *orm.DB) {
	m := db.Model("stock.move")
	m.Label, m.Order, m.RecName = "Stock Move", "sequence, id", "reference"
	m.Indexed("picking_id", "purchase_line_id", "origin_returned_move_id", "scrap_id", "product_id")
	m.Restricts("product_id")
	m.Defaults(map[string]any{"company_id": 1, "sequence": 10, "state": "draft", "priority": "0", "procure_method": "make_to_stock",
		"product_uom_qty": 0.0, "propagate_cancel": true})
	m.Field("date").Default = func(e *orm.Env) any { return now(e) }
	m.Display = func(e *orm.Env, id int64) string { return moveName(rec(e, m.Name, id)) }
	m.Computed("product_qty", func(e *orm.Env, id int64) orm.Value {
		r := rec(e, m.Name, id)
		return orm.Float(inUnit(r.num("product_uom_qty"), r.to("product_uom"), r.to("product_id").to("uom_id")))
	})
	held := func(e *orm.Env, id int64) orm.Value { return orm.Float(reservedOf(rec(e, m.Name, id))) }
	m.Computed("reserved_availability", held)
	m.Computed("forecast_availability", held)
	db.Related(m.Name, "picking_code", "picking_id", "picking_type_code")
	db.Related(m.Name, "has_tracking", "product_id", "tracking")
	db.Related(m.Name, "product_tmpl_id", "product_id", "product_tmpl_id")
	// Up to 18 whatever goes to a place of scrap is scrapped, with a scrap order or not.
	db.Related(m.Name, "scrapped", "location_dest_id", "scrap_location")
	db.Related(m.Name, "location_usage", "location_id", "usage")
	db.Related(m.Name, "location_dest_usage", "location_dest_id", "usage")
	m.Computed("lot_ids", func(e *orm.Env, id int64) orm.Value {
		var lots []int64
		for _, l := range rec(e, m.Name, id).all("move_line_ids") {
			if lot := l.int("lot_id"); lot != 0 {
				lots = append(lots, lot)
			}
		}
		return orm.IDs(distinct(lots))
	})
	m.BeforeCreate = completeMove
	m.BeforeWrite = func(e *orm.Env, ids []int64, vals map[string]any) error {
		v, ok := vals[doneOfMove(e)]
		if !ok {
			return nil
		}
		delete(vals, doneOfMove(e))
		for _, move := range recs(e, m.Name, ids) {
			if err := setDone(move, toFloat(v)); err != nil {
				return err
			}
		}
		return nil
	}
	m.AfterWrite = func(e *orm.Env, id int64, vals map[string]any, created bool) error {
		r := rec(e, m.Name, id)
		if _, ok := vals["picked"]; ok && !created {
			for _, l := range r.all("move_line_ids") {
				if err := l.keep(map[string]any{"picked": vals["picked"]}); err != nil {
					return err
				}
			}
		}
		if q := toFloat(vals[doneOfMove(e)]); created && q > 0 && len(r.all("move_line_ids")) == 0 {
			return setDone(r, q)
		}
		return refreshMove(r)
	}
	m.BeforeUnlink = func(e *orm.Env, ids []int64) (func() error, error) {
		for _, r := range recs(e, m.Name, ids) {
			if s := r.text("state"); s != "draft" && s != "cancel" {
				return nil, orm.Rule("You can only delete draft or cancelled moves.")
			}
		}
		return nil, nil
	}
}

// doneOfMove is what a move calls the sum of its lines.
func doneOfMove(e *orm.Env) string {
	if e.DB().Version == 16 {
		return "quantity_done"
	}
	return "quantity"
}

func ended(r record) bool { s := r.text("state"); return s == "done" || s == "cancel" }

// moveName is "P00020/SAL: Vendors>Stock".
func moveName(r record) string {
	name := ""
	if o := r.to("picking_id").text("origin"); o != "" {
		name = o + "/"
	}
	if code := r.to("product_id").text("default_code"); code != "" {
		name += code + ": "
	}
	return name + r.to("location_id").text("name") + ">" + r.to("location_dest_id").text("name")
}

// completeMove fills in what follows from the transfer and the product.
func completeMove(e *orm.Env, vals map[string]any) error {
	picking := rec(e, "stock.picking", id(vals["picking_id"]))
	product := rec(e, "product.product", id(vals["product_id"]))
	if picking.id != 0 {
		for _, name := range []string{"location_id", "location_dest_id", "picking_type_id", "company_id", "partner_id"} {
			if id(vals[name]) == 0 && picking.int(name) != 0 {
				vals[name] = picking.int(name)
			}
		}
		if vals["date"] == nil || vals["date"] == false {
			vals["date"] = when(picking.at("scheduled_date"))
		}
		if vals["origin"] == nil {
			vals["origin"] = picking.text("origin")
		}
		vals["reference"] = picking.text("name")
	}
	if vals["reference"] == nil {
		vals["reference"] = vals["name"]
	}
	if id(vals["product_uom"]) == 0 && product.id != 0 {
		vals["product_uom"] = product.int("uom_id")
	}
	if e.DB().Version < 19 && (vals["name"] == nil || vals["name"] == "") {
		vals["name"] = product.text("name")
	}
	return nil
}

// reservedOf is how much a move holds, in its own unit.
func reservedOf(move record) float64 { return sumLines(move, heldField(move.e)) }

func sumLines(move record, field string) float64 {
	sum, unit := 0.0, move.to("product_uom")
	for _, l := range move.all("move_line_ids") {
		sum += inUnit(l.num(field), l.to("product_uom_id"), unit)
	}
	return cents(sum)
}

// refreshMove recomputes what a move and its transfer store about the lines.
func refreshMove(move record) error { return sumMove(move, true) }

// sumMove recomputes the sums, and if wished the state.
func sumMove(move record, restate bool) error {
	if !move.exists() {
		return nil
	}
	vals := map[string]any{doneOfMove(move.e): sumLines(move, doneField(move.e))}
	if move.m.Field("picked") != nil {
		picked := move.text("state") == "done"
		for _, l := range move.all("move_line_ids") {
			picked = picked || l.is("picked")
		}
		vals["picked"] = picked
	}
	switch move.text("state") {
	case "done":
		if move.e.DB().Version == 16 {
			vals["product_uom_qty"] = vals["quantity_done"]
		}
	case "waiting", "confirmed", "partially_available", "assigned":
		if restate {
			vals["state"] = stateByStock(move)
		}
	}
	if err := move.keep(vals); err != nil {
		return err
	}
	for _, l := range move.all("move_line_ids") {
		if err := l.keep(map[string]any{"state": move.text("state")}); err != nil {
			return err
		}
	}
	return refreshPicking(move.to("picking_id"))
}

func stateByStock(move record) string {
	held := reservedOf(move)
	switch {
	case held+0.004 >= move.num("product_uom_qty") && held > 0:
		return "assigned"
	case held > 0:
		return "partially_available"
	}
	return "confirmed"
}

// setDone brings the sum of a move's lines to a quantity, as writing it on the move does.
func setDone(move record, quantity float64) error {
	e, field := move.e, doneField(move.e)
	lines := move.all("move_line_ids")
	if len(lines) == 0 {
		_, err := add(e, "stock.move.line", map[string]any{"move_id": move.id, "picking_id": orNone(move.int("picking_id")), field: quantity})
		if err != nil {
			return err
		}
		return refreshMove(move)
	}
	last := lines[len(lines)-1]
	rest := quantity - sumLines(move, field) + inUnit(last.num(field), last.to("product_uom_id"), move.to("product_uom"))
	if rest < 0 {
		return orm.Rule("You cannot set a quantity below what other lines of the move have.")
	}
	if err := last.write(map[string]any{field: inUnit(rest, move.to("product_uom"), last.to("product_uom_id"))}); err != nil {
		return err
	}
	return refreshMove(move)
}

func distinct(ids []int64) []int64 {
	seen := map[int64]bool{}
	var out []int64
	for _, id := range ids {
		if !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	return out
}
