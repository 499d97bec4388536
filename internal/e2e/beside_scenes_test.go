package e2e

import (
	"context"
	"fmt"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/type/decimal"

	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
)

// scenes are what people do beside commands.
func scenes(p *person) (all []scene) {
	for _, of := range []struct {
		command string
		scenes  []scene
	}{
		{"orders.create", besideCreate(p)}, {"orders.release", besideRelease(p)}, {"orders.cancel", besideCancel(p)},
		{"receipts.receive", besideReceive(p)}, {"invoices.create", besideBill(p)}, {"invoices.post", besidePost(p)},
		{"invoices.cancel", besideCancelBill(p)}, {"invoices.reverse", besideReverse(p)}, {"products.create", besideCreateProduct(p)}, {"products.update", besideUpdateProduct(p)},
		{"products.archive", besideArchive(p)}, {"products.setSupplierPrice", besideSetPrice(p)}, {"products.withdrawSupplierPrice", besideWithdraw(p)},
		{"suppliers.create", besideCreateSupplier(p)}, {"suppliers.update", besideUpdateSupplier(p)},
	} {
		for _, s := range of.scenes {
			s.command = of.command
			all = append(all, s)
		}
	}
	return all
}

func pressed(model, method string, of func(b *beside, d *documents) int64) func(*beside, *documents) {
	return func(b *beside, d *documents) { b.calls(d, model, method, []any{[]any{of(b, d)}}, nil) }
}

func theOrder(b *beside, d *documents) int64 { return b.orderThere(d) }
func theBill(b *beside, d *documents) int64  { return b.billThere(d) }
func confirmed(b *beside, d *documents)      { pressed("purchase.order", "button_confirm", theOrder)(b, d) }
func cancelled(b *beside, d *documents)      { pressed("purchase.order", "button_cancel", theOrder)(b, d) }
func postedByHand(b *beside, d *documents)   { pressed("account.move", "action_post", theBill)(b, d) }
func billCancelled(b *beside, d *documents)  { pressed("account.move", "button_cancel", theBill)(b, d) }
func billDeleted(b *beside, d *documents)    { pressed("account.move", "unlink", theBill)(b, d) }
func orderDeleted(b *beside, d *documents) {
	cancelled(b, d)
	pressed("purchase.order", "unlink", theOrder)(b, d)
}

func oneOrder(b *beside, d *documents) string {
	return b.count(d, 1, "purchase.order", []any{"origin", "=", d.mark})
}

func orderIs(state string) func(*beside, *documents) string {
	return func(b *beside, d *documents) string {
		return b.count(d, 1, "purchase.order", []any{"origin", "=", d.mark}, []any{"state", "=", state})
	}
}

// lineOf is the only line of the order.
func lineOf(b *beside, d *documents) int64 {
	return b.ids(d, "purchase.order.line", []any{"order_id", "=", b.orderThere(d)})[0]
}

func besideCreate(*person) []scene {
	load := afterLost("purchase.order", "load")
	return []scene{
		{name: "the draft is deleted", when: load, act: orderDeleted, wrong: oneOrder},
		{name: "its line is deleted", when: load, told: []string{"lines"}, wrong: oneOrder,
			act: func(b *beside, d *documents) {
				b.calls(d, "purchase.order.line", "unlink", []any{[]any{lineOf(b, d)}}, nil)
			}},
		{name: "its quantity and price are changed", when: load, told: []string{"lines[0].quantity", "lines[0].unit_price"}, wrong: oneOrder,
			act: func(b *beside, d *documents) {
				b.writes(d, "purchase.order.line", lineOf(b, d), map[string]any{"product_qty": 7.0, "price_unit": 3.5})
			}},
		{name: "it goes to another supplier", when: load, told: []string{"supplier"}, wrong: oneOrder,
			act: func(b *beside, d *documents) {
				id := b.calls(d, "res.partner", "create", []any{map[string]any{"name": "Other " + d.mark, "is_company": true}}, nil).(int64)
				b.writes(d, "purchase.order", b.orderThere(d), map[string]any{"partner_id": id})
			}},
		{name: "its references are corrected", when: load, told: []string{"supplier_reference"}, wrong: oneOrder,
			act: func(b *beside, d *documents) {
				b.writes(d, "purchase.order", b.orderThere(d), map[string]any{"partner_ref": "corrected"})
			}},
		{name: "it is cancelled", when: load, act: cancelled, told: []string{"state"}, wrong: orderIs("cancel")},
		{name: "it is confirmed", when: load, act: confirmed, told: []string{"state"}, wrong: orderIs("purchase")},
		{name: "supplier and product are renamed", when: load, act: renamed, wrong: oneOrder},
		{name: "the supplier is merged into another", when: load, act: merged, told: []string{"supplier"}, wrong: oneOrder},
		{name: "the product is archived", when: load, wrong: func(b *beside, d *documents) string { archived(b, d, true); return oneOrder(b, d) },
			act: func(b *beside, d *documents) { archived(b, d, false) }},
	}
}

