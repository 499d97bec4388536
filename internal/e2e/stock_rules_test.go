package e2e

import (
	"fmt"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	tracev1 "odoomesh/gen/go/mesh/trace/v1"
	"odoomesh/internal/race"
)

// What is booked in another unit counts as Odoo counts it, rounded to the product's
// unit, and the events prove Odoo's stock.
func TestQuantitiesAreRoundedAsOdooBooksThem(t *testing.T) {
	t.Parallel()
	storerooms(t, race.Fewer(16, 17, 18, 19), func(t *testing.T, r *storeroom) {
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

// What Odoo does to stock beyond moving it is told as what it is, and the events prove
// Odoo's stock.
func TestEventsFollowOdoosOwnRules(t *testing.T) {
	t.Parallel()
	storerooms(t, race.Fewer(16, 17, 18, 19), func(t *testing.T, r *storeroom) {
		m := start(t, settings(t, r.person))
		t.Run("a drop shipment neither comes into the house nor leaves it", func(t *testing.T) { dropShipped(t, r, m) })
		t.Run("a count that finds what was known moves nothing", func(t *testing.T) { countConfirmed(t, r, m) })
		t.Run("a lot is booked out of stock without one", func(t *testing.T) { lotTaken(t, r, m) })
		t.Run("a lot comes from vendors that have sent some without one", func(t *testing.T) { lotSent(t, r, m) })
		if r.major >= 19 {
			t.Run("a product becomes counted after it moved", func(t *testing.T) { becomesCounted(t, r, m) })
		}
		t.Run("somebody writes stock", func(t *testing.T) { stockWritten(t, r, m) })
	})
}

func dropShipped(t *testing.T, r *storeroom, m *mesh) {
	product := r.article(t, "Implant", map[string]any{"tracking": "lot"})
	r.move(t, product, r.vendors, r.customers, 0, parcel{lot: "D1-" + r.mark, quantity: 10})
	lot := fmt.Sprintf("lots/%d", r.find(t, "stock.lot", "name", "D1-"+r.mark))
	e := m.eventsOf(t, product, 1)[0]
	if e.GetType() != inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_DROP_SHIPMENT || e.GetQuantity().GetValue() != "10" {
		t.Errorf("the event is %v", e)
	}
	m.proven(t)
	var way *tracev1.LotTrace
	eventually(t, func() (bool, any) {
		var err error
		way, err = m.trace.TraceLot(t.Context(), &tracev1.TraceLotRequest{Name: lot})
		return len(way.GetSteps()) == 1, err
	})
	if o := way.GetOrigins(); len(o) != 1 || o[0].GetSupplier() != fmt.Sprintf("suppliers/%d", r.sender) {
		t.Errorf("it came from %v", o)
	}
	if w := way.GetWhereabouts(); len(w) != 1 || w[0].GetInHouse() || w[0].GetLocation() != fmt.Sprintf("locations/%d", r.customers) {
		t.Errorf("it is at %v", w)
	}
	back := r.move(t, product, r.customers, r.vendors, 0, parcel{id: r.find(t, "stock.lot", "name", "D1-"+r.mark), quantity: 2})
	if e := m.eventsOf(t, product, 2)[1]; e.GetType() != inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_DROP_SHIPMENT_RETURN {
		t.Errorf("transfer %d back is %v", back, e)
	}
}

func countConfirmed(t *testing.T, r *storeroom, m *mesh) {
	product := r.article(t, "Gauze", nil)
	r.counted(t, product, r.stock, 0, 10)
	r.counted(t, product, r.stock, 0, 10)
	r.counted(t, product, r.stock, 0, 9)
	var told []string
	for _, e := range m.eventsOf(t, product, 3) {
		told = append(told, fmt.Sprintf("%s %s", e.GetType(), e.GetQuantity().GetValue()))
		if e.GetType() == inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_COUNT_CONFIRMED && e.GetDocuments()[0].GetType() != inventoryv1.DocumentType_DOCUMENT_TYPE_COUNT {
			t.Errorf("its document is %v", e.GetDocuments())
		}
	}
	want := "[INVENTORY_EVENT_TYPE_ADJUSTMENT 10 INVENTORY_EVENT_TYPE_COUNT_CONFIRMED 0 INVENTORY_EVENT_TYPE_ADJUSTMENT 1]"
	if fmt.Sprint(told) != want {
		t.Errorf("told was %v, want %s", told, want)
	}
	m.proven(t)
}

// assigned are the events in which stock of a product took a lot.
func (m *mesh) assigned(t testing.TB, product int64) []*inventoryv1.InventoryEvent {
	t.Helper()
	all, err := m.inventory.ListInventoryEvents(t.Context(), &inventoryv1.ListInventoryEventsRequest{
		Filter: fmt.Sprintf(`product = "products/%d" AND type = LOT_ASSIGNED`, product), PageSize: 100})
	if err != nil {
		t.Fatal(err)
	}
	return all.GetInventoryEvents()
}

func lotTaken(t *testing.T, r *storeroom, m *mesh) {
	product := r.article(t, "Reagent", nil)
	r.counted(t, product, r.stock, 0, 10)
	r.write(t, "product.product", product, map[string]any{"tracking": "lot"})
	id := r.lotOf(t, product, "T-"+r.mark)
	r.move(t, product, r.stock, r.ward, 0, parcel{id: id, quantity: 4})
	if loose, went := r.on(t, product, r.stock, 0), r.on(t, product, r.ward, id); loose != 6 || went != 4 {
		t.Fatalf("Odoo has %v without a lot and %v at the ward", loose, went)
	}
	m.eventsOf(t, product, 2)
	m.proven(t)
	m.proven(t)
	lot, stock := fmt.Sprintf("lots/%d", id), fmt.Sprintf("locations/%d", r.stock)
	check := func(m *mesh) {
		t.Helper()
		got := m.assigned(t, product)
		if len(got) != 1 || got[0].GetLot() != lot || got[0].GetSourceLot() != "" || got[0].GetQuantity().GetValue() != "4" ||
			got[0].GetDestinationLocation() != stock || got[0].GetSourceBalance().GetValue() != "6" || got[0].GetDestinationBalance().GetValue() != "0" ||
			got[0].GetUnit().GetDisplayName() == "" || got[0].GetLotNumber() != "T-"+r.mark {
			t.Errorf("stock took the lot by %v", got)
		}
		way, err := m.trace.TraceLot(t.Context(), &tracev1.TraceLotRequest{Name: lot})
		if err != nil || len(way.GetOrigins()) != 1 || way.GetOrigins()[0].GetAssignedLocation() != stock || way.GetOrigins()[0].GetQuantity().GetValue() != "4" {
			t.Errorf("the lot came from %v, %v", way.GetOrigins(), err)
		}
		if w := way.GetWhereabouts(); len(w) != 1 || w[0].GetLocation() != fmt.Sprintf("locations/%d", r.ward) || w[0].GetQuantity().GetValue() != "4" {
			t.Errorf("the lot is at %v", w)
		}
	}
	check(m)
	// A mesh that comes later, or has lost its folder, finds the same in history.
	later := start(t, settings(t, r.person))
	later.proven(t)
	check(later)
	later.stop()
}

func lotSent(t *testing.T, r *storeroom, m *mesh) {
	product := r.article(t, "Syringe", map[string]any{"tracking": "lot"})
	kinds := r.rows(t, "stock.picking.type", []any{[]any{"code", "=", "incoming"}, []any{"active", "=", true}}, []any{"id"})
	lots := func(asked bool) {
		for _, k := range kinds {
			r.write(t, "stock.picking.type", k.id("id"), map[string]any{"use_create_lots": asked, "use_existing_lots": asked})
		}
	}
	lots(false)
	for range 3 {
		r.move(t, product, r.vendors, r.stock, 0, parcel{quantity: 1})
	}
	lots(true)
	r.move(t, product, r.vendors, r.stock, 0, parcel{lot: "A-" + r.mark, quantity: 1})
	m.eventsOf(t, product, 4)
	m.proven(t)
	lot := r.find(t, "stock.lot", "name", "A-"+r.mark)
	if got, want := len(m.assigned(t, product)), map[bool]int{true: 1}[r.on(t, product, r.vendors, lot) == 0]; got != want {
		t.Errorf("%d events tell that stock took the lot, want %d", got, want)
	}
}

func becomesCounted(t *testing.T, r *storeroom, m *mesh) {
	loose := r.article(t, "Soap", map[string]any{"is_storable": false})
	r.move(t, loose, r.vendors, r.stock, 0, parcel{quantity: 10})
	r.write(t, "product.product", loose, map[string]any{"is_storable": true})
	r.move(t, loose, r.vendors, r.stock, 0, parcel{quantity: 3})
	steady := r.article(t, "Towel", nil)
	r.move(t, steady, r.vendors, r.stock, 0, parcel{quantity: 10})
	for _, counts := range []bool{false, true} {
		r.write(t, "product.product", steady, map[string]any{"is_storable": counts})
	}
	m.eventsOf(t, loose, 2)
	if e := m.eventsOf(t, steady, 1)[0]; e.GetDestinationBalance().GetValue() != "10" {
		t.Errorf("of what was counted before there are %v", e.GetDestinationBalance())
	}
	var proof *inventoryv1.VerifyBalancesResponse
	// The product may be read after its movements.
	eventually(t, func() (bool, any) {
		proof = m.proven(t)
		return proof.GetExplainedCount() == 2, proof
	})
	for _, d := range proof.GetExplained() {
		if d.GetCause() != inventoryv1.StockDriftCause_STOCK_DRIFT_CAUSE_MOVED_WHILE_NOT_COUNTED || d.GetProduct() != fmt.Sprintf("products/%d", loose) {
			t.Errorf("explained is %v", d)
		}
	}
}

func stockWritten(t *testing.T, r *storeroom, m *mesh) {
	product := r.article(t, "Mask", nil)
	r.counted(t, product, r.stock, 0, 3)
	r.enter(t, "stock.quant", map[string]any{"product_id": product, "location_id": r.stock, "quantity": 4.0}, nil)
	m.eventsOf(t, product, 1)
	var proof *inventoryv1.VerifyBalancesResponse
	eventually(t, func() (bool, any) {
		var err error
		proof, err = m.inventory.VerifyBalances(t.Context(), &inventoryv1.VerifyBalancesRequest{})
		return proof.GetDrifting() == 1, err
	})
	d := proof.GetDrifts()[0]
	if d.GetProduct() != fmt.Sprintf("products/%d", product) || d.GetOdooQuantity().GetValue() != "7" || d.GetEventsQuantity().GetValue() != "3" ||
		d.GetCause() != inventoryv1.StockDriftCause_STOCK_DRIFT_CAUSE_STOCK_WITHOUT_MOVEMENT || d.GetSinceTime() == nil {
		t.Errorf("the difference is %s", protojson.Format(d))
	}
}
