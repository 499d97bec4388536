package summary

import (
	"strings"
	"testing"
)

// million is a stock of a million positions, each of a lot of its own, of 20,000 products at
// 50 places.
func million() *stock {
	s := newStock()
	eur, unit := s.currencies.number("EUR", "EUR"), s.units.number("units/1", unitOf(1))
	for i := range int64(20_000) {
		*s.product.at(i + 1) = product{nanos: 1_500_000_000 + i, currency: eur, unit: unit}
	}
	for i := range int64(50) {
		*s.location.at(i + 1) = location{inHouse: true, parent: -1}
	}
	for i := range int64(1_000_000) {
		*s.lot.at(i + 1) = lot{expires: i % 1000 * 86400}
	}
	for p := range int64(20_000) {
		for l := range int64(50) {
			key := positionKey{s.product.number(p + 1), s.location.number(l + 1), s.lot.number(l*20_000 + p + 1), 0, 0}
			s.positions.Put(position{positionKey: key, unit: unit, quantity: 97_000_000, reserved: 5_000_000})
		}
	}
	s.settle()
	return s
}

func BenchmarkSums(b *testing.B) {
	s := million()
	for _, by := range []string{"", "product", "location", "lot", "product,location", "location,product", "location,lot", "company"} {
		b.Run(strings.ReplaceAll("by "+by, " ", "_"), func(b *testing.B) {
			dimensions, err := grouping(by, stockDimensions)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				q := &stockQuestion{by: dimensions, size: 50, since: never, priced: true}
				if err := s.narrow(q, "", "", "", true, companies{}); err != nil {
					b.Fatal(err)
				}
				if len(s.sums(q)) == 0 {
					b.Fatal("nothing")
				}
			}
		})
	}
	b.Run("expiring", func(b *testing.B) {
		for b.Loop() {
			q := &stockQuestion{}
			if err := s.narrow(q, "", "", "", true, companies{}); err != nil {
				b.Fatal(err)
			}
			s.expiring(q, 100*86400, 160*86400, nil, 51)
		}
	})
}
