package invoice

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

// Of what is billed no more can be taken back than refunds have left of it, line by line
// and over all lines that bill the same.
func TestWhatCanBeTakenBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		t.Helper()
		taken := taken{quantities: map[same]*big.Rat{}}
		var lines []line
		billed, back := map[same]float64{}, map[same]float64{}
		for range rapid.IntRange(0, 6).Draw(t, "lines") {
			l := line{product: rapid.Int64Range(1, 2).Draw(t, "product"), price: 2, quantity: float64(rapid.IntRange(-3, 9).Draw(t, "quantity"))}
			lines = append(lines, l)
			billed[l.what()] += max(l.quantity, 0)
		}
		for product := range int64(3) {
			what := same{product: product, price: 2}
			back[what] = float64(rapid.IntRange(0, 20).Draw(t, "taken"))
			taken.quantities[what] = new(big.Rat).SetFloat64(back[what])
		}
		left := map[same]float64{}
		for i, open := range taken.open(lines) {
			f, _ := open.Float64()
			if f < 0 && lines[i].quantity >= 0 || f > 0 && f > lines[i].quantity {
				t.Errorf("%v is open of %v", f, lines[i].quantity)
			}
			left[lines[i].what()] += max(f, 0)
		}
		for what, sum := range left {
			if want := max(billed[what]-back[what], 0); sum != want {
				t.Errorf("of %v %v is open, want %v", what, sum, want)
			}
		}
	})
}
