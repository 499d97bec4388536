package models

import (
	"slices"

	"odoomesh/internal/odoosim/orm"
)

// templates describes product.template, which passes some fields on to its only variant.
func templates(db *orm.DB) {
	m, variant := db.Model("product.template"), db.Model("product.product")
	m.Label, m.Order = "Product", "is_favorite desc, name"
	if db.Version < 18 {
		m.Order = "priority desc, name"
	}
	m.Indexed("categ_id")
	m.Defaults(map[string]any{
		"active": true, "sale_ok": true, "purchase_ok": true, "sequence": 1, "tracking": "none", "list_price": 1.0,
		"type": "consu", "detailed_type": "consu", "purchase_method": "receive", "purchase_line_warn": "no-message",
		"uom_id": 1, "service_tracking": "no", "priority": "0",
	})
	if db.Version < 19 {
		m.Defaults(map[string]any{"categ_id": 1})
	}
	m.Display = func(e *orm.Env, id int64) string {
		return coded(e.Get(m, id, "default_code").S, e.Get(m, id, "name").S)
	}
	m.Computed("currency_id", func(e *orm.Env, id int64) orm.Value {
		company := e.Ref(m, id, "company_id")
		if company == 0 {
			company = 1
		}
		return e.Get(db.Model("res.company"), company, "currency_id")
	})
	m.Computed("cost_currency_id", companyCurrency)
	m.Computed("uom_name", func(e *orm.Env, id int64) orm.Value {
		return e.Get(db.Model("uom.uom"), e.Ref(m, id, "uom_id"), "name")
	})
	m.Computed("weight_uom_name", called("kg"))
	m.Computed("volume_uom_name", called("m³"))
	m.Computed("cost_method", constant(orm.Text("standard")))
	valuation := "manual_periodic"
	if db.Version >= 19 {
		valuation = "periodic"
	}
	m.Computed("valuation", constant(orm.Text(valuation)))
	m.Computed("product_variant_count", func(e *orm.Env, id int64) orm.Value {
		return orm.Int(int64(len(e.Get(m, id, "product_variant_ids").L)))
	})
	m.Computed("product_variant_id", func(e *orm.Env, id int64) orm.Value {
		if ids := e.Get(m, id, "product_variant_ids").L; len(ids) > 0 {
			return orm.Int(ids[0])
		}
		return orm.Value{}
	})
	quantities(db, m, func(e *orm.Env, id int64) []int64 { return variants(e, m, id) })
	for _, name := range []string{"barcode", "default_code", "standard_price", "volume", "weight"} {
		passed(m, variant, name)
	}
	m.BeforeCreate = func(e *orm.Env, vals map[string]any) error {
		oneType(db, m, vals)
		if vals["type"] == "service" && db.Version >= 18 && vals["purchase_method"] == "receive" {
			vals["purchase_method"] = "purchase"
		}
		if m.Field("uom_po_id") != nil && vals["uom_po_id"] == nil {
			vals["uom_po_id"] = vals["uom_id"]
		}
		return nil
	}
	m.BeforeWrite = func(e *orm.Env, ids []int64, vals map[string]any) error {
		oneType(db, m, vals)
		for _, t := range recs(e, m.Name, ids) {
			if err := keepsKind(t, vals); err != nil {
				return err
			}
		}
		return nil
	}
	m.AfterWrite = func(e *orm.Env, id int64, vals map[string]any, created bool) error {
		if created {
			return firstVariant(e, variant, id, vals)
		}
		return followTemplate(e, m, variant, id, vals)
	}
}

