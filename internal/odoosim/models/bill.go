package models

import (
	"fmt"
	"strings"

	"odoomesh/internal/odoosim/orm"
)

// bills describes account.move: bills, refunds and other entries.
func bills(db *orm.DB) {
	m := db.Model("account.move")
	m.Label, m.Order, m.SearchNames = "Journal Entry", "date desc, name desc, invoice_date desc, id desc", []string{"ref"}
	m.Indexed("ref", "name", "reversed_entry_id")
	m.Restricts("partner_id")
	m.Defaults(map[string]any{"company_id": 1, "state": "draft", "move_type": "entry", "auto_post": "no", "payment_state": "not_paid"})
	if db.Version < 18 {
		m.Defaults(map[string]any{"name": "/"})
	}
	m.Field("invoice_user_id").Default = func(e *orm.Env) any { return e.UID }
	m.Display = func(e *orm.Env, id int64) string { return billName(rec(e, m.Name, id)) }
	own := func(e *orm.Env, id int64) orm.Value {
		var ids []int64
		for _, l := range rec(e, m.Name, id).all("line_ids") {
			if isInvoiceLine(l) {
				ids = append(ids, l.id)
			}
		}
		return orm.IDs(ids)
	}
	m.Computed("invoice_line_ids", own)
	m.Computed("direction_sign", func(e *orm.Env, id int64) orm.Value {
		if rec(e, m.Name, id).text("move_type") == "in_refund" {
			return orm.Int(-1)
		}
		return orm.Int(1)
	})
	db.Related(m.Name, "company_currency_id", "company_id", "currency_id")
	m.BeforeCreate = completeBill
	m.BeforeWrite = func(e *orm.Env, ids []int64, vals map[string]any) error {
		if p := id(vals["partner_id"]); p != 0 {
			vals["commercial_partner_id"] = rec(e, "res.partner", p).int("commercial_partner_id")
		}
		for _, b := range recs(e, m.Name, ids) {
			if err := readonlyOnPosted(b, vals); err != nil {
				return err
			}
			if b.text("state") == "posted" && fixed(b, vals) {
				return orm.Rule("You cannot modify a posted entry of this journal because it is in strict mode.")
			}
		}
		return nil
	}
	m.AfterWrite = func(e *orm.Env, id int64, vals map[string]any, created bool) error {
		return refreshBill(rec(e, m.Name, id))
	}
	m.BeforeUnlink = func(e *orm.Env, ids []int64) (func() error, error) {
		var lines []record
		for _, b := range recs(e, m.Name, ids) {
			if b.text("state") == "posted" {
				return nil, deletesPosted(e)
			}
			lines = append(lines, ordersOf(b)...)
		}
		return func() error { return refreshBilled(lines) }, nil
	}
	billLines(db)
	billButtons(db, m)
}

func deletesPosted(e *orm.Env) error {
	if e.DB().Version == 16 {
		return orm.Rule("You cannot delete an item linked to a posted entry.")
	}
	return orm.Rule("You can't delete a posted journal item. Don’t play games with your accounting records; reset the journal entry to draft before deleting it.")
}

// isInvoiceLine says whether a line stands on the bill, and not only in the books.
func isInvoiceLine(l record) bool {
	switch l.text("display_type") {
	case "product", "line_section", "line_note", "line_subsection":
		return true
	}
	return false
}

// billName is "BILL/2026/11/0003 (their number)", or what a draft is called.
func billName(b record) string {
	name := b.text("name")
	if name == "" || name == "/" {
		name = "Draft Bill"
		if b.text("move_type") == "in_refund" {
			name = "Draft Vendor Credit Note"
		}
		if b.e.DB().Version < 18 {
			name += fmt.Sprintf(" (* %d)", b.id)
		}
	}
	if ref := b.text("ref"); ref != "" {
		name += " (" + ref + ")"
	}
	return name
}

// completeBill takes over the journal and the supplier's terms.
func completeBill(e *orm.Env, vals map[string]any) error {
	kind := fmt.Sprint(vals["move_type"])
	partner := rec(e, "res.partner", id(vals["partner_id"]))
	if id(vals["journal_id"]) == 0 {
		journal := "general"
		switch {
		case strings.HasPrefix(kind, "in_"):
			journal = "purchase"
		case strings.HasPrefix(kind, "out_"):
			journal = "sale"
		}
		vals["journal_id"] = orNone(journalOf(e, journal))
	}
	if id(vals["currency_id"]) == 0 {
		vals["currency_id"] = companyCurrency(e, 0).N
		if c := partner.int("property_purchase_currency_id"); c != 0 && journalIsPurchase(kind) {
			vals["currency_id"] = c
		}
	}
	if partner.id != 0 {
		vals["commercial_partner_id"] = partner.int("commercial_partner_id")
		vals["invoice_partner_display_name"] = partner.text("name")
		if term := partner.int("property_supplier_payment_term_id"); term != 0 && vals["invoice_payment_term_id"] == nil && journalIsPurchase(kind) {
			vals["invoice_payment_term_id"] = term
		}
	}
	if vals["date"] == nil {
		vals["date"] = now(e)
		if at, ok := vals["invoice_date"].(string); ok && at != "" {
			vals["date"] = at
		}
	}
	return nil
}

func journalIsPurchase(kind string) bool { return kind == "in_invoice" || kind == "in_refund" }

