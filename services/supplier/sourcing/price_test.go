package sourcing

import (
	"math/big"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/genproto/googleapis/type/money"
	"pgregory.net/rapid"

	productv1 "odoomesh/gen/go/mesh/product/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/resource"
)

func number(text string) *decimal.Decimal { return &decimal.Decimal{Value: text} }

func measure(id, factor string) *typesv1.UnitOfMeasure {
	return &typesv1.UnitOfMeasure{Name: "units/" + id, ReferenceUnit: "units/1", FactorNumerator: number(factor), FactorDenominator: number("1")}
}

var today = &date.Date{Year: 2026, Month: 11, Day: 29}

// cannula costs 2.50 a piece, 2.40 from a hundred on, 28 a dozen of another supplier's
// contact, and 10 of a third from next year on. Of a fourth, which 41 and 42 are contacts
// of, it costs 9 with the first row and 3 with a cheaper one, 1 for another company, and 2 of
// its contact 42.
var cannula = &productv1.Product{BaseUnit: measure("1", "1"), SupplierPrices: []*productv1.SupplierPrice{
	{Supplier: "suppliers/7", LegalSupplier: "suppliers/7", Unit: measure("1", "1"), Price: &money.Money{CurrencyCode: "EUR", Units: 2, Nanos: 500_000_000}},
	{Supplier: "suppliers/7", LegalSupplier: "suppliers/7", Unit: measure("1", "1"), MinQuantity: number("100"), Price: &money.Money{CurrencyCode: "EUR", Units: 2, Nanos: 400_000_000}, DiscountPercent: number("50")},
	{Supplier: "suppliers/71", LegalSupplier: "suppliers/8", Unit: measure("12", "12"), Price: &money.Money{CurrencyCode: "EUR", Units: 28}},
	{Supplier: "suppliers/9", LegalSupplier: "suppliers/9", Unit: measure("1", "1"), ValidFrom: &date.Date{Year: 2027, Month: 1, Day: 1}, Price: &money.Money{CurrencyCode: "EUR", Units: 10}},
	{Supplier: "suppliers/40", LegalSupplier: "suppliers/40", Unit: measure("1", "1"), MinQuantity: number("5"), Price: &money.Money{CurrencyCode: "EUR", Units: 9}},
	{Supplier: "suppliers/40", LegalSupplier: "suppliers/40", Unit: measure("1", "1"), Price: &money.Money{CurrencyCode: "EUR", Units: 6}, DiscountPercent: number("50"), Company: "Clinic", Sequence: 5},
	{Supplier: "suppliers/40", LegalSupplier: "suppliers/40", Unit: measure("1", "1"), Price: &money.Money{CurrencyCode: "EUR", Units: 1}, Company: "Another"},
	{Supplier: "suppliers/42", LegalSupplier: "suppliers/40", Unit: measure("1", "1"), Price: &money.Money{CurrencyCode: "EUR", Units: 2}, Sequence: 9},
}}

