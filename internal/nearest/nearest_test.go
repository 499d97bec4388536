package nearest_test

import (
	"testing"

	"odoomesh/internal/nearest"
)

func TestWord(t *testing.T) {
	known := []string{"products", "stockPositions", "orders", "inventoryEvents", "name", "sku"}
	for given, want := range map[string]string{
		"product": "products", "Products": "products", "stock_positions": "stockPositions", "stock-position": "stockPositions",
		"oders": "orders", "inventory": "", "x": "", "": "",
		"late": "", "nam": "name", "mane": "", "sk": "sku", "SUK": "",
	} {
		if got := nearest.Word(given, known); got != want {
			t.Errorf("%q: got %q, want %q", given, got, want)
		}
	}
}
