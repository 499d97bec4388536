package odoosim_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"odoomesh/internal/odoosim"
)

// said checks that load refuses with a text, and answers how many messages there are.
func (w *writer) said(text, model string, rows ...row) int {
	w.t.Helper()
	first, n := w.notLoaded(model, rows...)
	if !strings.Contains(first["message"].(string), text) {
		w.t.Errorf("loading %s is refused with %v, want %q", model, first, text)
	}
	return n
}

func (w *writer) named(name string, want ...any) {
	w.t.Helper()
	if got := w.names(name); !slices.Equal(got, want) {
		w.t.Errorf("mesh.%s names %v, want %v", name, got, want)
	}
}

func TestExternalIDsAfterDeletion(t *testing.T) {
	everywhere(t, func(t *testing.T, w *writer) {
		rows := []row{w.orderRow("x", 1, w.plain, 1), w.orderRow("x", 2, w.plain, 2)}
		order := w.load("purchase.order", rows...)[0]
		line := w.ids("purchase.order", order, "order_line")[0]
		w.call("purchase.order.line", "unlink", []int64{line}, nil)
		w.named("x_1")
		w.load("purchase.order", rows...)
		if got := w.ids("purchase.order", order, "order_line"); len(got) != 2 {
			t.Errorf("the deleted line does not come back: %v", got)
		}
		w.call("purchase.order", "button_cancel", []int64{order}, nil)
		w.call("purchase.order", "unlink", []int64{order}, nil)
		w.named("x")
		w.named("x_2", "purchase.order.line", false)
		if again := w.load("purchase.order", rows...); again[0] == order {
			t.Errorf("the order is there again: %v", again)
		}
		order, _ = w.ordered("y", 1, w.plain)
		bill := w.load("account.move", w.billRow("b", 1, w.ids("purchase.order", order, "order_line")[0], 1))
		w.call("account.move", "unlink", bill, nil)
		w.named("b")
		w.named("b_1")
		w.refused(2, "Record does not exist or has been deleted.", "account.move", "unlink", bill, nil)
	})
}

func TestAnArchivedRecordIsHiddenFromItsReference(t *testing.T) {
	w := newWriter(t, 17, false)
	vendor := w.load("res.partner", row{"id": "mesh.v", "name": "V"})[0]
	w.call("res.partner", "write", []int64{vendor}, map[string]any{"vals": map[string]any{"active": false}})
	w.named("v", "res.partner", vendor)
	got := w.call("ir.model.data", "check_object_reference", nil, map[string]any{"module": "mesh", "xml_id": "v"})
	if fmt.Sprint(got) != "[res.partner false]" {
		t.Errorf("without active_test it answers %v", got)
	}
}

// A load that is refused leaves nothing behind, but from 17 on Odoo speaks of its
// external ids as if they dangled.
func TestARefusedLoad(t *testing.T) {
	everywhere(t, func(t *testing.T, w *writer) {
		good, bad := w.orderRow("x", 1, w.plain, 1), w.orderRow("x", 2, 99999, 1)
		first, n := w.notLoaded("purchase.order", good, bad)
		if first["field"] != "order_line" || first["field_name"] != "Order Lines" || n != 1 ||
			first["message"] != "No matching record found for database id '99999' in field 'Order Lines/Product'" {
			t.Errorf("an unknown product is refused with %v", first)
		}
		if offer := first["moreinfo"].(map[string]any); offer["res_model"] != "ir.model.data" || fmt.Sprint(offer["domain"]) != "[[model = product.product]]" {
			t.Errorf("beside it stands %v", offer)
		}
		if w.v() == 16 {
			w.named("x")
		} else {
			w.named("x", "purchase.order", false)
		}
		order := w.load("purchase.order", good, w.orderRow("x", 2, w.plain, 1))[0]
		w.named("x", "purchase.order", order)

		if n := w.said("No matching record found for database id '99999' in field 'Vendor'", "purchase.order", with(w.orderRow("v", 1, w.plain, 1), row{"partner_id/.id": 99999})); n != 2 {
			t.Errorf("an unknown vendor is refused with %d messages, want a second for the missing value", n)
		}
		w.named("v")
		w.said("'many' does not seem to be a number for field 'Order Lines/Quantity'", "purchase.order", with(w.orderRow("q", 1, w.plain, 1), row{"order_line/product_qty": "many"}))
		w.said("'tomorrow' does not seem to be a valid datetime for field 'Order Lines/Expected Arrival'", "purchase.order", with(w.orderRow("d", 1, w.plain, 1), row{"order_line/date_planned": "tomorrow"}))
		w.refused(1, by(w, 18, "KeyError: 'nonsense'", "Invalid field name 'nonsense'"), "purchase.order", "load", nil, loading(row{"id": "mesh.k", "nonsense": "1"}))
		var archived int64
		do(t, w.s, func(tx *odoosim.Tx) (err error) {
			archived, err = tx.Create("res.partner", map[string]any{"name": "Gone", "active": false})
			return err
		})
		late := with(w.orderRow("a", 1, w.plain, 1), row{"partner_id/.id": archived})
		if w.v() == 16 {
			w.said("No matching record found for database id", "purchase.order", late)
		} else {
			w.load("purchase.order", late)
		}
	})
}

