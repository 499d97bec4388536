package models

import (
	"math"

	"odoomesh/internal/odoosim/orm"
	"odoomesh/internal/odoosim/xmlrpc"
)

// atOnce is the field by which a count is given and applied in one call.
const atOnce = "inventory_quantity_auto_apply"

// countedAtOnce describes it: it shows the quantity, and what is written to it in inventory
// mode is a count that is applied in the same transaction. Windows that Odoo would open then
// are lost, and the count stays behind.
func countedAtOnce(m *orm.Model) {
	m.Computed(atOnce, func(e *orm.Env, id int64) orm.Value { return orm.Float(rec(e, m.Name, id).num("quantity")) })
	m.Field(atOnce).Inverse = func(e *orm.Env, id int64, v any) error {
		q := rec(e, m.Name, id)
		if !e.Says("inventory_mode") || e.DB().Version > 16 && isZero(q.num("quantity")-toFloat(v)) {
			return nil
		}
		if err := q.write(map[string]any{"inventory_quantity": toFloat(v)}); err != nil {
			return err
		}
		_, err := applyInventory(e, []int64{id})
		return err
	}
}

// createQuant is stock.quant's create: in inventory mode a count of what lies there already
// goes to its row; otherwise it makes a new one, which the scheduler merges later.
func createQuant(e *orm.Env, vals map[string]any) (int64, error) {
	m := e.DB().Model("stock.quant")
	n, now := vals[atOnce]
	if _, later := vals["inventory_quantity"]; !later && !now || !e.Says("inventory_mode") {
		return e.Create(m, vals)
	}
	field := "inventory_quantity"
	if now {
		field = atOnce
	} else {
		n = vals[field]
	}
	s := spot{id(vals["product_id"]), id(vals["location_id"]), id(vals["lot_id"]), id(vals["package_id"]), id(vals["owner_id"])}
	if found := quantsOf(e, s); len(found) > 0 {
		return found[0].id, e.Write(m, []int64{found[0].id}, map[string]any{field: n})
	}
	delete(vals, atOnce)
	delete(vals, "inventory_quantity")
	made, err := e.Create(m, vals)
	if err != nil {
		return 0, err
	}
	if v := e.DB().Version; v == 17 || v == 18 {
		if err := rec(e, m.Name, made).keep(map[string]any{"user_id": e.UID}); err != nil {
			return 0, err
		}
	}
	return made, e.Write(m, []int64{made}, map[string]any{field: n})
}

// applyInventory moves the difference between the count and the quantity on hand from or to
// the location of adjustments. It answers None; where stock has moved since the count, or a
// tracked product has no lot, a window, and then it does nothing.
func applyInventory(e *orm.Env, ids []int64) (any, error) {
	counts := recs(e, "stock.quant", ids)
	for _, q := range counts {
		if q.is("inventory_quantity_set") && math.Abs(q.num("inventory_quantity")-q.num("inventory_diff_quantity")-q.num("quantity")) > 0.004 {
			return countWindow("Conflict in Inventory Adjustment", "stock.inventory.conflict", ids), nil
		}
	}
	for _, q := range counts {
		if e.DB().Version < 19 && q.to("product_id").text("tracking") != "none" && q.int("lot_id") == 0 && isZero(q.num("quantity")) && !isZero(q.num("inventory_quantity")) {
			return countWindow("Tracked Products in Inventory Adjustment", "stock.track.confirmation", ids), nil
		}
	}
	lost := usageLocation(e, "inventory", false)
	for _, q := range counts {
		s, diff := q.spot(), cents(q.num("inventory_diff_quantity"))
		if e.DB().Version >= 19 {
			// It takes any count for set, also one of nothing that was applied before.
			diff = cents(q.num("inventory_quantity") - q.num("quantity"))
		}
		name := countName(q, diff)
		if err := q.keep(map[string]any{"inventory_quantity": 0.0, "inventory_quantity_set": false, "inventory_diff_quantity": 0.0, "user_id": false}); err != nil {
			return nil, err
		}
		from, to := lost, s.location
		if diff < 0 {
			from, to, diff = to, from, -diff
		}
		if _, err := (transfer{spot: s, from: from, to: to, quantity: diff, name: name, inventory: true}).run(e); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// countName is how the movement of a count is called: as the caller says, if it does.
func countName(q record, diff float64) string {
	e := q.e
	name, said := e.Context["inventory_name"].(string)
	switch {
	case said && name != "":
	case isZero(diff):
		name = "Product Quantity Confirmed"
	default:
		name = "Product Quantity Updated"
	}
	switch v := e.DB().Version; {
	case v == 19 && !said:
		name += " (" + rec(e, "res.users", e.UID).text("name") + ")"
	case (v == 17 || v == 18) && q.int("user_id") != 0:
		name += " (" + q.to("user_id").text("name") + ")"
	}
	return name
}

func countWindow(name, model string, ids []int64) any {
	return xmlrpc.Struct{
		{Name: "name", Value: name}, {Name: "type", Value: "ir.actions.act_window"}, {Name: "view_mode", Value: "form"},
		{Name: "views", Value: []any{[]any{false, "form"}}}, {Name: "res_model", Value: model}, {Name: "target", Value: "new"},
		{Name: "context", Value: xmlrpc.Struct{{Name: "default_quant_ids", Value: ids}}},
	}
}

// clearCounts forgets counts that were not applied.
func clearCounts(e *orm.Env, ids []int64) (any, error) {
	for _, q := range recs(e, "stock.quant", ids) {
		if err := q.keep(map[string]any{"inventory_quantity": 0.0, "inventory_quantity_set": false, "inventory_diff_quantity": 0.0}); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// viewQuants opens the window of stock; before that, rows of one spot become one.
func viewQuants(e *orm.Env) (any, error) {
	if _, err := tidyQuants(e, nil); err != nil {
		return nil, err
	}
	return xmlrpc.Struct{{Name: "name", Value: "Locations"}, {Name: "type", Value: "ir.actions.act_window"}, {Name: "res_model", Value: "stock.quant"}, {Name: "view_mode", Value: "list,form"}}, nil
}
