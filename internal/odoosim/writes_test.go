package odoosim_test

import (
	"fmt"
	"slices"
	"testing"
)

func (w *writer) orderRow(x string, line int, product int64, quantity float64) row {
	r := row{"order_line/id": fmt.Sprintf("mesh.%s_%d", x, line), "order_line/product_id/.id": product, "order_line/name": "a line",
		"order_line/product_qty": quantity, by(w, 19, "order_line/product_uom/.id", "order_line/product_uom_id/.id"): w.unit,
		"order_line/price_unit": 2.5, "order_line/date_planned": "2027-03-01 10:00:00"}
	if line == 1 {
		r = with(r, row{"id": "mesh." + x, "partner_id/.id": w.vendor, "partner_ref": "their " + x, "origin": "mesh:" + x, "company_id/.id": 1})
	}
	return r
}

// ordered creates and releases an order of products at a quantity each, and answers it
// with its receipt.
func (w *writer) ordered(x string, quantity float64, products ...int64) (order, receipt int64) {
	w.t.Helper()
	var rows []row
	head := w.orderRow(x, 1, products[0], quantity)
	for i, p := range products {
		r := with(head, w.orderRow(x, i+1, p, quantity))
		if i > 0 {
			for _, name := range []string{"id", "partner_id/.id", "partner_ref", "origin", "company_id/.id"} {
				r[name] = ""
			}
		}
		rows = append(rows, r)
	}
	order = w.load("purchase.order", rows...)[0]
	if got := w.call("purchase.order", "button_confirm", []int64{order}, nil); got != true {
		w.t.Fatalf("confirming answers %v", got)
	}
	if pickings := w.ids("purchase.order", order, "picking_ids"); len(pickings) == 1 {
		receipt = pickings[0]
	}
	return order, receipt
}

func (w *writer) lotRow(x string, product int64) row {
	return row{"id": "mesh." + x, "name": "LOT " + x, "product_id/.id": product, "company_id/.id": 1, "expiration_date": "2028-05-06 07:08:09"}
}

// moveOf is the move of a transfer for a product.
func (w *writer) moveOf(picking, product int64) int64 {
	w.t.Helper()
	for _, move := range w.ids("stock.picking", picking, "move_ids") {
		if w.ref("stock.move", move, "product_id") == product {
			return move
		}
	}
	w.t.Fatalf("transfer %d moves no product %d", picking, product)
	return 0
}

func (w *writer) moveLineRow(x string, move int64, quantity float64, lot any) row {
	r := row{"id": "mesh." + x, "move_id/.id": move, "picking_id/.id": w.ref("stock.move", move, "picking_id"),
		"product_id/.id": w.ref("stock.move", move, "product_id"), "product_uom_id/.id": w.ref("stock.move", move, "product_uom"),
		"location_id/.id": w.ref("stock.move", move, "location_id"), "location_dest_id/.id": w.ref("stock.move", move, "location_dest_id"),
		"lot_id/.id": lot, by(w, 17, "qty_done", "quantity"): quantity}
	if w.v() >= 17 {
		r["picked"] = "1"
	}
	return r
}

// clear deletes what Odoo proposes to receive.
func (w *writer) clear(picking int64) {
	w.t.Helper()
	if got := w.call("stock.move.line", "unlink", w.ids("stock.picking", picking, "move_line_ids"), nil); got != true {
		w.t.Fatalf("deleting the proposed lines answers %v", got)
	}
}

func (w *writer) validate(picking int64, more map[string]any) any {
	w.t.Helper()
	return w.call("stock.picking", "button_validate", []int64{picking}, map[string]any{"context": skipping(more)})
}

func skipping(more map[string]any) map[string]any {
	context := map[string]any{"skip_backorder": true}
	for k, v := range more {
		context[k] = v
	}
	return context
}

// received receives a quantity of each product of a receipt, of no lot.
func (w *writer) received(x string, picking int64, quantity float64, products ...int64) {
	w.t.Helper()
	w.clear(picking)
	for i, p := range products {
		w.load("stock.move.line", w.moveLineRow(fmt.Sprintf("%s_%d", x, i+1), w.moveOf(picking, p), quantity, ""))
	}
	if got := w.validate(picking, nil); got != true {
		w.t.Fatalf("validating answers %v", got)
	}
}

