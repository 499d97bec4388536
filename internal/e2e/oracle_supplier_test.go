package e2e

import (
	"fmt"
	"maps"
	"strconv"

	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
)

// partnerRows are all partners, archived ones too.
func (b *books) partnerRows() map[int64]raw {
	if b.partners != nil {
		return b.partners
	}
	fields := []any{"name", "ref", "vat", "barcode", "company_registry", "email", "phone", "website", "is_company", "parent_id", "child_ids",
		"street", "street2", "city", "zip", "state_id", "country_id", "function", "type", "property_purchase_currency_id",
		"property_supplier_payment_term_id", "commercial_partner_id", "lang", "comment", "active", "company_id", "create_date", "supplier_rank"}
	if b.major < 19 {
		fields = append(fields, "mobile")
	}
	if b.has(b.t, "res.partner", "global_location_number") {
		fields = append(fields, "global_location_number")
	}
	b.partners = b.all("res.partner", fields...)
	return b.partners
}

// suppliers reads all of them, archived ones too, by name: partners that were
// bought from, those whom a document names as its supplier, and whoever stands above.
func (b *books) suppliers() map[string]*supplierv1.Supplier {
	known := map[int64]bool{}
	for _, model := range []string{"product.supplierinfo", "purchase.order"} {
		for _, s := range b.all(model, "partner_id") {
			known[s.id("partner_id")] = true
		}
	}
	if b.has(b.t, "purchase.requisition", "vendor_id") {
		for _, r := range b.all("purchase.requisition", "vendor_id") {
			known[r.id("vendor_id")] = true
		}
	}
	for _, bill := range b.all("account.move", "partner_id", "move_type") {
		if kind := bill.text("move_type"); kind == "in_invoice" || kind == "in_refund" || kind == "in_receipt" {
			known[bill.id("partner_id")] = true
		}
	}
	for _, transfer := range b.transfers() {
		if b.isReceipt(transfer) {
			known[transfer.id("partner_id")] = true
		}
	}
	partners := b.partnerRows()
	for id, row := range partners {
		known[id] = known[id] || row.number("supplier_rank") > 0
	}
	for id := range maps.Clone(known) {
		for up := partners[id].id("parent_id"); known[id] && up != 0; up = partners[up].id("parent_id") {
			known[up] = true
		}
	}
	out := map[string]*supplierv1.Supplier{}
	for id, row := range partners {
		if known[id] {
			s := b.supplier(row)
			out[s.GetName()] = s
		}
	}
	return out
}

// legal is the company of the partner that a row names; empty for none.
func (b *books) legal(r raw, field string) string {
	return b.partnerRows()[r.id(field)].ref("suppliers", "commercial_partner_id")
}

func (b *books) supplier(r raw) *supplierv1.Supplier {
	s := &supplierv1.Supplier{
		Name: fmt.Sprintf("suppliers/%d", r.id("id")), DisplayName: r.text("name"), Reference: r.text("ref"), TaxId: r.text("vat"),
		CompanyRegistry: r.text("company_registry"), Email: r.text("email"), Phone: r.text("phone"), Mobile: r.text("mobile"),
		Website: r.text("website"), IsCompany: r.flag("is_company"),
		CurrencyCode: b.currency(r, "property_purchase_currency_id"),
		PaymentTerms: b.named("account.payment.term", r.id("property_supplier_payment_term_id")),
		Language:     r.text("lang"), Note: r.words("comment"), Active: r.flag("active"),
		Company: b.company(r), CreateTime: r.time(b.t, "create_date"), LegalSupplier: r.ref("suppliers", "commercial_partner_id"),
	}
	for _, number := range []string{r.text("global_location_number"), r.text("barcode")} {
		if s.GetGln() == "" && len(number) == 13 {
			s.Gln = gtin(number)
		}
	}
	if parent := r.id("parent_id"); parent != 0 {
		s.Parent = fmt.Sprintf("suppliers/%d", parent)
	}
	s.Addresses = append(s.Addresses, b.address(r, supplierv1.AddressType_ADDRESS_TYPE_MAIN, "self"))
	for _, id := range r.ids("child_ids") {
		child := b.partnerRows()[id]
		if !child.flag("active") {
			continue
		}
		switch kind := child.text("type"); kind {
		case "contact":
			s.Contacts = append(s.Contacts, &supplierv1.Contact{
				Id: strconv.FormatInt(id, 10), DisplayName: child.text("name"), Function: child.text("function"),
				Email: child.text("email"), Phone: child.text("phone"), Mobile: child.text("mobile")})
		case "invoice":
			s.Addresses = append(s.Addresses, b.address(child, supplierv1.AddressType_ADDRESS_TYPE_INVOICE, kind))
		case "delivery":
			s.Addresses = append(s.Addresses, b.address(child, supplierv1.AddressType_ADDRESS_TYPE_DELIVERY, kind))
		case "other":
			s.Addresses = append(s.Addresses, b.address(child, supplierv1.AddressType_ADDRESS_TYPE_OTHER, kind))
		case "private": // belongs to a person
		default:
			s.Addresses = append(s.Addresses, b.address(child, supplierv1.AddressType_ADDRESS_TYPE_UNSPECIFIED, kind))
		}
	}
	return s
}

func (b *books) address(r raw, kind supplierv1.AddressType, source string) *supplierv1.Address {
	return &supplierv1.Address{
		Id: strconv.FormatInt(r.id("id"), 10), Type: kind, SourceType: source, DisplayName: r.text("name"),
		Street: r.text("street"), Street2: r.text("street2"), City: r.text("city"), PostalCode: r.text("zip"),
		Region: b.named("res.country.state", r.id("state_id")), CountryCode: b.all("res.country", "code")[r.id("country_id")].text("code"),
		Email: r.text("email"), Phone: r.text("phone"),
	}
}
