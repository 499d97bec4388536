package e2e

import (
	"fmt"

	"google.golang.org/genproto/googleapis/type/date"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
)

// isSupplied makes the supplier, which two persons approve; in some lives it changes.
func (l *life) isSupplied() {
	made := does(l, "sue", l.suppliers.CreateSupplier, &supplierv1.CreateSupplierRequest{Supplier: newcomer(l.mark)})
	l.supplier, l.email = made.GetSupplier().GetName(), newcomer(l.mark).GetEmail()
	refused(l, "sue", l.suppliers.CreateSupplier, &supplierv1.CreateSupplierRequest{Supplier: newcomer(l.mark)}, "ALREADY_EXISTS")
	if l.maybe() {
		l.email = "sales@" + l.mark + ".example"
		does(l, "sue", l.suppliers.UpdateSupplier, &supplierv1.UpdateSupplierRequest{Supplier: &supplierv1.Supplier{Name: l.supplier, Email: l.email}})
	}
	for range l.random.IntN(3) {
		does(l, "sue", l.suppliers.ProposeSupplierApproval, &supplierv1.ProposeSupplierApprovalRequest{Name: l.supplier, Reason: "audited"})
		refused(l, "sue", l.suppliers.ApproveSupplier, &supplierv1.ApproveSupplierRequest{Name: l.supplier, Reason: "by myself"}, "NOT_PERMITTED")
		does(l, "quinn", l.suppliers.ApproveSupplier, &supplierv1.ApproveSupplierRequest{Name: l.supplier, Reason: "the audit is sound"})
		l.approvals++
	}
}

// hasASpare makes another supplier, and takes it out of use.
func (l *life) hasASpare() {
	l.spare = does(l, "sue", l.suppliers.CreateSupplier, &supplierv1.CreateSupplierRequest{Supplier: newcomer(l.mark + "-spare")}).GetSupplier().GetName()
	does(l, "sue", l.suppliers.ArchiveSupplier, &supplierv1.ArchiveSupplierRequest{Name: l.spare})
	if l.spareIsGone = l.maybe(); !l.spareIsGone {
		does(l, "sue", l.suppliers.RestoreSupplier, &supplierv1.RestoreSupplierRequest{Name: l.spare})
	}
}

// cannula, spoon, fork and old are the codes of a life's products: one with lots, two without,
// of which the second is ordered later if at all, and one that goes out of use.
func (l *life) cannula() string { return "CAN-" + l.mark }
func (l *life) spoon() string   { return "SPO-" + l.mark }
func (l *life) fork() string    { return "FOR-" + l.mark }
func (l *life) old() string     { return "OLD-" + l.mark }

// article is a product without lots.
func article(code string) *productv1.Product {
	return &productv1.Product{DisplayName: "Article " + code, Sku: code, Kind: productv1.Kind_KIND_GOODS, Tracking: productv1.Tracking_TRACKING_NONE}
}

func (l *life) makes(is *productv1.Product) string {
	made := does(l, "sue", l.mixed.products.CreateProduct, &productv1.CreateProductRequest{Product: is})
	refused(l, "sue", l.mixed.products.CreateProduct, &productv1.CreateProductRequest{Product: is}, "ALREADY_EXISTS")
	if l.err == nil {
		l.products[is.GetSku()] = &kept{id: idOf(l.t, made.GetProduct().GetName()), name: is.GetDisplayName()}
	}
	return made.GetProduct().GetName()
}

// hasProducts makes the products, changes one, and takes one out of use; those that are ordered
// have a price, as Odoo takes over that of an order where there is none.
func (l *life) hasProducts() {
	first, _, gone := l.makes(novelty(l.mark)), l.makes(article(l.spoon())), l.makes(article(l.old()))
	l.sets(l.cannula(), 1, 2.75)
	l.makes(article(l.fork()))
	l.sets(l.spoon(), 1, 1.5)
	l.sets(l.fork(), 1, 4)
	if l.err == nil && l.maybe() {
		l.products[l.cannula()].name = "Cannula, sterile " + l.mark
		does(l, "sue", l.mixed.products.UpdateProduct, &productv1.UpdateProductRequest{Product: &productv1.Product{Name: first, DisplayName: "Cannula, sterile " + l.mark}})
	}
	if l.err != nil {
		return
	}
	does(l, "sue", l.mixed.products.ArchiveProduct, &productv1.ArchiveProductRequest{Name: gone})
	l.products[l.old()].archived = true
	if l.maybe() {
		does(l, "sue", l.mixed.products.RestoreProduct, &productv1.RestoreProductRequest{Name: gone})
		l.products[l.old()].archived = false
	}
}

func (l *life) productName(code string) string {
	if l.products[code] == nil {
		return ""
	}
	return productName(l.products[code].id)
}

