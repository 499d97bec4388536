package e2e

import (
	"fmt"
	"strconv"

	productv1 "odoomesh/gen/go/mesh/product/v1"

	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/protobuf/proto"
)

// productOracle says what products should look like, out of what Odoo answers.
type productOracle struct {
	*books
	prices, packagings, barcodes, values map[int64]raw
}

// products reads all of them, archived ones too, by name.
func (b *books) products() map[string]*productv1.Product {
	o := &productOracle{books: b}
	fields := []any{"default_code", "name", "description", "barcode", "categ_id", "tracking", "uom_id", "seller_ids",
		"standard_price", "lst_price", "cost_currency_id", "currency_id", "weight", "weight_uom_name", "volume", "volume_uom_name",
		"purchase_ok", "sale_ok", "active", "product_tmpl_id", "product_template_attribute_value_ids", "company_id", "create_date", "type",
		"use_expiration_date", "expiration_time", "use_time", "removal_time", "alert_time", "purchase_method"}
	prices := []any{"partner_id", "product_code", "product_name", "min_qty", "price", "currency_id", "delay", "date_start", "date_end",
		"company_id", "sequence", "product_id", "product_tmpl_id"}
	if b.major < 18 {
		fields = append(fields, "detailed_type")
	} else {
		fields = append(fields, "is_storable")
	}
	if b.major < 19 {
		fields = append(fields, "uom_po_id", "packaging_ids")
		prices = append(prices, "product_uom")
		o.packagings = b.all("product.packaging", "name", "barcode", "qty", "purchase")
	} else {
		fields = append(fields, "uom_ids", "product_uom_ids")
		prices = append(prices, "product_uom_id")
		o.barcodes = b.all("product.uom", "barcode", "uom_id", "product_id")
	}
	if b.major > 16 {
		prices = append(prices, "discount")
	}
	o.prices = b.all("product.supplierinfo", prices...)
	o.values = b.all("product.template.attribute.value", "name", "attribute_id")
	out := map[string]*productv1.Product{}
	for _, row := range b.all("product.product", fields...) {
		product := o.product(row)
		out[product.GetName()] = product
	}
	return out
}

func (o *productOracle) product(r raw) *productv1.Product {
	p := &productv1.Product{
		Name: fmt.Sprintf("products/%d", r.id("id")), Sku: r.text("default_code"), DisplayName: r.text("name"),
		Description: r.words("description"), Gtin: gtin(r.text("barcode")),
		Category: &productv1.Category{Id: r.id("categ_id"), Path: o.all("product.category", "complete_name")[r.id("categ_id")].text("complete_name")},
		ExpiryPolicy: &productv1.ExpiryPolicy{
			Expires: r.flag("use_expiration_date"), ExpiryDays: r.whole("expiration_time"),
			BestBeforeDays: r.whole("use_time"), RemovalDays: r.whole("removal_time"), AlertDays: r.whole("alert_time"),
		},
		BaseUnit: o.unit(r.id("uom_id")), PurchaseUnit: o.unit(r.id("uom_po_id")),
		Cost:           r.money("standard_price", o.currency(r, "cost_currency_id")),
		SalesPrice:     r.money("lst_price", o.currency(r, "currency_id")),
		CanBePurchased: r.flag("purchase_ok"), CanBeSold: r.flag("sale_ok"), BilledAsOrdered: r.text("purchase_method") == "purchase", Active: r.flag("active"),
		OdooTemplateId: r.id("product_tmpl_id"), Company: o.company(r),
		CreateTime: r.time(o.t, "create_date"),
	}
	if r.id("categ_id") == 0 {
		p.Category = nil
	}
	if proto.Size(p.GetExpiryPolicy()) == 0 {
		p.ExpiryPolicy = nil
	}
	o.kind(r, p)
	o.measures(r, p)
	o.identifiers(r, p)
	o.supplierPrices(r, p)
	for _, id := range r.ids("product_template_attribute_value_ids") {
		v := o.values[id]
		p.VariantAttributes = append(p.VariantAttributes, &productv1.VariantAttribute{Attribute: o.named("product.attribute", v.id("attribute_id")), Value: v.text("name")})
	}
	return p
}