func (w *writer) billRow(x string, line, orderLine int64, quantity float64) row {
	r := row{"invoice_line_ids/id": fmt.Sprintf("mesh.%s_%d", x, line), "invoice_line_ids/product_id/.id": w.ref("purchase.order.line", orderLine, "product_id"),
		"invoice_line_ids/name": "billed", "invoice_line_ids/quantity": quantity, "invoice_line_ids/price_unit": 2.5,
		"invoice_line_ids/product_uom_id/.id": w.unit, "invoice_line_ids/purchase_line_id/.id": orderLine,
		"invoice_line_ids/tax_ids/.id": fmt.Sprint(w.tax), "invoice_line_ids/discount": 0.0}
	if line == 1 {
		r = with(r, row{"id": "mesh." + x, "move_type": "in_invoice", "partner_id/.id": w.vendor, "ref": "INV " + x, "invoice_date": "2026-11-20",
			"currency_id/.id": w.currency, "invoice_origin": "mesh"})
	}
	return r
}

// The whole way of an order, as the mesh goes it, each load sent twice.
func TestTheMeshBuysReceivesBillsAndPosts(t *testing.T) {
	everywhere(t, func(t *testing.T, w *writer) {
		if got := w.names("x"); got != nil {
			t.Fatalf("an external id that nobody gave names %v", got)
		}
		first, second := w.orderRow("x", 1, w.plain, 10), w.orderRow("x", 2, w.lotted, 6)
		order := w.load("purchase.order", first, second)[0]
		if again := w.load("purchase.order", first, second); !slices.Equal(again, []int64{order}) {
			t.Errorf("the second load makes %v", again)
		}
		lines := w.ids("purchase.order", order, "order_line")
		if len(lines) != 2 {
			t.Fatalf("the order has lines %v", lines)
		}
		if got := w.names("x"); fmt.Sprint(got) != fmt.Sprint([]any{"purchase.order", order}) {
			t.Errorf("the external id names %v", got)
		}
		if got := w.names("x_2"); fmt.Sprint(got) != fmt.Sprint([]any{"purchase.order.line", lines[1]}) {
			t.Errorf("the line's external id names %v", got)
		}
		w.is("purchase.order", order, "state", "draft")
		w.is("purchase.order.line", lines[0], "date_planned", "2027-03-01 10:00:00")

		for range 2 {
			if got := w.call("purchase.order", "button_confirm", []int64{order}, nil); got != true {
				t.Fatalf("confirming answers %v", got)
			}
		}
		w.is("purchase.order", order, "state", "purchase")
		pickings := w.ids("purchase.order", order, "picking_ids")
		if len(pickings) != 1 {
			t.Fatalf("confirmed twice, the order has receipts %v", pickings)
		}
		receipt := pickings[0]
		w.is("stock.picking", receipt, "state", "assigned")

		lotRow := w.lotRow("lot", w.lotted)
		lot := w.load("stock.lot", lotRow)[0]
		if again := w.load("stock.lot", lotRow); again[0] != lot {
			t.Errorf("the second load of the lot makes %v", again)
		}
		w.is("stock.lot", lot, "removal_date", "2028-04-26 07:08:09")
		w.clear(receipt)
		w.is("stock.picking", receipt, "state", by(w, 17, "confirmed", "assigned"))
		rows := []row{w.moveLineRow("r_1", w.moveOf(receipt, w.plain), 4, ""), w.moveLineRow("r_2", w.moveOf(receipt, w.lotted), 2, lot)}
		came := w.load("stock.move.line", rows...)
		if again := w.load("stock.move.line", rows...); !slices.Equal(again, came) {
			t.Errorf("the second load of the lines makes %v beside %v", again, came)
		}
		window := w.call("stock.picking", "button_validate", []int64{receipt}, nil).(map[string]any)
		if window["res_model"] != "stock.backorder.confirmation" {
			t.Errorf("validating a part without a word answers %v", window)
		}
		if got := w.validate(receipt, nil); got != true {
			t.Fatalf("validating answers %v", got)
		}
		w.is("stock.picking", receipt, "state", "done")
		if got := w.ids("stock.picking", receipt, "move_line_ids"); !slices.Equal(got, came) {
			t.Errorf("the validated receipt has lines %v, mine are %v", got, came)
		}
		if got := w.names("r_2"); fmt.Sprint(got) != fmt.Sprint([]any{"stock.move.line", came[1]}) {
			t.Errorf("a line's external id names %v after validation", got)
		}
		if again := w.load("stock.move.line", rows...); !slices.Equal(again, came) {
			t.Errorf("loading done lines makes %v", again)
		}
		if n := w.ids("stock.picking", receipt, "backorder_ids"); len(n) != 1 {
			t.Errorf("the rest waits in %v", n)
		}
		w.is("purchase.order.line", lines[0], "qty_received", 4)
		w.is("purchase.order", order, "invoice_status", "to invoice")

		billed := []row{w.billRow("b", 1, lines[0], 4), w.billRow("b", 2, lines[1], 2)}
		bill := w.load("account.move", billed...)[0]
		if again := w.load("account.move", billed...); again[0] != bill {
			t.Errorf("the second load of the bill makes %v", again)
		}
		w.is("account.move", bill, "amount_untaxed", 15)
		w.is("purchase.order.line", lines[0], "qty_invoiced", 4)
		w.is("purchase.order", order, "invoice_ids", []int64{bill})
		w.is("purchase.order", order, "invoice_status", "invoiced")
		if got := w.call("account.move", "action_post", []int64{bill}, nil); got != false {
			t.Errorf("posting answers %v", got)
		}
		w.is("account.move", bill, "state", "posted")
		w.refused(2, by(w, 17, "is already posted.", "must be in draft."), "account.move", "action_post", []int64{bill}, nil)
	})
}

