package odoo

// Pack says what things are called in one release of Odoo and how it behaves
// where releases differ. The names were seen on 16.0, 17.0, 18.0 and 19.0; an
// online release between two of them may already carry the later name, which
// the mapping then misses at the start.
type Pack struct {
	Version Version

	// TemplateStampsShowInProduct: a change of product.template moves the
	// write_date of its product.product (from 17 on).
	TemplateStampsShowInProduct bool
	// CoarseDatetimeComparison: > and <= on datetimes compare whole seconds, not
	// microseconds (from 18.4 on). >= is safe everywhere.
	CoarseDatetimeComparison bool
	// WebhookActions: an automation rule can send a webhook (from 17 on).
	WebhookActions bool
	// WebhookAfterCommit: the webhook is sent when the change can be read, not
	// before (from 19 on).
	WebhookAfterCommit bool
	// UomCategories: units convert within uom.category (up to 18); later they
	// form a tree by relative_uom_id.
	UomCategories bool
	// StorableIsFlag: storable products have is_storable (from 18 on); before,
	// detailed_type is "product".
	StorableIsFlag bool
	// LockedIsState: a locked purchase order has state "done" (up to 18).
	LockedIsState bool
	// ValidateDoneIsFault: button_validate on a done picking is a fault (up to
	// 18); later it answers true.
	ValidateDoneIsFault bool
	// ImmediateTransfer: button_validate may ask by the wizard
	// stock.immediate.transfer (16).
	ImmediateTransfer bool
	// JSON2: the server offers the JSON-2 API (from 19 on).
	JSON2 bool
}

// PackFor is the pack of a supported version.
func PackFor(v Version) Pack {
	return Pack{
		Version:                     v,
		TemplateStampsShowInProduct: v.Major >= 17,
		CoarseDatetimeComparison:    !v.Less(Version{Major: 18, Minor: 4}),
		WebhookActions:              v.Major >= 17,
		WebhookAfterCommit:          v.Major >= 19,
		UomCategories:               v.Major <= 18,
		StorableIsFlag:              v.Major >= 18,
		LockedIsState:               v.Major <= 18,
		ValidateDoneIsFault:         v.Major <= 18,
		ImmediateTransfer:           v.Major == 16,
		JSON2:                       v.Major >= 19,
	}
}

// Field is what a field is called in this version: the name of something that
// releases call differently (see renames) or any other name as it is. It is
// empty where the version has no such field.
func (p Pack) Field(model, name string) string { return lookup(renames(), p.Version, model, name) }

// Method is what a method is called in this version.
func (p Pack) Method(model, name string) string {
	return lookup(renamedMethods(), p.Version, model, name)
}

func lookup(table []rename, v Version, model, name string) string {
	for _, r := range table {
		if r.model == model && r.name == name {
			return r.called[min(max(v.Major, OldestMajor), NewestMajor)-OldestMajor]
		}
	}
	return name
}

// rename is a thing that releases call differently.
type rename struct {
	model, name string
	called      [NewestMajor - OldestMajor + 1]string // by release, oldest first
}

func renames() []rename {
	return []rename{
		{"stock.move.line", "done_quantity", [...]string{"qty_done", "quantity", "quantity", "quantity"}},
		{"stock.move.line", "done_quantity_in_product_unit", [...]string{"", "quantity_product_uom", "quantity_product_uom", "quantity_product_uom"}},
		{"stock.move.line", "picked", [...]string{"", "picked", "picked", "picked"}},
		{"stock.move", "done_quantity", [...]string{"quantity_done", "quantity", "quantity", "quantity"}},
		{"stock.move", "picked", [...]string{"", "picked", "picked", "picked"}},
		{"stock.move", "scrap_mark", [...]string{"scrapped", "scrapped", "scrapped", "scrap_id"}},
		{"stock.move", "group", [...]string{"group_id", "group_id", "group_id", "reference_ids"}},
		{"stock.picking", "group", [...]string{"group_id", "group_id", "group_id", "reference_ids"}},
		{"stock.location", "scrap_mark", [...]string{"scrap_location", "scrap_location", "scrap_location", ""}},
		{"product.product", "storable", [...]string{"detailed_type", "detailed_type", "is_storable", "is_storable"}},
		{"product.template", "storable", [...]string{"detailed_type", "detailed_type", "is_storable", "is_storable"}},
		{"product.product", "purchase_unit", [...]string{"uom_po_id", "uom_po_id", "uom_po_id", ""}},
		{"product.template", "purchase_unit", [...]string{"uom_po_id", "uom_po_id", "uom_po_id", ""}},
		{"product.product", "further_units", [...]string{"", "", "", "uom_ids"}},
		{"product.template", "further_units", [...]string{"", "", "", "uom_ids"}},
		{"product.supplierinfo", "unit", [...]string{"product_uom", "product_uom", "product_uom", "product_uom_id"}},
		{"uom.uom", "category", [...]string{"category_id", "category_id", "category_id", ""}},
		{"uom.uom", "type", [...]string{"uom_type", "uom_type", "uom_type", ""}},
		{"uom.uom", "relative_unit", [...]string{"", "", "", "relative_uom_id"}},
		{"uom.uom", "relative_factor", [...]string{"", "", "", "relative_factor"}},
		{"purchase.order.line", "unit", [...]string{"product_uom", "product_uom", "product_uom", "product_uom_id"}},
		{"purchase.order.line", "taxes", [...]string{"taxes_id", "taxes_id", "taxes_id", "tax_ids"}},
		{"purchase.order", "notes", [...]string{"notes", "notes", "notes", "note"}},
		{"purchase.order", "locked", [...]string{"", "", "", "locked"}},
		{"purchase.order", "group", [...]string{"group_id", "group_id", "group_id", "reference_ids"}},
	}
}

func renamedMethods() []rename {
	return []rename{
		{"stock.return.picking", "create_returns", [...]string{"create_returns", "create_returns", "action_create_returns", "action_create_returns"}},
	}
}
