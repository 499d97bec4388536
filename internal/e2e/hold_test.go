package e2e

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	eventv1 "odoomesh/gen/go/mesh/event/v1"
	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	operationsv1 "odoomesh/gen/go/mesh/operations/v1"
	"odoomesh/internal/clock"
	"odoomesh/internal/odooproxy"
	"odoomesh/internal/race"
)

// A hold covers each twin of the number, tells where the lot lies, who has reserved it and
// who got it, is told as an event, and comes at once while Odoo is down.
func TestALotIsHeldWithItsTwins(t *testing.T) {
	t.Parallel()
	for _, major := range race.Fewer(16, 19) {
		t.Run(fmt.Sprint(major), func(t *testing.T) {
			t.Parallel()
			p := simulated(t, major, 10)
			proxy, c := behind(t, p)
			m := start(t, c)
			on := shelfOf(t, p)
			b, err := purchased(m, on, p.mark, plainly(t))
			if err != nil {
				t.Fatal(err)
			}
			twin := p.create(t, "stock.lot", map[string]any{"name": " A-" + p.mark + " ", "product_id": on.product, "company_id": 1})
			var lots []string
			eventually(t, func() (bool, any) {
				page, err := m.inventory.ListLots(t.Context(), &inventoryv1.ListLotsRequest{Filter: fmt.Sprintf("lot_number = %q", "A-"+b.mark)})
				if err != nil {
					t.Fatal(err)
				}
				if lots = names(page.GetLots()); len(lots) != 2 {
					return false, lots
				}
				positions, err := m.inventory.ListStockPositions(t.Context(), &inventoryv1.ListStockPositionsRequest{Filter: fmt.Sprintf("lot = %q", lots[0])})
				return err == nil && len(positions.GetStockPositions()) > 0, lots
			})
			first := lots[slices.IndexFunc(lots, func(name string) bool { return name != fmt.Sprintf("lots/%d", twin) })]
			w := m.watchLots(t, "").begun(t)
			// Odoo's times are whole seconds: what was moved in the second of the hold may have
			// been moved after it, and is an alarm.
			received := clock.System{}.Now().Unix()
			eventually(t, func() (bool, any) { return clock.System{}.Now().Unix() > received+1, nil })

			end := proxy.Always(odooproxy.Any, func(_ odooproxy.Call, w http.ResponseWriter, _ http.Handler) { panic(http.ErrAbortHandler) })
			request := &inventoryv1.HoldLotRequest{Name: first, RequestId: b.mark + "-hold", Reason: "particles seen"}
			r, err := m.inventory.HoldLot(t.Context(), request)
			if err != nil || len(r.GetLots()) != 2 || len(r.GetStock()) == 0 {
				t.Fatalf("%v, %v", r, err)
			}
			for _, lot := range r.GetLots() {
				if lot.GetHoldState() != inventoryv1.HoldState_HOLD_STATE_HELD || lot.GetHoldReason() != "particles seen" || lot.GetHeldBy() != "local" || lot.GetHoldTime() == nil {
					t.Errorf("%v", lot)
				}
			}
			if text := strings.Join(r.GetIntent().GetWarnings(), " "); !strings.Contains(text, "reserved") || !strings.Contains(text, "Who asked") {
				t.Errorf("with Odoo down it warns %q", text)
			}
			seen := map[string]bool{}
			w.until(t, "both lots", func(got message) bool {
				if got.kind == updated {
					seen[got.record.GetName()] = true
				}
				return len(seen) == 2
			})
			// The same again says the same; another hold is refused with who holds it.
			if again, err := m.inventory.HoldLot(t.Context(), request); err != nil || again.GetIntent().GetName() != r.GetIntent().GetName() || again.GetLots()[0].GetHoldTime().AsTime() != r.GetLots()[0].GetHoldTime().AsTime() {
				t.Errorf("%v, %v", again, err)
			}
			if _, err := m.inventory.HoldLot(t.Context(), &inventoryv1.HoldLotRequest{Name: lots[1], RequestId: b.mark + "-other", Reason: "me too"}); refusalOf(err).reason != "BUSINESS_RULE" || !strings.Contains(err.Error(), "particles seen") {
				t.Errorf("a second hold: %v", err)
			}
			end()
			recall, err := m.inventory.HoldLot(t.Context(), &inventoryv1.HoldLotRequest{Name: lots[1], RequestId: b.mark + "-recall", Reason: "goes back", Recall: true})
			if err != nil || recall.GetLots()[0].GetHoldState() != inventoryv1.HoldState_HOLD_STATE_RECALLED {
				t.Errorf("%v, %v", recall, err)
			}
			if notes := p.rows(t, "mail.message", []any{[]any{"model", "=", "stock.lot"}, []any{"body", "ilike", recall.GetIntent().GetName()}}, []any{"res_id"}); len(notes) != 2 {
				t.Errorf("in Odoo stands %v", notes)
			}
			// What people do to the lot in Odoo takes no hold away.
			p.write(t, "stock.lot", idOf(t, first), map[string]any{"ref": "F-" + p.mark})
			eventually(t, func() (bool, any) {
				lot, err := m.inventory.GetLot(t.Context(), &inventoryv1.GetLotRequest{Name: first})
				return err == nil && lot.GetReference() == "F-"+p.mark && lot.GetHoldState() == inventoryv1.HoldState_HOLD_STATE_RECALLED, lot
			})
			// What people move of it is an exception, until the hold is released.
			exceptions := operationsv1.NewExceptionServiceClient(m.conn)
			alarms := func() []*operationsv1.Exception {
				list, err := exceptions.ListExceptions(t.Context(), &operationsv1.ListExceptionsRequest{Filter: "kind = HELD_LOT_MOVED AND state = OPEN"})
				if err != nil {
					t.Fatal(err)
				}
				return list.GetExceptions()
			}
			if open := alarms(); len(open) != 0 {
				t.Errorf("what was moved before it was held is an alarm: %v", open)
			}
			p.scrapped(t, on.product, idOf(t, first))
			eventually(t, func() (bool, any) { open := alarms(); return len(open) == 1, open })
			if open := alarms(); !strings.Contains(open[0].GetSummary(), first) || !strings.Contains(open[0].GetDetail(), "goes back") {
				t.Errorf("%v", open)
			}
			freed, err := m.inventory.ReleaseLotHold(t.Context(), &inventoryv1.ReleaseLotHoldRequest{Name: first, RequestId: b.mark + "-free", Reason: "examined"})
			if err != nil || len(freed.GetLots()) != 2 {
				t.Fatalf("%v, %v", freed, err)
			}
			for _, lot := range freed.GetLots() {
				if lot.GetHoldState() != inventoryv1.HoldState_HOLD_STATE_FREE || lot.GetHoldReason() != "" || lot.GetHeldBy() != "" || lot.GetHoldTime() != nil {
					t.Errorf("%v", lot)
				}
			}
			if _, err := m.inventory.ReleaseLotHold(t.Context(), &inventoryv1.ReleaseLotHoldRequest{Name: first, RequestId: b.mark + "-free2", Reason: "again"}); refusalOf(err).reason != "BUSINESS_RULE" {
				t.Errorf("what is free is given free: %v", err)
			}
			m.heldAtOnce(t, lots, b.mark)
			eventually(t, func() (bool, any) { open := alarms(); return len(open) == 0, open })
			eventually(t, func() (bool, any) {
				list, err := m.events().ListEvents(t.Context(), &eventv1.ListEventsRequest{Filter: fmt.Sprintf("subject = %q", first)})
				return err == nil && len(list.GetEvents()) >= 2, list
			})
		})
	}
}