func renamed(b *beside, d *documents) {
	b.writes(d, "res.partner", b.on.supplier, map[string]any{"name": "Renamed " + d.mark})
	b.writes(d, "product.product", b.on.product, map[string]any{"name": "Renamed " + d.mark})
}

// merged lets another take the supplier's place, in this scene and in those after it.
func merged(b *beside, d *documents) {
	to := b.calls(d, "res.partner", "create", []any{map[string]any{"name": "Merged " + d.mark, "is_company": true, "supplier_rank": 1}}, nil).(int64)
	partners := map[string]any{"partner_ids": []any{[]any{6, 0, []any{b.on.supplier, to}}}, "dst_partner_id": to}
	wizard := b.calls(d, "base.partner.merge.automatic.wizard", "create", []any{partners}, nil)
	b.calls(d, "base.partner.merge.automatic.wizard", "action_merge", []any{[]any{wizard}}, nil)
	b.on.supplier = to
}

func archived(b *beside, d *documents, active bool) {
	b.writes(d, "product.product", b.on.product, map[string]any{"active": active})
}

func besideRelease(*person) []scene {
	first, lost := ahead("purchase.order", "button_confirm"), afterLost("purchase.order", "button_confirm")
	oneTransfer := func(b *beside, d *documents) string {
		return b.count(d, 1, "stock.picking", []any{"move_ids.purchase_line_id.order_id", "=", b.orderThere(d)})
	}
	return []scene{
		{name: "it is confirmed before", act: confirmed, wrong: oneTransfer},
		{name: "it is cancelled before", act: cancelled, want: "BUSINESS_RULE", told: []string{"no draft", "cancel"}, wrong: orderIs("cancel")},
		{name: "it is deleted before", act: orderDeleted, want: "NOT_FOUND"},
		{name: "it is confirmed at the same instant", when: first, act: confirmed, wrong: oneTransfer},
		{name: "it is cancelled in between", when: first, act: cancelled, want: "BUSINESS_RULE", told: []string{"no draft", "cancel"}, wrong: orderIs("cancel")},
		{name: "it is deleted in between", when: first, act: orderDeleted, want: "NOT_FOUND"},
		{name: "its quantity and price are changed in between", when: first, wrong: oneTransfer,
			act: func(b *beside, d *documents) {
				b.writes(d, "purchase.order.line", lineOf(b, d), map[string]any{"product_qty": 7.0, "price_unit": 3.5})
			}},
		{name: "it is cancelled right after", when: lost, act: cancelled, want: "BUSINESS_RULE", told: []string{"released at", "cancel"}, wrong: orderIs("cancel")},
		{name: "it is deleted right after", when: lost, act: orderDeleted, want: "ACTION_REQUIRED", told: []string{"deleted"}},
		{name: "supplier and product are renamed", when: lost, act: renamed, wrong: oneTransfer},
		{name: "the supplier is merged into another in between", when: first, act: merged, wrong: oneTransfer},
	}
}

