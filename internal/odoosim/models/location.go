package models

import (
	"fmt"
	"strings"

	"odoomesh/internal/odoosim/orm"
)

// locations describes places, warehouses, operation types and packages.
func locations(db *orm.DB) {
	m := db.Model("stock.location")
	m.Label, m.Order, m.Parent, m.RecName = "Inventory Locations", "complete_name, id", "location_id", "complete_name"
	m.ParentStored = true
	m.SearchNames = []string{"barcode"}
	m.Indexed("location_id", "barcode")
	m.Defaults(map[string]any{"active": true, "usage": "internal"})
	m.Field("company_id").Default = func(*orm.Env) any { return 1 }
	complete := func(e *orm.Env, id int64) string {
		r := rec(e, m.Name, id)
		names := []string{r.text("name")}
		for range 32 {
			up := r.to("location_id")
			if up.id == 0 || r.text("usage") == "view" {
				break
			}
			names = append([]string{up.text("name")}, names...)
			r = up
		}
		return strings.Join(names, "/")
	}
	m.Display = complete
	m.Computed("complete_name", func(e *orm.Env, id int64) orm.Value { return orm.Text(complete(e, id)) })
	m.Computed("parent_path", func(e *orm.Env, id int64) orm.Value {
		path := ""
		for at := id; at != 0; at = e.Ref(m, at, "location_id") {
			path = fmt.Sprintf("%d/%s", at, path)
		}
		return orm.Text(path)
	})
	m.Computed("warehouse_id", func(e *orm.Env, id int64) orm.Value { return orm.Int(warehouseOf(rec(e, m.Name, id)).id) })

	w := db.Model("stock.warehouse")
	w.Label, w.Order = "Warehouse", "sequence,id"
	w.Indexed("view_location_id")
	w.Defaults(map[string]any{"active": true, "sequence": 10, "company_id": 1, "reception_steps": "one_step", "delivery_steps": "ship_only"})
	w.BeforeCreate = func(e *orm.Env, vals map[string]any) error { return layOut(e, vals) }
	w.AfterWrite = func(e *orm.Env, id int64, _ map[string]any, created bool) error {
		if !created {
			return nil
		}
		return operationTypes(rec(e, w.Name, id))
	}

	t := db.Model("stock.picking.type")
	t.Label, t.Order, t.SearchNames = "Picking Type", "sequence, id", []string{"sequence_code"}
	t.Indexed("warehouse_id")
	t.Defaults(map[string]any{"active": true, "company_id": 1, "use_create_lots": true, "use_existing_lots": true,
		"create_backorder": "ask", "reservation_method": "at_confirm", "sequence": 1})
	t.Display = func(e *orm.Env, id int64) string {
		r := rec(e, t.Name, id)
		if w := r.to("warehouse_id"); w.id != 0 {
			return w.text("name") + ": " + r.text("name")
		}
		return r.text("name")
	}
	if db.Version == 16 || db.Version == 17 {
		// Receipts have no source and deliveries no destination of their own.
		t.Field("default_location_src_id").Required, t.Field("default_location_dest_id").Required = false, false
	}
	for _, name := range []string{"procurement.group", "stock.reference", "stock.quant.package", "stock.package"} {
		if g := db.Model(name); g != nil {
			g.Label = "Group"
			g.Defaults(map[string]any{"company_id": 1})
		}
	}
}

// warehouseOf is the warehouse whose view holds a location.
func warehouseOf(location record) record {
	w := location.e.DB().Model("stock.warehouse")
	for range 32 {
		if location.id == 0 {
			break
		}
		if ids := location.e.Referring(w.Field("view_location_id"), location.id); len(ids) > 0 {
			return record{location.e, w, ids[0]}
		}
		location = location.to("location_id")
	}
	return record{e: location.e, m: w}
}