// sets enters a price of the supplier's.
func (l *life) sets(code string, from int, price float64) *productv1.SupplierPrice {
	set := does(l, "sue", l.mixed.products.SetSupplierPrice, &productv1.SetSupplierPriceRequest{Name: l.productName(code), SupplierPrice: &productv1.SupplierPrice{
		Supplier: l.supplier, MinQuantity: much(float64(from)), Price: l.euros(price),
	}})
	l.prices[fmt.Sprint(code, " from ", from)] = price
	for _, p := range set.GetProduct().GetSupplierPrices() {
		if p.GetMinQuantity().GetValue() == fmt.Sprint(from) {
			return p
		}
	}
	if l.err == nil {
		l.err = fmt.Errorf("the price from %d is not in %v", from, set)
	}
	return nil
}

// keepsPrices adds prices, changes one, and takes one away.
func (l *life) keepsPrices() {
	l.sets(l.cannula(), 20, 2.5)
	l.sets(l.cannula(), 20, 2.25)
	away := l.sets(l.cannula(), 50, 2)
	request := &productv1.WithdrawSupplierPriceRequest{Name: l.productName(l.cannula()), SupplierPriceId: away.GetId()}
	does(l, "sue", l.mixed.products.WithdrawSupplierPrice, request)
	delete(l.prices, l.cannula()+" from 50")
	refused(l, "sue", l.mixed.products.WithdrawSupplierPrice, &productv1.WithdrawSupplierPriceRequest{Name: request.GetName(), SupplierPriceId: away.GetId()}, "INVALID_ARGUMENT")
}

// approvesVendors lets the product be bought of the supplier, and in some lives no more.
func (l *life) approvesVendors() {
	made := does(l, "sue", l.vendors.CreateApprovedVendor, &supplierv1.CreateApprovedVendorRequest{ApprovedVendor: &supplierv1.ApprovedVendor{
		Product: l.productName(l.cannula()), Supplier: l.supplier, Reason: "tested",
	}})
	l.vendor = made.GetApprovedVendor().GetName()
	refused(l, "sue", l.vendors.ApproveApprovedVendor, &supplierv1.ApproveApprovedVendorRequest{Name: l.vendor}, "NOT_PERMITTED")
	does(l, "quinn", l.vendors.ApproveApprovedVendor, &supplierv1.ApproveApprovedVendorRequest{Name: l.vendor})
	l.inForce = true
	if l.maybe() {
		does(l, "sue", l.vendors.UpdateApprovedVendor, &supplierv1.UpdateApprovedVendorRequest{ApprovedVendor: &supplierv1.ApprovedVendor{
			Name: l.vendor, Reason: "until then", ValidUntil: &date.Date{Year: 2099, Month: 1, Day: 31},
		}})
		does(l, "quinn", l.vendors.ApproveApprovedVendor, &supplierv1.ApproveApprovedVendorRequest{Name: l.vendor})
	}
	if l.maybe() {
		does(l, "quinn", l.vendors.WithdrawApprovedVendor, &supplierv1.WithdrawApprovedVendorRequest{Name: l.vendor, Reason: "the maker has changed"})
		l.inForce = false
	}
}

// endsIt suspends the supplier in some lives: nothing more is ordered of it.
func (l *life) endsIt() {
	if l.maybe() {
		does(l, "quinn", l.suppliers.SuspendSupplier, &supplierv1.SuspendSupplierRequest{Name: l.supplier, Reason: "particles in three lots"})
		l.suspended = true
		refused(l, "sue", l.orders.CreateOrder, &orderv1.CreateOrderRequest{Order: &orderv1.Order{Supplier: l.supplier, Origin: l.mark + "-never", Lines: []*orderv1.OrderLine{
			{Product: l.productName(l.cannula()), Quantity: much(4), UnitPrice: l.euros(2.75)},
		}}}, "BUSINESS_RULE")
	}
}

// importsMore makes products and their prices by two lists.
func (l *life) importsMore() {
	var products []*productv1.ImportProductsRequest
	var prices []*productv1.ImportSupplierPricesRequest
	for row := range 3 + l.random.IntN(4) {
		code := fmt.Sprintf("IMP-%s-%d", l.mark, row)
		products = append(products, &productv1.ImportProductsRequest{Product: article(code)})
		prices = append(prices, &productv1.ImportSupplierPricesRequest{Sku: code, SupplierPrice: &productv1.SupplierPrice{
			Supplier: l.supplier, MinQuantity: much(1), Price: l.euros(float64(row + 1)),
		}})
		l.prices[code+" from 1"] = float64(row + 1)
	}
	products[0].Header = &commandv1.ImportHeader{RequestId: l.mark + "-products"}
	prices[0].Header = &commandv1.ImportHeader{RequestId: l.mark + "-prices"}
	for row, name := range imported(l, l.mixed.products.ImportProducts, products...) {
		is := products[row].GetProduct()
		l.products[is.GetSku()] = &kept{id: idOf(l.t, name), name: is.GetDisplayName()}
	}
	imported(l, l.mixed.products.ImportSupplierPrices, prices...)
}
