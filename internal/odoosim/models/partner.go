package models

import (
	"strings"

	"odoomesh/internal/odoosim/orm"
)

// partners describes res.partner: companies, persons and their addresses.
func partners(db *orm.DB) {
	m := db.Model("res.partner")
	m.Label, m.Parent = "Contact", "parent_id"
	m.Order = "complete_name ASC, id DESC"
	if db.Version == 16 {
		m.Order = "display_name ASC, id DESC"
	}
	m.SearchNames = []string{"email", "ref", "vat"}
	m.Indexed("ref", "barcode", "email", "parent_id")
	m.Defaults(map[string]any{
		"active": true, "type": "contact", "lang": "en_US", "trust": "normal",
		"invoice_warn": "no-message", "picking_warn": "no-message", "purchase_warn": "no-message",
		"autopost_bills": "ask", "partner_share": true, "reminder_date_before_receipt": 1,
	})
	// The recording holds only some of the zones, and the languages that were active.
	m.Field("tz").Selection, m.Field("lang").Selection = nil, nil
	name := func(e *orm.Env, id int64) string { return partnerName(e, m, id) }
	m.Display = name
	m.Computed("complete_name", func(e *orm.Env, id int64) orm.Value { return orm.Text(name(e, id)) })
	m.Computed("parent_name", func(e *orm.Env, id int64) orm.Value {
		return e.Get(m, e.Ref(m, id, "parent_id"), "name")
	})
	m.Computed("company_type", func(e *orm.Env, id int64) orm.Value {
		if e.Get(m, id, "is_company").N != 0 {
			return orm.Text("company")
		}
		return orm.Text("person")
	})
	m.Computed("commercial_partner_id", func(e *orm.Env, id int64) orm.Value { return orm.Int(commercial(e, m, id)) })
	m.Computed("commercial_company_name", func(e *orm.Env, id int64) orm.Value {
		top := commercial(e, m, id)
		if e.Get(m, top, "is_company").N == 0 {
			return e.Get(m, id, "company_name")
		}
		return e.Get(m, top, "name")
	})
	m.Computed("email_normalized", func(e *orm.Env, id int64) orm.Value {
		return orm.Text(strings.ToLower(strings.TrimSpace(e.Get(m, id, "email").S)))
	})
	m.Computed("country_code", func(e *orm.Env, id int64) orm.Value {
		return e.Get(db.Model("res.country"), e.Ref(m, id, "country_id"), "code")
	})
	m.Computed("currency_id", companyCurrency)
	m.Computed("self", func(_ *orm.Env, id int64) orm.Value { return orm.Int(id) })
	if f := m.Field("company_type"); f != nil {
		f.Inverse = func(e *orm.Env, id int64, v any) error {
			return e.Write(m, []int64{id}, map[string]any{"is_company": v == "company"})
		}
	}
	m.Check = func(e *orm.Env, id int64) error {
		if e.Get(m, id, "name").Empty() && e.Get(m, id, "type").S == "contact" {
			return orm.Rule("The operation cannot be completed: Contacts require a name")
		}
		return nil
	}
	m.AfterWrite = func(e *orm.Env, id int64, vals map[string]any, created bool) error {
		return passAddress(e, m, id, vals)
	}
}

// partnerName is "Company, Contact" for a contact of a company.
func partnerName(e *orm.Env, m *orm.Model, id int64) string {
	name := e.Get(m, id, "name").S
	parent := e.Ref(m, id, "parent_id")
	if parent == 0 || e.Get(m, id, "is_company").N != 0 {
		return name
	}
	if name == "" {
		kind := e.Get(m, id, "type").S
		for _, option := range m.Field("type").Selection {
			if option[0] == kind {
				name = option[1]
			}
		}
	}
	return e.Get(m, commercial(e, m, id), "name").S + ", " + name
}

// commercial is the company that a contact belongs to, or itself.
func commercial(e *orm.Env, m *orm.Model, id int64) int64 {
	for range 16 {
		parent := e.Ref(m, id, "parent_id")
		if parent == 0 || e.Get(m, id, "is_company").N != 0 {
			break
		}
		id = parent
	}
	return id
}

// passAddress copies a changed address to the contacts that share it, as Odoo does
// with children of type contact, and with it moves their write_date.
func passAddress(e *orm.Env, m *orm.Model, id int64, vals map[string]any) error {
	address := map[string]any{}
	for _, name := range []string{"street", "street2", "zip", "city", "state_id", "country_id"} {
		if v, ok := vals[name]; ok {
			address[name] = v
		}
	}
	if len(address) == 0 {
		return nil
	}
	for _, child := range e.All().Get(m, id, "child_ids").L {
		if e.Get(m, child, "type").S == "contact" {
			if err := e.Write(m, []int64{child}, address); err != nil {
				return err
			}
		}
	}
	return nil
}

// companyCurrency is the currency of the environment's company.
func companyCurrency(e *orm.Env, _ int64) orm.Value {
	return e.Get(e.DB().Model("res.company"), e.Company, "currency_id")
}
