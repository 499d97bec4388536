package e2e

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"odoomesh/internal/odoo"
)

// trade is one purchase from the order to the credit note, as purchaser, store and
// accounts do it in Odoo.
type trade struct {
	*person
	// The supplier; a fluid that comes in lots and expires, a device that comes
	// with serial numbers.
	supplier, fluid, device int64
	// The warehouse, where it keeps its stock, and where it keeps what must not be used.
	house             raw
	stock, quarantine int64
	order             int64
	// What people call them.
	number, reference, lot, laterLot string
	serials                          []string
	// The receipt, its backorder, the return, and what was billed and credited.
	receipt, backorder, back int64
	bill, refund             int64
	billReference            string
}

// press presses a button; Odoo answers some that answer nothing with a fault after
// it has done what was asked.
func (p *person) press(t testing.TB, model, button string, id int64, context map[string]any) any {
	t.Helper()
	v, err := p.client.Call(t.Context(), model, button, []any{[]any{id}}, map[string]any{"context": context})
	var fault *odoo.Fault
	if errors.As(err, &fault) && fault.Kind == odoo.NotMarshalled {
		return nil
	}
	if err != nil {
		t.Fatalf("%s.%s: %v\n%s", model, button, err, odoo.TraceOf(err))
	}
	return v
}

// enter creates what cannot be deleted again once it is booked.
func (p *person) enter(t testing.TB, model string, vals, context map[string]any) int64 {
	t.Helper()
	return p.call(t, model, "create", []any{vals}, map[string]any{"context": context}).(int64)
}

func (p *person) row(t testing.TB, model string, id int64, fields ...any) raw {
	t.Helper()
	rows := p.rows(t, model, []any{[]any{"id", "=", id}}, fields)
	if len(rows) != 1 {
		t.Fatalf("Odoo has %d rows of %s %d", len(rows), model, id)
	}
	return rows[0]
}

// step is one thing that happens in a trade.
type step struct {
	name string
	do   func(testing.TB)
}

// steps are those of the purchase, in their order.
func (d *trade) steps() []step {
	return []step{
		{"a supplier and two articles are set up", d.setUp},
		{"an order is written", d.writeOrder},
		{"the order is confirmed", func(t testing.TB) { d.press(t, "purchase.order", "button_confirm", d.order, nil) }},
		{"a part comes, in a lot", d.receiveFirst},
		{"the rest comes, with serial numbers", d.receiveRest},
		{"a part of the lot goes into quarantine", d.isolate},
		{"a count finds one less", d.count},
		{"one is thrown away", d.scrap},
		{"another is put where scrap lies", d.discard},
		{"two go back to the supplier", d.sendBack},
		{"a booked quantity is corrected", d.correct},
		{"the bill comes and is posted", d.invoice},
		{"a credit note takes it back", d.credit},
		{"another order is confirmed and cancelled", d.cancel},
	}
}

func (d *trade) setUp(t testing.TB) {
	d.reference, d.billReference = "SO-"+d.mark, "INV-"+d.mark
	d.lot, d.laterLot, d.serials = "L1-"+d.mark, "L2-"+d.mark, []string{"SN1-" + d.mark, "SN2-" + d.mark, "SN3-" + d.mark}
	d.supplier = d.create(t, "res.partner", map[string]any{"name": "Trader " + d.mark, "is_company": true, "supplier_rank": 1,
		"barcode": code13(d.mark, 4)})
	if field := d.gln(t); field != "barcode" {
		d.write(t, "res.partner", d.supplier, map[string]any{field: code13(d.mark, 5)})
	}
	d.fluid = d.create(t, "product.product", d.goods(map[string]any{"name": "Fluid " + d.mark, "default_code": "FLU-" + d.mark, "barcode": code13(d.mark, 2),
		"tracking": "lot", "use_expiration_date": true, "expiration_time": 365, "use_time": 30, "removal_time": 20, "alert_time": 60, "standard_price": 2.2}))
	d.device = d.create(t, "product.product", d.goods(map[string]any{"name": "Device " + d.mark, "default_code": "DEV-" + d.mark, "barcode": code13(d.mark, 3),
		"tracking": "serial", "standard_price": 150.0}))
	d.house = d.rows(t, "stock.warehouse", []any{}, []any{"lot_stock_id", "company_id"})[0]
	d.stock = d.house.id("lot_stock_id")
	const place = "Quarantine of tests"
	if found := d.rows(t, "stock.location", []any{[]any{"name", "=", place}}, []any{"id"}); len(found) > 0 {
		d.quarantine = found[0].id("id")
	} else {
		d.quarantine = d.enter(t, "stock.location", map[string]any{"name": place, "location_id": d.stock, "usage": "internal"}, nil)
	}
}

