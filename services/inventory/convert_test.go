package inventory

import (
	"testing"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
)

func TestGoodsThatNeverCameIn(t *testing.T) {
	for name, c := range map[string]struct {
		from, to string
		scrapped bool
		want     inventoryv1.InventoryEventType
	}{
		"a drop shipment":        {"supplier", "customer", false, inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_DROP_SHIPMENT},
		"its way back":           {"customer", "supplier", false, inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_DROP_SHIPMENT_RETURN},
		"a delivery":             {"internal", "customer", false, inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_DELIVERY},
		"a delivery on the way":  {"transit", "customer", false, inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_DELIVERY},
		"a receipt":              {"supplier", "internal", false, inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_RECEIPT},
		"scrapped at a customer": {"customer", "inventory", true, inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_SCRAP},
	} {
		t.Run(name, func(t *testing.T) {
			if got := movementType(c.from, c.to, c.scrapped); got != c.want {
				t.Errorf("it is %v, want %v", got, c.want)
			}
		})
	}
}
