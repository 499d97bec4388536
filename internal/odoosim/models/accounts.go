package models

import "odoomesh/internal/odoosim/orm"

// accounts describes what bills refer to: accounts, journals, taxes, terms.
func accounts(db *orm.DB) {
	a := db.Model("account.account")
	a.Label, a.Order, a.SearchNames = "Account", "code, id", []string{"code"}
	a.Defaults(map[string]any{"company_id": 1, "company_ids": []int64{1}, "active": true})
	a.Kept("code")
	a.Display = func(e *orm.Env, id int64) string {
		r := rec(e, a.Name, id)
		if e.DB().Version >= 19 {
			return r.text("name")
		}
		return r.text("code") + " " + r.text("name")
	}
	j := db.Model("account.journal")
	j.Label, j.Order, j.SearchNames = "Journal", "sequence, type, code", []string{"code"}
	j.Defaults(map[string]any{"company_id": 1, "active": true, "sequence": 10})
	t := db.Model("account.tax")
	t.Label, t.Order = "Tax", "sequence,id"
	t.Field("tax_group_id").Required = false
	t.Defaults(map[string]any{"company_id": 1, "active": true, "sequence": 1, "amount_type": "percent"})
	t.Field("country_id").Default = func(e *orm.Env) any {
		return rec(e, "res.company", 1).to("partner_id").int("country_id")
	}
	db.Model("account.tax.repartition.line").Label = "Tax Repartition Line"
	db.Model("account.tax.repartition.line").RecName = "repartition_type"
	c := db.Model("account.cash.rounding")
	c.Label = "Account Cash Rounding"
	c.Defaults(map[string]any{"strategy": "add_invoice_line", "rounding_method": "HALF-UP"})
	l := db.Model("account.payment.term.line")
	l.Label, l.RecName = "Payment Terms Line", "value"
	l.Indexed("payment_id")
	l.Cascades("payment_id")
	l.Defaults(map[string]any{"value": "percent", "value_amount": 100.0})
	for _, name := range []string{"product.product", "product.template"} {
		if f := db.Model(name).Field("supplier_taxes_id"); f != nil {
			f.Default = func(e *orm.Env) any { return taxesOf(e, "account_purchase_tax_id") }
		}
		if f := db.Model(name).Field("taxes_id"); f != nil {
			f.Default = func(e *orm.Env) any { return taxesOf(e, "account_sale_tax_id") }
		}
	}
	partner := db.Model("res.partner")
	for field, kind := range map[string]string{"property_account_payable_id": "liability_payable", "property_account_receivable_id": "asset_receivable"} {
		if f := partner.Field(field); f != nil {
			f.Default = func(e *orm.Env) any { return orNone(accountOf(e, kind)) }
		}
	}
	for field, usage := range map[string]string{"property_stock_supplier": "supplier", "property_stock_customer": "customer"} {
		if f := partner.Field(field); f != nil {
			f.Default = func(e *orm.Env) any { return orNone(usageLocation(e, usage, false)) }
		}
	}
}

// taxesOf are the taxes that the company puts on new products.
func taxesOf(e *orm.Env, field string) any {
	if tax := rec(e, "res.company", 1).int(field); tax != 0 {
		return []int64{tax}
	}
	return nil
}

// accountOf is the first account of a kind.
func accountOf(e *orm.Env, kind string) int64 {
	ids, err := e.Search(e.DB().Model("account.account"), []any{[]any{"account_type", "=", kind}}, orm.Page{Order: "id", Limit: 1})
	if err != nil || len(ids) == 0 {
		return 0
	}
	return ids[0]
}

// journalOf is the first journal of a kind.
func journalOf(e *orm.Env, kind string) int64 {
	ids, err := e.Search(e.DB().Model("account.journal"), []any{[]any{"type", "=", kind}}, orm.Page{Order: "id", Limit: 1})
	if err != nil || len(ids) == 0 {
		return 0
	}
	return ids[0]
}
