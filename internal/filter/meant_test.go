package filter_test

import (
	"testing"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	"odoomesh/internal/filter"
	"odoomesh/internal/index"
)

// A field that names records of any kind answers nothing to a name of no collection: who
// asks with one is told which is meant.
func TestNamesOfNoCollection(t *testing.T) {
	event := &inventoryv1.InventoryEvent{Partner: "suppliers/7"}
	passing(t, event, map[string]bool{
		`partner = "suppliers/7"`: true,
		`partner = "contacts/7"`:  false,
		`partner != "orders/7"`:   true,
		`partner = "7"`:           false,
		`partner : "suppl"`:       true,
	})
	refusing(t, event, map[string]string{
		`partner = "supplier/7"`:   `there is no collection "supplier": did you mean "suppliers/7"?`,
		`partner != "Suppliers/7"`: `did you mean "suppliers/7"?`,
	})
	for name, want := range map[string]string{
		"order/1": "orders/1", "Orders/1": "orders/1", "oders/1": "orders/1", "stock-positions/1-2-0-0-0": "stockPositions/1-2-0-0-0", "receipt/9": "receipts/9",
		"orders/1": "", "orders": "", "odoo": "", "": "", "/": "", "/1": "", "exceptions/5": "", "intents/5": "", "consumers/a": "", "apiKeys/a": "", "roles/a": "", "principals/a": "", "proposals/a": "", "documents/a": "", "settings/a": "",
	} {
		if got := filter.Misnamed(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
	desc := (&inventoryv1.InventoryEvent{}).ProtoReflect().Descriptor()
	fields, err := index.Fields(desc)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := filter.Parse(`lot_number = "order/1"`, desc, fields, filter.Open("lot_number")); err == nil {
		t.Error("a field that is said to name records takes what names none")
	}
	if _, err := filter.Parse(`lot_number = "order/1"`, desc, fields); err != nil {
		t.Error(err)
	}
}