// scrapped throws one of a lot away, as people do in Odoo.
func (p *person) scrapped(t *testing.T, product, lot int64) {
	t.Helper()
	stock := p.rows(t, "stock.quant", []any{[]any{"lot_id", "=", lot}, []any{"location_id.usage", "=", "internal"}}, []any{"location_id"})
	scrap := p.create(t, "stock.scrap", map[string]any{"product_id": product, "lot_id": lot, "scrap_qty": 1.0, "location_id": stock[0].id("location_id"), "product_uom_id": p.find(t, "uom.uom", "name", "Units")})
	p.press(t, "stock.scrap", "action_validate", scrap, nil)
}

// heldAtOnce holds lots of one number at once, again and again: one hold is the first, and
// the others are told of it.
func (m *mesh) heldAtOnce(t *testing.T, lots []string, mark string) {
	t.Helper()
	for round := range 5 {
		errs := make(chan error, len(lots))
		for _, lot := range lots {
			go func() {
				_, err := m.inventory.HoldLot(t.Context(), &inventoryv1.HoldLotRequest{Name: lot, RequestId: fmt.Sprint(mark, "-at-once-", round, "-", lot), Reason: "seen at " + lot})
				errs <- err
			}()
		}
		held := 0
		for range lots {
			if err := <-errs; err == nil {
				held++
			} else if refusalOf(err).reason != "BUSINESS_RULE" {
				t.Errorf("%v", err)
			}
		}
		if held != 1 {
			t.Errorf("%d held the number at once", held)
		}
		if _, err := m.inventory.ReleaseLotHold(t.Context(), &inventoryv1.ReleaseLotHoldRequest{Name: lots[0], RequestId: fmt.Sprint(mark, "-at-once-free-", round), Reason: "examined"}); err != nil {
			t.Fatal(err)
		}
	}
}
