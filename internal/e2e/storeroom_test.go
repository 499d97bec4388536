package e2e

import (
	"fmt"
	"testing"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
)

// storeroom is where people move goods by hand.
type storeroom struct {
	*trade
	// ward is another place of the house.
	ward, vendors, customers int64
	// sender is who sends what comes from the vendors' place.
	sender int64
}

// storerooms runs a test on the simulated releases that are named.
func storerooms(t *testing.T, majors []int, test func(t *testing.T, r *storeroom)) {
	for _, major := range majors {
		t.Run(fmt.Sprint(major), func(t *testing.T) {
			t.Parallel()
			test(t, newStoreroom(t, simulated(t, major, 10)))
		})
	}
}

func newStoreroom(t testing.TB, p *person) *storeroom {
	t.Helper()
	r := &storeroom{trade: &trade{person: p}}
	r.house = p.rows(t, "stock.warehouse", []any{}, []any{"lot_stock_id", "view_location_id", "company_id"})[0]
	r.stock = r.house.id("lot_stock_id")
	r.ward = r.enter(t, "stock.location", map[string]any{"name": "Ward " + p.mark, "location_id": r.house.id("view_location_id"), "usage": "internal"}, nil)
	r.vendors, r.customers = r.find(t, "stock.location", "usage", "supplier"), r.find(t, "stock.location", "usage", "customer")
	r.sender = r.enter(t, "res.partner", map[string]any{"name": "Sender " + p.mark, "is_company": true, "supplier_rank": 1}, nil)
	return r
}

// article is a product whose stock is counted.
func (r *storeroom) article(t testing.TB, name string, more map[string]any) int64 {
	t.Helper()
	vals := r.goods(map[string]any{"name": name + " " + r.mark, "default_code": name + "-" + r.mark})
	for k, v := range more {
		vals[k] = v
	}
	return r.enter(t, "product.product", vals, nil)
}

// move takes parcels of a product from one place to another, in the product's unit
// or another one.
func (r *storeroom) move(t testing.TB, product, from, to, unit int64, parcels ...parcel) int64 {
	t.Helper()
	sum := 0.0
	for _, p := range parcels {
		sum += p.quantity
	}
	code := "internal"
	switch {
	case from == r.vendors:
		code = "incoming"
	case to == r.customers:
		code = "outgoing"
	}
	kind := r.rows(t, "stock.picking.type", []any{[]any{"code", "=", code}, []any{"active", "in", []any{true, false}}}, []any{"id"})[0]
	r.write(t, "stock.picking.type", kind.id("id"), map[string]any{"active": true})
	move := map[string]any{"product_id": product, "product_uom_qty": sum, "location_id": from, "location_dest_id": to}
	if unit != 0 {
		move["product_uom"] = unit
	}
	if r.major < 19 {
		move["name"] = "By hand"
	}
	vals := map[string]any{"picking_type_id": kind.id("id"), "location_id": from, "location_dest_id": to, "move_ids": []any{[]any{0, 0, move}}}
	if from == r.vendors {
		vals["partner_id"] = r.sender
	}
	transfer := r.enter(t, "stock.picking", vals, nil)
	r.press(t, "stock.picking", "action_confirm", transfer, nil)
	r.handle(t, transfer, product, parcels...)
	r.book(t, transfer)
	return transfer
}

// counted books a count of a product at a place.
func (r *storeroom) counted(t testing.TB, product, place, lot int64, quantity float64) {
	t.Helper()
	vals := map[string]any{"product_id": product, "location_id": place, "inventory_quantity": quantity}
	if lot != 0 {
		vals["lot_id"] = lot
	}
	quant := r.enter(t, "stock.quant", vals, map[string]any{"inventory_mode": true})
	r.press(t, "stock.quant", "action_apply_inventory", quant, nil)
}

// on is what Odoo holds of a product and lot at a place, all owners and packages together.
func (r *storeroom) on(t testing.TB, product, place, lot int64) (sum float64) {
	t.Helper()
	which := []any{[]any{"product_id", "=", product}, []any{"location_id", "=", place}, []any{"lot_id", "=", false}}
	if lot != 0 {
		which[2] = []any{"lot_id", "=", lot}
	}
	for _, q := range r.rows(t, "stock.quant", which, []any{"quantity"}) {
		sum += q.number("quantity")
	}
	return sum
}

// lotOf makes a lot of a product.
func (r *storeroom) lotOf(t testing.TB, product int64, name string) int64 {
	t.Helper()
	return r.enter(t, "stock.lot", map[string]any{"name": name, "product_id": product, "company_id": r.house.id("company_id")}, nil)
}

// eventsOf reads all events about a product once there are so many.
func (m *mesh) eventsOf(t testing.TB, product int64, least int) []*inventoryv1.InventoryEvent {
	t.Helper()
	tp := &tape{}
	tp.read(t, m, &inventoryv1.StreamInventoryEventsRequest{Filter: fmt.Sprintf(`product = "products/%d"`, product)},
		func(tp *tape) bool { return len(tp.events) >= least })
	return tp.events
}
