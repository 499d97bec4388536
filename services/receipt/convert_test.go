package receipt

import (
	"testing"

	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/protobuf/reflect/protoreflect"

	"odoomesh/internal/mapping"
	"odoomesh/internal/odoo"
)

func TestHandledIsNoughtUntilPicked(t *testing.T) {
	for name, c := range map[string]struct {
		fields []string
		row    map[string]any
		want   string
	}{
		"16 keeps it apart":         {[]string{"qty_done"}, map[string]any{"qty_done": 3.0}, "3"},
		"17 proposes":               {[]string{"quantity", "picked", "state"}, map[string]any{"quantity": 3.0, "picked": false, "state": "assigned"}, "0"},
		"17 has picked":             {[]string{"quantity", "picked", "state"}, map[string]any{"quantity": 3.0, "picked": true, "state": "assigned"}, "3"},
		"17 is done without a pick": {[]string{"quantity", "picked", "state"}, map[string]any{"quantity": 3.0, "picked": false, "state": "done"}, "3"},
	} {
		t.Run(name, func(t *testing.T) {
			v, ok, err := toHandled(&mapping.Input{Row: odoo.NewRow("stock.move.line", c.row), Fields: c.fields})
			if err != nil || !ok || text(v) != c.want {
				t.Errorf("it is %s, %t, %v; want %s", text(v), ok, err, c.want)
			}
		})
	}
}

func text(v protoreflect.Value) string {
	d, _ := v.Message().Interface().(*decimal.Decimal)
	return d.GetValue()
}
