package models

// seedStock makes the places and the warehouse that every database has, with the
// ids that Odoo's own set-up gives them.
func seedStock(s *seeder) {
	v := s.e.DB().Version
	place := func(name, usage string, in int64, more map[string]any) int64 {
		vals := map[string]any{"name": name, "usage": usage, "company_id": false}
		if in != 0 {
			vals["location_id"] = in
		}
		for k, x := range more {
			vals[k] = x
		}
		return s.add("stock.location", vals)
	}
	var physical, virtual int64
	if v < 19 {
		physical = place("Physical Locations", "view", 0, nil)
		partners := place("Partners", "view", 0, nil)
		virtual = place("Virtual Locations", "view", 0, nil)
		place("Vendors", "supplier", partners, nil)
		place("Customers", "customer", partners, nil)
		place("Inter-company transit", "transit", virtual, map[string]any{"active": false})
	} else {
		place("Vendors", "supplier", 0, nil)
		place("Customers", "customer", 0, nil)
		place("Inter-company transit", "transit", 0, map[string]any{"active": false})
	}
	s.add("stock.warehouse", map[string]any{"name": "Central Store", "code": "WH"})
	own := map[string]any{"company_id": 1}
	place("Inter-warehouse transit", "transit", physical, map[string]any{"company_id": 1, "active": false})
	place("Inventory adjustment", "inventory", virtual, own)
	place("Production", "production", virtual, own)
	if v < 19 {
		place("Scrap", "inventory", virtual, map[string]any{"company_id": 1, "scrap_location": true})
	}
	s.addTo("res.company", 1, map[string]any{"stock_move_sms_validation": true, "stock_text_confirmation": true,
		"stock_confirmation_type": "sms", "po_double_validation": "one_step",
		"po_double_validation_amount": 5000.0, "po_lock": "edit"})
}

// seedAccounts makes a small chart of accounts, journals and taxes.
func seedAccounts(s *seeder) {
	for _, a := range []struct{ code, name, kind string }{
		{"101000", "Current Assets", "asset_current"}, {"110100", "Stock Valuation", "asset_current"},
		{"121000", "Account Receivable", "asset_receivable"}, {"131000", "Tax Paid", "asset_current"},
		{"201000", "Current Liabilities", "liability_current"}, {"211000", "Account Payable", "liability_payable"},
		{"400000", "Product Sales", "income"}, {"600000", "Expenses", "expense"}, {"101401", "Bank", "asset_cash"},
	} {
		s.add("account.account", map[string]any{"code": a.code, "code_store": a.code, "name": a.name, "account_type": a.kind})
	}
	purchases := "Vendor Bills"
	if s.e.DB().Version >= 19 {
		purchases = "Purchases"
	}
	for _, j := range []struct{ name, kind, code string }{
		{"Customer Invoices", "sale", "INV"}, {purchases, "purchase", "BILL"}, {"Miscellaneous Operations", "general", "MISC"}, {"Bank", "bank", "BNK1"},
	} {
		s.add("account.journal", map[string]any{"name": j.name, "type": j.kind, "code": j.code})
	}
	sale := s.add("account.tax", map[string]any{"name": "25%", "amount": 25.0, "type_tax_use": "sale"})
	purchase := s.add("account.tax", map[string]any{"name": "25%", "amount": 25.0, "type_tax_use": "purchase"})
	s.add("account.tax", map[string]any{"name": "12%", "amount": 12.0, "type_tax_use": "purchase"})
	s.add("account.tax", map[string]any{"name": "0%", "amount": 0.0, "type_tax_use": "purchase"})
	s.addTo("res.company", 1, map[string]any{"account_sale_tax_id": sale, "account_purchase_tax_id": purchase})
}
