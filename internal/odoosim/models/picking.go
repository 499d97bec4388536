package models

import (
	"fmt"
	"time"

	"odoomesh/internal/odoosim/orm"
	"odoomesh/internal/odoosim/xmlrpc"
)

// pickings describes stock.picking, a transfer of several moves.
func pickings(db *orm.DB) {
	m := db.Model("stock.picking")
	m.Label, m.Order = "Transfer", "priority desc, scheduled_date asc, id desc"
	m.SearchNames = []string{"origin"}
	m.Indexed("name", "backorder_id", "picking_type_id", "partner_id", "group_id")
	m.Defaults(map[string]any{"company_id": 1, "state": "draft", "move_type": "direct", "priority": "0", "is_locked": true})
	m.Field("user_id").Default = func(e *orm.Env) any { return e.UID }
	m.Field("scheduled_date").Default = func(e *orm.Env) any { return now(e) }
	m.Computed("picking_type_code", func(e *orm.Env, id int64) orm.Value {
		return e.Get(db.Model("stock.picking.type"), e.Ref(m, id, "picking_type_id"), "code")
	})
	m.Computed("purchase_id", func(e *orm.Env, id int64) orm.Value {
		for _, move := range rec(e, m.Name, id).all("move_ids") {
			if order := move.to("purchase_line_id").int("order_id"); order != 0 {
				return orm.Int(order)
			}
		}
		return orm.Value{}
	})
	m.Computed("product_id", func(e *orm.Env, id int64) orm.Value {
		for _, move := range rec(e, m.Name, id).all("move_ids") {
			return orm.Int(move.int("product_id"))
		}
		return orm.Value{}
	})
	m.Computed("return_count", func(e *orm.Env, id int64) orm.Value {
		return orm.Int(int64(len(rec(e, m.Name, id).all("return_ids"))))
	})
	for _, name := range []string{"move_ids_without_package", "move_line_ids_without_package"} {
		of := name[:len(name)-len("_without_package")]
		m.Computed(name, func(e *orm.Env, id int64) orm.Value { return e.Get(m, id, of) })
	}
	m.Computed("reference_ids", func(e *orm.Env, id int64) orm.Value {
		var ids []int64
		for _, move := range rec(e, m.Name, id).all("move_ids") {
			ids = append(ids, e.Get(move.m, move.id, "reference_ids").L...)
		}
		return orm.IDs(distinct(ids))
	})
	m.BeforeCreate = completePicking
	m.AfterWrite = func(e *orm.Env, id int64, vals map[string]any, created bool) error {
		return afterPicking(rec(e, m.Name, id), vals)
	}
	m.BeforeUnlink = func(e *orm.Env, ids []int64) (func() error, error) {
		for _, p := range recs(e, m.Name, ids) {
			moves := p.all("move_ids")
			if err := cancelMoves(moves); err != nil {
				return nil, err
			}
			for _, move := range moves {
				if err := e.Unlink(move.m, []int64{move.id}); err != nil {
					return nil, err
				}
			}
		}
		return nil, nil
	}
	m.Act("action_confirm", eachPicking(func(p record) error { return confirmPicking(p) }))
	m.Act("action_assign", eachPicking(assignPicking))
	m.Act("action_cancel", eachPicking(func(p record) error {
		if err := cancelMoves(p.all("move_ids")); err != nil {
			return err
		}
		return refreshPicking(p)
	}))
	m.Act("do_unreserve", func(e *orm.Env, ids []int64) (any, error) {
		_, err := eachPicking(unreserve)(e, ids)
		return nil, err
	})
	m.Act("button_validate", validatePickings)
	m.Act("do_print_picking", printPicking)
}

// eachPicking makes a button that answers true of what is done to one transfer.
func eachPicking(do func(p record) error) func(*orm.Env, []int64) (any, error) {
	return func(e *orm.Env, ids []int64) (any, error) {
		for _, p := range recs(e, "stock.picking", ids) {
			if err := do(p); err != nil {
				return nil, err
			}
		}
		return true, nil
	}
}

// completePicking names a transfer by its type's sequence and takes the places of the type.
func completePicking(e *orm.Env, vals map[string]any) error {
	kind := rec(e, "stock.picking.type", id(vals["picking_type_id"]))
	for name, of := range map[string]string{"location_id": "default_location_src_id", "location_dest_id": "default_location_dest_id"} {
		if id(vals[name]) == 0 && kind.int(of) != 0 {
			vals[name] = kind.int(of)
		}
	}
	if kind.id != 0 && (vals["name"] == nil || vals["name"] == "/" || vals["name"] == false) {
		prefix := kind.text("sequence_code") + "/"
		if w := kind.to("warehouse_id"); w.id != 0 {
			prefix = w.text("code") + "/" + prefix
		}
		vals["name"] = fmt.Sprintf("%s%05d", prefix, e.DB().Next(prefix))
	}
	return nil
}

