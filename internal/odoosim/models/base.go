package models

import "odoomesh/internal/odoosim/orm"

// base describes companies, users, currencies, countries and external ids.
func base(db *orm.DB) {
	db.Model("ir.model.data").Label = "Model Data"
	data := db.Model("ir.model.data")
	data.Order = "module, model, name"
	data.Indexed("name", "res_id")
	data.Computed("complete_name", func(e *orm.Env, id int64) orm.Value {
		return orm.Text(e.Get(data, id, "module").S + "." + e.Get(data, id, "name").S)
	})

	company := db.Model("res.company")
	company.Label, company.Order, company.Parent = "Companies", "sequence, name", "parent_id"
	for _, name := range []string{"street", "street2", "zip", "city", "state_id", "country_id", "email", "phone", "website", "vat", "company_registry"} {
		db.Related("res.company", name, "partner_id", name)
	}
	company.Defaults(map[string]any{"sequence": 10, "active": true, "po_lead": 0.0})
	company.BeforeCreate = func(e *orm.Env, vals map[string]any) error {
		if vals["partner_id"] != nil {
			return nil
		}
		id, err := e.Create(e.DB().Model("res.partner"), map[string]any{"name": vals["name"], "is_company": true})
		vals["partner_id"] = id
		return err
	}

	user := db.Model("res.users")
	user.Label, user.Order, user.Inherits = "User", "name, login", "partner_id"
	user.SearchNames = []string{"login"}
	user.Defaults(map[string]any{"active": true, "company_id": 1, "company_ids": []int64{1}})
	user.Display = func(e *orm.Env, id int64) string { return e.Get(user, id, "name").S }

	currency := db.Model("res.currency")
	currency.Label, currency.Order = "Currency", "active desc, name"
	currency.Defaults(map[string]any{"active": true, "rounding": 0.01, "position": "after"})
	currency.Kept("decimal_places")

	country := db.Model("res.country")
	country.Label, country.Order = "Country", "name"
	country.SearchNames = []string{"code"}

	state := db.Model("res.country.state")
	state.Label, state.Order = "Country state", "code"
	state.Display = func(e *orm.Env, id int64) string {
		return e.Get(state, id, "name").S + " (" + e.Get(country, e.Ref(state, id, "country_id"), "code").S + ")"
	}

	lang := db.Model("res.lang")
	lang.Label, lang.Order = "Languages", "active desc, name"
	lang.Defaults(map[string]any{"active": true, "direction": "ltr"})

	term := db.Model("account.payment.term")
	term.Label, term.Order = "Payment Terms", "sequence, id"
	term.Defaults(map[string]any{"active": true, "sequence": 10})

	tag := db.Model("res.partner.category")
	tag.Label, tag.Order, tag.Parent, tag.ParentStored = "Partner Tags", "name", "parent_id", true
	tag.Defaults(map[string]any{"active": true})
	tag.Indexed("parent_id")

	db.Model("res.groups").Label = "Access Groups"
	translations(db)
}

// translations are the fields of which each language has a value of its own.
func translations(db *orm.DB) {
	for model, names := range map[string][]string{
		"product.template":     {"name", "description", "description_purchase", "description_sale", "description_picking", "description_pickingin", "description_pickingout"},
		"uom.uom":              {"name"},
		"uom.category":         {"name"},
		"account.tax":          {"name", "description", "invoice_label"},
		"account.payment.term": {"name", "note"},
		"product.attribute":    {"name"},
		"stock.picking.type":   {"name"},
		"res.country":          {"name"},
		"res.currency":         {"currency_unit_label", "currency_subunit_label"},
		"res.partner.category": {"name"},
		"res.groups":           {"name"},
		"account.incoterms":    {"name"},
		"account.journal":      {"name"},
		"account.account":      {"name"},
	} {
		if m := db.Model(model); m != nil {
			m.Translated(names...)
		}
	}
}
