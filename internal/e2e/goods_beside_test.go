package e2e

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
	"odoomesh/internal/odooproxy"
)

// sending is a command about goods, to be sent again and again.
type sending func(ctx context.Context) (*commandv1.Intent, error)

func (p *pantry) scrap(t *testing.T, id, quantity string, change ...func(*inventoryv1.ScrapStockRequest)) sending {
	r := &inventoryv1.ScrapStockRequest{Name: p.position(t, "A", p.stock), RequestId: p.bought.mark + id, Quantity: amount(quantity), Reason: "broken"}
	for _, c := range change {
		c(r)
	}
	return func(ctx context.Context) (*commandv1.Intent, error) {
		answer, err := p.inventory.ScrapStock(ctx, r)
		return answer.GetIntent(), err
	}
}

func (p *pantry) transfer(t *testing.T, id, letter, quantity string, to int64, change ...func(*inventoryv1.TransferStockRequest)) sending {
	r := &inventoryv1.TransferStockRequest{Name: p.position(t, letter, p.stock), RequestId: p.bought.mark + id, Quantity: amount(quantity), DestinationLocation: fmt.Sprint("locations/", to)}
	for _, c := range change {
		c(r)
	}
	return func(ctx context.Context) (*commandv1.Intent, error) {
		answer, err := p.inventory.TransferStock(ctx, r)
		return answer.GetIntent(), err
	}
}

func (p *pantry) count(t *testing.T, id, expected, counted string) sending {
	r := &inventoryv1.AdjustStockRequest{Name: p.position(t, "A", p.stock), RequestId: p.bought.mark + id, ExpectedQuantity: amount(expected), CountedQuantity: amount(counted)}
	return func(ctx context.Context) (*commandv1.Intent, error) {
		answer, err := p.inventory.AdjustStock(ctx, r)
		return answer.GetIntent(), err
	}
}

func (p *pantry) back(t *testing.T, id, letter, quantity string, change ...func(*receiptv1.ReturnReceiptRequest)) sending {
	t.Helper()
	line := p.rows(t, "stock.move.line", []any{[]any{"picking_id", "=", idOf(t, p.bought.receipt)}, []any{"state", "=", "done"}}, []any{"move_id"})[0].id("move_id")
	r := &receiptv1.ReturnReceiptRequest{Name: p.bought.receipt, RequestId: p.bought.mark + id, Reason: "damaged", Lines: []*receiptv1.ReturnedLine{
		{LineId: fmt.Sprint(line), Quantity: amount(quantity), LotNumber: letter + "-" + p.bought.mark},
	}}
	for _, c := range change {
		c(r)
	}
	return func(ctx context.Context) (*commandv1.Intent, error) {
		answer, err := p.receipts.ReturnReceipt(ctx, r)
		return answer.GetIntent(), err
	}
}

// done sends a command until it is done.
func (s sending) done(t *testing.T) *commandv1.Intent {
	t.Helper()
	var i *commandv1.Intent
	if err := insisting(t)(func(ctx context.Context) (err error) { i, err = s(ctx); return err }); err != nil {
		t.Errorf("%v", err)
	}
	return i
}

// refused sends a command until it is refused with that reason and these words.
func (s sending) refused(t *testing.T, reason string, words ...string) {
	t.Helper()
	err := insisting(t)(func(ctx context.Context) error { _, err := s(ctx); return err })
	told := fmt.Sprint(err, refusalOf(err).fields)
	for _, word := range words {
		if !strings.Contains(told, word) {
			t.Errorf("%q is not said: %s", word, told)
		}
	}
	if refusalOf(err).reason != reason {
		t.Errorf("it ended with %v, want %s", err, reason)
	}
}

// goodsBehind is a mesh behind a proxy, before a simulated Odoo.
func goodsBehind(t *testing.T, major int, longest time.Duration) (*stage, *odooproxy.Proxy) {
	p := simulated(t, major, 10)
	proxy, c := behind(t, p)
	c.LongestRequest = longest
	c.HoldLocations = []string{"WH/Quarantine"}
	return &stage{p, start(t, c)}, proxy
}

