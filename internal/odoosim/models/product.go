package models

import (
	"strings"

	"odoomesh/internal/odoosim/orm"
)

// products describes product.product, the variant, which shows its template's fields.
func products(db *orm.DB) {
	m, tmpl := db.Model("product.product"), db.Model("product.template")
	m.Label, m.Inherits = "Product Variant", "product_tmpl_id"
	m.Order = "is_favorite desc, default_code, name, id"
	if db.Version < 18 {
		m.Order = "priority desc, default_code, name, id"
	}
	m.SearchNames = []string{"default_code", "barcode"}
	m.Indexed("product_tmpl_id", "default_code", "barcode")
	m.Defaults(map[string]any{"active": true})
	m.Display = func(e *orm.Env, id int64) string {
		return coded(e.Get(m, id, "default_code").S, e.Get(m, id, "name").S)
	}
	display := func(e *orm.Env, id int64) orm.Value { return orm.Text(m.Display(e, id)) }
	m.Computed("partner_ref", display)
	m.Computed("code", func(e *orm.Env, id int64) orm.Value { return e.Get(m, id, "default_code") })
	m.Computed("lst_price", func(e *orm.Env, id int64) orm.Value { return e.Get(m, id, "list_price") })
	m.Field("lst_price").Inverse = func(e *orm.Env, id int64, v any) error {
		return e.Write(tmpl, []int64{e.Ref(m, id, "product_tmpl_id")}, map[string]any{"list_price": v})
	}
	m.Computed("is_product_variant", constant(orm.Bool(true)))
	m.Computed("cost_currency_id", companyCurrency)
	m.Computed("valid_ean", func(e *orm.Env, id int64) orm.Value { return orm.Bool(!e.Get(m, id, "barcode").Empty()) })
	quantities(db, m, func(e *orm.Env, id int64) []int64 { return []int64{id} })
	m.Check = func(e *orm.Env, id int64) error { return uniqueBarcode(e, m, id) }
	m.AfterWrite = func(e *orm.Env, id int64, vals map[string]any, created bool) error {
		if created && db.Version >= 17 {
			e.Touch(m, id)
		}
		return nil
	}
	m.BeforeUnlink = func(e *orm.Env, ids []int64) (func() error, error) {
		return dropEmptyTemplates(e, m, tmpl, ids), nil
	}
	if category := db.Model("product.category"); category != nil {
		categories(db, category)
	}
}

// quantities are computed from the quants and open moves of a product's variants.
func quantities(db *orm.DB, m *orm.Model, variants func(e *orm.Env, id int64) []int64) {
	sum := func(of func(e *orm.Env, product int64) float64) func(*orm.Env, int64) orm.Value {
		return func(e *orm.Env, id int64) orm.Value {
			total := 0.0
			for _, product := range variants(e, id) {
				total += of(e, product)
			}
			return orm.Float(cents(total))
		}
	}
	hand := func(e *orm.Env, product int64) float64 { return onHand(e, product, 0) }
	m.Computed("qty_available", sum(hand))
	m.Computed("virtual_available", sum(func(e *orm.Env, product int64) float64 { return hand(e, product) + planned(e, product, 0) }))
}

func coded(code, name string) string {
	if code == "" {
		return name
	}
	return "[" + code + "] " + name
}

// uniqueBarcode refuses a barcode that another product bears, archived ones too.
func uniqueBarcode(e *orm.Env, m *orm.Model, id int64) error {
	barcode := e.Get(m, id, "barcode").S
	if barcode == "" {
		return nil
	}
	same, err := e.All().Search(m, []any{[]any{"barcode", "=", barcode}}, orm.Page{Order: "id"})
	if err != nil || len(same) < 2 {
		return err
	}
	names := make([]string, len(same))
	for i, other := range same {
		names[i] = e.DisplayName(m, other)
	}
	listed := strings.Join(names, ", ")
	if last := len(names) - 1; e.DB().Version >= 18 {
		listed = strings.Join(names[:last], ", ") + " and " + names[last]
	}
	text := "Barcode(s) already assigned:\n\n- Barcode \"" + barcode + "\" already assigned to product(s): " + listed
	if e.DB().Version >= 17 {
		text += "\n\nNote: products that you don't have access to will not be shown above."
	}
	return orm.Rule("%s", text)
}

// dropEmptyTemplates deletes the templates of deleted variants that have no other.
func dropEmptyTemplates(e *orm.Env, m, tmpl *orm.Model, ids []int64) func() error {
	templates := make([]int64, len(ids))
	for i, id := range ids {
		templates[i] = e.Ref(m, id, "product_tmpl_id")
	}
	return func() error {
		for _, template := range templates {
			if len(e.All().Get(tmpl, template, "product_variant_ids").L) > 0 {
				continue
			}
			if err := e.Unlink(tmpl, []int64{template}); err != nil {
				return err
			}
		}
		return nil
	}
}

// categories describes the tree of product categories. Their complete name is
// computed when read: renaming a parent changes the children's name and not their
// write_date.
func categories(db *orm.DB, m *orm.Model) {
	m.Label, m.Order, m.Parent, m.ParentStored = "Product Category", "complete_name", "parent_id", true
	m.RecName = "complete_name"
	m.Indexed("parent_id")
	m.Defaults(map[string]any{"packaging_reserve_method": "partial", "property_cost_method": "standard"})
	complete := func(e *orm.Env, id int64) string {
		name := e.Get(m, id, "name").S
		for range 32 {
			if id = e.Ref(m, id, "parent_id"); id == 0 {
				break
			}
			name = e.Get(m, id, "name").S + " / " + name
		}
		return name
	}
	m.Computed("complete_name", func(e *orm.Env, id int64) orm.Value { return orm.Text(complete(e, id)) })
	m.Display = complete
	m.Computed("product_count", func(e *orm.Env, id int64) orm.Value {
		ids, err := e.Search(db.Model("product.template"), []any{[]any{"categ_id", "child_of", id}}, orm.Page{Order: "id"})
		if err != nil {
			return orm.Value{}
		}
		return orm.Int(int64(len(ids)))
	})
}
