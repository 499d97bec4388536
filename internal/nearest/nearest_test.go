package nearest_test

import (
	"testing"

	"odoomesh/internal/nearest"
)

func TestWord(t *testing.T) {
	known := []string{"products", "stockPositions", "orders", "inventoryEvents", "name", "sku", "state", "expiration_date"}
	for given, want := range map[string]string{
		"product": "products", "Products": "products", "stock_positions": "stockPositions", "stock-position": "stockPositions",
		"oders": "orders", "inventory": "", "x": "", "": "",
		"late": "", "stat": "state", "sttae": "", "expire_date": "expiration_date", "nam": "name", "mane": "", "sk": "sku", "SUK": "",
	} {
		if got := nearest.Word(given, known); got != want {
			t.Errorf("%q: got %q, want %q", given, got, want)
		}
	}
}