// What stands before Odoo spoils each call that changes something once: the goods have
// moved once, and a count was booked once.
func TestGoodsThroughWhatStandsBeforeOdoo(t *testing.T) {
	t.Parallel()
	s, proxy := goodsBehind(t, 19, 2*time.Minute)
	on := shelfOf(t, s.person)
	calls := odooproxy.Method("load", "action_confirm", "button_validate", "create", "unlink", "message_post")
	for name, trouble := range map[string]odooproxy.Trouble{
		"a cut answer":              odooproxy.Cut(),
		"a filter after the commit": odooproxy.AfterCommit(odooproxy.Forbidden()),
	} {
		t.Run(name, func(t *testing.T) {
			p := pantryWith(t, s, on, s.mark+"-"+strings.ReplaceAll(name, " ", "-"))
			ward := p.ward(t, "Ward "+name)
			for _, send := range []sending{p.scrap(t, "-s", "1"), p.transfer(t, "-t", "A", "1", ward), p.count(t, "-c", "2", "7"), p.back(t, "-b", "B", "2")} {
				end := proxy.Always(firsts(calls).choose, trouble)
				i := send.done(t)
				end()
				if len(i.GetDeviations()) > 0 {
					t.Errorf("%v", i)
				}
			}
			p.lies(t, "A", p.stock, 7)
			p.lies(t, "A", ward, 1)
			p.lies(t, "B", p.stock, 0)
		})
	}
}

// meanwhile lets somebody act before Odoo gets a call, or after it has carried it out and
// the answer is lost.
func meanwhile(proxy *odooproxy.Proxy, lost bool, model, method string, act func()) {
	proxy.Next(1, odooproxy.Both(odooproxy.Model(model), odooproxy.Method(method)), func(c odooproxy.Call, w http.ResponseWriter, odoo http.Handler) {
		if !lost {
			act()
			odoo.ServeHTTP(w, c.Request)
			return
		}
		odoo.ServeHTTP(httptest.NewRecorder(), c.Request)
		act()
		panic(http.ErrAbortHandler)
	})
}

// takes moves some of lot A out of the stock, as people do.
func (p *pantry) takes(t *testing.T, quantity float64) {
	t.Helper()
	scrap := p.create(t, "stock.scrap", map[string]any{"product_id": p.on.product, "lot_id": p.lot(t, "A"), "scrap_qty": quantity, "location_id": p.stock, "product_uom_id": p.find(t, "uom.uom", "name", "Units")})
	p.press(t, "stock.scrap", "action_validate", scrap, nil)
}

// own is the transfer that the mesh has made for the reason.
func (p *pantry) own(t *testing.T, states ...any) int64 {
	t.Helper()
	rows := p.rows(t, "stock.picking", []any{[]any{"origin", "in", []any{"broken", "Moved by odoomesh"}}, []any{"move_ids.product_id", "=", p.on.product}, []any{"state", "in", states}}, []any{"id"})
	if len(rows) == 0 {
		t.Errorf("the mesh has no transfer in state %v", states)
		return 0
	}
	return rows[len(rows)-1].id("id")
}

