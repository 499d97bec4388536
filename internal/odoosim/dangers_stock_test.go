package odoosim_test

import (
	"fmt"
	"testing"
)

func (w *writer) window(got any) any {
	if action, ok := got.(map[string]any); ok {
		return action["res_model"]
	}
	return got
}

func TestReceivingDangers(t *testing.T) {
	everywhere(t, func(t *testing.T, w *writer) {
		nothing := by(w, 17, "no quantities are reserved nor done", by(w, 19, "no quantities are reserved", "Transfer trouble alert!"))
		refusedAt := func(text string, receipt int64) {
			t.Helper()
			w.refused(2, text, "stock.picking", "button_validate", []int64{receipt}, map[string]any{"context": skipping(nil)})
		}

		_, receipt := w.ordered("untouched", 5, w.plain)
		if got := w.window(w.validate(receipt, nil)); got != by[any](w, 17, "stock.immediate.transfer", true) {
			t.Errorf("an untouched receipt answers %v", got)
		}

		_, receipt = w.ordered("empty", 5, w.plain)
		w.clear(receipt)
		refusedAt(nothing, receipt)

		_, receipt = w.ordered("strayed", 5, w.plain)
		w.clear(receipt)
		stray := w.load("stock.move.line", with(w.moveLineRow("s", w.moveOf(receipt, w.plain), 5, ""), row{"picking_id/.id": nil}))[0]
		w.is("stock.move.line", stray, "picking_id", false)
		if got := w.ids("stock.picking", receipt, "move_line_ids"); len(got) != 0 {
			t.Errorf("a line without a transfer is in it: %v", got)
		}

		_, receipt = w.ordered("beside", 5, w.plain)
		own := w.load("stock.move.line", w.moveLineRow("o", w.moveOf(receipt, w.plain), 2, ""))[0]
		if got := w.validate(receipt, nil); got != true {
			t.Errorf("own lines beside the proposed ones answer %v", got)
		}
		if got := w.ids("stock.picking", receipt, "move_line_ids"); fmt.Sprint(got) != fmt.Sprint([]int64{own}) {
			t.Errorf("validated are %v, own is %d", got, own)
		}

		order, receipt := w.ordered("more", 5, w.plain)
		w.received("m", receipt, 8, w.plain)
		w.is("purchase.order.line", w.ids("purchase.order", order, "order_line")[0], "qty_received", 8)
		if w.v() < 19 {
			refusedAt(nothing, receipt)
		} else if got := w.validate(receipt, nil); got != true {
			t.Errorf("validating a done one answers %v", got)
		}
		w.refused(2, by(w, 19, "You can not delete product moves", "Deleting product moves"), "stock.move.line", "unlink", w.ids("stock.picking", receipt, "move_line_ids"), nil)
	})
}

func TestTheRestIsNotWanted(t *testing.T) {
	everywhere(t, func(t *testing.T, w *writer) {
		_, receipt := w.ordered("x", 6, w.plain, w.lotted)
		w.clear(receipt)
		move, other := w.moveOf(receipt, w.plain), w.moveOf(receipt, w.lotted)
		w.load("stock.move.line", w.moveLineRow("l", move, 1, ""))
		if got := w.validate(receipt, map[string]any{"picking_ids_not_to_backorder": []int64{receipt}}); got != true {
			t.Fatalf("validating answers %v", got)
		}
		w.is("stock.picking", receipt, "state", "done")
		w.is("stock.picking", receipt, "backorder_ids", []int64{})
		w.is("stock.move", move, "product_uom_qty", by(w, 17, 1, 6))
		w.is("stock.move", move, by(w, 17, "quantity_done", "quantity"), 1)
		w.is("stock.move", other, "state", "cancel")
	})
}