func besideCancel(p *person) []scene {
	first, lost := ahead("purchase.order", "button_cancel"), afterLost("purchase.order", "button_cancel")
	between := scene{name: "it is received in between", when: first, act: receivedByHand, want: "BUSINESS_RULE", told: []string{"received"}, wrong: orderIs("purchase")}
	if p.major >= 19 {
		between.want, between.told, between.warned, between.wrong = "", nil, "10 have been received", orderIs("cancel")
	}
	return []scene{
		{name: "it is cancelled before", act: cancelled, wrong: orderIs("cancel")},
		{name: "it is received before", act: receivedByHand, want: "BUSINESS_RULE", told: []string{"received"}, wrong: orderIs("purchase")},
		between,
		{name: "the mesh receives it in between", when: first, act: receivedByTheMesh, wrong: orderIs("cancel")},
		{name: "the draft is deleted before", close: true, act: orderDeleted, want: "NOT_FOUND"},
		{name: "the draft is deleted in between", close: true, when: first, act: orderDeleted, want: "NOT_FOUND"},
		{name: "the draft is deleted right after", close: true, when: lost, want: "ACTION_REQUIRED", told: []string{"deleted"},
			act: func(b *beside, d *documents) { pressed("purchase.order", "unlink", theOrder)(b, d) }},
	}
}

// receivedByTheMesh is refused while the order is being cancelled: Odoo 19 would do both.
func receivedByTheMesh(b *beside, d *documents) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_, err := b.receipts.ReceiveReceipt(ctx, &receiptv1.ReceiveReceiptRequest{RequestId: d.mark + "-receive", Name: fmt.Sprint("receipts/", d.transfer), Lines: []*receiptv1.ReceivedLine{
		{LineId: d.move, Quantity: &decimal.Decimal{Value: "4"}, LotNumber: "A-" + d.mark, ExpirationDate: ends()},
	}})
	if err == nil {
		d.t.Error("what is being cancelled was received")
	}
}

// receivedByHand books all that was ordered, as a person does.
func receivedByHand(b *beside, d *documents) {
	b.calls(d, "stock.move.line", "unlink", []any{anys(b.ids(d, "stock.move.line", []any{"picking_id", "=", d.transfer}))}, nil)
	move := b.rows(d.t, "stock.move", []any{[]any{"picking_id", "=", d.transfer}}, []any{"location_id", "location_dest_id", "product_uom"})[0]
	lot := b.calls(d, "stock.lot", "create", []any{map[string]any{"name": "H-" + d.mark, "product_id": b.on.product, "company_id": 1, "expiration_date": "2031-03-31 12:00:00"}}, nil)
	line := map[string]any{
		"picking_id": d.transfer, "move_id": move.id("id"), "product_id": b.on.product, "lot_id": lot, "product_uom_id": move.id("product_uom"),
		"location_id": move.id("location_id"), "location_dest_id": move.id("location_dest_id"),
	}
	b.counted(line, 10)
	b.calls(d, "stock.move.line", "create", []any{line}, nil)
	validatedByHand(b, d)
}

func anys(ids []int64) []any {
	out := make([]any, len(ids))
	for i, id := range ids {
		out[i] = id
	}
	return out
}

// counted says of a line how much of it somebody has counted.
func (b *beside) counted(line map[string]any, quantity float64) {
	if b.major < 17 {
		line["qty_done"] = quantity
		return
	}
	line["quantity"], line["picked"] = quantity, true
}

func validatedByHand(b *beside, d *documents) { b.validates(d, map[string]any{"skip_backorder": true}) }

func validatedWithoutRest(b *beside, d *documents) {
	b.validates(d, map[string]any{"skip_backorder": true, "picking_ids_not_to_backorder": []any{d.transfer}})
}

func (b *beside) validates(d *documents, words map[string]any) {
	b.calls(d, "stock.picking", "button_validate", []any{[]any{d.transfer}}, map[string]any{"context": words})
}

// inStock says what is wrong where not so much of the scene's lots has come.
func inStock(want float64) func(*beside, *documents) string {
	return func(b *beside, d *documents) string {
		done := "quantity"
		if b.major < 17 {
			done = "qty_done"
		}
		sum := 0.0
		for _, r := range b.rows(d.t, "stock.move.line", []any{[]any{"picking_id", "=", d.transfer}, []any{"state", "=", "done"}}, []any{done}) {
			sum += r[done].(float64)
		}
		if sum != want {
			return fmt.Sprintf("%v have come, want %v", sum, want)
		}
		return ""
	}
}

// ownLine is the mesh's line of a lot.
func ownLine(b *beside, d *documents, lot string) int64 {
	ids := b.ids(d, "stock.move.line", []any{"picking_id", "=", d.transfer}, []any{"lot_id.name", "=", lot + d.mark})
	if len(ids) != 1 {
		d.t.Errorf("there are %d lines of lot %s", len(ids), lot)
		return 0
	}
	return ids[0]
}

