package odoosim_test

import (
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"odoomesh/internal/odoosim"
)

// shop is a sim with one storable product and the means to order it.
type shop struct {
	t       *testing.T
	s       *odoosim.Sim
	c       caller
	h       *hand
	product int64
}

func newShop(t *testing.T, version int, more map[string]any) *shop {
	h := newHand()
	s := newSim(t, odoosim.Options{Version: version, Clock: h.clock()})
	sh := &shop{t: t, s: s, c: newCaller(t, s), h: h}
	vals := map[string]any{"name": "Gauze", "default_code": "GZ", "standard_price": 2.0}
	if version < 18 {
		vals["detailed_type"] = "product"
	} else {
		vals["is_storable"] = true
	}
	for k, v := range more {
		vals[k] = v
	}
	do(t, s, func(tx *odoosim.Tx) (err error) {
		sh.product, err = tx.Create("product.product", vals)
		return err
	})
	return sh
}

func (sh *shop) order(quantity float64, more map[string]any) int64 {
	line := map[string]any{"product_id": sh.product, "product_qty": quantity, "price_unit": 2.0}
	for k, v := range more {
		line[k] = v
	}
	id := sh.c.must("purchase.order", "create", []any{map[string]any{"partner_id": 1, "order_line": []any{[]any{0, 0, line}}}}, nil).(int64)
	sh.c.must("purchase.order", "button_confirm", []any{[]any{id}}, nil)
	return id
}

func (sh *shop) one(model string, id int64, field string) any {
	sh.t.Helper()
	return readOne(sh.t, sh.s, model, id, field)
}

func (sh *shop) receipt(order int64) int64 {
	sh.t.Helper()
	ids := sh.one("purchase.order", order, "picking_ids").([]int64)
	return ids[len(ids)-1]
}

func (sh *shop) validate(picking int64) {
	sh.t.Helper()
	if got := sh.c.must("stock.picking", "button_validate", []any{[]any{picking}}, map[string]any{"context": whole}); got != true {
		sh.t.Fatalf("validating answers %v", got)
	}
}

// receiveAll does every proposed line as it is.
func (sh *shop) receiveAll(picking int64) {
	sh.t.Helper()
	if sh.s.Version() == 16 {
		for _, l := range sh.one("stock.picking", picking, "move_line_ids").([]int64) {
			sh.c.must("stock.move.line", "write", []any{[]any{l}, map[string]any{"qty_done": sh.one("stock.move.line", l, "reserved_uom_qty")}}, nil)
		}
	}
	sh.validate(picking)
}

func (sh *shop) refusedWith(code int, part string, err error) {
	sh.t.Helper()
	var f *fault
	if !errors.As(err, &f) || f.code != code || !strings.Contains(f.text, part) {
		sh.t.Errorf("answered %v, want fault %d with %q", err, code, part)
	}
}

func each(t *testing.T, more map[string]any, test func(t *testing.T, sh *shop)) {
	for _, v := range versions {
		t.Run(strconv.Itoa(v), func(t *testing.T) { test(t, newShop(t, v, more)) })
	}
}

func TestAnOrderInDozensIsReceivedInPieces(t *testing.T) {
	each(t, nil, func(t *testing.T, sh *shop) {
		dozens := sh.c.must("uom.uom", "search", []any{[]any{leafOf("name", "=", "Dozens")}}, nil).([]any)[0]
		unit := "product_uom"
		if sh.s.Version() >= 19 {
			unit = "product_uom_id"
		}
		order := sh.order(3, map[string]any{unit: dozens})
		sh.receiveAll(sh.receipt(order))
		line := sh.one("purchase.order", order, "order_line").([]int64)[0]
		if got := sh.one("purchase.order.line", line, "qty_received"); got != 3.0 {
			t.Errorf("received %v dozens", got)
		}
		if got := sh.one("product.product", sh.product, "qty_available"); got != 36.0 {
			t.Errorf("%v pieces on hand", got)
		}
		if d := imbalance(t, sh.s); d != "" {
			t.Error(d)
		}
	})
}

