package e2e

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	operationsv1 "odoomesh/gen/go/mesh/operations/v1"
	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
	"odoomesh/internal/clock"
	"odoomesh/internal/config"
	"odoomesh/internal/odooproxy"
	"odoomesh/internal/race"
)

// cordoned is a mesh that moves what is held to a place of quarantine, before Odoo at an
// address.
func cordoned(t *testing.T, p *person, c config.Config) (*stage, int64) {
	t.Helper()
	view := p.rows(t, "stock.warehouse", []any{}, []any{"view_location_id"})[0].id("view_location_id")
	quarantine := p.create(t, "stock.location", map[string]any{"name": "Cordon " + p.mark, "location_id": view, "usage": "internal"})
	name := p.rows(t, "stock.location", []any{[]any{"id", "=", quarantine}}, []any{"complete_name"})[0]["complete_name"].(string)
	c.HoldLocations, c.Quarantine = []string{name}, []string{name}
	return &stage{p, start(t, c)}, quarantine
}

func TestWhatIsHeldGoesToQuarantine(t *testing.T) {
	t.Parallel()
	for _, major := range race.Fewer(16, 19) {
		t.Run(fmt.Sprint(major), func(t *testing.T) {
			t.Parallel()
			p := simulated(t, major, 10)
			proxy, c := behind(t, p)
			s, quarantine := cordoned(t, p, c)
			goesToQuarantine(t, pantryOf(t, s), quarantine, func() (end func()) {
				return proxy.Always(odooproxy.Any, func(odooproxy.Call, http.ResponseWriter, http.Handler) { panic(http.ErrAbortHandler) })
			})
		})
	}
}

func TestLiveWhatIsHeldGoesToQuarantine(t *testing.T) {
	p := live(t)
	s, quarantine := cordoned(t, p, settings(t, p))
	goesToQuarantine(t, pantryOf(t, s), quarantine, nil)
}