func TestLotDangers(t *testing.T) {
	everywhere(t, func(t *testing.T, w *writer) {
		lot := w.load("stock.lot", w.lotRow("a", w.lotted))[0]
		w.said(by(w, 18, "The combination of serial number and product must be unique", "The combination of lot/serial number and product must be unique"),
			"stock.lot", with(w.lotRow("a", w.lotted), row{"id": "mesh.other"}))
		w.load("stock.lot", with(w.lotRow("a", w.lotted), row{"expiration_date": "2029-01-01 00:00:00"}))
		w.is("stock.lot", lot, "expiration_date", "2029-01-01 00:00:00")
		w.is("stock.lot", lot, "use_date", "2028-05-01 07:08:09")

		w.is("stock.lot", w.load("stock.lot", with(w.lotRow("none", w.lotted), row{"expiration_date": ""}))[0], "expiration_date", false)
		if w.read("stock.lot", w.load("stock.lot", with(w.lotRow("own", w.lotted), row{"expiration_date": nil}))[0], "expiration_date") == false {
			t.Error("a lot of which nothing is said gets no expiry")
		}
		kept := w.load("stock.lot", w.lotRow("kept", w.plain))[0]
		w.is("stock.lot", kept, "expiration_date", "2028-05-06 07:08:09")
		w.is("stock.lot", kept, "use_date", false)
		homeless := with(w.lotRow("free", w.lotted), row{"company_id/.id": ""})
		if w.v() < 18 {
			w.said("Missing required value for the field 'Company' (company_id)", "stock.lot", homeless)
		} else {
			w.is("stock.lot", w.load("stock.lot", homeless)[0], "company_id", false)
		}

		_, receipt := w.ordered("x", 5, w.lotted)
		w.clear(receipt)
		move := w.moveOf(receipt, w.lotted)
		w.said("is incompatible with this product [FL] Fluid", "stock.move.line", w.moveLineRow("wrong", move, 5, kept))
		w.load("stock.move.line", w.moveLineRow("bare", move, 5, ""))
		w.refused(2, "You need to supply a Lot/Serial number for products [FL] Fluid.", "stock.picking", "button_validate", []int64{receipt}, map[string]any{"context": skipping(nil)})
	})
}

func TestAnExpiredLotIsAskedFor(t *testing.T) {
	everywhere(t, func(t *testing.T, w *writer) {
		receive := func(x, expiry string) (receipt, lot int64) {
			_, receipt = w.ordered(x, 5, w.lotted)
			w.clear(receipt)
			lot = w.load("stock.lot", with(w.lotRow(x+"_l", w.lotted), row{"expiration_date": expiry}))[0]
			w.load("stock.move.line", w.moveLineRow(x+"_1", w.moveOf(receipt, w.lotted), 5, lot))
			return receipt, lot
		}
		receipt, lot := receive("old", "2020-01-01 00:00:00")
		for range 2 {
			window, ok := w.validate(receipt, nil).(map[string]any)
			if !ok || window["res_model"] != "expiry.picking.confirmation" || window["type"] != "ir.actions.act_window" {
				t.Fatalf("validating answers %v", window)
			}
			context := window["context"].(map[string]any)
			for name, want := range map[string]any{"skip_backorder": true, "button_validate_picking_ids": []int64{receipt},
				"default_picking_ids": []any{[]any{6, 0, []int64{receipt}}}, "default_lot_ids": []any{[]any{6, 0, []int64{lot}}}} {
				if fmt.Sprint(context[name]) != fmt.Sprint(want) {
					t.Errorf("the window's %s is %v, want %v", name, context[name], want)
				}
			}
			w.is("stock.picking", receipt, "state", by(w, 17, "confirmed", "assigned"))
		}
		if got := w.validate(receipt, map[string]any{"skip_expired": true}); got != true {
			t.Errorf("with skip_expired it answers %v", got)
		}

		soon := w.h.at.AddDate(0, 0, 3).Format("2006-01-02 15:04:05") // ten days after its removal
		receipt, _ = receive("soon", soon)
		if got := w.window(w.validate(receipt, nil)); got != by[any](w, 19, true, "expiry.picking.confirmation") {
			t.Errorf("a lot whose removal date has passed answers %v", got)
		}
	})
}