// afterPicking passes on to the moves what a person changes on the transfer.
func afterPicking(p record, vals map[string]any) error {
	for _, name := range []string{"location_id", "location_dest_id"} {
		if v, ok := vals[name]; ok {
			for _, move := range p.all("move_ids") {
				if !ended(move) && move.int(name) != id(v) {
					if err := move.write(map[string]any{name: v}); err != nil {
						return err
					}
				}
			}
		}
	}
	if _, ok := vals["scheduled_date"]; ok {
		for _, move := range p.all("move_ids") {
			if !ended(move) {
				if err := move.keep(map[string]any{"date": when(p.at("scheduled_date"))}); err != nil {
					return err
				}
			}
		}
	}
	return refreshPicking(p)
}

// refreshPicking recomputes what a transfer stores about its moves.
func refreshPicking(p record) error {
	if !p.exists() {
		return nil
	}
	moves := p.all("move_ids")
	vals := map[string]any{"state": stateByMoves(p, moves)}
	var planned, deadline time.Time
	for _, move := range moves {
		if d := move.at("date"); !ended(move) && (planned.IsZero() || d.Before(planned)) {
			planned = d
		}
		if d := move.at("date_deadline"); !d.IsZero() && (deadline.IsZero() || d.Before(deadline)) {
			deadline = d
		}
	}
	if !planned.IsZero() {
		vals["scheduled_date"] = planned
	}
	vals["date_deadline"] = when(deadline)
	return p.keep(vals)
}

// stateByMoves is the state of a transfer. From 17 on one from outside, where nothing
// needs to be reserved, is ready whatever its moves say.
func stateByMoves(p record, moves []record) string {
	count := map[string]int{}
	for _, move := range moves {
		count[move.text("state")]++
	}
	switch {
	case len(moves) == 0 || count["draft"] > 0:
		return "draft"
	case count["cancel"] == len(moves):
		return "cancel"
	case count["cancel"]+count["done"] == len(moves):
		return "done"
	case count["assigned"]+count["partially_available"] > 0, p.e.DB().Version >= 17 && bypasses(p.to("location_id")):
		return "assigned"
	case count["confirmed"] > 0:
		return "confirmed"
	}
	return "waiting"
}

func confirmPicking(p record) error {
	if err := confirmMoves(p.all("move_ids")); err != nil {
		return err
	}
	// What comes from outside needs no reservation and is expected at once.
	atOnce := p.to("picking_type_id").text("reservation_method") == "at_confirm"
	var expected []record
	for _, move := range p.all("move_ids") {
		if atOnce || bypasses(move.to("location_id")) || !storable(move.to("product_id")) {
			expected = append(expected, move)
		}
	}
	if err := assignMoves(expected); err != nil {
		return err
	}
	return refreshPicking(p)
}

func assignPicking(p record) error {
	if err := confirmMoves(p.all("move_ids")); err != nil {
		return err
	}
	open := 0
	for _, move := range p.all("move_ids") {
		if !ended(move) {
			open++
		}
	}
	if open == 0 {
		return orm.Rule("Nothing to check the availability for.")
	}
	return assignMoves(p.all("move_ids"))
}

func unreserve(p record) error {
	for _, move := range p.all("move_ids") {
		if ended(move) {
			continue
		}
		if err := release(move); err != nil {
			return err
		}
	}
	return nil
}

// printPicking answers a report action with a None inside, which XML-RPC cannot carry.
func printPicking(e *orm.Env, ids []int64) (any, error) {
	for _, p := range recs(e, "stock.picking", ids) {
		if err := p.write(map[string]any{"printed": true}); err != nil {
			return nil, err
		}
	}
	return xmlrpc.Struct{
		{Name: "type", Value: "ir.actions.report"}, {Name: "report_name", Value: "stock.report_picking"},
		{Name: "report_type", Value: "qweb-pdf"}, {Name: "name", Value: "Picking Operations"},
		{Name: "context", Value: xmlrpc.Struct{{Name: "active_ids", Value: ids}}}, {Name: "data", Value: nil},
	}, nil
}
