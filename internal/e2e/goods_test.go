package e2e

import (
	"fmt"
	"math/big"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/type/decimal"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
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
	p := &pantry{stage: s, on: shelfOf(t, s.person)}
	var err error
	if p.bought, err = purchased(s.mesh, p.on, s.mark+"-goods", insisting(t)); err != nil {
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