// keepsKind refuses, up to 18, to begin or to cease counting a product that has moved.
func keepsKind(t record, vals map[string]any) error {
	changes := false
	switch t.e.DB().Version {
	case 16, 17:
		kind, set := vals["detailed_type"].(string)
		changes = set && kind != t.text("detailed_type")
	case 18:
		counts, set := vals["is_storable"].(bool)
		changes = set && counts != t.is("is_storable")
	}
	if !changes {
		return nil
	}
	line := t.e.DB().Model("stock.move.line")
	for _, variant := range t.all("product_variant_ids") {
		for _, id := range t.e.Referring(line.Field("product_id"), variant.id) {
			if (record{t.e, line, id}).text("state") == "done" {
				return orm.Rule("You can not change the inventory type of a product that was already used.")
			}
		}
	}
	return nil
}

// passed reads and writes a template's field at its only variant.
func passed(m, variant *orm.Model, name string) {
	m.Computed(name, func(e *orm.Env, id int64) orm.Value {
		if ids := variants(e, m, id); len(ids) == 1 {
			return e.Get(variant, ids[0], name)
		}
		return orm.Value{}
	})
	m.Field(name).Inverse = func(e *orm.Env, id int64, v any) error {
		if ids := variants(e, m, id); len(ids) == 1 {
			return e.Write(variant, ids, map[string]any{name: v})
		}
		return nil
	}
}

// variants are the template's variants: the active ones, or all if none is active.
func variants(e *orm.Env, m *orm.Model, id int64) []int64 {
	active := *e
	active.ActiveTest = true
	if ids := active.Get(m, id, "product_variant_ids").L; len(ids) > 0 {
		return ids
	}
	return e.All().Get(m, id, "product_variant_ids").L
}

// oneType keeps type and detailed_type, which 16 and 17 have both, the same.
func oneType(db *orm.DB, m *orm.Model, vals map[string]any) {
	if db.Version >= 18 {
		return
	}
	switch {
	case vals["detailed_type"] != nil && vals["detailed_type"] != "consu":
		vals["type"] = vals["detailed_type"]
	case vals["type"] != nil && vals["type"] != "consu":
		vals["detailed_type"] = vals["type"]
	case vals["detailed_type"] != nil:
		vals["type"] = vals["detailed_type"]
	}
}

// firstVariant makes the variant of a new template, unless the template is itself
// made for a new variant.
func firstVariant(e *orm.Env, variant *orm.Model, id int64, vals map[string]any) error {
	if e.Context["inherited_by"] == variant.Name {
		return nil
	}
	theirs := map[string]any{"product_tmpl_id": id}
	for _, name := range []string{"barcode", "default_code", "standard_price", "volume", "weight"} {
		if v, ok := vals[name]; ok {
			theirs[name] = v
		}
	}
	if v, ok := vals["active"]; ok {
		theirs["active"] = v
	}
	_, err := e.Create(variant, theirs)
	return err
}

// followTemplate lets variants follow their template: archiving, and from 17 on
// the write stamp.
func followTemplate(e *orm.Env, m, variant *orm.Model, id int64, vals map[string]any) error {
	ids := e.All().Get(m, id, "product_variant_ids").L
	v, turned := vals["active"]
	// A template that comes back brings its variants with it where none is in use.
	if turned && v != false && slices.ContainsFunc(ids, func(id int64) bool { return rec(e, variant.Name, id).is("active") }) {
		turned = false
	}
	if turned && len(ids) > 0 {
		if err := e.Write(variant, ids, map[string]any{"active": v}); err != nil {
			return err
		}
	}
	if e.DB().Version < 17 {
		return nil
	}
	for _, v := range ids {
		e.Touch(variant, v)
	}
	return nil
}

// called is the name of a unit in the language of whoever asks.
func called(unit string) func(*orm.Env, int64) orm.Value {
	return func(e *orm.Env, _ int64) orm.Value {
		if e.Lang == "" || e.Lang == orm.SourceLanguage {
			return orm.Text(unit)
		}
		m, source := e.DB().Model("uom.uom"), *e
		source.Lang = ""
		ids, err := source.Search(m, []any{[]any{"name", "=", unit}}, orm.Page{Order: "id"})
		if err != nil || len(ids) == 0 {
			return orm.Text(unit)
		}
		return e.Get(m, ids[0], "name")
	}
}
