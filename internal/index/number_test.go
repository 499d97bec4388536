package index_test

import (
	"bytes"
	"cmp"
	"testing"

	"github.com/cockroachdb/apd/v3"
	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/genproto/googleapis/type/money"
	"pgregory.net/rapid"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	"odoomesh/internal/index"
)

// Bytes of an index sort like the numbers that they stand for.
func TestNumbersSortAsNumbers(t *testing.T) {
	quantity := index.FieldAt((&inventoryv1.StockPosition{}).ProtoReflect().Descriptor(), "quantity")
	encoded := func(value string) []byte {
		return quantity.Values((&inventoryv1.StockPosition{Quantity: &decimal.Decimal{Value: value}}).ProtoReflect())[0]
	}
	rapid.Check(t, func(t *rapid.T) {
		texts := rapid.SliceOfN(rapid.OneOf(rapid.StringMatching(`-?[0-9]{1,6}(\.[0-9]{1,4})?`), rapid.SampledFrom([]string{"0", "-0", "0.000", "1", "1.0", "10", "-1", "-10", "-1.05", "-1.5", "0.1", "0.01", "1E+3", "1000"})), 2, 2).Draw(t, "numbers")
		a, _, _ := apd.NewFromString(texts[0])
		b, _, _ := apd.NewFromString(texts[1])
		if got, want := bytes.Compare(encoded(texts[0]), encoded(texts[1])), a.Cmp(b); got != want {
			t.Fatalf("%s and %s: %d, want %d", texts[0], texts[1], got, want)
		}
	})
	if unset := quantity.Values((&inventoryv1.StockPosition{}).ProtoReflect())[0]; bytes.Compare(unset, encoded("-999999")) >= 0 {
		t.Error("what is not set does not sort first")
	}
}

// Amounts sort within their currency.
func TestAmountsSortWithinTheirCurrency(t *testing.T) {
	total := index.FieldAt((&orderv1.Order{}).ProtoReflect().Descriptor(), "totalAmount")
	encoded := func(m *money.Money) []byte {
		return total.Values((&orderv1.Order{TotalAmount: m}).ProtoReflect())[0]
	}
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) *money.Money {
			sign := rapid.SampledFrom([]int64{-1, 1}).Draw(t, name+" sign")
			return &money.Money{CurrencyCode: rapid.SampledFrom([]string{"CHF", "EUR"}).Draw(t, name), Units: sign * rapid.Int64Range(0, 2000).Draw(t, name+" units"), Nanos: int32(sign) * rapid.Int32Range(0, 999_999_999).Draw(t, name+" nanos")}
		}
		a, b := draw("a"), draw("b")
		want := cmp.Or(cmp.Compare(a.GetCurrencyCode(), b.GetCurrencyCode()), cmp.Compare(a.GetUnits(), b.GetUnits()), cmp.Compare(a.GetNanos(), b.GetNanos()))
		if got := bytes.Compare(encoded(a), encoded(b)); got != want {
			t.Fatalf("%v and %v: %d, want %d", a, b, got, want)
		}
	})
}