func TestBillDangers(t *testing.T) {
	everywhere(t, func(t *testing.T, w *writer) {
		order, receipt := w.ordered("x", 10, w.plain)
		w.received("r", receipt, 10, w.plain)
		line := w.ids("purchase.order", order, "order_line")[0]
		bill := w.load("account.move", with(w.billRow("b", 1, line, 4), row{"move_type": "Vendor Bill"}))
		w.is("account.move", bill[0], "move_type", "in_invoice")
		w.call("account.move", "action_post", bill, nil)
		again := w.billRow("b", 1, line, 4)
		if w.v() < 18 {
			w.load("account.move", again)
		} else {
			w.said("You cannot modify the following readonly fields on a posted move: invoice_date, partner_id, currency_id, invoice_line_ids", "account.move", again)
		}
		w.refused(2, by(w, 17, "You cannot delete an item linked to a posted entry.", "You can't delete a posted journal item."), "account.move", "unlink", bill, nil)

		same := w.load("account.move", with(w.billRow("same", 1, line, 1), row{"ref": "INV b"}))
		if w.v() == 17 {
			w.refused(2, "('Duplicated vendor reference detected.", "account.move", "action_post", same, nil)
			w.is("account.move", same[0], "state", "draft")
		} else if got := w.call("account.move", "action_post", same, nil); got != false {
			t.Errorf("posting a second of the same number answers %v", got)
		}
		later := w.load("account.move", with(w.billRow("later", 1, line, 1), row{"ref": "INV b", "invoice_date": "2026-11-21"}))
		w.call("account.move", "action_post", later, nil)
		w.is("account.move", later[0], "state", "posted")

		undated := w.load("account.move", with(w.billRow("undated", 1, line, 1), row{"invoice_date": nil}))
		w.refused(2, "The Bill/Refund date is required to validate this document.", "account.move", "action_post", undated, nil)
		empty := w.load("account.move", row{"id": "mesh.e", "move_type": "in_invoice", "partner_id/.id": w.vendor, "invoice_date": "2026-11-20"})
		w.refused(2, by(w, 18, "You need to add a line before posting.", "Even magicians can't post nothing!"), "account.move", "action_post", empty, nil)

		dropped := w.load("account.move", w.billRow("dropped", 1, line, 1))
		w.call("account.move", "button_cancel", dropped, nil)
		if w.v() == 16 {
			w.call("account.move", "action_post", dropped, nil)
			w.is("account.move", dropped[0], "state", "posted")
		} else {
			w.refused(2, "must be in draft.", "account.move", "action_post", dropped, nil)
		}

		w.load("account.move", w.billRow("toomuch", 1, line, 20))
		if got := w.read("purchase.order.line", line, "qty_to_invoice"); !below(got, 0) {
			t.Errorf("billed too much, there are %v to bill", got)
		}
		w.said("No matching record found for database id '99999' in field 'Invoice lines/Purchase Order Line'", "account.move", with(w.billRow("g", 1, line, 1), row{"invoice_line_ids/purchase_line_id/.id": 99999}))
		w.said("in field 'Invoice lines/Taxes'", "account.move", with(w.billRow("h", 1, line, 1), row{"invoice_line_ids/tax_ids/.id": "99999"}))
		bare := with(w.billRow("bare", 1, line, 1), row{"invoice_line_ids/id": nil})
		twice := w.load("account.move", bare)[0]
		w.load("account.move", bare)
		if got := w.ids("account.move", twice, "invoice_line_ids"); len(got) != 2 {
			t.Errorf("a line without an external id, loaded twice: %v", got)
		}
	})
}

func below(v any, limit float64) bool {
	switch v := v.(type) {
	case float64:
		return v < limit
	case int64:
		return float64(v) < limit
	}
	return false
}
