package mapping

import (
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"odoomesh/internal/odoo"
)

func TestQuantitiesAreConvertedExactly(t *testing.T) {
	unit := map[string]any{"id": int64(1), "uom_type": "reference", "factor": 1.0, "factor_inv": 1.0}
	dozen := map[string]any{"id": int64(2), "uom_type": "bigger", "factor": 0.08333333333333333, "factor_inv": 12.0}
	coarse := map[string]any{"id": int64(2), "uom_type": "bigger", "factor": 0.08333333333333333, "factor_inv": 12.0, "rounding": 0.01}
	whole := map[string]any{"id": int64(4), "uom_type": "reference", "factor": 1.0, "rounding": 1.0}
	half := map[string]any{"id": int64(5), "uom_type": "reference", "factor": 1.0, "rounding": 0.5}
	gram := map[string]any{"id": int64(3), "uom_type": "smaller", "factor": 1000.0, "factor_inv": 0.001}
	for name, c := range map[string]struct {
		quantity float64
		from, to map[string]any
		want     string
	}{
		"dozens to units":             {2, dozen, unit, "24"},
		"units to dozens":             {6, unit, dozen, "0.5"},
		"to itself":                   {3.3000000000000003, dozen, dozen, "3.3"},
		"grams to kilograms":          {250, gram, unit, "0.25"},
		"kilograms to grams":          {0.1, unit, gram, "100"},
		"nothing":                     {0, dozen, unit, "0"},
		"what was taken back":         {-1, dozen, unit, "-12"},
		"what has no end, to 15 ones": {1, unit, dozen, "0.0833333333333333"},
		"to the product's rounding":   {1, unit, coarse, "0.08"},
		"a half goes up":              {1.5, unit, coarse, "0.13"},
		"below nought it goes down":   {-1.5, unit, coarse, "-0.13"},
		"less than the rounding":      {0.05, unit, coarse, "0"},
		"to whole ones":               {0.5, dozen, whole, "6"},
		"to itself, rounded":          {0.3, half, half, "0.5"},
	} {
		t.Run(name, func(t *testing.T) {
			row := odoo.NewRow("stock.move.line", map[string]any{"id": int64(9), "qty_done": c.quantity})
			v, err := convertQuantity(row, "qty_done", odoo.NewRow("uom.uom", c.from), odoo.NewRow("uom.uom", c.to))
			if err != nil {
				t.Fatal(err)
			}
			if got := text(v); got != c.want {
				t.Errorf("it is %s, want %s", got, c.want)
			}
		})
	}
}

// There and back gives the quantity that one began with.
func TestConversionsGoBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom([]string{"bigger", "smaller"}).Draw(t, "kind")
		factor := float64(rapid.IntRange(2, 5000).Draw(t, "factor"))
		side := map[string]string{"bigger": "factor_inv", "smaller": "factor"}[kind]
		other := odoo.NewRow("uom.uom", map[string]any{"id": int64(2), "uom_type": kind, side: factor})
		base := odoo.NewRow("uom.uom", map[string]any{"id": int64(1), "uom_type": "reference"})
		began := float64(rapid.IntRange(-1000000, 1000000).Draw(t, "hundredths")) / 100
		there, err := convertQuantity(quantityRow(began), "q", other, base)
		if err != nil {
			t.Fatal(err)
		}
		middle, err := odoo.NewRow("x", map[string]any{"id": int64(1), "q": number(t, text(there))}).Float("q")
		if err != nil {
			t.Fatal(err)
		}
		back, err := convertQuantity(quantityRow(middle), "q", base, other)
		if err != nil {
			t.Fatal(err)
		}
		if got := number(t, text(back)); got-began > 1e-9 || began-got > 1e-9 {
			t.Fatalf("%v came back as %v", began, got)
		}
	})
}

func TestGroupsAddUpExactly(t *testing.T) {
	rows := []odoo.Row{
		odoo.NewRow("stock.quant", map[string]any{"id": int64(4), "quantity": 0.1, "reserved_quantity": 0.30000000000000004, "in_date": "2026-11-23 10:00:00"}),
		odoo.NewRow("stock.quant", map[string]any{"id": int64(7), "quantity": 0.2, "reserved_quantity": 0.0, "in_date": "2026-11-21 10:00:00"}),
		odoo.NewRow("stock.quant", map[string]any{"id": int64(8), "quantity": -0.3, "reserved_quantity": 0.0, "in_date": false}),
	}
	in := func(fields ...string) *Input {
		return &Input{build: &build{model: "stock.quant", id: 4, rows: rows}, Row: rows[0], Fields: fields}
	}
	if v, _, err := toSum(in("quantity")); err != nil || text(v) != "0" {
		t.Errorf("the sum is %s, %v; want 0", text(v), err)
	}
	if v, _, err := toDifference(in("quantity", "reserved_quantity")); err != nil || text(v) != "-0.3" {
		t.Errorf("the difference is %s, %v; want -0.3", text(v), err)
	}
	v, _, err := toEarliest(in("in_date"))
	if err != nil || v.Message().Get(v.Message().Descriptor().Fields().ByName("seconds")).Int() != 1795255200 {
		t.Errorf("the earliest is %v, %v", v, err)
	}
}

func quantityRow(q float64) odoo.Row {
	return odoo.NewRow("x", map[string]any{"id": int64(1), "q": q})
}

func number(t *rapid.T, text string) float64 {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return f
}
