package models

import (
	"fmt"

	"odoomesh/internal/odoosim/orm"
	"odoomesh/internal/odoosim/xmlrpc"
)

// billButtons are what a person presses on a bill.
func billButtons(db *orm.DB, m *orm.Model) {
	m.Act("action_post", func(e *orm.Env, ids []int64) (any, error) {
		for _, b := range recs(e, m.Name, ids) {
			if err := post(b); err != nil {
				return nil, err
			}
		}
		return false, nil
	})
	state := func(s string) func(*orm.Env, []int64) (any, error) {
		return func(e *orm.Env, ids []int64) (any, error) {
			for _, b := range recs(e, m.Name, ids) {
				if err := turn(b, s); err != nil {
					return nil, err
				}
			}
			return nil, nil
		}
	}
	m.Act("button_draft", state("draft"))
	m.Act("button_cancel", state("cancel"))
	r := db.Model("account.move.reversal")
	r.Label, r.RecName = "Account Move Reversal", "reason"
	r.Field("date").Default = func(e *orm.Env) any { return now(e) }
	name := "refund_moves"
	if db.Version == 16 {
		name = "reverse_moves"
	}
	r.Act(name, reverseBills)
}

// turn sets a bill back or cancels it, and its orders with it.
func turn(b record, state string) error {
	if err := unsettled(b); err != nil {
		return err
	}
	if err := b.keep(map[string]any{"state": state}); err != nil {
		return err
	}
	for _, l := range b.all("line_ids") {
		if err := l.keep(map[string]any{"parent_state": state}); err != nil {
			return err
		}
	}
	return refreshBilled(ordersOf(b))
}

// post numbers a bill and puts it into the books.
func post(b record) error {
	switch {
	case !b.exists():
		return orm.Rule("Record does not exist or has been deleted.\n(Record: account.move(%d,), User: %d)", b.id, b.e.UID)
	case b.text("state") == "posted" && b.e.DB().Version == 16:
		return orm.Rule("The entry %s (id %d) is already posted.", b.text("name"), b.id)
	case b.text("state") != "draft" && b.e.DB().Version > 16:
		return orm.Rule("The entry %s (id %d) must be in draft.", shownName(b), b.id)
	case len(b.all("line_ids")) == 0 && b.e.DB().Version >= 18:
		return orm.Rule("Even magicians can't post nothing!")
	case len(b.all("line_ids")) == 0:
		return orm.Rule("You need to add a line before posting.")
	}
	if journalIsPurchase(b.text("move_type")) {
		if b.int("partner_id") == 0 {
			return orm.Rule("The field 'Vendor' is required, please complete it to validate the Vendor Bill.")
		}
		if b.at("invoice_date").IsZero() {
			return orm.Rule("The Bill/Refund date is required to validate this document.")
		}
		if err := enteredTwice(b); err != nil {
			return err
		}
	}
	vals := map[string]any{"state": "posted", "posted_before": true}
	if n := b.text("name"); n != "" && n != "/" {
		if err := numberedTwice(b); err != nil {
			return err
		}
	} else {
		prefix := b.to("journal_id").text("code") + "/" + period(b.at("date"))
		if b.text("move_type") == "in_refund" {
			prefix = "R" + prefix
		}
		vals["name"] = fmt.Sprintf("%s/%04d", prefix, b.e.DB().Next(prefix))
		vals["sequence_prefix"] = prefix + "/"
	}
	if err := b.keep(vals); err != nil {
		return err
	}
	if err := refreshBill(b); err != nil {
		return err
	}
	if err := raiseRank(b.to("commercial_partner_id")); err != nil {
		return err
	}
	if err := setOff(b); err != nil {
		return err
	}
	return refreshBilled(ordersOf(b))
}

// numberedTwice refuses a number that another entry of the journal is posted under.
func numberedTwice(b record) error {
	others, err := b.e.All().Search(b.m, []any{[]any{"name", "=", b.text("name")}, []any{"journal_id", "=", b.int("journal_id")}, []any{"state", "=", "posted"}, []any{"id", "!=", b.id}}, orm.Page{Limit: 1})
	switch {
	case err != nil || len(others) == 0:
		return err
	case b.e.DB().Version == 16:
		return orm.Rule("Posted journal entry must have an unique sequence number per company.\nProblematic numbers: %s\n", b.text("name"))
	}
	return orm.Rule("The operation cannot be completed: Another entry with the same name already exists.")
}

// raiseRank counts a supplier's bills. Up to 18 an SQL statement does it, so that
// the partner's write_date stays; from 19 on it is a write.
func raiseRank(p record) error {
	if !p.exists() {
		return nil
	}
	vals := map[string]any{"supplier_rank": p.int("supplier_rank") + 1}
	if p.e.DB().Version < 19 {
		return p.e.Raw(p.m, p.id, vals)
	}
	return p.keep(vals)
}