func TestAPlacedOrderThatGrowsIsDeliveredMore(t *testing.T) {
	each(t, nil, func(t *testing.T, sh *shop) {
		order := sh.order(5, nil)
		line := sh.one("purchase.order", order, "order_line").([]int64)[0]
		sh.c.must("purchase.order.line", "write", []any{[]any{line}, map[string]any{"product_qty": 8}}, nil)
		picking := sh.receipt(order)
		sum := 0.0
		for _, m := range sh.one("stock.picking", picking, "move_ids").([]int64) {
			sum += sh.one("stock.move", m, "product_uom_qty").(float64)
		}
		if sum != 8 {
			t.Errorf("the receipt expects %v", sum)
		}
		sh.receiveAll(picking)
		sh.c.must("purchase.order.line", "write", []any{[]any{line}, map[string]any{"product_qty": 9}}, nil)
		if ids := sh.one("purchase.order", order, "picking_ids").([]int64); len(ids) != 2 {
			t.Errorf("after a done receipt the order has receipts %v, want a second", ids)
		}
	})
}

// A line that is added comes by the order's open receipt, as a movement of its own also of
// the same product; where all has come it gets a new one.
func TestALineThatIsAddedComesByTheOpenReceipt(t *testing.T) {
	each(t, nil, func(t *testing.T, sh *shop) {
		id := sh.order(5, nil)
		add := func(quantity float64) {
			line := map[string]any{"product_id": sh.product, "product_qty": quantity, "price_unit": 2.0}
			sh.c.must("purchase.order", "write", []any{[]any{id}, map[string]any{"order_line": []any{[]any{0, 0, line}}}}, nil)
		}
		add(3)
		first := sh.receipt(id)
		if all, moves := sh.one("purchase.order", id, "picking_ids").([]int64), sh.one("stock.picking", first, "move_ids").([]int64); len(all) != 1 || len(moves) != 2 {
			t.Fatalf("receipts %v, movements %v", all, moves)
		}
		sh.receiveAll(first)
		add(2)
		if all := sh.one("purchase.order", id, "picking_ids").([]int64); len(all) != 2 {
			t.Errorf("receipts %v", all)
		}
	})
}

func TestPostingRaisesTheSuppliersRank(t *testing.T) {
	each(t, nil, func(t *testing.T, sh *shop) {
		order := sh.order(5, nil)
		sh.receiveAll(sh.receipt(order))
		sh.c.must("purchase.order", "action_create_invoice", []any{[]any{order}}, nil)
		bill := sh.one("purchase.order", order, "invoice_ids").([]int64)[0]
		before, rank := sh.one("res.partner", 1, "write_date"), sh.one("res.partner", 1, "supplier_rank").(int64)
		sh.h.add(time.Hour)
		sh.c.must("account.move", "write", []any{[]any{bill}, map[string]any{"invoice_date": "2026-11-23"}}, nil)
		sh.c.must("account.move", "action_post", []any{[]any{bill}}, nil)
		if got := sh.one("res.partner", 1, "supplier_rank"); got != rank+1 {
			t.Errorf("rank %v, was %d", got, rank)
		}
		if moved := sh.one("res.partner", 1, "write_date") != before; moved != (sh.s.Version() >= 19) {
			t.Errorf("write_date moved: %v", moved)
		}
		debit, credit := 0.0, 0.0
		for _, l := range sh.one("account.move", bill, "line_ids").([]int64) {
			debit, credit = debit+sh.one("account.move.line", l, "debit").(float64), credit+sh.one("account.move.line", l, "credit").(float64)
		}
		if debit != credit || debit != 12.5 {
			t.Errorf("debit %v, credit %v, want 12.5 with tax", debit, credit)
		}
	})
}