// gln is where a partner's Global Location Number stands.
func (d *trade) gln(t testing.TB) string {
	if d.has(t, "res.partner", "global_location_number") {
		return "global_location_number"
	}
	return "barcode"
}

// writeOrder orders two dozen of the fluid and three devices.
func (d *trade) writeOrder(t testing.TB) {
	d.order = d.enter(t, "purchase.order", map[string]any{"partner_id": d.supplier, "partner_ref": d.reference, "origin": "REQ-" + d.mark,
		"order_line": []any{
			[]any{0, 0, map[string]any{"product_id": d.fluid, "product_qty": 2.0, "price_unit": 26.4,
				d.by(19, "product_uom", "product_uom_id"): d.find(t, "uom.uom", "name", "Dozens")}},
			[]any{0, 0, map[string]any{"product_id": d.device, "product_qty": 3.0, "price_unit": 149.5}},
			[]any{0, 0, map[string]any{"display_type": "line_note", "name": "Ring at the dock", "product_qty": 0.0}},
		}}, nil)
	d.number = d.row(t, "purchase.order", d.order, "name").text("name")
}

// open is the transfer of the order that is still to come.
func (d *trade) open(t testing.TB) int64 {
	t.Helper()
	ids := d.row(t, "purchase.order", d.order, "picking_ids")["picking_ids"]
	rows := d.rows(t, "stock.picking", []any{[]any{"id", "in", ids}, []any{"state", "not in", []any{"done", "cancel"}}}, []any{"id"})
	if len(rows) != 1 {
		t.Fatalf("%d transfers of the order are open", len(rows))
	}
	return rows[0].id("id")
}

// parcel is so much of a lot; of a lot that Odoo does not know yet, by its name.
type parcel struct {
	lot      string
	id       int64
	expires  string
	quantity float64
}

// handle enters what of a product a transfer brought, in place of what Odoo proposes.
func (d *trade) handle(t testing.TB, transfer, product int64, parcels ...parcel) {
	t.Helper()
	move := d.rows(t, "stock.move", []any{[]any{"picking_id", "=", transfer}, []any{"product_id", "=", product}},
		[]any{"move_line_ids", "location_id", "location_dest_id"})[0]
	if proposed := move["move_line_ids"].([]any); len(proposed) > 0 {
		d.call(t, "stock.move.line", "unlink", []any{proposed}, nil)
	}
	for _, p := range parcels {
		vals := map[string]any{"move_id": move.id("id"), "picking_id": transfer, "product_id": product, d.by(17, "qty_done", "quantity"): p.quantity,
			"location_id": move.id("location_id"), "location_dest_id": move.id("location_dest_id")}
		if d.major > 16 {
			vals["picked"] = true
		}
		if p.id != 0 {
			vals["lot_id"] = p.id
		} else {
			vals["lot_name"] = p.lot
		}
		if p.expires != "" {
			vals["expiration_date"] = p.expires
		}
		d.enter(t, "stock.move.line", vals, nil)
	}
}

// book validates a transfer; what has not come stays on a backorder.
func (d *trade) book(t testing.TB, transfer int64) {
	t.Helper()
	answer := d.press(t, "stock.picking", "button_validate", transfer, map[string]any{"skip_backorder": true, "skip_sms": true})
	if state := d.row(t, "stock.picking", transfer, "state").text("state"); state != "done" {
		t.Fatalf("transfer %d is %s after Odoo answered %v", transfer, state, answer)
	}
}

func (d *trade) receiveFirst(t testing.TB) {
	d.receipt = d.open(t)
	d.handle(t, d.receipt, d.fluid, parcel{lot: d.lot, expires: "2097-03-31 00:00:00", quantity: 15})
	d.handle(t, d.receipt, d.device)
	d.book(t, d.receipt)
}