// layOut makes the locations of a new warehouse. What one-step reception does not
// use is archived.
func layOut(e *orm.Env, vals map[string]any) error {
	if id(vals["view_location_id"]) != 0 {
		return nil
	}
	company := id(vals["company_id"])
	if company == 0 {
		company = 1
	}
	top := map[string]any{"name": vals["code"], "usage": "view", "company_id": company}
	if physical := namedLocation(e, "Physical Locations"); physical != 0 {
		top["location_id"] = physical
	}
	view, err := add(e, "stock.location", top)
	if err != nil {
		return err
	}
	vals["view_location_id"] = view.id
	for _, l := range []struct {
		field, name string
		active      bool
	}{{"lot_stock_id", "Stock", true}, {"wh_input_stock_loc_id", "Input", false}, {"wh_qc_stock_loc_id", "Quality Control", false},
		{"wh_output_stock_loc_id", "Output", false}, {"wh_pack_stock_loc_id", "Packing Zone", false}} {
		made, err := add(e, "stock.location", map[string]any{"name": l.name, "usage": "internal", "location_id": view.id, "company_id": company,
			"active": l.active, "replenish_location": l.active})
		if err != nil {
			return err
		}
		vals[l.field] = made.id
	}
	return nil
}

func namedLocation(e *orm.Env, name string) int64 {
	ids, err := e.Search(e.DB().Model("stock.location"), []any{[]any{"name", "=", name}}, orm.Page{Order: "id", Limit: 1})
	if err != nil || len(ids) == 0 {
		return 0
	}
	return ids[0]
}

// usageLocation is the first location of a kind; scrap asks for the one of what is
// thrown away, which from 19 on is the one of adjustments.
func usageLocation(e *orm.Env, usage string, scrap bool) int64 {
	scrap = scrap && e.DB().Version < 19
	ids, err := e.All().Search(e.DB().Model("stock.location"), []any{[]any{"usage", "=", usage}}, orm.Page{Order: "id"})
	if err != nil {
		return 0
	}
	for _, id := range ids {
		if l := rec(e, "stock.location", id); l.is("scrap_location") == scrap {
			return id
		}
	}
	return 0
}

// operationTypes makes what can be done in a new warehouse, numbered as Odoo does.
func operationTypes(w record) error {
	e := w.e
	suppliers, customers := any(usageLocation(e, "supplier", false)), any(usageLocation(e, "customer", false))
	if e.DB().Version < 18 {
		suppliers, customers = false, false
	}
	stock, pack, input, qc, out := w.int("lot_stock_id"), w.int("wh_pack_stock_loc_id"), w.int("wh_input_stock_loc_id"),
		w.int("wh_qc_stock_loc_id"), w.int("wh_output_stock_loc_id")
	types := []struct {
		field, name, kind, code string
		active                  bool
		from, to                any
		since, until            int
	}{
		{"in_type_id", "Receipts", "incoming", "IN", true, suppliers, stock, 16, 99},
		{"out_type_id", "Delivery Orders", "outgoing", "OUT", true, stock, customers, 16, 99},
		{"pick_type_id", "Pick", "internal", "PICK", false, stock, pack, 16, 99},
		{"pack_type_id", "Pack", "internal", "PACK", false, pack, stock, 16, 99},
		{"qc_type_id", "Quality Control", "internal", "QC", false, input, qc, 18, 99},
		{"store_type_id", "Storage", "internal", "STOR", false, qc, stock, 18, 99},
		{"int_type_id", "Internal Transfers", "internal", "INT", true, stock, stock, 16, 99},
		{"xdock_type_id", "Cross Dock", "internal", "XD", false, input, out, 18, 99},
		{"return_type_id", "Returns", "incoming", "IN", true, false, stock, 16, 16},
	}
	vals := map[string]any{}
	for _, t := range types {
		if v := e.DB().Version; v < t.since || v > t.until {
			continue
		}
		made, err := add(e, "stock.picking.type", map[string]any{"name": t.name, "code": t.kind, "sequence_code": t.code,
			"active": t.active, "warehouse_id": w.id, "company_id": w.int("company_id"), "default_location_src_id": t.from, "default_location_dest_id": t.to})
		if err != nil {
			return err
		}
		vals[t.field] = made.id
	}
	back := map[string]any{"return_picking_type_id": vals["out_type_id"]}
	if err := rec(e, "stock.picking.type", id(vals["in_type_id"])).write(back); err != nil {
		return err
	}
	back = map[string]any{"return_picking_type_id": vals["in_type_id"]}
	if err := rec(e, "stock.picking.type", id(vals["out_type_id"])).write(back); err != nil {
		return err
	}
	return w.keep(vals)
}