func TestARefundUndoesWhatWasBilled(t *testing.T) {
	each(t, nil, func(t *testing.T, sh *shop) {
		order := sh.order(5, nil)
		sh.receiveAll(sh.receipt(order))
		sh.c.must("purchase.order", "action_create_invoice", []any{[]any{order}}, nil)
		bill := sh.one("purchase.order", order, "invoice_ids").([]int64)[0]
		sh.c.must("account.move", "write", []any{[]any{bill}, map[string]any{"invoice_date": "2026-11-23"}}, nil)
		sh.c.must("account.move", "action_post", []any{[]any{bill}}, nil)
		wizard := sh.c.must("account.move.reversal", "create", []any{map[string]any{"move_ids": []any{[]any{6, 0, []any{bill}}}, "reason": "damaged"}}, nil)
		button := "refund_moves"
		if sh.s.Version() == 16 {
			button = "reverse_moves"
		}
		refund := sh.c.must("account.move.reversal", button, []any{[]any{wizard}}, nil).(map[string]any)["res_id"].(int64)
		if kind, from := sh.one("account.move", refund, "move_type"), refOf(sh.one("account.move", refund, "reversed_entry_id")); kind != "in_refund" || from != bill {
			t.Errorf("a %v of %d", kind, from)
		}
		line := sh.one("purchase.order", order, "order_line").([]int64)[0]
		if got := sh.one("purchase.order.line", line, "qty_invoiced"); got != 0.0 {
			t.Errorf("invoiced %v after the refund", got)
		}
		_, err := sh.c.as(2, "admin", "account.move", "button_cancel", []any{[]any{refund}}, map[string]any{})
		sh.refusedWith(1, "cannot marshal None", err)
		if got := sh.one("purchase.order.line", line, "qty_invoiced"); got != 5.0 {
			t.Errorf("invoiced %v after the refund was cancelled", got)
		}
		_, err = sh.c.as(2, "admin", "account.move", "unlink", []any{[]any{bill}}, map[string]any{})
		sh.refusedWith(2, "posted", err)
	})
}

func TestTwoStepApprovalNeedsAManager(t *testing.T) {
	each(t, nil, func(t *testing.T, sh *shop) {
		sh.c.must("res.company", "write", []any{[]any{1}, map[string]any{"po_double_validation": "two_step", "po_double_validation_amount": 5}}, nil)
		id := sh.c.must("purchase.order", "create", []any{map[string]any{"partner_id": 1, "order_line": []any{
			[]any{0, 0, map[string]any{"product_id": sh.product, "product_qty": 5, "price_unit": 2.0}}}}}, nil).(int64)
		if _, err := sh.c.as(3, "mesh", "purchase.order", "button_confirm", []any{[]any{id}}, map[string]any{}); err != nil {
			t.Fatal(err)
		}
		if got := sh.one("purchase.order", id, "state"); got != "to approve" {
			t.Errorf("state %v after a user's confirmation", got)
		}
		sh.c.must("purchase.order", "button_approve", []any{[]any{id}}, nil)
		if got := sh.one("purchase.order", id, "state"); got != "purchase" {
			t.Errorf("state %v after the manager's approval", got)
		}
	})
}

// Up to 18 a transfer to a place of scrap marks its move as scrapped, though nobody
// made a scrap order. From 19 on there is neither such a place nor the mark.
func TestTransferToAPlaceOfScrap(t *testing.T) {
	for version := 16; version <= 18; version++ {
		sh := newShop(t, version, nil)
		sh.receiveAll(sh.receipt(sh.order(3, nil)))
		place := sh.c.must("stock.location", "search", []any{[]any{[]any{"scrap_location", "=", true}}}, nil).([]any)[0]
		stock := sh.one("stock.warehouse", 1, "lot_stock_id").([]any)[0]
		kind := sh.one("stock.warehouse", 1, "int_type_id").([]any)[0]
		picking := sh.c.must("stock.picking", "create", []any{map[string]any{"picking_type_id": kind, "location_id": stock, "location_dest_id": place,
			"move_ids": []any{[]any{0, 0, map[string]any{"name": "away", "product_id": sh.product, "product_uom_qty": 1.0, "location_id": stock, "location_dest_id": place}}}}}, nil).(int64)
		for _, button := range []string{"action_confirm", "action_assign"} {
			sh.c.must("stock.picking", button, []any{[]any{picking}}, nil)
		}
		sh.receiveAll(picking)
		move := sh.one("stock.picking", picking, "move_ids").([]int64)[0]
		if got := sh.one("stock.move", move, "scrapped"); got != true {
			t.Errorf("Odoo %d: scrapped is %v", version, got)
		}
	}
}