func (d *trade) receiveRest(t testing.TB) {
	d.backorder = d.open(t)
	d.handle(t, d.backorder, d.fluid, parcel{lot: d.laterLot, expires: "2097-06-30 12:00:00", quantity: 9})
	var devices []parcel
	for _, s := range d.serials {
		devices = append(devices, parcel{lot: s, quantity: 1})
	}
	d.handle(t, d.backorder, d.device, devices...)
	d.book(t, d.backorder)
}

func (d *trade) lotID(t testing.TB) int64 { return d.find(t, "stock.lot", "name", d.lot) }

func (d *trade) isolate(t testing.TB) {
	d.carry(t, d.quarantine, parcel{id: d.lotID(t), quantity: 5})
}

// discard puts one where scrap lies, by a transfer and without a scrap order.
func (d *trade) discard(t testing.TB) {
	where := []any{[]any{"usage", "=", "inventory"}, []any{"company_id", "in", []any{d.house.id("company_id"), false}}}
	if d.major < 19 {
		where = append(where, []any{"scrap_location", "=", true})
	}
	place := d.rows(t, "stock.location", where, []any{"id"})[0].id("id")
	d.carry(t, place, parcel{id: d.find(t, "stock.lot", "name", d.laterLot), quantity: 1})
}

// carry takes so much of the fluid from the stock to another place.
func (d *trade) carry(t testing.TB, to int64, p parcel) {
	t.Helper()
	// Odoo keeps it archived while several places are switched off.
	kind := d.rows(t, "stock.picking.type", []any{[]any{"code", "=", "internal"}, []any{"active", "in", []any{true, false}}, []any{"default_location_src_id", "=", d.stock}}, []any{"id"})[0]
	d.write(t, "stock.picking.type", kind.id("id"), map[string]any{"active": true})
	move := map[string]any{"product_id": d.fluid, "product_uom_qty": p.quantity, "location_id": d.stock, "location_dest_id": to}
	if d.major < 19 {
		move["name"] = "From the store"
	}
	transfer := d.enter(t, "stock.picking", map[string]any{"picking_type_id": kind.id("id"), "location_id": d.stock, "location_dest_id": to,
		"move_ids": []any{[]any{0, 0, move}}}, nil)
	d.press(t, "stock.picking", "action_confirm", transfer, nil)
	d.press(t, "stock.picking", "action_assign", transfer, nil)
	d.handle(t, transfer, d.fluid, p)
	d.book(t, transfer)
}

func (d *trade) count(t testing.TB) {
	found := d.rows(t, "stock.quant", []any{[]any{"lot_id", "=", d.lotID(t)}, []any{"location_id", "=", d.stock}}, []any{"quantity"})[0]
	d.write(t, "stock.quant", found.id("id"), map[string]any{"inventory_quantity": found.number("quantity") - 1})
	d.press(t, "stock.quant", "action_apply_inventory", found.id("id"), nil)
}

func (d *trade) scrap(t testing.TB) {
	scrap := d.enter(t, "stock.scrap", map[string]any{"product_id": d.fluid, "lot_id": d.lotID(t), "scrap_qty": 1.0, "location_id": d.quarantine}, nil)
	d.press(t, "stock.scrap", "action_validate", scrap, nil)
	if state := d.row(t, "stock.scrap", scrap, "state").text("state"); state != "done" {
		t.Fatalf("the scrap is %s", state)
	}
}

func (d *trade) sendBack(t testing.TB) {
	move := d.rows(t, "stock.move", []any{[]any{"picking_id", "=", d.receipt}, []any{"state", "=", "done"}}, []any{"location_id"})[0]
	vals := map[string]any{"picking_id": d.receipt, "product_return_moves": []any{[]any{0, 0, map[string]any{
		"product_id": d.fluid, "move_id": move.id("id"), "quantity": 2.0, "to_refund": true}}}}
	if d.major < 18 {
		vals["location_id"] = move.id("location_id")
	}
	context := map[string]any{"active_model": "stock.picking", "active_id": d.receipt, "active_ids": []any{d.receipt}}
	wizard := d.enter(t, "stock.return.picking", vals, context)
	d.press(t, "stock.return.picking", d.by(18, "create_returns", "action_create_returns"), wizard, context)
	d.back = d.rows(t, "stock.move", []any{[]any{"origin_returned_move_id", "=", move.id("id")}}, []any{"picking_id"})[0].id("picking_id")
	d.handle(t, d.back, d.fluid, parcel{id: d.lotID(t), quantity: 2})
	d.book(t, d.back)
}