// goesToQuarantine is a hold that is followed by its moves once Odoo answers, with what
// another transfer has reserved; what the mesh takes out of quarantine then is no alarm.
func goesToQuarantine(t *testing.T, p *pantry, quarantine int64, down func() (end func())) {
	ward := p.ward(t, "Ward")
	p.plain(t, p.transfer(t, "-ward", "A", "1", ward).done(t), nil)
	theirs := p.reserves(t, 4, ward)
	lot := fmt.Sprint("lots/", p.lot(t, "A"))
	eventually(t, func() (bool, any) {
		page, err := p.inventory.ListStockPositions(t.Context(), &inventoryv1.ListStockPositionsRequest{Filter: fmt.Sprintf("lot = %q AND quantity > 0", lot)})
		return err == nil && len(page.GetStockPositions()) == 2, page
	})
	// What was moved in the very second of the hold counts as moved after it.
	moved := clock.System{}.Now().Unix()
	eventually(t, func() (bool, any) { return clock.System{}.Now().Unix() > moved+1, nil })
	end := func() {}
	if down != nil {
		end = down()
	}
	r, err := p.inventory.HoldLot(t.Context(), &inventoryv1.HoldLotRequest{Name: lot, RequestId: p.mark + "-hold", Reason: "particles\nseen"})
	if err != nil || r.GetLots()[0].GetHoldState() != inventoryv1.HoldState_HOLD_STATE_HELD || len(r.GetIntent().GetFollowUps()) != 2 {
		t.Fatalf("%v, %v", r, err)
	}
	end()
	intents := commandv1.NewIntentServiceClient(p.conn)
	warned := ""
	for _, name := range r.GetIntent().GetFollowUps() {
		eventually(t, func() (bool, any) {
			i, err := intents.GetIntent(t.Context(), &commandv1.GetIntentRequest{Name: name})
			warned += strings.Join(i.GetWarnings(), " ")
			return err == nil && i.GetState() == commandv1.State_STATE_DONE && i.GetPrincipal() == r.GetIntent().GetPrincipal() && strings.HasPrefix(i.GetOdooRecord(), "stock.picking,"), i
		})
	}
	if !strings.Contains(warned, theirs) {
		t.Errorf("that %s had reserved it is not told: %s", theirs, warned)
	}
	p.lies(t, "A", p.stock, 0)
	p.lies(t, "A", ward, 0)
	p.lies(t, "A", quarantine, 4)
	alarms := func() []*operationsv1.Exception {
		list, err := operationsv1.NewExceptionServiceClient(p.conn).ListExceptions(t.Context(), &operationsv1.ListExceptionsRequest{Filter: "kind = HELD_LOT_MOVED"})
		if err != nil {
			t.Fatal(err)
		}
		var mine []*operationsv1.Exception
		for _, e := range list.GetExceptions() {
			if strings.Contains(e.String(), lot) {
				mine = append(mine, e)
			}
		}
		return mine
	}
	p.plain(t, p.scrap(t, "-s", "1", func(r *inventoryv1.ScrapStockRequest) { r.Name = p.position(t, "A", quarantine) }).done(t), nil)
	p.plain(t, p.back(t, "-b", "A", "1", func(r *receiptv1.ReturnReceiptRequest) {
		r.SourceLocation, r.NoTextMessage = fmt.Sprint("locations/", quarantine), true
	}).done(t), nil)
	p.told(t, "A", inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_RETURN_TO_SUPPLIER, "1")
	if told := alarms(); len(told) != 0 {
		t.Errorf("what commands took is an alarm: %v", told)
	}
	scrap := p.create(t, "stock.scrap", map[string]any{"product_id": p.on.product, "lot_id": p.lot(t, "A"), "scrap_qty": 1.0, "location_id": quarantine, "product_uom_id": p.find(t, "uom.uom", "name", "Units")})
	p.press(t, "stock.scrap", "action_validate", scrap, nil)
	eventually(t, func() (bool, any) { told := alarms(); return len(told) == 1, told })

	_, err = p.inventory.HoldLot(t.Context(), &inventoryv1.HoldLotRequest{Name: fmt.Sprint("lots/", p.lot(t, "B")), RequestId: p.mark + "-scanned", Reason: "wet\x1d"})
	wantInvalid(t, err, "reason")
	if down != nil {
		p.staysWhereItIs(t, down)
	}
	// Nothing of lot B is moved where its hold says so.
	other := fmt.Sprint("lots/", p.lot(t, "B"))
	stays, err := p.inventory.HoldLot(context.WithoutCancel(t.Context()), &inventoryv1.HoldLotRequest{Name: other, RequestId: p.mark + "-stays", Reason: "label", LeaveInPlace: true})
	if err != nil || len(stays.GetIntent().GetFollowUps()) != 0 {
		t.Errorf("%v, %v", stays, err)
	}
}

// staysWhereItIs is a hold that is lifted before its moves were made.
func (p *pantry) staysWhereItIs(t *testing.T, down func() (end func())) {
	lot := fmt.Sprint("lots/", p.lot(t, "B"))
	end := down()
	r, err := p.inventory.HoldLot(t.Context(), &inventoryv1.HoldLotRequest{Name: lot, RequestId: p.mark + "-mistaken", Reason: "the wrong label"})
	if err != nil || len(r.GetIntent().GetFollowUps()) != 1 {
		t.Fatalf("%v, %v", r, err)
	}
	if _, err := p.inventory.ReleaseLotHold(t.Context(), &inventoryv1.ReleaseLotHoldRequest{Name: lot, RequestId: p.mark + "-lifted", Reason: "the right one"}); err != nil {
		t.Fatal(err)
	}
	end()
	eventually(t, func() (bool, any) {
		i, err := commandv1.NewIntentServiceClient(p.conn).GetIntent(t.Context(), &commandv1.GetIntentRequest{Name: r.GetIntent().GetFollowUps()[0]})
		return err == nil && i.GetState() == commandv1.State_STATE_REFUSED && strings.Contains(i.GetExplanation(), "not held any more"), i
	})
	p.lies(t, "B", p.stock, 2)
}
