package models

import (
	"math"

	"odoomesh/internal/odoosim/orm"
)

// spot is where a quantity lies and what it is: the key of a quant.
type spot struct{ product, location, lot, pack, owner int64 }

func (q record) spot() spot {
	return spot{q.int("product_id"), q.int("location_id"), q.int("lot_id"), q.int("package_id"), q.int("owner_id")}
}

// quants describes stock.quant, the quantities on hand, and what a count does.
func quants(db *orm.DB) {
	m := db.Model("stock.quant")
	m.Label, m.RecName = "Quants", "product_id"
	m.Indexed("product_id", "location_id", "lot_id", "package_id")
	m.Restricts("product_id", "location_id", "lot_id")
	m.Field("in_date").Default = func(e *orm.Env) any { return now(e) }
	m.Defaults(map[string]any{"company_id": 1})
	db.Related(m.Name, "product_tmpl_id", "product_id", "product_tmpl_id")
	db.Related(m.Name, "product_categ_id", "product_id", "categ_id")
	db.Related(m.Name, "product_uom_id", "product_id", "uom_id")
	db.Related(m.Name, "tracking", "product_id", "tracking")
	db.Related(m.Name, "use_expiration_date", "product_id", "use_expiration_date")
	db.Related(m.Name, "expiration_date", "lot_id", "expiration_date")
	db.Related(m.Name, "removal_date", "lot_id", "removal_date")
	db.Related(m.Name, "warehouse_id", "location_id", "warehouse_id")
	m.Computed("available_quantity", func(e *orm.Env, id int64) orm.Value {
		q := rec(e, m.Name, id)
		return orm.Float(q.num("quantity") - q.num("reserved_quantity"))
	})
	m.Computed("on_hand", func(e *orm.Env, id int64) orm.Value {
		return orm.Bool(rec(e, m.Name, id).to("location_id").text("usage") == "internal")
	})
	count := func(e *orm.Env, vals map[string]any) {
		if _, counted := vals["inventory_quantity"]; counted {
			vals["inventory_quantity_set"] = true
		}
	}
	m.BeforeCreate = func(e *orm.Env, vals map[string]any) error {
		if owner := rec(e, "stock.location", id(vals["location_id"])).int("company_id"); owner != 0 {
			vals["company_id"] = owner
		}
		count(e, vals)
		return nil
	}
	m.BeforeWrite = func(e *orm.Env, _ []int64, vals map[string]any) error { count(e, vals); return nil }
	m.AfterWrite = func(e *orm.Env, id int64, vals map[string]any, _ bool) error {
		q := rec(e, m.Name, id)
		if !q.is("inventory_quantity_set") {
			return nil
		}
		return q.keep(map[string]any{"inventory_diff_quantity": q.num("inventory_quantity") - q.num("quantity")})
	}
	m.Make = createQuant
	countedAtOnce(m)
	m.Act("action_apply_inventory", applyInventory)
	m.Act("action_clear_inventory_quantity", clearCounts)
	m.Act("_quant_tasks", tidyQuants)
	m.ActOnModel("action_view_quants", viewQuants)
}

// quantsOf are the quants of a product at one spot, the oldest id first.
func quantsOf(e *orm.Env, s spot) []record {
	m := e.DB().Model("stock.quant")
	// The rarer of the two look-ups: a lot, where there is one.
	by, of := m.Field("product_id"), s.product
	if s.lot != 0 {
		by, of = m.Field("lot_id"), s.lot
	}
	var out []record
	for _, id := range e.Referring(by, of) {
		if q := (record{e, m, id}); q.spot() == s {
			out = append(out, q)
		}
	}
	return out
}

// shift changes the quantity on hand at a spot. Where the place then has too little of
// a lot, Odoo makes up for it from the stock without a lot there, if there is any; from
// 17 on also where the lot comes in.
func shift(e *orm.Env, s spot, by float64) error {
	if isZero(by) {
		return nil
	}
	if err := adjust(e, s, by); err != nil || s.lot == 0 || by > 0 && e.DB().Version < 17 {
		return err
	}
	bare := s
	bare.lot = 0
	loose := 0.0
	for _, q := range quantsOf(e, bare) {
		loose += q.num("quantity")
	}
	have := loose
	for _, q := range quantsOf(e, s) {
		have += q.num("quantity")
	}
	if have > -0.005 || loose < 0.005 {
		return nil
	}
	taken := cents(min(loose, math.Abs(by)))
	if err := adjust(e, bare, -taken); err != nil {
		return err
	}
	return adjust(e, s, taken)
}

// adjust changes the row of a spot, or makes one. What goes out with a lot is taken
// off the row of that lot or, where there is none, off one without a lot: from 17 on
// only off one that has something.
func adjust(e *orm.Env, s spot, by float64) error {
	found := quantsOf(e, s)
	if len(found) == 0 && s.lot != 0 && by < 0 {
		bare := s
		bare.lot = 0
		for _, q := range quantsOf(e, bare) {
			if e.DB().Version < 17 || q.num("quantity") > 0 {
				found = append(found, q)
			}
		}
	}
	if len(found) == 0 {
		_, err := add(e, "stock.quant", map[string]any{"product_id": s.product, "location_id": s.location,
			"lot_id": orNone(s.lot), "package_id": orNone(s.pack), "owner_id": orNone(s.owner), "quantity": by})
		return err
	}
	return found[0].keep(map[string]any{"quantity": cents(found[0].num("quantity") + by)})
}

// tidyQuants is what Odoo's scheduler does now and then, past the ORM: rows for the
// same spot become one, and what has come to nothing is deleted.
func tidyQuants(e *orm.Env, _ []int64) (any, error) {
	m := e.DB().Model("stock.quant")
	ids, err := e.All().Search(m, nil, orm.Page{Order: "id"})
	if err != nil {
		return nil, err
	}
	for _, q := range recs(e, m.Name, ids) {
		if rows := quantsOf(e, q.spot()); len(rows) > 0 && rows[0].id == q.id {
			if err := mergeQuants(rows); err != nil {
				return nil, err
			}
		}
	}
	return true, nil
}

// mergeQuants makes one of several rows of a spot and drops what is empty.
func mergeQuants(rows []record) error {
	first := rows[0]
	for _, q := range rows[1:] {
		if q.is("inventory_quantity_set") {
			continue // a count that waits to be applied
		}
		err := first.e.Raw(first.m, first.id, map[string]any{"quantity": cents(first.num("quantity") + q.num("quantity")),
			"reserved_quantity": cents(first.num("reserved_quantity") + q.num("reserved_quantity"))})
		if err != nil {
			return err
		}
		q.e.Drop(q.m, q.id)
	}
	if isZero(first.num("quantity")) && isZero(first.num("reserved_quantity")) && !first.is("inventory_quantity_set") {
		first.e.Drop(first.m, first.id)
	}
	return nil
}

// reserve changes what is reserved at a spot, never below nothing.
func reserve(e *orm.Env, s spot, by float64) error {
	found := quantsOf(e, s)
	if len(found) == 0 {
		return nil
	}
	q := found[0]
	return q.keep(map[string]any{"reserved_quantity": max(0, cents(q.num("reserved_quantity")+by))})
}

// orNone is false, Odoo's empty many2one, for no id.
func orNone(id int64) any {
	if id == 0 {
		return false
	}
	return id
}
