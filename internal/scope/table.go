package scope

// Row says what principals with a scope meet of one collection. A path names a field
// as a filter does; of a path inside a list, one element is enough.
type Row struct {
	// Collection is the first part of the names.
	Collection string
	// Supplier are the fields of which one names the supplier, where it meets a record.
	// Empty: a supplier meets none.
	Supplier []string
	// Carrier is Supplier for carriers.
	Carrier []string
	// Unshared says that every record belongs to a company: one without is met by nobody
	// who is narrowed to companies.
	Unshared bool
	// Finance says that a finance platform meets the records.
	Finance bool
	// Own are lists of which a supplier meets the elements alone that name it, in
	// their field supplier or legal_supplier.
	Own []string
	// Shared are lists of which callers of some companies meet the elements alone that
	// belong to no company: an element names its company by a text, which two companies
	// can have in common.
	Shared []string
	// Prices are the fields that those do not meet who have no prices.
	Prices []string
	// CompanyHides are fields that callers of some companies do not meet, because Odoo
	// has one value for each company and the mesh reads that of one.
	CompanyHides []string
	// SupplierHides are fields that a supplier does not meet.
	SupplierHides []string
	// CarrierHides are fields that a carrier does not meet.
	CarrierHides []string
}

// Table has a row for each collection that a principal with a scope can meet. Whoever
// is narrowed to companies meets, of all of them, the records of these companies and
// those that all share.
func Table() []Row {
	return []Row{
		{
			Collection: "products", Finance: true,
			Supplier: []string{"supplier_prices.legal_supplier", "supplier_prices.supplier"},
			Own:      []string{"supplier_prices"}, Shared: []string{"supplier_prices"},
			Prices:        []string{"cost", "sales_price", "supplier_prices", "attributes"},
			CompanyHides:  []string{"cost"},
			SupplierHides: []string{"cost", "sales_price", "attributes"},
		},
		{
			Collection: "suppliers", Finance: true,
			Supplier:      []string{"legal_supplier", "name"},
			Prices:        []string{"attributes"},
			CompanyHides:  []string{"currency_code", "payment_terms"},
			SupplierHides: []string{"attributes", "approval_status", "vendor_approvals", "note"},
		},
		{
			Collection: "orders", Finance: true,
			Supplier: []string{"legal_supplier", "supplier"},
			Prices: []string{
				"lines.unit_price", "lines.discount_percent", "lines.untaxed_amount", "lines.tax_amount", "lines.total_amount",
				"lines.acknowledgement.unit_price", "untaxed_amount", "tax_amount", "total_amount", "approval", "attributes",
			},
			SupplierHides: []string{"attributes", "origin", "approval", "lines.answer_acceptance"},
		},
		{
			Collection: "requisitions", Finance: true,
			Supplier:      []string{"legal_supplier", "supplier"},
			Prices:        []string{"lines.unit_price", "attributes"},
			SupplierHides: []string{"attributes", "origin", "orders"},
		},
		{
			Collection: "receipts", Finance: true,
			Supplier:      []string{"legal_supplier", "supplier"},
			Carrier:       []string{"shipment.carrier"},
			Prices:        []string{"attributes"},
			SupplierHides: []string{"attributes", "origin", "announcement_settlement"},
			CarrierHides:  []string{"attributes", "origin", "notes", "orders", "lines", "backorder_of", "backorders", "return_of", "returns", "announcements", "announcement_settlement"},
		},
		{
			Collection: "invoices", Finance: true,
			Supplier: []string{"legal_supplier", "supplier"},
			Prices: []string{
				"lines.unit_price", "lines.discount_percent", "lines.untaxed_amount", "lines.total_amount", "lines.booked_amount",
				"untaxed_amount", "tax_amount", "total_amount", "residual_amount", "tax_lines", "match", "attributes",
			},
			SupplierHides: []string{"attributes", "origin", "match", "lines.account_code"},
		},
		{Collection: "locations", Prices: []string{"attributes"}},
		{Collection: "lots", Prices: []string{"attributes"}},
		{Collection: "movements", Unshared: true, Prices: []string{"attributes"}},
		{Collection: "stockPositions", Prices: []string{"attributes"}},
		{Collection: "inventoryEvents", Unshared: true, Prices: []string{"attributes"}},
	}
}

// rowOf finds the row of a collection.
func rowOf(collection string) (Row, bool) {
	for _, row := range Table() {
		if row.Collection == collection {
			return row, true
		}
	}
	return Row{}, false
}

// alwaysHidden are what tells of hidden fields: what could not be read of one is said
// in the faults, and a change of one moves the revision.
var alwaysHidden = []string{"provenance.faults", "provenance.revision"}