// Cells that Odoo takes apart as text must be text.
func TestCellsThatMustBeText(t *testing.T) {
	everywhere(t, func(t *testing.T, w *writer) {
		order, receipt := w.ordered("x", 5, w.plain)
		if w.v() >= 17 {
			w.clear(receipt)
			line := w.moveLineRow("l", w.moveOf(receipt, w.plain), 5, "")
			w.refused(1, "'bool' object has no attribute 'lower'", "stock.move.line", "load", nil, loading(with(line, row{"picked": true})))
			w.refused(1, "'int' object has no attribute 'lower'", "stock.move.line", "load", nil, loading(with(line, row{"picked": 1})))
			w.named("l")
		}
		bill := w.billRow("b", 1, w.ids("purchase.order", order, "order_line")[0], 1)
		w.refused(1, "'int' object has no attribute 'split'", "account.move", "load", nil, loading(with(bill, row{"invoice_line_ids/tax_ids/.id": w.tax})))
		two := w.load("account.move", with(bill, row{"invoice_line_ids/tax_ids/.id": fmt.Sprintf("%d, %d", w.tax, w.tax+1)}))[0]
		if got := w.ids("account.move.line", w.ids("account.move", two, "invoice_line_ids")[0], "tax_ids"); len(got) != 2 {
			t.Errorf("two taxes are %v", got)
		}
		none := w.load("account.move", with(w.billRow("c", 1, w.ids("purchase.order", order, "order_line")[0], 1), row{"invoice_line_ids/tax_ids/.id": ""}))[0]
		w.is("account.move", none, "amount_tax", 0)
	})
}

func TestWhatAnOrderLineLeavesOut(t *testing.T) {
	everywhere(t, func(t *testing.T, w *writer) {
		line := func(x string, more row) int64 {
			r := with(w.orderRow(x, 1, w.plain, 1.23456), row{"order_line/price_unit": nil, "order_line/date_planned": nil})
			return w.ids("purchase.order", w.load("purchase.order", with(r, more))[0], "order_line")[0]
		}
		do(t, w.s, func(tx *odoosim.Tx) error {
			tmpl, err := tx.Read("product.product", []int64{w.plain}, []string{"product_tmpl_id"})
			if err != nil {
				return err
			}
			_, err = tx.Create("product.supplierinfo", map[string]any{"partner_id": w.vendor, "product_tmpl_id": refOf(tmpl[0]["product_tmpl_id"]), "price": 7.5, "delay": 3})
			return err
		})
		bare := line("a", nil)
		w.is("purchase.order.line", bare, "price_unit", 7.5)
		w.is("purchase.order.line", bare, "product_qty", 1.23)
		priced := line("b", row{"order_line/price_unit": 2.34567})
		w.is("purchase.order.line", priced, "price_unit", by(w, 19, 2.35, 2.34567))
		w.is("purchase.order.line", line("c", row{"order_line/price_unit": ""}), "price_unit", 0)
		undated := with(w.orderRow("d", 1, w.plain, 1), row{"order_line/date_planned": ""})
		if w.v() < 18 {
			w.said("violates check constraint", "purchase.order", undated)
		} else {
			w.load("purchase.order", undated)
		}
	})
}

func TestALineWithoutExternalIDIsDoubled(t *testing.T) {
	everywhere(t, func(t *testing.T, w *writer) {
		r := with(w.orderRow("x", 1, w.plain, 1), row{"order_line/id": nil})
		order := w.load("purchase.order", r)
		w.load("purchase.order", r)
		if got := w.ids("purchase.order", order[0], "order_line"); len(got) != 2 {
			t.Errorf("loaded twice, the order has lines %v", got)
		}
	})
}

func TestReleasingNeedsAManagerAboveTheLimit(t *testing.T) {
	everywhere(t, func(t *testing.T, w *writer) {
		do(t, w.s, func(tx *odoosim.Tx) error {
			return tx.Write("res.company", []int64{1}, map[string]any{"po_double_validation": "two_step", "po_double_validation_amount": 100.0})
		})
		order, _ := w.ordered("dear", 1000, w.plain)
		w.call("purchase.order", "button_confirm", []int64{order}, nil)
		if got := w.call("purchase.order", "button_approve", []int64{order}, nil); fmt.Sprint(got) != "map[]" {
			t.Errorf("approving answers %v", got)
		}
		w.is("purchase.order", order, "state", "to approve")
		w.is("purchase.order", order, "date_approve", false)
		if got := w.ids("purchase.order", order, "picking_ids"); len(got) != 0 {
			t.Errorf("what waits for approval has receipts %v", got)
		}
		w.c.must("purchase.order", "button_approve", []any{[]any{order}}, nil)
		w.is("purchase.order", order, "state", "purchase")
		cheap, _ := w.ordered("cheap", 1, w.plain)
		w.is("purchase.order", cheap, "state", "purchase")
	})
}

