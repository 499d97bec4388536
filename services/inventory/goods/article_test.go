package goods

import (
	"math/big"
	"testing"

	"odoomesh/internal/odoo"
)

// A quantity in another unit is exact, also where Odoo keeps how many of a unit make its
// reference, which for a dozen is no number that a float can hold.
func TestUnitsAreExact(t *testing.T) {
	for name, c := range map[string]struct {
		major int
		row   map[string]any
		want  *big.Rat
	}{
		"a dozen on 16":   {16, map[string]any{"uom_type": "bigger", "factor": 0.08333333333333333, "factor_inv": 12.0}, big.NewRat(12, 1)},
		"the unit on 18":  {18, map[string]any{"uom_type": "reference", "factor": 1.0, "factor_inv": 1.0}, big.NewRat(1, 1)},
		"a gram on 17":    {17, map[string]any{"uom_type": "smaller", "factor": 1000.0, "factor_inv": 0.001}, big.NewRat(1, 1000)},
		"a dozen on 19":   {19, map[string]any{"factor": 12.0}, big.NewRat(12, 1)},
		"a gram on 19":    {19, map[string]any{"factor": 0.001}, big.NewRat(1, 1000)},
		"a third, on 16":  {16, map[string]any{"uom_type": "smaller", "factor": 3.0, "factor_inv": 0.3333333333333333}, big.NewRat(1, 3)},
		"no unit at all":  {16, map[string]any{"uom_type": "smaller", "factor": 0.0, "factor_inv": 0.0}, new(big.Rat)},
		"a pallet, on 16": {16, map[string]any{"uom_type": "bigger", "factor": 1.0 / 144, "factor_inv": 144.0}, big.NewRat(144, 1)},
	} {
		t.Run(name, func(t *testing.T) {
			row := map[string]any{"id": int64(3), "active": true, "rounding": 0.01, "category_id": []any{int64(1), "Unit"}, "parent_path": "1/3/"}
			for k, v := range c.row {
				row[k] = v
			}
			u, err := unitOf(odoo.NewRow(unitModel, row), c.major)
			if err != nil || u.size.Cmp(c.want) != 0 || u.kind != "1" || u.step.Cmp(big.NewRat(1, 100)) != 0 {
				t.Errorf("it is %v, %v; want %v", u, err, c.want)
			}
		})
	}
}

func TestQuantitiesAsTexts(t *testing.T) {
	for want, q := range map[string]*big.Rat{"12": big.NewRat(12, 1), "0.5": big.NewRat(1, 2), "-3": big.NewRat(-3, 1), "0": new(big.Rat), "100": big.NewRat(100, 1), "0.333333333": big.NewRat(1, 3)} {
		if got := Text(q); got != want {
			t.Errorf("%v is %q, want %q", q, got, want)
		}
	}
}