func (o *productOracle) kind(r raw, p *productv1.Product) {
	p.SourceTracking = r.text("tracking")
	p.Tracking = map[string]productv1.Tracking{"none": productv1.Tracking_TRACKING_NONE, "lot": productv1.Tracking_TRACKING_LOT, "serial": productv1.Tracking_TRACKING_SERIAL}[p.GetSourceTracking()]
	source := r.text("detailed_type")
	if o.major >= 18 {
		if source = r.text("type"); r.flag("is_storable") {
			source += "+is_storable"
		}
	}
	p.SourceKind = source
	switch source {
	case "product", "consu+is_storable":
		p.Kind = productv1.Kind_KIND_GOODS
	case "consu":
		p.Kind = productv1.Kind_KIND_CONSUMABLE
	case "service":
		p.Kind = productv1.Kind_KIND_SERVICE
	case "combo":
		p.Kind = productv1.Kind_KIND_COMBO
	}
}

func (o *productOracle) measures(r raw, p *productv1.Product) {
	if w := r.number("weight"); w != 0 {
		p.WeightKg = decimalOf(w * map[string]float64{"kg": 1, "lb": 0.45359237}[r.text("weight_uom_name")])
	}
	if v := r.number("volume"); v != 0 {
		p.VolumeM3 = decimalOf(v * map[string]float64{"m³": 1, "ft³": 0.028316846592}[r.text("volume_uom_name")])
	}
}

func (o *productOracle) identifiers(r raw, p *productv1.Product) {
	if code := r.text("barcode"); code != "" {
		kind := productv1.IdentifierType_IDENTIFIER_TYPE_BARCODE
		if gtin(code) != "" {
			kind = productv1.IdentifierType_IDENTIFIER_TYPE_GTIN
		}
		p.Identifiers = append(p.Identifiers, &productv1.Identifier{Type: kind, SourceType: "barcode", Value: code})
	}
	add := func(source, code, name string, quantity *decimal.Decimal) {
		if code != "" {
			p.Identifiers = append(p.Identifiers, &productv1.Identifier{
				Type: productv1.IdentifierType_IDENTIFIER_TYPE_PACKAGE_GTIN, SourceType: source, Value: code, Package: name, Quantity: quantity})
		}
	}
	for _, id := range r.ids("packaging_ids") {
		box := o.packagings[id]
		add("product.packaging", box.text("barcode"), box.text("name"), box.decimal("qty"))
		p.Packagings = append(p.Packagings, &productv1.Packaging{
			Id: strconv.FormatInt(id, 10), DisplayName: box.text("name"), Barcode: box.text("barcode"), Gtin: gtin(box.text("barcode")),
			Quantity: box.decimal("qty"), CanBePurchased: box.flag("purchase")})
	}
	// From 19 on a packaging is a unit, and its barcode stands beside it.
	base := o.units()[r.id("uom_id")].number("factor")
	inBase := func(unit int64) *decimal.Decimal { return decimalOf(o.units()[unit].number("factor") / base) }
	code := map[int64]string{}
	for _, id := range r.ids("product_uom_ids") {
		b := o.barcodes[id]
		unit := b.id("uom_id")
		add("product.uom", b.text("barcode"), o.units()[unit].text("name"), inBase(unit))
		if code[unit] == "" {
			code[unit] = b.text("barcode")
		}
	}
	for _, unit := range r.ids("uom_ids") {
		p.Packagings = append(p.Packagings, &productv1.Packaging{
			Id: strconv.FormatInt(unit, 10), DisplayName: o.units()[unit].text("name"), Barcode: code[unit], Gtin: gtin(code[unit]), Quantity: inBase(unit)})
	}
}

func (o *productOracle) supplierPrices(r raw, p *productv1.Product) {
	for _, id := range r.ids("seller_ids") {
		s := o.prices[id]
		if variant := s.id("product_id"); variant != 0 && variant != r.id("id") {
			continue
		}
		unit := s.id("product_uom")
		if o.major >= 19 {
			unit = s.id("product_uom_id")
		}
		price := &productv1.SupplierPrice{
			Id: strconv.FormatInt(id, 10), Supplier: s.ref("suppliers", "partner_id"), LegalSupplier: o.legal(s, "partner_id"),
			PartNumber: s.text("product_code"), ProductName: s.text("product_name"), MinQuantity: s.decimal("min_qty"),
			Unit: o.unit(unit), Price: s.money("price", o.currency(s, "currency_id")),
			LeadTimeDays: s.whole("delay"), ValidFrom: s.date("date_start"), ValidUntil: s.date("date_end"),
			Company: o.company(s), Sequence: s.whole("sequence"), AllVariants: s.id("product_id") == 0,
		}
		if o.major > 16 {
			price.DiscountPercent = s.decimal("discount")
		}
		p.SupplierPrices = append(p.SupplierPrices, price)
	}
}
