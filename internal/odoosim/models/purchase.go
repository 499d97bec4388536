package models

import (
	"fmt"

	"odoomesh/internal/odoosim/orm"
)

// purchases describes purchase.order: what is ordered of a supplier.
func purchases(db *orm.DB) {
	m := db.Model("purchase.order")
	m.Label, m.Order, m.SearchNames = "Purchase Order", "priority desc, id desc", []string{"partner_ref"}
	m.Indexed("name", "partner_ref", "requisition_id")
	m.Restricts("partner_id")
	m.Defaults(map[string]any{"state": "draft", "priority": "0", "invoice_status": "no", "currency_rate": 1.0})
	m.Field("user_id").Default = func(e *orm.Env) any { return e.UID }
	m.Field("date_order").Default = func(e *orm.Env) any { return now(e) }
	m.Field("company_id").Default = func(e *orm.Env) any { return max(e.Company, 1) }
	m.Field("picking_type_id").Default = func(e *orm.Env) any { return firstWarehouse(e).int("in_type_id") }
	m.Display = func(e *orm.Env, id int64) string {
		r := rec(e, m.Name, id)
		if ref := r.text("partner_ref"); ref != "" {
			return r.text("name") + " (" + ref + ")"
		}
		return r.text("name")
	}
	m.Computed("picking_ids", func(e *orm.Env, id int64) orm.Value { return orm.IDs(pickingsOf(rec(e, m.Name, id))) })
	m.Computed("incoming_picking_count", func(e *orm.Env, id int64) orm.Value {
		return orm.Int(int64(len(pickingsOf(rec(e, m.Name, id)))))
	})
	m.Computed("invoice_ids", func(e *orm.Env, id int64) orm.Value { return orm.IDs(billsOf(rec(e, m.Name, id))) })
	m.Computed("invoice_count", func(e *orm.Env, id int64) orm.Value {
		return orm.Int(int64(len(billsOf(rec(e, m.Name, id)))))
	})
	m.Computed("is_shipped", func(e *orm.Env, id int64) orm.Value {
		return orm.Bool(rec(e, m.Name, id).text("receipt_status") == "full")
	})
	m.BeforeCreate = func(e *orm.Env, vals map[string]any) error {
		if n := vals["name"]; n == nil || n == false || n == "New" || n == "" {
			vals["name"] = fmt.Sprintf("P%05d", e.DB().Next("P"))
		}
		return partnerTerms(e, vals)
	}
	m.BeforeWrite = func(e *orm.Env, ids []int64, vals map[string]any) error {
		if id(vals["partner_id"]) != 0 && vals["currency_id"] == nil && len(ids) == 1 && id(vals["partner_id"]) != rec(e, m.Name, ids[0]).int("partner_id") {
			return partnerTerms(e, vals)
		}
		return nil
	}
	m.AfterWrite = func(e *orm.Env, id int64, _ map[string]any, _ bool) error { return refreshOrder(rec(e, m.Name, id)) }
	m.BeforeUnlink = func(e *orm.Env, ids []int64) (func() error, error) {
		for _, r := range recs(e, m.Name, ids) {
			if r.text("state") != "cancel" {
				return nil, orm.Rule("In order to delete a purchase order, you must cancel it first.")
			}
		}
		return nil, nil
	}
	orderButtons(db, m)
	orderLines(db)
	requisitions(db)
}

// firstWarehouse is that of the company for which a call acts.
func firstWarehouse(e *orm.Env) record {
	ids, err := e.Search(e.DB().Model("stock.warehouse"), []any{[]any{"company_id", "=", max(e.Company, 1)}}, orm.Page{Order: "sequence,id", Limit: 1})
	if err != nil || len(ids) == 0 {
		return rec(e, "stock.warehouse", 0)
	}
	return rec(e, "stock.warehouse", ids[0])
}

