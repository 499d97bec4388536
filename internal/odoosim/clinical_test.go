package odoosim_test

import (
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"odoomesh/internal/odoosim"
)

// all reads every record of a model, archived ones too.
func all(t testing.TB, s *odoosim.Sim, model string, fields ...string) []map[string]any {
	t.Helper()
	tx := s.Begin()
	defer tx.Rollback()
	var domain []any
	switch model {
	case "product.product", "res.partner":
		domain = []any{leafOf("active", "in", []any{true, false})}
	}
	return must(tx.Read(model, must(tx.Search(model, domain))(t), fields))(t)
}

func TestClinicalDataIsLifelike(t *testing.T) {
	for _, v := range versions {
		t.Run(strconv.Itoa(v), func(t *testing.T) {
			s := newSim(t, odoosim.Options{Version: v})
			if err := s.LoadClinical(400); err != nil {
				t.Fatal(err)
			}
			tracking, barcodes, archived, without := map[any]int{}, map[any]bool{}, 0, 0
			skus := map[any]bool{}
			for _, p := range all(t, s, "product.product", "default_code", "barcode", "tracking", "active", "seller_ids", "categ_id") {
				tracking[p["tracking"]]++
				skus[p["default_code"]] = true
				if p["active"] == false {
					archived++
				}
				if p["barcode"] == false {
					without++
				} else {
					barcodes[p["barcode"]] = true
				}
				if len(p["seller_ids"].([]int64)) == 0 || p["categ_id"] == false {
					t.Fatalf("product %v has no supplier or category", p)
				}
			}
			if len(skus) != 400 || len(barcodes)+without != 400 || archived == 0 || without == 0 || len(tracking) != 3 {
				t.Errorf("%d SKUs, %d barcodes, %d without, %d archived, tracking %v", len(skus), len(barcodes), without, archived, tracking)
			}
			suppliers, countries := 0, map[any]bool{}
			for _, p := range all(t, s, "res.partner", "supplier_rank", "country_id", "active") {
				if p["supplier_rank"].(int64) > 0 && p["active"] == true {
					suppliers++
					countries[p["country_id"].([]any)[1]] = true
				}
			}
			if suppliers < 25 || len(countries) < 10 {
				t.Errorf("%d suppliers in %d countries", suppliers, len(countries))
			}
		})
	}
}

func TestClinicalDataAndHistoryRepeat(t *testing.T) {
	make := func() []map[string]any {
		s := newSim(t, odoosim.Options{})
		if err := s.LoadHospital(100); err != nil {
			t.Fatal(err)
		}
		for range 100 {
			if err := s.Step(); err != nil {
				t.Fatal(err)
			}
		}
		return append(all(t, s, "product.product", "name", "barcode", "list_price", "active"), append(all(t, s, "product.supplierinfo"), all(t, s, "stock.move.line")...)...)
	}
	if d := cmp.Diff(make(), make()); d != "" {
		t.Error(d)
	}
}
