package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/genproto/googleapis/type/money"

	orderv1 "odoomesh/gen/go/mesh/order/v1"
	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
	"odoomesh/internal/race"
)

// What has come of a line in part and goes on from there, as where goods are received in
// two steps, Odoo miscounts when the line orders another quantity: that is refused.
func TestALineWhoseGoodsGoOnIsNotMiscounted(t *testing.T) {
	t.Parallel()
	for _, major := range race.Fewer(16, 19) {
		t.Run(fmt.Sprint(major), func(t *testing.T) {
			t.Parallel()
			p := simulated(t, major, 10)
			amendsWhatGoesOn(t, p, start(t, settings(t, p)))
		})
	}
}

func TestLiveALineWhoseGoodsGoOnIsNotMiscounted(t *testing.T) {
	p := live(t)
	amendsWhatGoesOn(t, p, start(t, settings(t, p)))
}

func amendsWhatGoesOn(t *testing.T, p *person, m *mesh) {
	on := shelfOf(t, p)
	order, rest := m.bought(t, on, p.mark+"-on", "4")
	row := p.rows(t, "purchase.order.line", []any{[]any{"order_id", "=", idOf(t, order)}}, []any{"id"})[0].id("id")
	amend := func(id string, l *orderv1.OrderLine) error {
		l.Id = fmt.Sprint(row)
		_, err := m.orders.AmendOrder(t.Context(), &orderv1.AmendOrderRequest{Name: order, RequestId: p.mark + id, Lines: []*orderv1.OrderLine{l}})
		return err
	}
	open := func(want ...string) {
		t.Helper()
		if got := p.movesInOdoo(t, order); !slices.Equal(got, want) {
			t.Errorf("the receipts bring %v, want %v", got, want)
		}
	}
	came := p.rows(t, "stock.move", []any{[]any{"purchase_line_id", "=", row}, []any{"state", "=", "done"}}, []any{"location_dest_id", "product_uom"})[0]
	shelf := p.create(t, "stock.location", map[string]any{"name": "Shelf " + p.mark, "location_id": came.id("location_dest_id"), "usage": "internal"})
	next := map[string]any{"product_id": on.product, "product_uom": came.id("product_uom"), "product_uom_qty": 4.0, "location_id": came.id("location_dest_id"), "location_dest_id": shelf}
	if p.major < 19 {
		next["name"] = "on"
	}
	goes := p.create(t, "stock.move", next)
	p.write(t, "stock.move", came.id("id"), map[string]any{"move_dest_ids": []any{[]any{4, goes}}})
	seven := func() *orderv1.OrderLine { return &orderv1.OrderLine{Quantity: &decimal.Decimal{Value: "7"}} }
	if err := amend("-seven", seven()); refusalOf(err).reason != "BUSINESS_RULE" || !strings.Contains(err.Error(), "6 more come of lines[0]") {
		t.Errorf("amended: %v", err)
	}
	open("6")
	if err := amend("-price", &orderv1.OrderLine{UnitPrice: &money.Money{Units: 3}}); err != nil {
		t.Errorf("another price: %v", err)
	}
	open("6")
	// Odoo itself counts so: seven are ordered, four have come, and nine are to come.
	p.write(t, "purchase.order.line", row, map[string]any{"product_qty": 7.0, "price_unit": 3.0})
	open("9")
	// Where nothing goes on, it is amended, and the receipt brings what is missing.
	p.unlink(t, "stock.move", goes)
	if err := amend("-eight", &orderv1.OrderLine{Quantity: &decimal.Decimal{Value: "8"}}); err != nil {
		t.Error(err)
	}
	open("4")
	if r, err := m.receipts.GetReceipt(t.Context(), &receiptv1.GetReceiptRequest{Name: rest, ReadMode: liveMode}); err != nil || r.GetLines()[0].GetExpectedQuantity().GetValue() != "4" {
		t.Errorf("%v, %v", r, err)
	}
}
