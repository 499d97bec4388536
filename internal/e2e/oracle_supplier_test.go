package e2e

import (
	"fmt"
	"strconv"
	"testing"

	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
)

// odooSuppliers reads all of them, archived ones too, by name: partners that were
// bought from, and those who stand on a price list.
func (p *person) odooSuppliers(t testing.TB) map[string]*supplierv1.Supplier {
	t.Helper()
	fields := []any{"name", "ref", "vat", "barcode", "company_registry", "email", "phone", "website", "is_company", "parent_id", "child_ids",
		"street", "street2", "city", "zip", "state_id", "country_id", "function", "type", "property_purchase_currency_id",
		"property_supplier_payment_term_id", "lang", "comment", "active", "company_id", "create_date", "supplier_rank"}
	if p.major < 19 {
		fields = append(fields, "mobile")
	} else {
		fields = append(fields, "global_location_number")
	}
	o := &supplierOracle{
		t: t, partners: p.table(t, "res.partner", fields...), states: p.table(t, "res.country.state", "name"),
		countries: p.table(t, "res.country", "code"), currencies: p.table(t, "res.currency", "name"),
		terms: p.table(t, "account.payment.term", "name"), companies: p.table(t, "res.company", "name"),
	}
	known := map[int64]bool{}
	for _, model := range []string{"product.supplierinfo", "purchase.order"} {
		for _, s := range p.table(t, model, "partner_id") {
			known[s.id("partner_id")] = true
		}
	}
	out := map[string]*supplierv1.Supplier{}
	for id, row := range o.partners {
		if row.number("supplier_rank") > 0 || known[id] {
			s := o.supplier(row)
			out[s.GetName()] = s
		}
	}
	return out
}

type supplierOracle struct {
	t                                                         testing.TB
	partners, states, countries, currencies, terms, companies map[int64]raw
}

func (o *supplierOracle) supplier(r raw) *supplierv1.Supplier {
	s := &supplierv1.Supplier{
		Name: fmt.Sprintf("suppliers/%d", r.id("id")), DisplayName: r.text("name"), Reference: r.text("ref"), TaxId: r.text("vat"),
		CompanyRegistry: r.text("company_registry"), Email: r.text("email"), Phone: r.text("phone"), Mobile: r.text("mobile"),
		Website: r.text("website"), IsCompany: r.flag("is_company"),
		CurrencyCode: o.currencies[r.id("property_purchase_currency_id")].text("name"),
		PaymentTerms: o.terms[r.id("property_supplier_payment_term_id")].text("name"),
		Language:     r.text("lang"), Note: r.words("comment"), Active: r.flag("active"),
		Company: o.companies[r.id("company_id")].text("name"), CreateTime: r.time(o.t, "create_date"),
	}
	for _, number := range []string{r.text("global_location_number"), r.text("barcode")} {
		if s.GetGln() == "" && len(number) == 13 {
			s.Gln = gtin(number)
		}
	}
	if parent := r.id("parent_id"); parent != 0 {
		s.Parent = fmt.Sprintf("suppliers/%d", parent)
	}
	s.Addresses = append(s.Addresses, o.address(r, supplierv1.AddressType_ADDRESS_TYPE_MAIN, "self"))
	for _, id := range r.ids("child_ids") {
		child := o.partners[id]
		if !child.flag("active") {
			continue
		}
		switch kind := child.text("type"); kind {
		case "contact":
			s.Contacts = append(s.Contacts, &supplierv1.Contact{
				Id: strconv.FormatInt(id, 10), DisplayName: child.text("name"), Function: child.text("function"),
				Email: child.text("email"), Phone: child.text("phone"), Mobile: child.text("mobile")})
		case "invoice":
			s.Addresses = append(s.Addresses, o.address(child, supplierv1.AddressType_ADDRESS_TYPE_INVOICE, kind))
		case "delivery":
			s.Addresses = append(s.Addresses, o.address(child, supplierv1.AddressType_ADDRESS_TYPE_DELIVERY, kind))
		case "other":
			s.Addresses = append(s.Addresses, o.address(child, supplierv1.AddressType_ADDRESS_TYPE_OTHER, kind))
		case "private": // belongs to a person
		default:
			s.Addresses = append(s.Addresses, o.address(child, supplierv1.AddressType_ADDRESS_TYPE_UNSPECIFIED, kind))
		}
	}
	return s
}

func (o *supplierOracle) address(r raw, kind supplierv1.AddressType, source string) *supplierv1.Address {
	return &supplierv1.Address{
		Id: strconv.FormatInt(r.id("id"), 10), Type: kind, SourceType: source, DisplayName: r.text("name"),
		Street: r.text("street"), Street2: r.text("street2"), City: r.text("city"), PostalCode: r.text("zip"),
		Region: o.states[r.id("state_id")].text("name"), CountryCode: o.countries[r.id("country_id")].text("code"),
		Email: r.text("email"), Phone: r.text("phone"),
	}
}