// readonlyOnPosted refuses a write that names what people cannot enter on a posted bill,
// changed or not, from 18 on.
func readonlyOnPosted(b record, vals map[string]any) error {
	if b.e.DB().Version < 18 || b.text("state") != "posted" {
		return nil
	}
	var named []string
	for _, name := range []string{"invoice_date", "date", "partner_id", "currency_id", "invoice_payment_term_id", "fiscal_position_id",
		"invoice_cash_rounding_id", "invoice_line_ids", "line_ids"} {
		if _, ok := vals[name]; ok {
			named = append(named, name)
		}
	}
	if len(named) == 0 {
		return nil
	}
	return orm.Rule("You cannot modify the following readonly fields on a posted move: %s", strings.Join(named, ", "))
}

// fixed says whether a write would change what is fixed once a bill is posted.
func fixed(b record, vals map[string]any) bool {
	for _, name := range []string{"partner_id", "currency_id", "invoice_line_ids", "line_ids", "journal_id"} {
		if v, ok := vals[name]; ok && id(v) != b.int(name) {
			return true
		}
	}
	return false
}

// billLines describes account.move.line.
func billLines(db *orm.DB) {
	m := db.Model("account.move.line")
	m.Label, m.Order = "Journal Item", "date desc, move_name desc, id"
	m.Indexed("move_id", "purchase_line_id", "product_id")
	m.Cascades("move_id")
	m.Field("move_id").OwnedLines = true
	m.Defaults(map[string]any{"company_id": 1, "quantity": 1.0, "display_type": "product"})
	m.Field("sequence").Default = func(*orm.Env) any { return 100 }
	m.Field("currency_id").Required = false
	m.Defaults(map[string]any{"deductible_amount": 100.0})
	db.Related(m.Name, "move_type", "move_id", "move_type")
	db.Related(m.Name, "purchase_order_id", "purchase_line_id", "order_id")
	m.BeforeCreate = completeBillLine
	after := func(l record) error {
		if madeByTheBill(l.text("display_type")) {
			return nil
		}
		if err := refreshBillLine(l); err != nil {
			return err
		}
		if err := refreshBilled([]record{l.to("purchase_line_id")}); err != nil {
			return err
		}
		return refreshBill(l.to("move_id"))
	}
	m.AfterWrite = func(e *orm.Env, id int64, _ map[string]any, _ bool) error { return after(rec(e, m.Name, id)) }
	m.BeforeUnlink = func(e *orm.Env, ids []int64) (func() error, error) {
		var bills, lines []record
		for _, l := range recs(e, m.Name, ids) {
			b := l.to("move_id")
			if b.exists() && b.text("state") == "posted" {
				return nil, deletesPosted(e)
			}
			bills, lines = append(bills, b), append(lines, l.to("purchase_line_id"))
		}
		return func() error {
			for _, b := range bills {
				if err := refreshBill(b); err != nil {
					return err
				}
			}
			return refreshBilled(lines)
		}, nil
	}
}

// completeBillLine takes unit, name, price, account and taxes from the product.
func completeBillLine(e *orm.Env, vals map[string]any) error {
	bill := rec(e, "account.move", id(vals["move_id"]))
	if id(vals["purchase_line_id"]) != 0 {
		if err := mayWriteMail(e); err != nil { // the bill says of which order it is made
			return err
		}
	}
	product := rec(e, "product.product", id(vals["product_id"]))
	// The books owe the company, whichever of its contacts the bill names.
	for name, of := range map[string]string{"partner_id": "commercial_partner_id", "currency_id": "currency_id", "journal_id": "journal_id"} {
		if vals[name] == nil {
			vals[name] = orNone(bill.int(of))
		}
	}
	vals["parent_state"] = bill.text("state")
	if vals["date"] == nil {
		vals["date"] = when(bill.at("date"))
	}
	kind, _ := vals["display_type"].(string)
	if kind != "product" && kind != "" {
		return nil
	}
	if id(vals["account_id"]) == 0 {
		vals["account_id"] = orNone(accountOf(e, "expense"))
	}
	if product.id == 0 {
		if vals["tax_ids"] == nil {
			vals["tax_ids"] = taxesOf(e, "account_purchase_tax_id")
		}
		return nil
	}
	if id(vals["product_uom_id"]) == 0 {
		vals["product_uom_id"] = product.int("uom_id")
	}
	if vals["name"] == nil {
		vals["name"] = e.DisplayName(product.m, product.id)
	}
	if vals["price_unit"] == nil {
		vals["price_unit"] = product.num("standard_price")
	}
	if vals["tax_ids"] == nil {
		vals["tax_ids"] = e.Get(product.m, product.id, "supplier_taxes_id").L
	}
	return nil
}

func refreshBillLine(l record) error {
	if l.text("display_type") != "product" {
		return nil
	}
	net, _, gross := amounts(l.num("quantity"), l.num("price_unit"), l.num("discount"), l.all("tax_ids"))
	return l.keep(map[string]any{"price_subtotal": net, "price_total": gross})
}

// ordersOf are the order lines that a bill is for.
func ordersOf(b record) []record {
	var lines []record
	for _, l := range b.all("line_ids") {
		if p := l.to("purchase_line_id"); p.id != 0 {
			lines = append(lines, p)
		}
	}
	return lines
}

// refreshBilled recomputes what order lines store about their bills.
func refreshBilled(lines []record) error {
	for _, l := range lines {
		if !l.exists() {
			continue
		}
		if err := refreshOrderLine(l); err != nil {
			return err
		}
		if err := refreshOrder(l.to("order_id")); err != nil {
			return err
		}
	}
	return nil
}
