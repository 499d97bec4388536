package mapping

import (
	"testing"

	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/protobuf/reflect/protoreflect"

	"odoomesh/internal/odoo"
)

// A unit is numerator / denominator reference units, on the side that a person
// typed: up to 18 the factor of a smaller unit is the denominator, from 19 on the
// factor says it all.
func TestUnitFactorsAreExact(t *testing.T) {
	until18 := [2][]string{{"uom_type", "factor_inv"}, {"uom_type", "factor"}}
	from19 := [2][]string{{"factor"}, {"factor"}}
	for name, c := range map[string]struct {
		fields [2][]string
		row    map[string]any
		want   string
	}{
		"a dozen until 18":          {until18, map[string]any{"uom_type": "bigger", "factor": 0.08333333333333333, "factor_inv": 12.0}, "12/1"},
		"a gram until 18":           {until18, map[string]any{"uom_type": "smaller", "factor": 1000.0, "factor_inv": 0.001}, "1/1000"},
		"a reference unit until 18": {until18, map[string]any{"uom_type": "reference", "factor": 1.0, "factor_inv": 1.0}, "1/1"},
		"a dozen from 19 on":        {from19, map[string]any{"factor": 12.0}, "12/1"},
		"a day in hours on 19":      {from19, map[string]any{"factor": 8.0}, "8/1"},
	} {
		t.Run(name, func(t *testing.T) {
			got := ""
			for i, convert := range []Converter{toUnitNumerator, toUnitDenominator} {
				v, ok, err := convert(&Input{Row: odoo.NewRow("uom.uom", c.row), Fields: c.fields[i]})
				if err != nil || !ok {
					t.Fatalf("side %d: %v, %v", i, ok, err)
				}
				got += "/" + text(v)
			}
			if got[1:] != c.want {
				t.Errorf("the factor is %s, want %s", got[1:], c.want)
			}
		})
	}
}

func text(v protoreflect.Value) string {
	d, _ := v.Message().Interface().(*decimal.Decimal)
	return d.GetValue()
}
