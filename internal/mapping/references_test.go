package mapping

import (
	"testing"

	"odoomesh/internal/odoo"
)

// A row that was kept when a record happened to need it says nothing about what older
// records show: only what was listed as changed, and followed, does.
func TestAKeptRowIsComparedOnlyWhereItsRecordsShowIt(t *testing.T) {
	r := newReferences([]WatchedModel{{Model: "stock.lot", Reference: true}})
	row := odoo.NewRow("stock.lot", map[string]any{"id": int64(14), "name": "W167165"})
	_, age := r.take(tables{"stock.lot": {}}, "stock.lot", []int64{14})
	r.put("stock.lot", []odoo.Row{row}, age, false)
	was, keeps, age := r.renew("stock.lot", []int64{14})
	if len(was) > 0 || !keeps {
		t.Errorf("a row that was only read: %v, %t", was, keeps)
	}
	r.put("stock.lot", []odoo.Row{row}, age, true)
	if was, _, _ := r.renew("stock.lot", []int64{14}); len(was) != 1 {
		t.Errorf("a row whose records were read again: %v", was)
	}
}
