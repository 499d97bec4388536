package odoosim_test

import (
	"runtime"
	"strconv"
	"testing"

	"odoomesh/internal/odoosim"
)

func TestVolumeObeysTheRulesOfStock(t *testing.T) {
	for _, v := range versions {
		t.Run(strconv.Itoa(v), func(t *testing.T) {
			s := newSim(t, odoosim.Options{Version: v})
			if err := s.LoadVolume(70, 1234); err != nil {
				t.Fatal(err)
			}
			if d := imbalance(t, s); d != "" {
				t.Error(d)
			}
			if got := len(all(t, s, "stock.move.line", "id")); got != 1234 {
				t.Errorf("%d lines", got)
			}
			c := newCaller(t, s)
			got := c.must("product.product", "search_read", []any{[]any{leafOf("default_code", "=", "VOL-000070")}},
				map[string]any{"fields": []any{"name", "tracking", "qty_available", "barcode"}}).([]any)
			if len(got) != 1 || got[0].(map[string]any)["name"] != "Stock article 000070" || got[0].(map[string]any)["qty_available"].(float64) <= 0 {
				t.Errorf("a product of the volume is read as %v", got)
			}
			if err := s.Do(func(tx *odoosim.Tx) error {
				_, err := tx.Create("stock.scrap", map[string]any{"product_id": s70(t, tx), "scrap_qty": 1.0})
				return err
			}); err != nil {
				t.Error(err)
			}
		})
	}
}

func s70(t *testing.T, tx *odoosim.Tx) int64 {
	return must(tx.Search("product.product", []any{leafOf("default_code", "=", "VOL-000070")}))(t)[0]
}

// A hundred thousand products and a million lines: some seconds, and less than 900 MB.
func BenchmarkLoadVolume(b *testing.B) {
	for b.Loop() {
		s := newSim(b, odoosim.Options{})
		if err := s.LoadVolume(100_000, 1_000_000); err != nil {
			b.Fatal(err)
		}
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		b.ReportMetric(float64(m.HeapAlloc)/(1<<20), "MB")
		runtime.KeepAlive(s)
	}
}