// correct makes one more of what came first, after it was booked.
func (d *trade) correct(t testing.TB) {
	line := d.rows(t, "stock.move.line", []any{[]any{"picking_id", "=", d.receipt}, []any{"lot_id", "=", d.lotID(t)}}, []any{"id"})[0]
	d.write(t, "stock.move.line", line.id("id"), map[string]any{d.by(17, "qty_done", "quantity"): 16.0})
}

func (d *trade) invoice(t testing.TB) {
	d.press(t, "purchase.order", "action_create_invoice", d.order, nil)
	d.bill = d.row(t, "purchase.order", d.order, "invoice_ids").ids("invoice_ids")[0]
	d.write(t, "account.move", d.bill, map[string]any{"invoice_date": "2026-11-20", "ref": d.billReference})
	d.press(t, "account.move", "action_post", d.bill, nil)
}

func (d *trade) credit(t testing.TB) {
	journal := d.row(t, "account.move", d.bill, "journal_id").id("journal_id")
	context := map[string]any{"active_model": "account.move", "active_ids": []any{d.bill}}
	vals := map[string]any{"move_ids": []any{[]any{6, 0, []any{d.bill}}}, "journal_id": journal, "date": "2026-11-21", "reason": "Twice"}
	if d.major == 16 {
		vals["refund_method"] = "refund"
	}
	wizard := d.enter(t, "account.move.reversal", vals, context)
	d.press(t, "account.move.reversal", d.by(17, "reverse_moves", "refund_moves"), wizard, context)
	d.refund = d.find(t, "account.move", "reversed_entry_id", d.bill)
	d.press(t, "account.move", "action_post", d.refund, nil)
}

func (d *trade) cancel(t testing.TB) {
	other := d.enter(t, "purchase.order", map[string]any{"partner_id": d.supplier, "order_line": []any{
		[]any{0, 0, map[string]any{"product_id": d.device, "product_qty": 1.0, "price_unit": 149.5}}}}, nil)
	d.press(t, "purchase.order", "button_confirm", other, nil)
	d.press(t, "purchase.order", "button_cancel", other, nil)
	if state := d.row(t, "purchase.order", other, "state").text("state"); state != "cancel" {
		t.Fatalf("the order is %s", state)
	}
}

// buys lets people buy, from the order to the credit note; after each step the mesh
// shows what Odoo has, and at the end it answers what people ask about it.
func buys(t *testing.T, s *stage) {
	d := &trade{person: s.person}
	for _, step := range d.steps() {
		if !t.Run(step.name, func(t *testing.T) {
			step.do(t)
			s.equalsOdoo(t, s.person)
		}) {
			return
		}
	}
	t.Run("a draft is deleted", func(t *testing.T) { draftIsDeleted(t, s, d) })
	t.Run("people find it by its numbers", func(t *testing.T) { found(t, s, d) })
	t.Run("the lot can be traced", func(t *testing.T) { traced(t, s, d) })
	t.Run("the documents are one timeline", func(t *testing.T) { told(t, s, d) })
}

// draftIsDeleted writes an order that the mesh shows, and deletes it.
func draftIsDeleted(t *testing.T, s *stage, d *trade) {
	draft := s.enter(t, "purchase.order", map[string]any{"partner_id": d.supplier, "order_line": []any{
		[]any{0, 0, map[string]any{"product_id": d.device, "product_qty": 1.0, "price_unit": 149.5}}}}, nil)
	s.equalsOdoo(t, s.person)
	s.press(t, "purchase.order", "button_cancel", draft, nil)
	s.call(t, "purchase.order", "unlink", []any{[]any{draft}}, nil)
	s.equalsOdoo(t, s.person)
	orders := s.books(t).orders()
	if _, there := orders[fmt.Sprintf("orders/%d", draft)]; there {
		t.Errorf("order %d is still there: %v", draft, slices.Sorted(maps.Keys(orders)))
	}
}