// A price is compared with the row of the list that Odoo would take.
func TestPricesAreThoseOfTheList(t *testing.T) {
	for _, tt := range []struct {
		name, supplier, currency, quantity, price string
		unit                                      int64
		mode                                      Mode
		says                                      string
	}{
		{"as listed", "suppliers/7", "EUR", "10", "2.5", 1, Off, ""},
		{"as far as is tolerated", "suppliers/7", "EUR", "10", "2.625", 1, Off, ""},
		{"too dear", "suppliers/7", "EUR", "10", "2.63", 1, Refuse, "2.63 is not the 2.5 EUR"},
		{"too cheap", "suppliers/7", "EUR", "10", "2.3", 1, Refuse, "2.3 is not"},
		{"in no currency", "suppliers/7", "", "10", "2.3", 1, Warn, "say which"},
		{"of many, before the discount", "suppliers/7", "EUR", "100", "2.4", 1, Off, ""},
		{"of many, behind the discount", "suppliers/7", "EUR", "100", "1.2", 1, Off, ""},
		{"of many, as of few", "suppliers/7", "EUR", "100", "2.6", 1, Refuse, "the 1.2 EUR"},
		{"by the dozen", "suppliers/7", "EUR", "9", "28.8", 12, Off, ""},
		{"a piece of a dozen", "suppliers/71", "EUR", "24", "2.3333", 1, Off, ""},
		{"a piece of a dozen, too dear", "suppliers/71", "EUR", "24", "2.5", 1, Refuse, "2.3333"},
		{"of a contact, for the company that it is of", "suppliers/8", "EUR", "24", "2.3333", 1, Warn, "has no price of suppliers/8"},
		{"the cheapest of the first partner", "suppliers/40", "EUR", "10", "3", 1, Off, ""},
		{"the first row, where another is cheaper", "suppliers/40", "EUR", "10", "9", 1, Refuse, "the 3 EUR"},
		{"of another company", "suppliers/40", "EUR", "10", "1", 1, Refuse, "the 3 EUR"},
		{"of the partner above", "suppliers/41", "EUR", "10", "3", 1, Off, ""},
		{"of a sibling", "suppliers/41", "EUR", "10", "2", 1, Refuse, "the 3 EUR"},
		{"of its own, where the one above comes first", "suppliers/42", "EUR", "10", "2", 1, Refuse, "the 3 EUR"},
		{"in another currency", "suppliers/7", "USD", "10", "9", 1, Warn, "is in EUR"},
		{"in a unit that nobody knows", "suppliers/7", "EUR", "10", "9", 99, Warn, "another unit"},
		{"in a unit that Odoo alone knows", "suppliers/7", "EUR", "2", "60", 24, Off, ""},
		{"in a unit that Odoo alone knows, too dear", "suppliers/7", "EUR", "2", "900", 24, Refuse, "900 is not the 60 EUR"},
		{"that begins later", "suppliers/9", "EUR", "10", "9", 1, Warn, "has no price of suppliers/9"},
		{"of nobody known", "suppliers/10", "EUR", "10", "9", 1, Warn, "has no price of suppliers/10"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := &Rules{Policy: Policy{Price: Refuse, Tolerance: 5}}
			key, err := resource.KeyOf("suppliers", tt.supplier)
			if err != nil {
				t.Fatal(err)
			}
			in := unitOf(cannula, tt.unit)
			if tt.unit == 24 { // which Odoo alone knows
				in = measure("24", "24")
			}
			o := Order{Supplier: resource.KeyID(key), Currency: tt.currency, Company: "Clinic"}
			if o.Supplier == 41 || o.Supplier == 42 {
				o.Parent = 40
			}
			f, differs := r.price(cannula, Line{At: "lines[2]", Product: 1, Unit: tt.unit, Quantity: rat(tt.quantity), Price: rat(tt.price), in: in}, o, today)
			if differs != (tt.mode != Off) || differs && (f.mode != tt.mode || f.field != "lines[2].unit_price" || !strings.Contains(f.problem, tt.says)) {
				t.Errorf("%v %+v", differs, f)
			}
		})
	}
}

func rat(text string) *big.Rat {
	value, _ := new(big.Rat).SetString(text)
	return value
}

// What is within a tolerance is within each greater one, and the price of the list within
// all.
func TestAToleranceOnlyWidens(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		price, listed := big.NewRat(rapid.Int64Range(0, 1e9).Draw(t, "price"), 100), big.NewRat(rapid.Int64Range(0, 1e9).Draw(t, "listed"), 100)
		less := rapid.Float64Range(0, 1000).Draw(t, "tolerance")
		narrow, wide := &Rules{Policy: Policy{Tolerance: less}}, &Rules{Policy: Policy{Tolerance: less + 1}}
		if narrow.within(price, listed) && !wide.within(price, listed) {
			t.Errorf("%v is within %v %% of %v, and not within one more", price, less, listed)
		}
		if !narrow.within(listed, listed) {
			t.Errorf("%v is not itself", listed)
		}
	})
}
