package e2e

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/type/decimal"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
	"odoomesh/internal/race"
)

func amount(text string) *decimal.Decimal { return &decimal.Decimal{Value: text} }

// pantry is a mesh, and goods in the house that its commands move: lot A, of which 4 lie in
// the stock, and lot B, of which 2 do.
type pantry struct {
	*stage
	on     shelf
	bought *purchase
	stock  int64
}

func pantryOf(t *testing.T, s *stage) *pantry {
	t.Helper()
	return pantryWith(t, s, shelfOf(t, s.person), s.mark+"-goods")
}

func pantryWith(t *testing.T, s *stage, on shelf, mark string) *pantry {
	t.Helper()
	p := &pantry{stage: s, on: on}
	var err error
	if p.bought, err = purchased(s.mesh, p.on, mark, insisting(t)); err != nil {
		t.Fatal(err)
	}
	line := s.rows(t, "stock.move.line", []any{[]any{"picking_id", "=", idOf(t, p.bought.receipt)}, []any{"state", "=", "done"}}, []any{"location_dest_id"})[0]
	p.stock = line.id("location_dest_id")
	return p
}

// lot is Odoo's id of a lot of the purchase, "A" or "B".
func (p *pantry) lot(t *testing.T, letter string) int64 {
	return p.find(t, "stock.lot", "name", letter+"-"+p.bought.mark)
}

func (p *pantry) position(t *testing.T, letter string, place int64) string {
	return fmt.Sprintf("stockPositions/%d-%d-%d-0-0", p.on.product, place, p.lot(t, letter))
}

// lies checks how much Odoo has of a lot at a place.
func (p *pantry) lies(t *testing.T, letter string, place int64, want float64) {
	t.Helper()
	sum := 0.0
	for _, r := range p.rows(t, "stock.quant", []any{[]any{"lot_id", "=", p.lot(t, letter)}, []any{"location_id", "=", place}}, []any{"quantity"}) {
		sum += r["quantity"].(float64)
	}
	if sum != want {
		t.Errorf("of lot %s there are %v, want %v", letter, sum, want)
	}
}

// plain checks that a command is done as it was asked for, and stands on its document.
func (p *pantry) plain(t *testing.T, i *commandv1.Intent, err error) {
	t.Helper()
	if err != nil || i.GetState() != commandv1.State_STATE_DONE || len(i.GetDeviations()) > 0 || len(i.GetWarnings()) > 0 {
		t.Fatalf("%v, %v", i, err)
	}
}

// told waits for the event of a movement.
func (p *pantry) told(t *testing.T, letter string, kind inventoryv1.InventoryEventType, quantity string) {
	t.Helper()
	lot := fmt.Sprint("lots/", p.lot(t, letter))
	eventually(t, func() (bool, any) {
		list, err := p.inventory.ListInventoryEvents(t.Context(), &inventoryv1.ListInventoryEventsRequest{Filter: fmt.Sprintf("lot = %q", lot)})
		if err != nil {
			return false, err
		}
		found := 0
		for _, e := range list.GetInventoryEvents() {
			q, _ := new(big.Rat).SetString(e.GetQuantity().GetValue())
			want, _ := new(big.Rat).SetString(quantity)
			if e.GetType() == kind && q.Abs(q).Cmp(want) == 0 {
				found++
			}
		}
		return found == 1, list
	})
}

func goodsEverywhere(t *testing.T, test func(t *testing.T, p *pantry)) {
	t.Parallel()
	for _, major := range race.Fewer(16, 17, 18, 19) {
		t.Run(fmt.Sprint(major), func(t *testing.T) {
			t.Parallel()
			p := simulated(t, major, 10)
			test(t, pantryOf(t, &stage{p, start(t, settings(t, p))}))
		})
	}
}

func TestGoodsThroughTheMesh(t *testing.T) { goodsEverywhere(t, movesGoods) }

func movesGoods(t *testing.T, p *pantry) {
	t.Run("scrap", func(t *testing.T) { scrapsGoods(t, p) })
	t.Run("transfer", func(t *testing.T) { transfersGoods(t, p) })
	t.Run("adjust", func(t *testing.T) { countsGoods(t, p) })
	t.Run("return", func(t *testing.T) { sendsGoodsBack(t, p) })
}

// ward makes another place of the house.
func (p *pantry) ward(t *testing.T, name string) int64 {
	t.Helper()
	above := p.rows(t, "stock.location", []any{[]any{"id", "=", p.stock}}, []any{"location_id"})[0]
	return p.create(t, "stock.location", map[string]any{"name": name + " " + p.mark, "location_id": above.id("location_id"), "usage": "internal"})
}

func transfersGoods(t *testing.T, p *pantry) {
	ward := p.ward(t, "Ward")
	request := &inventoryv1.TransferStockRequest{Name: p.position(t, "A", p.stock), RequestId: p.mark + "-transfer", Quantity: amount("2"), DestinationLocation: fmt.Sprint("locations/", ward)}
	for range 2 {
		r, err := p.inventory.TransferStock(t.Context(), request)
		p.plain(t, r.GetIntent(), err)
		p.lies(t, "A", p.stock, 1)
		p.lies(t, "A", ward, 2)
	}
	p.told(t, "A", inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_TRANSFER, "2")
}

