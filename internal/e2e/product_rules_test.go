package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/genproto/googleapis/type/money"

	productv1 "odoomesh/gen/go/mesh/product/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
)

// Units and prices are those that the release has, and one price is meant.
func TestUnitsAndPricesOfProducts(t *testing.T) {
	t.Parallel()
	for _, major := range []int{16, 19} {
		t.Run(fmt.Sprint(major), func(t *testing.T) {
			t.Parallel()
			p := simulated(t, major, 10)
			m := start(t, settings(t, p))
			on := shelfOf(t, p)
			unit := func(name string) *typesv1.UnitOfMeasure {
				return &typesv1.UnitOfMeasure{Name: fmt.Sprintf("units/%d", p.find(t, "uom.uom", "name", name))}
			}
			n := 0
			create := func(change func(*productv1.Product)) (*productv1.Product, error) {
				n++
				made := &productv1.Product{DisplayName: fmt.Sprint("Powder ", n), Kind: productv1.Kind_KIND_GOODS, BaseUnit: unit("kg")}
				change(made)
				r, err := m.products.CreateProduct(t.Context(), &productv1.CreateProductRequest{RequestId: fmt.Sprint("u", n), Product: made})
				if len(r.GetIntent().GetDeviations()) > 0 {
					t.Errorf("%v", r.GetIntent())
				}
				return r.GetProduct(), err
			}
			if got, err := create(func(*productv1.Product) {}); err != nil || got.GetBaseUnit().GetDisplayName() != "kg" {
				t.Errorf("%v, %v", got, err)
			}
			got, err := create(func(made *productv1.Product) { made.PurchaseUnit = unit("g") })
			if major == 16 && (err != nil || got.GetPurchaseUnit().GetDisplayName() != "g") || major == 19 && !slices.Contains(refusalOf(err).fields, "product.purchase_unit") {
				t.Errorf("a unit of its own for purchases: %v, %v", got, err)
			}
			if _, err := create(func(made *productv1.Product) { made.PurchaseUnit = unit("Dozens") }); major == 16 && !slices.Contains(refusalOf(err).fields, "product.purchase_unit.name") {
				t.Errorf("kilograms are bought in dozens: %v", err)
			}

			one := p.create(t, "product.product", p.goods(map[string]any{"name": "Sleeve " + p.mark}))
			two := p.create(t, "product.product", map[string]any{"product_tmpl_id": p.templateOf(t, one)})
			set := func(change func(*productv1.SupplierPrice)) (*productv1.SetSupplierPriceResponse, error) {
				n++
				price := &productv1.SupplierPrice{Supplier: supplierName(on.supplier), Price: &money.Money{CurrencyCode: p.currency(t), Units: int64(n)}}
				change(price)
				return m.products.SetSupplierPrice(t.Context(), &productv1.SetSupplierPriceRequest{RequestId: fmt.Sprint("s", n), Name: productName(one), SupplierPrice: price})
			}
			prices := func(product int64) (all []string) {
				t.Helper()
				r, err := m.products.GetProduct(t.Context(), &productv1.GetProductRequest{Name: productName(product), ReadMode: liveMode})
				if err != nil {
					t.Fatal(err)
				}
				for _, s := range r.GetSupplierPrices() {
					all = append(all, fmt.Sprint(s.GetPrice().GetUnits(), s.GetAllVariants()))
				}
				return all
			}
			own, err := set(func(*productv1.SupplierPrice) {})
			if err != nil || len(own.GetIntent().GetDeviations()) > 0 {
				t.Fatalf("%v, %v", own, err)
			}
			first := n
			if _, err := set(func(s *productv1.SupplierPrice) { s.AllVariants = true }); err != nil {
				t.Error(err)
			}
			if got, want := prices(one), []string{fmt.Sprint(first, false), fmt.Sprint(n, true)}; !slices.Equal(got, want) {
				t.Errorf("the prices are %v, want %v", got, want)
			}
			if got, want := prices(two), []string{fmt.Sprint(n, true)}; !slices.Equal(got, want) {
				t.Errorf("the prices of the other variant are %v, want %v", got, want)
			}
			r, err := set(func(s *productv1.SupplierPrice) { s.ValidFrom = &date.Date{Year: 2027, Month: 1, Day: 1} })
			if err != nil || !strings.Contains(strings.Join(r.GetIntent().GetWarnings(), " "), "holds on the same days") {
				t.Errorf("a price beside another one: %v, %v", r, err)
			}
			_, err = set(func(s *productv1.SupplierPrice) { s.DiscountPercent = &decimal.Decimal{Value: "5"} })
			if refused := slices.Contains(refusalOf(err).fields, "supplier_price.discount_percent"); refused != (major == 16) {
				t.Errorf("a discount: %v", err)
			}
			if _, err = set(func(s *productv1.SupplierPrice) { s.Unit = unit("kg") }); !slices.Contains(refusalOf(err).fields, "supplier_price.unit.name") {
				t.Errorf("sleeves by weight: %v", err)
			}
			p.create(t, "product.supplierinfo", map[string]any{"partner_id": on.supplier, "product_tmpl_id": p.templateOf(t, one), "price": 1.0})
			if _, err = set(func(s *productv1.SupplierPrice) { s.AllVariants = true }); refusalOf(err).reason != "BUSINESS_RULE" || !strings.Contains(err.Error(), "twice") {
				t.Errorf("one of two prices for the same: %v", err)
			}
		})
	}
}
