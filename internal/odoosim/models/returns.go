package models

import (
	"odoomesh/internal/odoosim/orm"
	"odoomesh/internal/odoosim/xmlrpc"
)

// returns describes the wizard that sends back what a transfer has brought.
func returns(db *orm.DB) {
	m, line := db.Model("stock.return.picking"), db.Model("stock.return.picking.line")
	m.Label, m.RecName = "Return Picking", "picking_id"
	db.Related(m.Name, "company_id", "picking_id", "company_id")
	line.Label, line.RecName = "Return Picking Line", "product_id"
	line.Indexed("wizard_id")
	line.Cascades("wizard_id")
	line.Defaults(map[string]any{"to_refund": true})
	db.Related(line.Name, "uom_id", "product_id", "uom_id")
	m.AfterWrite = func(e *orm.Env, id int64, vals map[string]any, created bool) error {
		// On 16 only the form proposes lines, not a call.
		if !created || db.Version == 16 || vals["product_return_moves"] != nil {
			return nil
		}
		return proposeReturn(rec(e, m.Name, id))
	}
	button := "create_returns"
	if db.Version >= 18 {
		button = "action_create_returns"
	}
	m.Act(button, func(e *orm.Env, ids []int64) (any, error) {
		var answer any
		for _, w := range recs(e, m.Name, ids) {
			made, err := sendBack(w)
			if err != nil {
				return nil, err
			}
			answer = returned(made)
		}
		return answer, nil
	})
}

// proposeReturn lists what has been done; on 17 with its quantities, from 18 on
// with none.
func proposeReturn(w record) error {
	if err := w.keep(map[string]any{"location_id": orNone(w.to("picking_id").int("location_id"))}); err != nil {
		return err
	}
	for _, move := range w.to("picking_id").all("move_ids") {
		if move.text("state") != "done" {
			continue
		}
		quantity := 0.0
		if w.e.DB().Version < 18 {
			quantity = sumLines(move, doneField(w.e))
		}
		_, err := add(w.e, "stock.return.picking.line", map[string]any{"wizard_id": w.id, "product_id": move.int("product_id"),
			"move_id": move.id, "quantity": quantity})
		if err != nil {
			return err
		}
	}
	return nil
}

// sendBack makes the transfer the other way round and reserves it.
func sendBack(w record) (record, error) {
	var lines []record
	for _, l := range w.all("product_return_moves") {
		if l.num("quantity") > 0 {
			lines = append(lines, l)
		}
	}
	if len(lines) == 0 {
		return record{}, orm.Rule("Please specify at least one non-zero quantity.")
	}
	e, from := w.e, w.to("picking_id")
	if err := mayWriteMail(e); err != nil {
		return record{}, err
	}
	kind := from.to("picking_type_id").to("return_picking_type_id")
	if kind.id == 0 {
		kind = from.to("picking_type_id")
	}
	vals := map[string]any{"picking_type_id": kind.id, "origin": "Return of " + from.text("name"), "return_id": from.id,
		"location_id": from.int("location_dest_id"), "location_dest_id": from.int("location_id")}
	if e.DB().Version < 18 && w.int("location_id") == 0 {
		// Lines given by the caller keep these versions from working out the place.
		vals["location_dest_id"] = from.int("location_dest_id")
	}
	for _, name := range []string{"partner_id", "group_id", "company_id"} {
		if to := from.int(name); to != 0 {
			vals[name] = to
		}
	}
	back, err := add(e, "stock.picking", vals)
	if err != nil {
		return back, err
	}
	for _, l := range lines {
		move := l.to("move_id")
		vals := map[string]any{"picking_id": back.id, "product_id": l.int("product_id"), "product_uom_qty": l.num("quantity"),
			"product_uom": l.to("product_id").int("uom_id"), "name": from.text("name"), "origin": move.text("origin"),
			"location_id": move.int("location_dest_id"), "location_dest_id": move.int("location_id"), "to_refund": l.is("to_refund"),
			"origin_returned_move_id": orNone(move.id), "purchase_line_id": orNone(move.int("purchase_line_id")), "date": now(e)}
		if refs := e.Get(move.m, move.id, "reference_ids").L; len(refs) > 0 {
			vals["reference_ids"] = refs
		}
		if _, err := add(e, "stock.move", vals); err != nil {
			return back, err
		}
	}
	if err := confirmPicking(back); err != nil {
		return back, err
	}
	return back, assignMoves(back.all("move_ids"))
}

func returned(p record) xmlrpc.Struct {
	ctx := said(p.e)
	mode := "form"
	if p.e.DB().Version < 18 {
		mode = "form,tree,calendar"
		ctx = append(ctx, xmlrpc.Member{Name: "default_partner_id", Value: p.int("partner_id")},
			xmlrpc.Member{Name: "search_default_picking_type_id", Value: p.int("picking_type_id")})
		for _, name := range []string{"draft", "assigned", "confirmed", "ready", "planning_issues", "available"} {
			ctx = append(ctx, xmlrpc.Member{Name: "search_default_" + name, Value: false})
		}
	}
	return xmlrpc.Struct{{Name: "name", Value: "Returned Picking"}, {Name: "view_mode", Value: mode}, {Name: "res_model", Value: "stock.picking"},
		{Name: "res_id", Value: p.id}, {Name: "type", Value: "ir.actions.act_window"}, {Name: "context", Value: ctx}}
}
