package e2e

import (
	"fmt"
	"testing"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
)

// What is booked in another unit counts as Odoo counts it, rounded to the product's
// unit, and the events prove Odoo's stock.
func TestQuantitiesAreRoundedAsOdooBooksThem(t *testing.T) {
	t.Parallel()
	storerooms(t, []int{16, 17, 18, 19}, func(t *testing.T, r *storeroom) {
		units, dozens := r.find(t, "uom.uom", "name", "Units"), r.find(t, "uom.uom", "name", "Dozens")
		vals := map[string]any{"uom_id": dozens}
		if r.major < 19 {
			vals["uom_po_id"] = dozens
		}
		product := r.article(t, "Eggs", vals)
		m := start(t, settings(t, r.person))
		for n := 1; n <= 4; n++ {
			r.move(t, product, r.vendors, r.stock, units, parcel{quantity: 1})
			e := m.eventsOf(t, product, n)[n-1]
			if e.GetQuantity().GetValue() != "0.08" || e.GetBookedQuantity().GetValue() != "1" || e.GetBookedUnit().GetDisplayName() != "Units" {
				t.Errorf("one unit of a product in dozens came as %v (%v)", e.GetQuantity(), e.GetBookedQuantity())
			}
			eventually(t, func() (bool, any) {
				moved, err := m.inventory.GetMovement(t.Context(), &inventoryv1.GetMovementRequest{Name: fmt.Sprintf("movements/%d", e.GetOdooMoveLineId())})
				return moved.GetQuantity().GetValue() == "0.08", err
			})
		}
		if last := m.eventsOf(t, product, 4)[3]; last.GetDestinationBalance().GetValue() != "0.32" {
			t.Errorf("the balance is %v", last.GetDestinationBalance())
		}
		m.proven(t)
	})
}