// billOrders is action_create_invoice: it bills what has been received and not
// billed yet, and answers the action that shows the bill.
func billOrders(e *orm.Env, ids []int64) (any, error) {
	var made record
	for _, order := range recs(e, "purchase.order", ids) {
		var lines []record
		total := 0.0
		for _, l := range order.all("order_line") {
			if q := l.num("qty_to_invoice"); !isZero(q) {
				lines, total = append(lines, l), total+q*l.num("price_unit")
			}
		}
		if len(lines) == 0 || order.text("invoice_status") != "to invoice" {
			return nil, orm.Rule("There is no invoiceable line. If a product has a control policy based on received quantity, please make sure that a quantity has been received.")
		}
		var err error
		if made, err = billFor(order, lines, total < 0); err != nil {
			return nil, err
		}
	}
	return showBill(made), nil
}

func billFor(order record, lines []record, refund bool) (record, error) {
	e, kind, sign := order.e, "in_invoice", 1.0
	if refund {
		kind, sign = "in_refund", -1
	}
	vals := map[string]any{"move_type": kind, "partner_id": order.int("partner_id"), "currency_id": order.int("currency_id"),
		"invoice_origin": order.text("name"), "company_id": order.int("company_id")}
	if ref := order.text("partner_ref"); e.DB().Version < 19 {
		vals["payment_reference"], vals["ref"] = ref, ref
	}
	if term := order.int("payment_term_id"); term != 0 {
		vals["invoice_payment_term_id"] = term
	}
	bill, err := add(e, "account.move", vals)
	if err != nil {
		return bill, err
	}
	for i, l := range lines {
		vals := map[string]any{"move_id": bill.id, "sequence": 10 + i, "purchase_line_id": l.id, "name": billedName(order, l),
			"quantity": sign * l.num("qty_to_invoice"), "price_unit": l.num("price_unit"), "discount": l.num("discount"),
			"product_uom_id": orNone(l.int(unitOfLine(e))), "product_id": orNone(l.int("product_id")),
			"tax_ids": e.Get(l.m, l.id, taxesOfLine(e)).L}
		if _, err := add(e, "account.move.line", vals); err != nil {
			return bill, err
		}
	}
	return bill, nil
}

// billedName is what a bill's line says: up to 17 the order's number and text, on
// 18 the product's name, on 19 with the order's text where that differs.
func billedName(order, l record) string {
	product := l.to("product_id")
	name := order.e.DisplayName(product.m, product.id)
	switch v := order.e.DB().Version; {
	case v < 18 || product.id == 0:
		return order.text("name") + ": " + l.text("name")
	case v >= 19 && l.text("name") != name:
		return name + "\n" + l.text("name")
	}
	return name
}

// reverseBills makes the refunds of posted bills, as drafts.
func reverseBills(e *orm.Env, ids []int64) (any, error) {
	var last record
	for _, w := range recs(e, "account.move.reversal", ids) {
		var made []int64
		for _, b := range w.all("move_ids") {
			vals := map[string]any{"move_type": "in_refund", "partner_id": b.int("partner_id"), "currency_id": b.int("currency_id"),
				"reversed_entry_id": b.id, "invoice_origin": b.text("invoice_origin"), "invoice_date": when(w.at("date")),
				"ref": "Reversal of: " + b.text("name") + reason(w)}
			refund, err := add(e, "account.move", vals)
			if err != nil {
				return nil, err
			}
			for _, l := range b.all("invoice_line_ids") {
				vals := map[string]any{"move_id": refund.id, "sequence": l.int("sequence"), "name": l.text("name"), "quantity": l.num("quantity"),
					"price_unit": l.num("price_unit"), "discount": l.num("discount"), "display_type": l.text("display_type"),
					"tax_ids": e.Get(l.m, l.id, "tax_ids").L}
				for _, name := range []string{"product_id", "product_uom_id", "purchase_line_id", "account_id"} {
					if to := l.int(name); to != 0 {
						vals[name] = to
					}
				}
				if _, err := add(e, "account.move.line", vals); err != nil {
					return nil, err
				}
			}
			made, last = append(made, refund.id), refund
		}
		if err := w.keep(map[string]any{"new_move_ids": made}); err != nil {
			return nil, err
		}
	}
	return xmlrpc.Struct{{Name: "name", Value: "Reverse Moves"}, {Name: "type", Value: "ir.actions.act_window"},
		{Name: "res_model", Value: "account.move"}, {Name: "view_mode", Value: "form"}, {Name: "res_id", Value: last.id},
		{Name: "context", Value: xmlrpc.Struct{{Name: "default_move_type", Value: "in_refund"}}}}, nil
}

func reason(w record) string {
	if r := w.text("reason"); r != "" {
		return ", " + r
	}
	return ""
}
