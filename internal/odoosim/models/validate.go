package models

import (
	"slices"
	"strings"
	"time"

	"odoomesh/internal/odoosim/orm"
	"odoomesh/internal/odoosim/xmlrpc"
)

// validatePickings is button_validate: it refuses, or asks by a wizard and does
// nothing, or books the transfers and answers true.
func validatePickings(e *orm.Env, ids []int64) (any, error) {
	todo := recs(e, "stock.picking", ids)
	if e.DB().Version >= 19 {
		todo = slices.DeleteFunc(todo, func(p record) bool { return p.text("state") == "done" })
		if len(todo) == 0 {
			return true, nil
		}
	}
	for _, p := range todo {
		if !p.exists() {
			return nil, orm.Rule("Record does not exist or has been deleted.\n(Record: stock.picking(%d,), User: %d)", p.id, e.UID)
		}
		if p.text("state") == "draft" {
			if err := confirmPicking(p); err != nil {
				return nil, err
			}
			if err := assignMoves(p.all("move_ids")); err != nil {
				return nil, err
			}
		}
		if err := sane(p); err != nil {
			return nil, err
		}
	}
	if wizard := ask(e, todo); wizard != nil {
		return wizard, nil
	}
	closing, _ := orm.AsIDs(e.Context["picking_ids_not_to_backorder"])
	for _, p := range todo {
		kind := p.to("picking_type_id").text("create_backorder")
		cancel := kind == "never" || kind != "always" && slices.Contains(closing, p.id)
		if err := donePicking(p, cancel); err != nil {
			return nil, err
		}
	}
	return true, nil
}

// sane refuses a transfer in which there is nothing to do, or without lots.
func sane(p record) error {
	v := p.e.DB().Version
	moves := p.all("move_ids")
	if len(moves) == 0 {
		if v == 16 {
			return orm.Rule("Please add some items to move.")
		}
		return orm.Rule("You can’t validate an empty transfer. Please add some products to move before proceeding.")
	}
	something := false
	var missing []string
	for _, move := range moves {
		if ended(move) {
			continue
		}
		something = something || reservedOf(move) > 0 || doneOf(move) > 0
		tracked := move.to("product_id").text("tracking")
		for _, l := range move.all("move_line_ids") {
			if tracked != "none" && asksLots(move) && counts(l) && l.num(doneField(l.e)) > 0 && l.int("lot_id") == 0 && l.text("lot_name") == "" {
				missing = append(missing, move.e.DisplayName(move.to("product_id").m, move.int("product_id")))
				break
			}
		}
	}
	switch {
	case !something && v == 16:
		return orm.Rule("You cannot validate a transfer if no quantities are reserved nor done. To force the transfer, switch in edit mode and encode the done quantities.")
	case !something && v >= 19:
		return orm.Rule("Transfer trouble alert! Validating a zero quantity transfer? You're not moving invisible goods around are you?\nSet some quantities and let's get moving!")
	case !something:
		return orm.Rule("You cannot validate a transfer if no quantities are reserved. To force the transfer, encode quantities.")
	case len(missing) > 0:
		return orm.Rule("You need to supply a Lot/Serial number for products %s.", strings.Join(missing, ", "))
	}
	return nil
}

// counts says whether a line will be done: on 16 by its done quantity, from 17 on if
// it is picked, or if nothing in the transfer is.
func counts(l record) bool {
	if l.e.DB().Version == 16 {
		return l.num("qty_done") > 0 || l.to("move_id").is("is_inventory")
	}
	if l.is("picked") {
		return true
	}
	return !anyPicked(l.to("move_id").to("picking_id"))
}

// asksLots says whether the operation works with lots: one that neither makes nor uses
// them moves tracked products without.
func asksLots(move record) bool {
	kind := move.to("picking_id").to("picking_type_id")
	return kind.id == 0 || kind.is("use_create_lots") || kind.is("use_existing_lots")
}

func anyPicked(p record) bool {
	for _, move := range p.all("move_ids") {
		if move.is("picked") {
			return true
		}
	}
	return false
}

// doneOf is how much of a move its counting lines do, in the move's unit.
func doneOf(move record) float64 {
	sum, unit := 0.0, move.to("product_uom")
	for _, l := range move.all("move_line_ids") {
		if counts(l) {
			sum += inUnit(l.num(doneField(l.e)), l.to("product_uom_id"), unit)
		}
	}
	return cents(sum)
}

