package sheet_test

import (
	"cmp"
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"odoomesh/internal/exact"
	"odoomesh/internal/sheet"
)

type row struct{ id, value int64 }

// A table is a map whose rows lie side by side.
func TestATableIsAMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table, want := sheet.NewTable(func(r *row) int64 { return r.id }), map[int64]int64{}
		for range rapid.IntRange(0, 200).Draw(t, "steps") {
			id := rapid.Int64Range(0, 60).Draw(t, "id")
			if rapid.IntRange(0, 2).Draw(t, "gone") == 0 {
				table.Delete(id)
				delete(want, id)
				continue
			}
			value := rapid.Int64().Draw(t, "value")
			want[id] = value
			if at := table.Put(row{id, value}); table.Row(at).value != value {
				t.Fatalf("%d is not where it was put", id)
			}
		}
		if table.Len() != len(want) {
			t.Fatalf("%d rows, want %d", table.Len(), len(want))
		}
		for _, r := range table.Rows() {
			if value, there := want[r.id]; !there || value != r.value {
				t.Fatalf("%d is %d, want %d", r.id, r.value, value)
			}
		}
		for id := range int64(61) {
			if _, there := want[id]; there != (table.Find(id) >= 0) {
				t.Fatalf("%d is there: %v", id, there)
			}
		}
	})
}

// In whatever order ids come, and however often it is settled, their ranks are their order.
func TestASetKnowsTheOrderOfItsIDs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		set := sheet.NewSet()
		for range rapid.IntRange(1, 5).Draw(t, "rounds") {
			for range rapid.IntRange(1, 10).Draw(t, "ids") {
				id := rapid.Int64Range(0, 50).Draw(t, "id")
				if n := set.Number(id); set.ID(n) != id || set.Find(id) != n {
					t.Fatalf("%d has the number of %d", id, set.ID(n))
				}
			}
			set.Settle()
			var ids []int64
			for rank := range set.Len() {
				if n := set.Ranked(rank); set.Ranks()[n] != int32(rank) {
					t.Fatalf("rank %d is %d", rank, set.Ranks()[n])
				}
				ids = append(ids, set.ID(set.Ranked(rank)))
			}
			if !slices.IsSortedFunc(ids, cmp.Compare[int64]) {
				t.Fatalf("the order is %v", ids)
			}
			if at := set.RankFrom(25); at > 0 && ids[at-1] >= 25 || at < len(ids) && ids[at] < 25 {
				t.Fatalf("25 would be at %d of %v", at, ids)
			}
		}
	})
}

// No sum loses a digit, whatever is added to it.
func TestASumIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var sum sheet.Sum
		want := new(big.Int)
		for range rapid.IntRange(0, 50).Draw(t, "numbers") {
			a, b := rapid.Int64().Draw(t, "a"), rapid.Int64().Draw(t, "b")
			if rapid.Bool().Draw(t, "product") {
				sum.AddProduct(a, b)
				want.Add(want, new(big.Int).Mul(big.NewInt(a), big.NewInt(b)))
			} else {
				sum.Add(a)
				want.Add(want, big.NewInt(a))
			}
		}
		if got := sum.Rat(0); got.Cmp(new(big.Rat).SetInt(want)) != 0 {
			t.Fatalf("%v, want %v", got, want)
		}
	})
}

func TestDecimalsFitARowOrNot(t *testing.T) {
	for text, want := range map[string]int64{
		"": 0, "0": 0, "-0": 0, "1": 1_000_000, "-2.5": -2_500_000, "0.000001": 1, "12.500000000": 12_500_000, ".5": 500_000, "0007": 7_000_000,
	} {
		if got, fits := sheet.Micro(text); !fits || got != want {
			t.Errorf("%q is %d, %v", text, got, fits)
		}
	}
	for _, text := range []string{"0.0000001", "99999999999999999999", "1e3", "NaN", "1.2.3", "--1", "+1", "4503599627.370496"} {
		if got, fits := sheet.Micro(text); fits {
			t.Errorf("%q fits as %d", text, got)
		}
	}
	for text, want := range map[string]string{"1.50": "1.5", "-0.00": "0", "0.12345678901234567890": "0.1234567890123456789", "100": "100"} {
		if got := exact.InFull(exact.Number(text)); got != want {
			t.Errorf("%q is written %q", text, got)
		}
	}
	if got := exact.InFull(big.NewRat(1, 3)); got != "0.333333333" {
		t.Errorf("a third is %q", got)
	}
}

// What fits a row is what it says.
func FuzzMicro(f *testing.F) {
	f.Add("12.5")
	f.Add("-0.000001")
	f.Fuzz(func(t *testing.T, text string) {
		if n, fits := sheet.Micro(text); fits && text != "" && text != "-" && text != "." && text != "-." && big.NewRat(n, 1_000_000).Cmp(exact.Number(text)) != 0 {
			t.Errorf("%q is %d", text, n)
		}
	})
}
