package summary

import (
	"fmt"
	"testing"

	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/protobuf/types/known/timestamppb"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	summaryv1 "odoomesh/gen/go/mesh/summary/v1"
	"odoomesh/internal/resource"
)

// What a supplier brings a ward directly is used there as what the house brings it; what
// goes back was not used.
func TestWhatSuppliersBringWardsIsUsed(t *testing.T) {
	w := newWorld(t)
	moves := int64(0)
	move := func(kind inventoryv1.InventoryEventType, from, to int64, quantity string) {
		moves++
		w.put(t, true, 1, &inventoryv1.Movement{
			Name: resource.Name(movements, moves), Product: "products/1", Type: kind, Quantity: &decimal.Decimal{Value: quantity}, Unit: unitOf(1),
			SourceLocation: resource.Name(locations, from), DestinationLocation: resource.Name(locations, to), MoveTime: timestamppb.New(w.now.AddDate(0, 0, -2)),
		}, movements, moves)
	}
	const supplier, house, ward = 4, 8, 5
	for id, usage := range map[int64]inventoryv1.LocationUsage{
		supplier: inventoryv1.LocationUsage_LOCATION_USAGE_SUPPLIER, house: inventoryv1.LocationUsage_LOCATION_USAGE_INTERNAL, ward: inventoryv1.LocationUsage_LOCATION_USAGE_CUSTOMER,
	} {
		w.put(t, true, 0, &inventoryv1.Location{Name: resource.Name(locations, id), Usage: usage}, locations, id)
	}
	move(inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_RECEIPT, supplier, house, "100")
	move(inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_DELIVERY, house, ward, "5")
	move(inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_DROP_SHIPMENT, supplier, ward, "7")
	move(inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_DROP_SHIPMENT_RETURN, ward, supplier, "2")
	w.fill(t)
	answer, err := w.service.SummarizeConsumption(t.Context(), &summaryv1.SummarizeConsumptionRequest{GroupBy: "location"})
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, s := range answer.GetSums() {
		got += fmt.Sprintf("%s used %s, %s came back, %d movements; ", s.GetLocation(), s.GetConsumedQuantity().GetValue(), s.GetReturnedQuantity().GetValue(), s.GetMovementCount())
	}
	if want := "locations/5 used 10, 2 came back, 3 movements; "; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