// ask answers the wizard with which Odoo asks before it books, nil if nothing is to
// be asked: everything at once (16), a backorder, expired lots, a text message.
func ask(e *orm.Env, todo []record) any {
	if e.DB().Version == 16 && !e.Says("skip_immediate") {
		if open := chosen(todo, nothingDone); len(open) > 0 {
			return wizard(e, "Immediate Transfer?", "stock.immediate.transfer", 741, todo, xmlrpc.Struct{
				{Name: "default_show_transfers", Value: len(open) > 1}, {Name: "default_pick_ids", Value: links(open)}})
		}
	}
	if !e.Says("skip_backorder") {
		if open := chosen(todo, leavesRest); len(open) > 0 {
			return wizard(e, "Create Backorder?", "stock.backorder.confirmation", 817, todo, xmlrpc.Struct{
				{Name: "default_show_transfers", Value: len(open) > 1}, {Name: "default_pick_ids", Value: links(open)}})
		}
	}
	if !e.Says("skip_expired") {
		if old := chosen(todo, goesOff); len(old) > 0 {
			lots := []int64{}
			for _, p := range todo {
				lots = append(lots, expiredLots(p)...)
			}
			return wizard(e, "Confirmation", "expiry.picking.confirmation", 902, todo, xmlrpc.Struct{
				{Name: "default_picking_ids", Value: []any{[]any{6, 0, old}}}, {Name: "default_lot_ids", Value: []any{[]any{6, 0, distinct(lots)}}}})
		}
	}
	if !e.Says("skip_sms") {
		if texts := chosen(todo, sendsText); len(texts) > 0 {
			w := wizard(e, "SMS", "confirm.stock.sms", 1095, todo, nil)
			last := w[len(w)-1]
			return append(w[:len(w)-1:len(w)-1], xmlrpc.Member{Name: "res_id", Value: e.DB().Next("confirm.stock.sms")}, last)
		}
	}
	return nil
}

func chosen(todo []record, fits func(record) bool) []int64 {
	var ids []int64
	for _, p := range todo {
		if fits(p) {
			ids = append(ids, p.id)
		}
	}
	return ids
}

func links(ids []int64) []any {
	out := make([]any, len(ids))
	for i, id := range ids {
		out[i] = []any{4, id}
	}
	return out
}

// wizard is the action that opens a form; its context carries on what the caller said.
func wizard(e *orm.Env, name, model string, view int, todo []record, more xmlrpc.Struct) xmlrpc.Struct {
	ctx := said(e)
	ids := make([]int64, len(todo))
	for i, p := range todo {
		ids[i] = p.id
	}
	ctx = append(ctx, xmlrpc.Member{Name: "button_validate_picking_ids", Value: ids})
	return xmlrpc.Struct{
		{Name: "name", Value: name}, {Name: "type", Value: "ir.actions.act_window"}, {Name: "view_mode", Value: "form"},
		{Name: "res_model", Value: model}, {Name: "views", Value: []any{[]any{view, "form"}}}, {Name: "view_id", Value: view},
		{Name: "target", Value: "new"}, {Name: "context", Value: append(ctx, more...)},
	}
}

// said is the context as it came.
func said(e *orm.Env) xmlrpc.Struct {
	out := xmlrpc.Struct{}
	for name, v := range e.Context {
		if v != nil {
			out = append(out, xmlrpc.Member{Name: name, Value: v})
		}
	}
	slices.SortFunc(out, func(a, b xmlrpc.Member) int { return strings.Compare(a.Name, b.Name) })
	return out
}

func nothingDone(p record) bool {
	for _, move := range p.all("move_ids") {
		if !ended(move) && doneOf(move) > 0 {
			return false
		}
	}
	return true
}

func leavesRest(p record) bool {
	if p.to("picking_type_id").text("create_backorder") != "ask" {
		return false
	}
	for _, move := range p.all("move_ids") {
		if !ended(move) && move.num("product_uom_qty") > doneOf(move)+0.004 {
			return true
		}
	}
	return false
}

// expiredLots are the lots of a transfer that have expired; from 19 on also those whose
// removal date has passed.
func expiredLots(p record) (lots []int64) {
	for _, l := range p.all("move_line_ids") {
		lot := l.to("lot_id")
		if lot.id == 0 || !counts(l) {
			continue
		}
		if lot.is("product_expiry_alert") || p.e.DB().Version >= 19 && over(p.e, lot.at("removal_date")) {
			lots = append(lots, lot.id)
		}
	}
	return lots
}

// goesOff says whether Odoo asks before a transfer moves what has expired: from 19 on
// also for a lot that is still to be made.
func goesOff(p record) bool {
	for _, l := range p.all("move_line_ids") {
		if p.e.DB().Version >= 19 && counts(l) && l.int("lot_id") == 0 && l.text("lot_name") != "" && over(p.e, l.at("expiration_date")) {
			return true
		}
	}
	return len(expiredLots(p)) > 0
}

func over(e *orm.Env, at time.Time) bool { return !at.IsZero() && !at.After(now(e)) }

// sendsText says whether a delivery would send its receiver a text message.
func sendsText(p record) bool {
	who, company := p.to("partner_id"), p.to("company_id")
	texts := company.is("stock_move_sms_validation") || company.is("stock_text_confirmation")
	return p.text("picking_type_code") == "outgoing" && texts &&
		(who.text("phone") != "" || who.text("mobile") != "")
}