func countsGoods(t *testing.T, p *pantry) {
	at := p.position(t, "B", p.stock)
	count := func(id, expected, counted string) (*commandv1.Intent, error) {
		r, err := p.inventory.AdjustStock(t.Context(), &inventoryv1.AdjustStockRequest{
			Name: at, RequestId: p.mark + "-" + id, ExpectedQuantity: amount(expected), CountedQuantity: amount(counted), Reason: "monthly",
		})
		return r.GetIntent(), err
	}
	for range 2 {
		i, err := count("more", "2", "5")
		if p.major < 18 && refusalOf(err).reason == "NOT_PERMITTED" && strings.Contains(err.Error(), "administrator of the inventory") {
			t.Skip("the mesh's user may not count here, and is told so")
		}
		p.plain(t, i, err)
		p.lies(t, "B", p.stock, 5)
	}
	p.told(t, "B", inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_ADJUSTMENT, "3")
	moves := p.rows(t, "stock.move", []any{[]any{"reference", "=like", "mesh:x_%"}, []any{"product_id", "=", p.on.product}}, []any{"reference"})
	if len(moves) != 1 || !strings.Contains(moves[0]["reference"].(string), "counted for local: monthly") {
		t.Errorf("the count stands as %v", moves)
	}
	// What has moved since it was counted is refused with both, and nothing is booked.
	if _, err := count("late", "2", "4"); !slices.Contains(refusalOf(err).fields, "expected_quantity") || !strings.Contains(err.Error(), "Odoo has 5") {
		t.Errorf("what has moved since: %v", err)
	}
	for range 2 { // as it should be: nothing is booked
		i, err := count("same", "5", "5")
		p.plain(t, i, err)
	}
	if got := len(p.rows(t, "stock.move", []any{[]any{"reference", "=like", "mesh:x_%"}, []any{"product_id", "=", p.on.product}}, []any{"id"})); got != 1 {
		t.Errorf("there are %d movements of counts", got)
	}
	i, err := count("back", "5", "2")
	p.plain(t, i, err)
	p.lies(t, "B", p.stock, 2)
}

func sendsGoodsBack(t *testing.T, p *pantry) {
	receipt, err := p.receipts.GetReceipt(t.Context(), &receiptv1.GetReceiptRequest{Name: p.bought.receipt, ReadMode: liveMode})
	if err != nil {
		t.Fatal(err)
	}
	request := &receiptv1.ReturnReceiptRequest{Name: p.bought.receipt, RequestId: p.mark + "-return", Reason: "damaged", Lines: []*receiptv1.ReturnedLine{
		{LineId: receipt.GetLines()[0].GetId(), Quantity: amount("2"), LotNumber: "B-" + p.bought.mark},
	}}
	var first string
	for range 2 {
		r, err := p.receipts.ReturnReceipt(t.Context(), request)
		p.plain(t, r.GetIntent(), err)
		back := r.GetReceipt()
		if back.GetDirection() != receiptv1.Direction_DIRECTION_RETURN || back.GetReturnOf() != p.bought.receipt || back.GetState() != receiptv1.State_STATE_DONE || first != "" && back.GetName() != first {
			t.Errorf("the return is %v", back)
		}
		first = back.GetName()
		p.lies(t, "B", p.stock, 0)
	}
	line := p.rows(t, "purchase.order.line", []any{[]any{"order_id", "=", idOf(t, p.bought.order)}}, []any{"qty_received"})[0]
	if line["qty_received"] != 4.0 {
		t.Errorf("the order has received %v", line["qty_received"])
	}
	request.RequestId += "-more"
	if _, err := p.receipts.ReturnReceipt(t.Context(), request); !slices.Contains(refusalOf(err).fields, "lines[0].quantity") {
		t.Errorf("more than has come: %v", err)
	}
	p.told(t, "B", inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_RETURN_TO_SUPPLIER, "2")
}

func scrapsGoods(t *testing.T, p *pantry) {
	at := p.position(t, "A", p.stock)
	request := &inventoryv1.ScrapStockRequest{Name: at, RequestId: p.mark + "-scrap", Quantity: amount("1"), Reason: "broken glass"}
	for range 2 { // sent again it answers the same
		r, err := p.inventory.ScrapStock(t.Context(), request)
		p.plain(t, r.GetIntent(), err)
		if r.GetStockPosition().GetQuantity().GetValue() != "3" {
			t.Errorf("there are %v", r.GetStockPosition())
		}
		p.lies(t, "A", p.stock, 3)
		if !strings.Contains(r.GetIntent().GetEvidence(), "done") {
			t.Errorf("%v", r.GetIntent())
		}
	}
	p.told(t, "A", inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_SCRAP, "1")
}

func TestLiveGoodsThroughTheMesh(t *testing.T) {
	p := live(t)
	movesGoods(t, pantryOf(t, &stage{p, start(t, settings(t, p))}))
}
