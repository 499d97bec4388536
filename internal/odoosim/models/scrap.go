package models

import (
	"fmt"

	"odoomesh/internal/odoosim/orm"
	"odoomesh/internal/odoosim/xmlrpc"
)

// scraps describes stock.scrap, what is thrown away, and stock.warehouse.orderpoint,
// the reordering rules.
func scraps(db *orm.DB) {
	m := db.Model("stock.scrap")
	m.Label, m.Order = "Scrap", "id desc"
	m.Indexed("product_id", "picking_id")
	m.Defaults(map[string]any{"company_id": 1, "state": "draft", "scrap_qty": 1.0, "name": "New"})
	m.BeforeCreate = func(e *orm.Env, vals map[string]any) error {
		if id(vals["product_uom_id"]) == 0 {
			vals["product_uom_id"] = rec(e, "product.product", id(vals["product_id"])).int("uom_id")
		}
		if id(vals["location_id"]) == 0 {
			vals["location_id"] = rec(e, "stock.warehouse", 1).int("lot_stock_id")
		}
		if id(vals["scrap_location_id"]) == 0 {
			vals["scrap_location_id"] = usageLocation(e, "inventory", true)
		}
		return nil
	}
	m.Act("action_validate", validateScraps)
	m.Act("do_scrap", func(e *orm.Env, ids []int64) (any, error) {
		for _, s := range recs(e, m.Name, ids) {
			if err := doScrap(s); err != nil {
				return nil, err
			}
		}
		return true, nil
	})
	orderpoints(db)
}

// validateScraps throws away, also what was thrown away before: a scrap that is done is
// scrapped once more. It asks about what is not there, what is below nothing, and a tracked
// product without a lot; what others have reserved it takes without a question.
func validateScraps(e *orm.Env, ids []int64) (any, error) {
	for _, s := range recs(e, "stock.scrap", ids) {
		if isZero(s.num("scrap_qty")) {
			return nil, orm.Rule("You can only enter positive quantities.")
		}
		have := 0.0
		for _, q := range quantsOf(e, scrapSpot(s)) {
			have += q.num("quantity")
		}
		if asked := s.inProductUnit("scrap_qty"); storable(s.to("product_id")) && (asked < 0 || have+0.004 < asked || s.to("product_id").text("tracking") != "none" && s.int("lot_id") == 0) {
			return shortOf(s), nil
		}
		if err := doScrap(s); err != nil {
			return nil, err
		}
	}
	return true, nil
}

// shortOf is the wizard that asks whether to scrap more than there is.
func shortOf(s record) xmlrpc.Struct {
	name := s.e.DisplayName(s.to("product_id").m, s.int("product_id")) + ": Insufficient Quantity To Scrap"
	return xmlrpc.Struct{
		{Name: "name", Value: name}, {Name: "view_mode", Value: "form"}, {Name: "res_model", Value: "stock.warn.insufficient.qty.scrap"},
		{Name: "view_id", Value: 711}, {Name: "type", Value: "ir.actions.act_window"}, {Name: "target", Value: "new"},
		{Name: "context", Value: xmlrpc.Struct{{Name: "default_product_id", Value: s.int("product_id")},
			{Name: "default_location_id", Value: s.int("location_id")}, {Name: "default_scrap_id", Value: s.id},
			{Name: "default_quantity", Value: s.num("scrap_qty")}}},
	}
}

func scrapSpot(s record) spot {
	return spot{s.int("product_id"), s.int("location_id"), s.int("lot_id"), s.int("package_id"), s.int("owner_id")}
}

func doScrap(s record) error {
	name := fmt.Sprintf("SP/%05d", s.e.DB().Next("SP/"))
	job := transfer{spot: scrapSpot(s), from: s.int("location_id"), to: s.int("scrap_location_id"),
		quantity: s.inProductUnit("scrap_qty"), name: name, scrap: s.id}
	move, err := job.run(s.e)
	if err != nil {
		return err
	}
	return s.keep(map[string]any{"state": "done", "name": name, "date_done": now(s.e), "move_id": move.id})
}

func orderpoints(db *orm.DB) {
	m := db.Model("stock.warehouse.orderpoint")
	m.Label, m.Order = "Minimum Inventory Rule", "location_id,company_id,id"
	m.Indexed("product_id")
	m.Defaults(map[string]any{"active": true, "company_id": 1, "warehouse_id": 1, "trigger": "auto", "qty_multiple": 1.0,
		"product_min_qty": 0.0, "product_max_qty": 0.0})
	db.Related(m.Name, "product_tmpl_id", "product_id", "product_tmpl_id")
	db.Related(m.Name, "product_uom", "product_id", "uom_id")
	db.Related(m.Name, "product_uom_name", "product_id", "uom_name")
	m.BeforeCreate = func(e *orm.Env, vals map[string]any) error {
		if vals["name"] == nil {
			vals["name"] = fmt.Sprintf("OP/%05d", e.DB().Next("OP/"))
		}
		return nil
	}
	hand := func(e *orm.Env, id int64) float64 {
		r := rec(e, m.Name, id)
		return onHand(e, r.int("product_id"), r.int("location_id"))
	}
	forecast := func(e *orm.Env, id int64) float64 {
		r := rec(e, m.Name, id)
		return cents(hand(e, id) + planned(e, r.int("product_id"), r.int("location_id")))
	}
	m.Computed("qty_on_hand", func(e *orm.Env, id int64) orm.Value { return orm.Float(hand(e, id)) })
	m.Computed("qty_forecast", func(e *orm.Env, id int64) orm.Value { return orm.Float(forecast(e, id)) })
	m.Computed("qty_to_order", func(e *orm.Env, id int64) orm.Value {
		r := rec(e, m.Name, id)
		if have := forecast(e, id); have < r.num("product_min_qty") {
			return orm.Float(cents(r.num("product_max_qty") - have))
		}
		return orm.Float(0)
	})
}

// onHand is the quantity of a product in a location and all below; location 0 means
// all internal ones.
func onHand(e *orm.Env, product, location int64) float64 {
	m, sum := e.DB().Model("stock.quant"), 0.0
	for _, id := range e.Referring(m.Field("product_id"), product) {
		if q := (record{e, m, id}); inside(q.to("location_id"), location) {
			sum += q.num("quantity")
		}
	}
	return cents(sum)
}

// planned is what open moves bring into a location less what they take out.
func planned(e *orm.Env, product, location int64) float64 {
	m, sum := e.DB().Model("stock.move"), 0.0
	for _, id := range e.Referring(m.Field("product_id"), product) {
		move := record{e, m, id}
		if s := move.text("state"); s == "done" || s == "cancel" || s == "draft" {
			continue
		}
		from, to := inside(move.to("location_id"), location), inside(move.to("location_dest_id"), location)
		switch {
		case to && !from:
			sum += move.num("product_qty")
		case from && !to:
			sum -= move.num("product_qty")
		}
	}
	return cents(sum)
}

func inside(location record, below int64) bool {
	if below == 0 {
		return location.text("usage") == "internal"
	}
	for range 32 {
		if location.id == below || location.id == 0 {
			break
		}
		location = location.to("location_id")
	}
	return location.id == below
}