// People move and count beside the mesh: each command ends as what is true.
func TestPeopleMoveGoodsBesideTheMesh(t *testing.T) {
	t.Parallel()
	s, proxy := goodsBehind(t, 19, 5*time.Second)
	ward := (&pantry{stage: s, stock: s.rows(t, "stock.warehouse", []any{}, []any{"lot_stock_id"})[0].id("lot_stock_id")}).ward(t, "Ward")
	n := 0
	scene := func(name string, play func(t *testing.T, p *pantry)) {
		n++
		mark := fmt.Sprintf("%s-%d", s.mark, n)
		t.Run(name, func(t *testing.T) {
			defer proxy.Clear()
			play(t, pantryWith(t, s, shelfOf(t, s.person), mark))
		})
	}
	scene("the goods are gone", func(t *testing.T, p *pantry) {
		meanwhile(proxy, false, "stock.picking", "load", func() { p.takes(t, 4) })
		p.scrap(t, "", "2").refused(t, "BUSINESS_RULE", "quantity", "Odoo has 0 of it", "was cancelled")
		p.lies(t, "A", p.stock, 0)
		p.own(t, "cancel")
	})
	scene("its transfer is cancelled", func(t *testing.T, p *pantry) {
		meanwhile(proxy, true, "stock.picking", "load", func() { p.press(t, "stock.picking", "action_cancel", p.own(t, "draft"), nil) })
		p.transfer(t, "", "A", "2", ward).refused(t, "BUSINESS_RULE", "cancelled in Odoo")
		p.lies(t, "A", p.stock, 4)
	})
	scene("its transfer is validated", func(t *testing.T, p *pantry) {
		meanwhile(proxy, false, "stock.picking", "button_validate", func() { p.press(t, "stock.picking", "button_validate", p.own(t, "confirmed", "assigned"), nil) })
		i := p.transfer(t, "", "A", "2", ward).done(t)
		p.plain(t, i, nil)
		p.lies(t, "A", ward, 2)
	})
	scene("its transfer is changed", func(t *testing.T, p *pantry) {
		meanwhile(proxy, false, "stock.picking", "button_validate", func() {
			line := p.rows(t, "stock.move.line", []any{[]any{"picking_id", "=", p.own(t, "confirmed", "assigned")}}, []any{"id"})[0].id("id")
			p.write(t, "stock.move.line", line, map[string]any{"quantity": 3.0})
		})
		if i := p.transfer(t, "", "A", "2", ward).done(t); !slices.EqualFunc(i.GetDeviations(), []string{"quantity"}, tells) {
			t.Errorf("%v", i)
		}
		p.lies(t, "A", ward, 3)
	})
	scene("something moves in the moment of a count", func(t *testing.T, p *pantry) {
		meanwhile(proxy, false, "stock.quant", "create", func() { p.takes(t, 1) })
		i := p.count(t, "", "4", "6").done(t)
		if !slices.EqualFunc(i.GetDeviations(), []string{"expected_quantity"}, tells) || i.GetDeviations()[0].GetFound() != "3" || !strings.Contains(fmt.Sprint(i.GetWarnings()), "Count") {
			t.Errorf("%v", i)
		}
	})
	scene("something moves after a count whose answer is lost", func(t *testing.T, p *pantry) {
		meanwhile(proxy, true, "stock.quant", "create", func() { p.takes(t, 1) })
		p.plain(t, p.count(t, "", "4", "6").done(t), nil)
		p.lies(t, "A", p.stock, 5) // and is not counted over
	})
	scene("a count never reaches Odoo", func(t *testing.T, p *pantry) {
		proxy.Next(1, odooproxy.Both(odooproxy.Model("stock.quant"), odooproxy.Method("create")), odooproxy.BadGateway())
		p.plain(t, p.count(t, "", "4", "6").done(t), nil)
		p.lies(t, "A", p.stock, 6)
	})
	scene("others have reserved it", func(t *testing.T, p *pantry) { othersReserve(t, p, ward) })
	scene("it is held, or has expired", func(t *testing.T, p *pantry) { heldGoods(t, p, ward) })
	scene("rows of one place become one", func(t *testing.T, p *pantry) {
		p.create(t, "stock.quant", map[string]any{"product_id": p.on.product, "location_id": p.stock, "lot_id": p.lot(t, "A"), "quantity": -1.0})
		p.plain(t, p.count(t, "", "3", "5").done(t), nil)
		p.lies(t, "A", p.stock, 5)
	})
	scene("Odoo asks for a text message", func(t *testing.T, p *pantry) {
		p.write(t, "res.partner", p.on.supplier, map[string]any{"phone": "+3225550100"})
		p.back(t, "", "A", "1").refused(t, "ACTION_REQUIRED", "text message")
		p.plain(t, p.back(t, "-quiet", "A", "1", func(r *receiptv1.ReturnReceiptRequest) { r.NoTextMessage = true }).done(t), nil)
	})
}

