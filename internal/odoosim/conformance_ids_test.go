package odoosim_test

import (
	"encoding/json"
	"strconv"
	"strings"
)

// models of the fields by which recorded records point at each other
var pointsAt = map[string]string{
	"partner_id": "res.partner", "product_tmpl_id": "product.template", "product_id": "product.product", "picking_id": "stock.picking",
	"move_id": "stock.move", "lot_id": "stock.lot", "location_id": "stock.location", "location_dest_id": "stock.location",
	"order_line": "purchase.order.line", "picking_ids": "stock.picking", "invoice_ids": "account.move", "move_ids": "stock.move",
	"move_line_ids": "stock.move.line", "backorder_ids": "stock.picking", "backorder_id": "stock.picking", "purchase_line_id": "purchase.order.line",
	"invoice_line_ids": "account.move.line", "product_return_moves": "stock.return.picking.line", "active_id": "stock.picking",
	"active_ids": "stock.picking", "picking_ids_not_to_backorder": "stock.picking",
}

// target is the model of a field of a model; account.move's lines call the bill move_id.
func target(model, field string) string {
	switch {
	case field == "id":
		return model
	case field == "move_id" && model == "account.move.line":
		return "account.move"
	case pointsAt[field] != "":
		return pointsAt[field]
	}
	return "no model"
}

// substitute replaces recorded ids by the simulation's: lists of ids and conditions
// on them, and the values of the fields that refer to known models.
func (r *replay) substitute(model string, v any) any {
	switch v := v.(type) {
	case json.Number:
		n, err := v.Int64()
		if err != nil {
			f, _ := v.Float64()
			return f
		}
		if to, ok := r.ids[model][n]; ok {
			return to
		}
		return n
	case []any:
		out := make([]any, len(v))
		of := model
		if field, isLeaf := first(v).(string); isLeaf && len(v) == 3 {
			of = target(model, field)
		}
		if len(v) == 3 && first(v) == json.Number("0") { // a command that creates a line
			of = "no model"
		}
		for i, x := range v {
			out[i] = r.substitute(of, x)
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for k, x := range v {
			if k == "context" {
				out[k] = r.substitute(model, x)
				continue
			}
			out[k] = r.substitute(target(model, k), x)
		}
		return out
	}
	return v
}

// cells replaces database ids in the rows of load.
func (r *replay) cells(args []any) {
	columns, _ := args[0].([]any)
	rows, _ := args[1].([]any)
	for i, c := range columns {
		parts := strings.Split(c.(string), "/")
		if len(parts) < 2 || parts[len(parts)-1] != ".id" {
			continue
		}
		for _, row := range rows {
			cell := row.([]any)
			n, err := strconv.ParseInt(cell[i].(string), 10, 64)
			if to, ok := r.ids[pointsAt[parts[len(parts)-2]]][n]; err == nil && ok {
				cell[i] = strconv.FormatInt(to, 10)
			}
		}
	}
}

func first(v []any) any {
	if len(v) == 0 {
		return nil
	}
	return v[0]
}
