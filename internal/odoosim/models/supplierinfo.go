package models

import "odoomesh/internal/odoosim/orm"

// supplierPrices describes product.supplierinfo: what a supplier asks for a product.
func supplierPrices(db *orm.DB) {
	m, variant := db.Model("product.supplierinfo"), db.Model("product.product")
	m.Label, m.RecName = "Supplier Pricelist", "partner_id"
	m.Order = "sequence, min_qty DESC, price, id"
	m.Indexed("partner_id", "product_tmpl_id", "product_id", "product_code")
	m.Cascades("partner_id", "product_tmpl_id")
	m.Defaults(map[string]any{"sequence": 1, "delay": 1, "min_qty": 0.0, "company_id": 1})
	m.Field("currency_id").Default = func(e *orm.Env) any { return companyCurrency(e, 0).N }
	db.Related("product.supplierinfo", "product_variant_count", "product_tmpl_id", "product_variant_count")
	db.Related("product.supplierinfo", "product_uom", "product_tmpl_id", "uom_po_id")
	m.Computed("price_discounted", func(e *orm.Env, id int64) orm.Value {
		return orm.Float(e.Get(m, id, "price").Float() * (1 - e.Get(m, id, "discount").Float()/100))
	})
	m.BeforeCreate = func(e *orm.Env, vals map[string]any) error {
		return completePrice(e, variant, vals)
	}
}

// completePrice finds the template of a price for a variant, and on 19 the only
// variant and the unit of a price for a template.
func completePrice(e *orm.Env, variant *orm.Model, vals map[string]any) error {
	tmpl := e.DB().Model("product.template")
	template, product := id(vals["product_tmpl_id"]), id(vals["product_id"])
	if template == 0 && product != 0 {
		template = e.Ref(variant, product, "product_tmpl_id")
		vals["product_tmpl_id"] = template
	}
	if e.DB().Version < 19 {
		return nil
	}
	if ids := variants(e, tmpl, template); product == 0 && len(ids) == 1 {
		vals["product_id"] = ids[0]
	}
	if id(vals["product_uom_id"]) == 0 {
		vals["product_uom_id"] = e.Ref(tmpl, template, "uom_id")
	}
	return nil
}

// id reads a many2one's value where it is a number.
func id(v any) int64 {
	switch v := v.(type) {
	case int:
		return int64(v)
	case int64:
		return v
	}
	return 0
}