func lineChanged(b *beside, d *documents) {
	vals := map[string]any{}
	b.counted(vals, 3)
	b.writes(d, "stock.move.line", ownLine(b, d, "A-"), vals)
}

func lineDeleted(b *beside, d *documents) {
	b.calls(d, "stock.move.line", "unlink", []any{[]any{ownLine(b, d, "B-")}}, nil)
}

func lotChanged(vals func(d *documents) map[string]any) func(*beside, *documents) {
	return func(b *beside, d *documents) {
		b.writes(d, "stock.lot", b.ids(d, "stock.lot", []any{"name", "=", "A-" + d.mark})[0], vals(d))
	}
}

var lotRenamed = lotChanged(func(d *documents) map[string]any { return map[string]any{"name": "right-" + d.mark} })

func transferCancelled(b *beside, d *documents) {
	b.calls(d, "stock.picking", "action_cancel", []any{[]any{d.transfer}}, nil)
}

func besideReceive(p *person) []scene {
	validate, validated := ahead("stock.picking", "button_validate"), afterLost("stock.picking", "button_validate")
	loaded := afterLost("stock.move.line", "load")
	entered := func(vals map[string]any) func(*beside, *documents) {
		return func(b *beside, d *documents) {
			b.writes(d, "stock.move.line", b.ids(d, "stock.move.line", []any{"picking_id", "=", d.transfer})[0], vals)
		}
	}
	byHand := map[string]any{}
	(&beside{stage: &stage{person: p}}).counted(byHand, 5)
	return []scene{
		{name: "it is received before", act: receivedByHand, want: "BUSINESS_RULE", told: []string{"done"}, wrong: inStock(10)},
		{name: "it is cancelled before", act: transferCancelled, want: "BUSINESS_RULE", told: []string{"cancel"}, wrong: inStock(0)},
		{name: "a quantity is entered before", act: entered(byHand), want: "ACTION_REQUIRED", told: []string{"by hand"}, wrong: inStock(0),
			then: func(b *beside, d *documents) {
				b.calls(d, "stock.move.line", "unlink", []any{anys(b.ids(d, "stock.move.line", []any{"picking_id", "=", d.transfer}))}, nil)
			}},
		{name: "a lot is typed in before", act: entered(map[string]any{"lot_name": "typed"}), want: "ACTION_REQUIRED", told: []string{"by hand"}, wrong: inStock(0)},
		{name: "it is received in between", when: ahead("stock.move.line", "unlink"), act: receivedByHand, want: "BUSINESS_RULE", told: []string{"done"}, wrong: inStock(10)},
		{name: "it is validated at the same instant", when: validate, act: validatedByHand, wrong: inStock(6)},
		{name: "a line is changed in between", when: validate, act: lineChanged, told: []string{"lines[0].quantity"}, wrong: inStock(5)},
		{name: "a line is deleted in between", when: validate, act: lineDeleted, told: []string{"lines[1].quantity"}, wrong: inStock(4)},
		{name: "a line is changed while an answer is lost", when: loaded, act: lineChanged, want: "ACTION_REQUIRED", told: []string{"changed line 1"}, wrong: inStock(0)},
		{name: "a line is deleted while an answer is lost", when: loaded, act: lineDeleted, want: "ACTION_REQUIRED", told: []string{"deleted lines"}, wrong: inStock(0),
			then: validatedByHand, finally: []string{"lines[1].quantity"}},
		{name: "it is cancelled while an answer is lost", when: loaded, act: transferCancelled, want: "BUSINESS_RULE", told: []string{"cancel"}, wrong: inStock(0)},
		{name: "it is validated while an answer is lost", when: loaded, act: validatedByHand, wrong: inStock(6)},
		{name: "it is validated without the rest", when: loaded, act: validatedWithoutRest, told: []string{"remainder"}, wrong: inStock(6)},
		{name: "it is validated with the rest, which was to be closed", close: true, when: loaded, act: validatedByHand, told: []string{"remainder"}, wrong: inStock(6)},
		{name: "the lot's number is corrected while an answer is lost", when: afterLost("stock.lot", "load"), act: lotRenamed, want: "BUSINESS_RULE", told: []string{"another number"}, wrong: inStock(0)},
		{name: "the lot's number is corrected right after", when: validated, act: lotRenamed, wrong: inStock(6), told: []string{"lines[0].quantity", "lot \"right-"}},
		{name: "the lot's expiry is corrected right after", when: validated, wrong: inStock(6), told: []string{"lines[0].expiration_date"},
			act: lotChanged(func(*documents) map[string]any { return map[string]any{"expiration_date": "2033-01-01 12:00:00"} })},
		{name: "the product is archived", when: validate, wrong: func(b *beside, d *documents) string { archived(b, d, true); return inStock(6)(b, d) },
			act: func(b *beside, d *documents) { archived(b, d, false) }},
	}
}

