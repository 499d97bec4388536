package order

import (
	"testing"

	"google.golang.org/protobuf/proto"

	orderv1 "odoomesh/gen/go/mesh/order/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
)

func TestWhichOrdersHaveToBeApproved(t *testing.T) {
	for _, c := range []struct {
		setting, total, currency string
		want                     bool
	}{
		{"", "1000000", "EUR", false},
		{"1000 EUR", "999.99", "EUR", false},
		{"1000 EUR", "1000", "EUR", true},
		{"0 EUR", "0", "EUR", true},
		{"0.5 EUR", "0.49", "EUR", false},
		{"1000 EUR", "1", "USD", true},
	} {
		total, _ := number(c.total)
		if got := policyOf(c.setting).demands(total, c.currency); got != c.want {
			t.Errorf("%q of %s %s: %v", c.setting, c.total, c.currency, got)
		}
	}
}

// An approval holds as long as what was approved does: for whom, what, how much and at
// which price.
func TestWhatAnApprovalIsOf(t *testing.T) {
	approved := content(twoLines())
	for name, c := range map[string]struct {
		change func(*orderv1.Order)
		same   bool
	}{
		"the supplier": {func(o *orderv1.Order) { o.Supplier = "suppliers/8" }, false},
		"the currency": {func(o *orderv1.Order) { o.CurrencyCode = "USD" }, false},
		"a quantity":   {func(o *orderv1.Order) { o.Lines[1].Quantity.Value = "11" }, false},
		"a price":      {func(o *orderv1.Order) { o.Lines[1].UnitPrice.Nanos++ }, false},
		"a discount":   {func(o *orderv1.Order) { o.Lines[1].DiscountPercent = quantity("1") }, false},
		"a unit":       {func(o *orderv1.Order) { o.Lines[1].Unit = &typesv1.UnitOfMeasure{Name: "units/2"} }, false},
		"a product":    {func(o *orderv1.Order) { o.Lines[1].Product = "products/9" }, false},
		"a line less":  {func(o *orderv1.Order) { o.Lines = o.Lines[:2] }, false},
		"lines swapped": {func(o *orderv1.Order) {
			o.Lines[1].Quantity, o.Lines[2].Quantity = o.Lines[2].Quantity, o.Lines[1].Quantity
		}, false},
		"a heading": {func(o *orderv1.Order) { o.Lines = o.Lines[1:] }, true},
		"a text":    {func(o *orderv1.Order) { o.Lines[1].Description = "x"; o.SupplierReference = "Q" }, true},
		"an answer": {func(o *orderv1.Order) { o.Lines[1].Acknowledgement = &orderv1.Acknowledgement{Status: rejected} }, true},
	} {
		o := proto.CloneOf(twoLines())
		c.change(o)
		if same := content(o) == approved; same != c.same {
			t.Errorf("%s: the approval holds: %v", name, same)
		}
	}
}
