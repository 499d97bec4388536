package order

import (
	"math/big"
	"testing"
)

// A refusal names a line by its place in the record: headings count, and Odoo's order does.
func TestALineIsNamedByItsPlaceInTheRecord(t *testing.T) {
	asked := linesAsked([]line{{id: 1, product: 11, sequence: 20}, {id: 2, sequence: 10, heading: true}, {id: 3, product: 13, sequence: 10}, {id: 4, product: 14, sequence: 20}})
	want := map[string]int64{"lines[1]": 13, "lines[2]": 11, "lines[3]": 14}
	if len(asked) != len(want) {
		t.Fatalf("%d lines are judged, want %d", len(asked), len(want))
	}
	for _, l := range asked {
		if want[l.At] != l.Product {
			t.Errorf("%s is product %d, want %d", l.At, l.Product, want[l.At])
		}
	}
}

// What is judged is what is paid: the price less the discount of the line.
func TestAPriceIsJudgedLessItsDiscount(t *testing.T) {
	asked := linesAsked([]line{{id: 1, product: 11, quantity: 1, price: 1.2, discount: 50}, {id: 2, product: 12, quantity: 1, price: 1.2}})
	for i, want := range []*big.Rat{big.NewRat(6, 10), big.NewRat(12, 10)} {
		if got := asked[i].Price; got.Cmp(want) != 0 {
			t.Errorf("%s: %v, want %v", asked[i].At, got, want)
		}
	}
}

// A discount that a line has already is no deviation of a change; one of a new line is.
func TestADiscountThatNobodyAskedForIsTold(t *testing.T) {
	is := line{id: 4, product: 11, quantity: 1, price: 1.2, discount: 50}
	u := &update{lines: []changedLine{{at: "lines[0]", id: 4}}, added: []newLine{{at: "lines[1]", product: 11, quantity: "1", price: "1.2"}}}
	got := u.deviations([]line{is, {id: 5, product: 11, quantity: 1, price: 1.2, discount: 50}}, []int64{5})
	if len(got) != 1 || got[0].GetField() != "lines[1].discount_percent" || got[0].GetFound() != "50" {
		t.Errorf("%v", got)
	}
}