// partnerTerms takes over the supplier's currency and terms.
func partnerTerms(e *orm.Env, vals map[string]any) error {
	p := rec(e, "res.partner", id(vals["partner_id"]))
	if vals["currency_id"] == nil {
		vals["currency_id"] = companyCurrency(e, 0).N
		if c := p.int("property_purchase_currency_id"); c != 0 {
			vals["currency_id"] = c
		}
	}
	if term := p.int("property_supplier_payment_term_id"); term != 0 && vals["payment_term_id"] == nil {
		vals["payment_term_id"] = term
	}
	return nil
}

func pickingsOf(order record) []int64 {
	var ids []int64
	for _, l := range order.all("order_line") {
		for _, move := range l.all("move_ids") {
			if p := move.int("picking_id"); p != 0 {
				ids = append(ids, p)
			}
		}
	}
	return ordered(order.e, "stock.picking", distinct(ids))
}

func billsOf(order record) []int64 {
	var ids []int64
	for _, l := range order.all("order_line") {
		for _, line := range l.all("invoice_lines") {
			ids = append(ids, line.int("move_id"))
		}
	}
	return ordered(order.e, "account.move", distinct(ids))
}

// ordered sorts ids in their model's own order.
func ordered(e *orm.Env, model string, ids []int64) []int64 {
	if len(ids) < 2 {
		return ids
	}
	out, err := e.All().Search(e.DB().Model(model), []any{[]any{"id", "in", ids}}, orm.Page{})
	if err != nil {
		return ids
	}
	return out
}

// refreshOrder recomputes what an order stores about its lines, receipts and bills.
func refreshOrder(order record) error {
	if !order.exists() {
		return nil
	}
	net, tax, toBill, lines := 0.0, 0.0, false, order.all("order_line")
	var planned any
	for _, l := range lines {
		net, tax = net+l.num("price_subtotal"), tax+l.num("price_tax")
		toBill = toBill || !isZero(l.num("qty_to_invoice"))
		if at := l.at("date_planned"); planned == nil && !at.IsZero() {
			planned = at
		}
	}
	vals := map[string]any{"amount_untaxed": cents(net), "amount_tax": cents(tax), "amount_total": cents(cents(net) + cents(tax)),
		"invoice_status": "no", "receipt_status": false, "effective_date": false}
	vals["amount_total_cc"] = vals["amount_total"]
	if order.at("date_planned").IsZero() && planned != nil {
		vals["date_planned"] = planned
	}
	if ordering(order) {
		switch {
		case toBill:
			vals["invoice_status"] = "to invoice"
		case len(billsOf(order)) > 0:
			vals["invoice_status"] = "invoiced"
		}
	}
	done, open := 0, 0
	for _, p := range recs(order.e, "stock.picking", pickingsOf(order)) {
		switch p.text("state") {
		case "done":
			done++
			if at := p.at("date_done"); vals["effective_date"] == false || at.Before(order.at("effective_date")) {
				vals["effective_date"] = when(at)
			}
		case "cancel":
		default:
			open++
		}
	}
	switch {
	case done > 0 && open == 0:
		vals["receipt_status"] = "full"
	case done > 0:
		vals["receipt_status"] = "partial"
	case open > 0:
		vals["receipt_status"] = "pending"
	}
	return order.keep(vals)
}

// ordering says whether an order has been placed.
func ordering(order record) bool { s := order.text("state"); return s == "purchase" || s == "done" }

// refreshOrders recomputes the order lines that moves belong to, and their orders.
func refreshOrders(moves []record) error {
	seen := map[int64]bool{}
	for _, move := range moves {
		l := move.to("purchase_line_id")
		if !l.exists() {
			continue
		}
		if err := refreshOrderLine(l); err != nil {
			return err
		}
		seen[l.int("order_id")] = true
	}
	for _, move := range moves {
		if o := move.to("purchase_line_id").to("order_id"); seen[o.id] {
			delete(seen, o.id)
			if err := refreshOrder(o); err != nil {
				return err
			}
		}
	}
	return nil
}
