package summary

import (
	"strings"
	"testing"
	"time"
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

// delivered is what has come of half a million orders of two lines each: a million deliveries
// by 300 suppliers of 20,000 products, within four years.
func delivered() *deliveries {
	d, begin := newDeliveries(), time.Date(2022, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	for i := range int64(1_000_000) {
		supplier := 1 + i*7919%300
		row := delivery{deliveryKey: deliveryKey{int32(i/2 + 1), int32(i/2 + 1), int32(i + 1)}, at: begin + i*7907%(4*365*86400), lead: uint32(i * 104_729 % (60 * 86400))}
		row.over = int32(i%5*86_400/2 - 86_400)
		row.kind = d.kind(deliveryKind{product: 1 + i*6151%20_000, ordered: party{supplier, supplier}, comes: party{supplier, supplier}, buyer: 1, receiver: 1})
		d.rows.Put(row)
	}
	return d
}

func BenchmarkLeadTimes(b *testing.B) {
	d := delivered()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		b.Fatal(err)
	}
	for name, q := range map[string]leadQuestion{
		"by supplier, all": {by: []int{leadBySupplier}, size: 1000}, "by supplier, a page": {by: []int{leadBySupplier}, size: 50},
		"by company": {by: []int{leadByBuyer}, size: 50}, "by supplier and product": {by: []int{leadBySupplier, leadByProduct}, size: 50},
		"of a supplier by product": {by: []int{leadByProduct}, supplier: 7, size: 50}, "of a year by supplier": {by: []int{leadBySupplier}, from: time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC).Unix(), size: 1000},
	} {
		b.Run(strings.ReplaceAll(name, " ", "_"), func(b *testing.B) {
			q.to, q.calendar = never, newCalendar(zone)
			for b.Loop() {
				groups := d.leads(&q)
				for i := range groups[:min(len(groups), q.size)] {
					d.sumOf(&q, &groups[i])
				}
				if len(groups) == 0 {
					b.Fatal("nothing")
				}
			}
		})
	}
}
