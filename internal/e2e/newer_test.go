package e2e

import (
	"fmt"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/type/money"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
)

// blindfold is a mesh that sees no change of Odoo's by itself.
func blindfold(t *testing.T, p *person) *mesh {
	t.Helper()
	c := settings(t, p)
	c.PollInterval = time.Hour
	return start(t, c)
}

// A lot that has just come is held before the copy has it.
func TestALotThatIsNewIsHeld(t *testing.T) {
	t.Parallel()
	p := simulated(t, 19, 3)
	product := p.create(t, "product.product", p.goods(map[string]any{"name": "Gauze", "tracking": "lot"}))
	m := blindfold(t, p)
	lot := fmt.Sprint("lots/", p.create(t, "stock.lot", map[string]any{"name": "NEW", "product_id": product, "company_id": 1}))
	if _, err := m.inventory.GetLot(t.Context(), &inventoryv1.GetLotRequest{Name: lot}); refusalOf(err).reason != "NOT_FOUND" {
		t.Fatalf("the copy has it: %v", err)
	}
	r, err := m.inventory.HoldLot(t.Context(), &inventoryv1.HoldLotRequest{Name: lot, RequestId: "new", Reason: "wet"})
	if err != nil || len(r.GetLots()) != 1 || r.GetLots()[0].GetHoldState() != inventoryv1.HoldState_HOLD_STATE_HELD {
		t.Errorf("%v, %v", r, err)
	}
	if _, err := m.inventory.HoldLot(t.Context(), &inventoryv1.HoldLotRequest{Name: "lots/987654", RequestId: "none", Reason: "wet"}); refusalOf(err).reason != "NOT_FOUND" {
		t.Errorf("a lot that is not: %v", err)
	}
}

// Of a receipt that a release has just made, what carrier and supplier say is kept before
// the copy has it.
func TestWhatIsSaidOfANewReceiptIsKept(t *testing.T) {
	t.Parallel()
	p := simulated(t, 19, 3)
	on := shelfOf(t, p)
	m := blindfold(t, p)
	released := func(n int) string {
		t.Helper()
		made, err := m.orders.CreateOrder(t.Context(), &orderv1.CreateOrderRequest{RequestId: fmt.Sprint("made-", n), Order: &orderv1.Order{
			Supplier: supplierName(on.supplier), Lines: []*orderv1.OrderLine{{Product: productName(on.product), Quantity: amount("2"), UnitPrice: &money.Money{Units: 5}}},
		}})
		if err != nil {
			t.Fatal(err)
		}
		r, err := m.orders.ReleaseOrder(t.Context(), &orderv1.ReleaseOrderRequest{RequestId: fmt.Sprint("released-", n), Name: made.GetOrder().GetName()})
		if err != nil || len(r.GetOrder().GetReceipts()) != 1 {
			t.Fatalf("%v, %v", r, err)
		}
		receipt := r.GetOrder().GetReceipts()[0]
		if _, err := m.receipts.GetReceipt(t.Context(), &receiptv1.GetReceiptRequest{Name: receipt}); refusalOf(err).reason != "NOT_FOUND" {
			t.Fatalf("the copy has it: %v", err)
		}
		return receipt
	}
	carried, err := m.receipts.ReportMilestone(t.Context(), &receiptv1.ReportMilestoneRequest{Name: released(1), RequestId: "carried", Carrier: "Swift"})
	if err != nil || carried.GetReceipt().GetShipment().GetCarrier() != "Swift" {
		t.Errorf("%v, %v", carried, err)
	}
	receipt := released(2)
	line := p.rows(t, "stock.move", []any{[]any{"picking_id", "=", idOf(t, receipt)}}, []any{"id"})[0].id("id")
	told, err := m.receipts.AnnounceReceipt(t.Context(), &receiptv1.AnnounceReceiptRequest{Name: receipt, RequestId: "told", Reference: "ASN-1", Lines: []*receiptv1.AnnouncedLine{
		{LineId: fmt.Sprint(line), Quantity: amount("2"), LotNumber: "L-1"},
	}})
	if err != nil || len(told.GetReceipt().GetAnnouncements()) != 1 {
		t.Errorf("%v, %v", told, err)
	}
}