func TestReleasingNotesThePriceOfTheVendor(t *testing.T) {
	everywhere(t, func(t *testing.T, w *writer) {
		w.ordered("x", 3, w.plain)
		found := w.call("product.supplierinfo", "search", nil, map[string]any{"domain": []any{leafOf("partner_id", "=", w.vendor)}}).([]any)
		if len(found) != 1 {
			t.Fatalf("the vendor has prices %v", found)
		}
		w.is("product.supplierinfo", found[0].(int64), "price", 2.5)
		w.is("product.supplierinfo", found[0].(int64), "min_qty", 1)
		w.is("product.supplierinfo", found[0].(int64), "delay", 0)
	})
}

func TestCancellingAnOrder(t *testing.T) {
	everywhere(t, func(t *testing.T, w *writer) {
		cancel := func(order int64) {
			t.Helper()
			if got := w.call("purchase.order", "button_cancel", []int64{order}, nil); got != nil {
				t.Errorf("cancelling answers %v", got)
			}
			w.is("purchase.order", order, "state", "cancel")
		}
		draft := w.load("purchase.order", w.orderRow("d", 1, w.plain, 1))[0]
		cancel(draft)
		cancel(draft)
		if got := w.call("purchase.order", "button_confirm", []int64{draft}, nil); got != true {
			t.Errorf("confirming a cancelled one answers %v", got)
		}
		w.load("purchase.order", w.orderRow("d", 1, w.plain, 2))
		w.is("purchase.order", draft, "state", "cancel")

		released, receipt := w.ordered("r", 3, w.plain)
		cancel(released)
		w.is("stock.picking", receipt, "state", "cancel")
		w.refused(2, by(w, 19, "You cannot validate a transfer", "Transfer trouble alert!"), "stock.picking", "button_validate", []int64{receipt}, map[string]any{"context": skipping(nil)})

		partly, receipt := w.ordered("p", 10, w.plain)
		w.received("pr", receipt, 4, w.plain)
		rest := w.ids("stock.picking", receipt, "backorder_ids")[0]
		if w.v() < 19 {
			w.refused(2, "Unable to cancel purchase order", "purchase.order", "button_cancel", []int64{partly}, nil)
			w.is("stock.picking", rest, "state", "assigned")
		} else {
			cancel(partly)
			w.is("stock.picking", receipt, "state", "done")
			w.is("stock.picking", rest, "state", "cancel")
		}

		billed, _ := w.ordered("b", 3, w.plain)
		bill := w.load("account.move", w.billRow("bb", 1, w.ids("purchase.order", billed, "order_line")[0], 3))
		w.call("account.move", "action_post", bill, nil)
		w.refused(2, "You must first cancel the", "purchase.order", "button_cancel", []int64{billed}, nil)

		locked, _ := w.ordered("l", 3, w.plain)
		w.call("purchase.order", by(w, 19, "button_done", "button_lock"), []int64{locked}, nil)
		if w.v() < 19 {
			cancel(locked)
		} else {
			w.refused(2, "You must first unlock them.", "purchase.order", "button_cancel", []int64{locked}, nil)
		}
	})
}

// Up to 18 a user without an e-mail address cannot do what leaves a note.
func TestWithoutAnAddressWhatLeavesANoteIsRefused(t *testing.T) {
	everywhere(t, func(t *testing.T, w *writer) {
		do(t, w.s, func(tx *odoosim.Tx) error { return tx.Write("res.users", []int64{3}, map[string]any{"email": false}) })
		const need = "Unable to send message, please configure the sender's email address."
		order, receipt := w.ordered("x", 5, w.plain)
		w.clear(receipt)
		w.load("stock.move.line", w.moveLineRow("l", w.moveOf(receipt, w.plain), 2, ""))
		bill := w.billRow("b", 1, w.ids("purchase.order", order, "order_line")[0], 2)
		if w.v() >= 19 {
			w.call("purchase.order", "message_post", []int64{order}, map[string]any{"body": "x"})
			if got := w.validate(receipt, nil); got != true {
				t.Errorf("validating answers %v", got)
			}
			w.load("account.move", bill)
			return
		}
		w.refused(2, need, "purchase.order", "message_post", []int64{order}, map[string]any{"body": "x"})
		w.refused(2, need, "stock.picking", "button_validate", []int64{receipt}, map[string]any{"context": skipping(nil)})
		w.is("stock.picking", receipt, "state", by(w, 17, "confirmed", "assigned"))
		w.said(need, "account.move", bill)
		w.call("purchase.order", "button_cancel", []int64{order}, nil)
	})
}