// What marks a record in its messages is found again by a user without rights on them.
func TestANoteIsFoundAgain(t *testing.T) {
	everywhere(t, func(t *testing.T, w *writer) {
		order, receipt := w.ordered("n", 3, w.lotted)
		lot := w.load("stock.lot", w.lotRow("nl", w.lotted))[0]
		bill := w.load("account.move", w.billRow("nb", 1, w.ids("purchase.order", order, "order_line")[0], 1))[0]
		for model, id := range map[string]int64{"purchase.order": order, "stock.picking": receipt, "account.move": bill, "stock.lot": lot} {
			find := func(key string) any {
				domain := []any{leafOf("id", "=", id), leafOf("message_ids.body", "ilike", key)}
				return w.call(model, "search", nil, map[string]any{"domain": domain})
			}
			stamp := w.read(model, id, "write_date")
			key := "mesh:" + model + ":7"
			if got := find(key); len(got.([]any)) != 0 {
				t.Errorf("%s is found before the note: %v", model, got)
			}
			w.h.add(5e9)
			got := w.call(model, "message_post", []int64{id}, map[string]any{"body": "Released <b>by</b> Jo " + key})
			if _, list := got.([]any); list != (w.v() >= 19) {
				t.Errorf("message_post answers %v", got)
			}
			for _, text := range []string{key, "MESH:" + model} {
				if got := find(text); fmt.Sprint(got) != fmt.Sprint([]int64{id}) {
					t.Errorf("%s by %q finds %v", model, text, got)
				}
			}
			if got := find(key + "x"); len(got.([]any)) != 0 {
				t.Errorf("another note finds %v", got)
			}
			w.is(model, id, "write_date", stamp)
			html := by(w, 17, "<b>by</b>", "&lt;b&gt;by&lt;/b&gt;")
			if got := find(html); len(got.([]any)) != 1 {
				t.Errorf("%s: the body does not hold %q", model, html)
			}
		}
		w.refused(1, "Expected singleton: purchase.order(", "purchase.order", "message_post", []int64{order, order + 1}, map[string]any{"body": "x"})
		w.refused(2, "Record does not exist or has been deleted.", "purchase.order", "message_post", []int64{99999}, map[string]any{"body": "x"})
		if w.json {
			return
		}
		if _, err := w.c.as(3, "mesh", "purchase.order", "message_post", []any{[]any{order}, "mesh:x"}, map[string]any{}); err == nil {
			t.Error("a body without a name is taken")
		}
	})
}