func billedByHand(b *beside, d *documents) {
	b.calls(d, "purchase.order", "action_create_invoice", []any{[]any{d.order}}, nil)
}

func besideBill(*person) []scene {
	load := afterLost("account.move", "load")
	bills := func(want int) func(*beside, *documents) string {
		return func(b *beside, d *documents) string {
			return b.count(d, want, "account.move", []any{"invoice_line_ids.purchase_line_id.order_id", "=", d.order})
		}
	}
	return []scene{
		{name: "it is billed before", act: billedByHand, want: "BUSINESS_RULE", told: []string{"nothing to bill"}, wrong: bills(1)},
		{name: "it is billed at the same instant", when: ahead("account.move", "load"), act: billedByHand, warned: "6 more are billed", wrong: bills(2)},
		{name: "the draft is deleted", when: load, act: billDeleted, wrong: bills(1)},
		{name: "it is posted", when: load, act: postedByHand, told: []string{"state"}, wrong: bills(1)},
		{name: "it is cancelled", when: load, act: billCancelled, told: []string{"state"}, wrong: bills(1)},
		{name: "its number and date are corrected", when: load, told: []string{"supplier_reference", "invoice_date"}, wrong: bills(1),
			act: func(b *beside, d *documents) {
				b.writes(d, "account.move", b.billThere(d), map[string]any{"ref": "W-" + d.mark, "invoice_date": "2026-11-27"})
			}},
		{name: "its quantity is changed", when: load, told: []string{"lines[0].quantity"}, wrong: bills(1),
			act: func(b *beside, d *documents) {
				line := b.ids(d, "account.move.line", []any{"move_id", "=", b.billThere(d)}, []any{"purchase_line_id", "!=", false})[0]
				b.writes(d, "account.move", b.billThere(d), map[string]any{"invoice_line_ids": []any{[]any{1, line, map[string]any{"quantity": 5.0}}}})
			}},
	}
}

func besidePost(p *person) []scene {
	first, lost := ahead("account.move", "action_post"), afterLost("account.move", "action_post")
	billIs := func(state string) func(*beside, *documents) string {
		return func(b *beside, d *documents) string {
			return b.count(d, 1, "account.move", []any{"ref", "=", "V-" + d.mark}, []any{"state", "=", state})
		}
	}
	between := scene{name: "a bill of the same number is posted at the same instant", when: first, warned: "same number",
		act: func(b *beside, d *documents) {
			twin := b.calls(d, "account.move", "create", []any{map[string]any{
				"move_type": "in_invoice", "partner_id": b.on.supplier, "ref": " v-" + strings.ToUpper(d.mark), "invoice_date": "2026-11-20",
				"invoice_line_ids": []any{[]any{0, 0, map[string]any{"product_id": b.on.product, "quantity": 1.0, "price_unit": 5.0}}},
			}}, nil)
			b.calls(d, "account.move", "action_post", []any{[]any{twin}}, nil)
		}}
	return []scene{
		{name: "it is posted before", act: postedByHand, wrong: billIs("posted")},
		{name: "it is deleted before", act: billDeleted, want: "NOT_FOUND"},
		{name: "it is cancelled before", act: billCancelled, want: "BUSINESS_RULE", told: []string{"cancel"}, wrong: billIs("cancel")},
		{name: "it is posted at the same instant", when: first, act: postedByHand, wrong: billIs("posted")},
		{name: "it is deleted in between", when: first, act: billDeleted, want: "NOT_FOUND"},
		between,
		{name: "supplier and product are renamed", when: lost, act: renamed, wrong: billIs("posted")},
		{name: "the supplier is merged into another in between", when: first, act: merged, wrong: billIs("posted")},
	}
}
