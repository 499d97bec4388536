package odoosim_test

import (
	"fmt"
	"math"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"odoomesh/internal/odoosim"
)

// place is what a quantity on hand is kept by.
type place struct{ product, location, lot, owner, pack int64 }

func refOf(v any) int64 {
	if pair, ok := v.([]any); ok {
		return pair[0].(int64)
	}
	return 0
}

// imbalance compares the done move lines with the quants and says where they differ.
func imbalance(t testing.TB, s *odoosim.Sim) string {
	t.Helper()
	sum := map[place]float64{}
	field := "quantity_product_uom"
	if s.Version() == 16 {
		field = "qty_done" // in the products' own units here
	}
	for _, l := range all(t, s, "stock.move.line", "product_id", "location_id", "location_dest_id", "lot_id", "owner_id", "package_id", "result_package_id", field, "state") {
		if l["state"] != "done" {
			continue
		}
		from := place{refOf(l["product_id"]), refOf(l["location_id"]), refOf(l["lot_id"]), refOf(l["owner_id"]), refOf(l["package_id"])}
		to := from
		to.location, to.pack = refOf(l["location_dest_id"]), refOf(l["result_package_id"])
		sum[from] -= l[field].(float64)
		sum[to] += l[field].(float64)
	}
	for _, q := range all(t, s, "stock.quant", "product_id", "location_id", "lot_id", "owner_id", "package_id", "quantity", "reserved_quantity") {
		at := place{refOf(q["product_id"]), refOf(q["location_id"]), refOf(q["lot_id"]), refOf(q["owner_id"]), refOf(q["package_id"])}
		sum[at] -= q["quantity"].(float64)
		if r := q["reserved_quantity"].(float64); r < 0 {
			return fmt.Sprintf("reserved %v at %+v", r, at)
		}
	}
	for at, rest := range sum {
		if math.Abs(rest) > 1e-6 {
			return fmt.Sprintf("%v more in lines than in quants at %+v", rest, at)
		}
	}
	return ""
}

func TestLinesEqualQuantsAfterADayInTheHospital(t *testing.T) {
	for _, v := range versions {
		t.Run(strconv.Itoa(v), func(t *testing.T) {
			s := newSim(t, odoosim.Options{Version: v})
			if err := s.LoadHospital(150); err != nil {
				t.Fatal(err)
			}
			for range 300 {
				if err := s.Step(); err != nil {
					t.Fatal(err)
				}
			}
			if d := imbalance(t, s); d != "" {
				t.Error(d)
			}
			for model, least := range map[string]int{"purchase.order": 35, "stock.picking": 50, "stock.move.line": 100, "account.move": 10, "stock.scrap": 3, "stock.lot": 100} {
				if got := len(all(t, s, model, "id")); got < least {
					t.Errorf("%d %s, want at least %d", got, model, least)
				}
			}
		})
	}
}

// bench is a small store in which anything may happen.
type bench struct {
	t        *rapid.T
	s        *odoosim.Sim
	products []int64
	places   []int64
	receipts []int64
}

func TestLinesEqualQuantsWhateverHappens(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		v := rapid.SampledFrom(versions).Draw(rt, "version")
		s := newSim(t, odoosim.Options{Version: v})
		b := &bench{t: rt, s: s}
		if err := s.Do(b.furnish); err != nil {
			rt.Fatal(err)
		}
		for range rapid.IntRange(1, 15).Draw(rt, "steps") {
			thing := rapid.SampledFrom([]func(*odoosim.Tx) error{b.receive, b.receive, b.move, b.edit, b.count, b.scrap, b.back}).Draw(rt, "thing")
			err := s.Do(thing)
			if f := (*refused)(nil); err != nil && !asRefusal(err, &f) {
				rt.Fatal(err)
			}
			if d := imbalance(t, s); d != "" {
				rt.Fatal(d)
			}
		}
	})
}
