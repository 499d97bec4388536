package nearest_test

import (
	"testing"

	"odoomesh/internal/nearest"
)

func TestWord(t *testing.T) {
	known := []string{"products", "stockPositions", "orders", "inventoryEvents"}
	for given, want := range map[string]string{
		"product": "products", "Products": "products", "stock_positions": "stockPositions", "stock-position": "stockPositions",
		"oders": "orders", "inventory": "", "x": "", "": "",
	} {
		if got := nearest.Word(given, known); got != want {
			t.Errorf("%q: got %q, want %q", given, got, want)
		}
	}
}