// reserves lets another transfer to a place reserve goods, and tells its number.
func (p *pantry) reserves(t *testing.T, quantity float64, ward int64) string {
	t.Helper()
	kind := p.rows(t, "stock.picking.type", []any{[]any{"code", "=", "internal"}}, []any{"id"})[0].id("id")
	move := map[string]any{"product_id": p.on.product, "product_uom_qty": quantity, "location_id": p.stock, "location_dest_id": ward}
	if p.major < 19 {
		move["name"] = "by hand"
	}
	theirs := p.create(t, "stock.picking", map[string]any{"picking_type_id": kind, "location_id": p.stock, "location_dest_id": ward, "move_ids": []any{[]any{0, 0, move}}})
	p.press(t, "stock.picking", "action_confirm", theirs, nil)
	p.press(t, "stock.picking", "action_assign", theirs, nil)
	return fmt.Sprint(p.rows(t, "stock.picking", []any{[]any{"id", "=", theirs}}, []any{"name"})[0]["name"])
}

// othersReserve is that what a transfer has reserved is taken where the caller says so alone.
func othersReserve(t *testing.T, p *pantry, ward int64) {
	number := p.reserves(t, 6, ward)
	p.transfer(t, "-t", "A", "1", ward).refused(t, "INVALID_ARGUMENT", "quantity", "4 are reserved", number)
	p.back(t, "-b", "A", "1").refused(t, "INVALID_ARGUMENT", "lines[0].quantity", "4 are reserved")
	p.scrap(t, "-s", "1").refused(t, "INVALID_ARGUMENT", "quantity", number)
	i := p.scrap(t, "-s2", "1", func(r *inventoryv1.ScrapStockRequest) { r.TakeReserved = true }).done(t)
	if !strings.Contains(fmt.Sprint(i.GetWarnings()), number) {
		t.Errorf("%v", i)
	}
	p.lies(t, "A", p.stock, 3)
}

// heldGoods is where lots may go that are held, or have expired.
func heldGoods(t *testing.T, p *pantry, ward int64) {
	p.write(t, "stock.lot", p.lot(t, "B"), map[string]any{"expiration_date": "2020-01-01 12:00:00", "removal_date": "2020-01-01 12:00:00"})
	p.transfer(t, "-old", "B", "1", ward).refused(t, "INVALID_ARGUMENT", "allow_expired", "2020-01-01")
	p.plain(t, p.transfer(t, "-old2", "B", "1", ward, func(r *inventoryv1.TransferStockRequest) { r.AllowExpired = true }).done(t), nil)
	above := p.rows(t, "stock.location", []any{[]any{"id", "=", p.stock}}, []any{"location_id"})[0].id("location_id")
	rows := p.rows(t, "stock.location", []any{[]any{"complete_name", "=", "WH/Quarantine"}}, []any{"id"})
	if len(rows) == 0 {
		rows = []raw{{"id": p.create(t, "stock.location", map[string]any{"name": "Quarantine", "location_id": above, "usage": "internal"})}}
	}
	quarantine := rows[0].id("id")
	lot := fmt.Sprint("lots/", p.lot(t, "A"))
	eventually(t, func() (bool, any) {
		_, err := p.inventory.HoldLot(t.Context(), &inventoryv1.HoldLotRequest{Name: lot, RequestId: p.bought.mark + "-hold", Reason: "particles seen"})
		return err == nil, err
	})
	p.transfer(t, "-ward", "A", "1", ward).refused(t, "BUSINESS_RULE", "particles seen", "hold-locations")
	p.plain(t, p.transfer(t, "-q", "A", "2", quarantine).done(t), nil)
	p.plain(t, p.scrap(t, "-s", "1").done(t), nil)
	p.plain(t, p.back(t, "-b", "A", "2", func(r *receiptv1.ReturnReceiptRequest) { r.SourceLocation = fmt.Sprint("locations/", quarantine) }).done(t), nil)
	p.lies(t, "A", p.stock, 1)
	p.lies(t, "A", quarantine, 0)
}
