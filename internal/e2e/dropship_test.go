package e2e

import (
	"fmt"
	"testing"

	eventv1 "odoomesh/gen/go/mesh/event/v1"
	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
)

// Goods that a supplier sends to a customer came neither into the house nor out of it:
// that is told as what it is, once.
func TestADropShipmentIsNeitherReceivedNorDispatched(t *testing.T) {
	t.Parallel()
	p := hospitalAtWork(t, 17, 30)
	m := start(t, settings(t, p))
	m.history(t)
	product := p.create(t, "product.product", p.goods(map[string]any{"name": "Sent past the house"}))
	from := p.rows(t, "stock.location", []any{[]any{"usage", "=", "supplier"}}, []any{"id"})[0].id("id")
	to := p.rows(t, "stock.location", []any{[]any{"usage", "=", "customer"}}, []any{"id"})[0].id("id")
	kind := p.rows(t, "stock.picking.type", []any{[]any{"code", "=", "incoming"}}, []any{"id"})[0].id("id")
	transfer := p.create(t, "stock.picking", map[string]any{"picking_type_id": kind, "location_id": from, "location_dest_id": to,
		"move_ids": []any{[]any{0, 0, map[string]any{"name": "Past the house", "product_id": product, "product_uom_qty": 10.0, "location_id": from, "location_dest_id": to}}}})
	p.press(t, "stock.picking", "action_confirm", transfer, nil)
	move := p.rows(t, "stock.move", []any{[]any{"picking_id", "=", transfer}}, []any{"move_line_ids"})[0]
	for _, line := range move["move_line_ids"].([]any) {
		p.call(t, "stock.move.line", "unlink", []any{[]any{line}}, nil)
	}
	p.create(t, "stock.move.line", map[string]any{"move_id": move.id("id"), "picking_id": transfer, "product_id": product, "quantity": 10.0, "picked": true, "location_id": from, "location_dest_id": to})
	p.press(t, "stock.picking", "button_validate", transfer, map[string]any{"skip_sms": true})
	name := fmt.Sprintf("receipts/%d", transfer)
	var told []*eventv1.CloudEvent
	eventually(t, func() (bool, any) {
		told = m.toldOf(t, name)
		return len(told) > 0, told
	})
	m.settled(t, p)
	if told = m.toldOf(t, name); len(told) != 1 || told[0].GetType() != "mesh.goods.dropshipped.v1" {
		t.Errorf("of %s was told %v", name, told)
	}
	if data := dataOf[*eventv1.GoodsDropshipped](t, told[0]); len(data.GetItems()) != 1 || data.GetItems()[0].GetQuantity().GetValue() != "10" {
		t.Errorf("got %v", data)
	}
	if told := m.toldOf(t, fmt.Sprintf("transfers/%d", transfer)); len(told) != 0 {
		t.Errorf("dispatched was told: %v", told)
	}
	r, err := m.receipts.GetReceipt(t.Context(), &receiptv1.GetReceiptRequest{Name: name})
	if err != nil || r.GetDirection() != receiptv1.Direction_DIRECTION_DROP_SHIPMENT {
		t.Errorf("the receipt is %v, %v", r, err)
	}
}
