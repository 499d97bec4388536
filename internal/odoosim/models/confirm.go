package models

import (
	"cmp"
	"slices"

	"odoomesh/internal/odoosim/orm"
	"odoomesh/internal/odoosim/xmlrpc"
)

// orderButtons are what a person presses on an order.
func orderButtons(db *orm.DB, m *orm.Model) {
	each := func(answer any, do func(order record) error) func(*orm.Env, []int64) (any, error) {
		return func(e *orm.Env, ids []int64) (any, error) {
			for _, order := range recs(e, m.Name, ids) {
				if !order.exists() {
					return nil, orm.Rule("Record does not exist or has been deleted.\n(Record: %s(%d,), User: %d)", m.Name, order.id, e.UID)
				}
				if err := do(order); err != nil {
					return nil, err
				}
			}
			return answer, nil
		}
	}
	state := func(s string) func(record) error {
		return func(order record) error {
			if err := order.write(map[string]any{"state": s}); err != nil {
				return err
			}
			return refreshWithLines(order)
		}
	}
	lock := func(locked bool) func(record) error {
		return func(order record) error { return order.write(map[string]any{"locked": locked}) }
	}
	m.Act("button_confirm", each(true, confirmOrder))
	m.Act("button_approve", each(xmlrpc.Struct{}, approve))
	m.Act("button_draft", each(xmlrpc.Struct{}, state("draft")))
	m.Act("button_cancel", each(nil, cancelOrder))
	m.Act("print_quotation", each(true, state("sent")))
	m.Act("action_create_invoice", billOrders)
	if db.Version >= 19 {
		m.Act("button_lock", each(nil, lock(true)))
		m.Act("button_unlock", each(nil, lock(false)))
		return
	}
	m.Act("button_done", each(nil, state("done")))
	m.Act("button_unlock", each(nil, state("purchase")))
}

// confirmOrder places an order, or puts it before a manager. On one that is placed
// or cancelled it does nothing and says nothing.
func confirmOrder(order record) error {
	if s := order.text("state"); s != "draft" && s != "sent" {
		return nil
	}
	if err := noteSupplier(order); err != nil {
		return err
	}
	if !mayApprove(order) {
		return order.write(map[string]any{"state": "to approve"})
	}
	return approve(order)
}

// mayApprove says whether the user may place an order without a manager.
func mayApprove(order record) bool {
	company := order.to("company_id")
	return company.text("po_double_validation") != "two_step" || order.num("amount_total") < company.num("po_double_validation_amount") ||
		order.e.UID == AdminUser || order.e.UID == SystemUser
}

// approve places an order. For who may not it does nothing, and says nothing.
func approve(order record) error {
	if !mayApprove(order) {
		return nil
	}
	vals := map[string]any{"state": "purchase", "date_approve": now(order.e)}
	if order.to("company_id").text("po_lock") == "lock" {
		if order.e.DB().Version >= 19 {
			vals["locked"] = true
		} else {
			vals["state"] = "done"
		}
	}
	if err := order.write(vals); err != nil {
		return err
	}
	var due []record
	for _, l := range order.all("order_line") {
		if len(l.all("move_ids")) == 0 {
			due = append(due, l)
		}
	}
	if err := receiptFor(order, due, func(l record) float64 { return l.num("product_qty") }); err != nil {
		return err
	}
	return refreshWithLines(order)
}

func refreshWithLines(order record) error {
	for _, l := range order.all("order_line") {
		if err := refreshOrderLine(l); err != nil {
			return err
		}
	}
	return refreshOrder(order)
}

// noteSupplier notes a supplier that a product does not have yet.
func noteSupplier(order record) error {
	for _, l := range order.all("order_line") {
		tmpl := l.to("product_id").to("product_tmpl_id")
		if tmpl.id == 0 {
			continue
		}
		known, last := false, int64(0)
		offers := tmpl.all("seller_ids")
		for _, o := range offers {
			known, last = known || o.int("partner_id") == order.int("partner_id"), max(last, o.int("sequence"))
		}
		if known || len(offers) > 10 {
			continue
		}
		_, err := add(order.e, "product.supplierinfo", map[string]any{"partner_id": order.int("partner_id"), "product_tmpl_id": tmpl.id,
			"sequence": last + 1, "min_qty": 1.0, "price": l.num("price_unit"), "currency_id": order.int("currency_id"), "delay": 0})
		if err != nil {
			return err
		}
	}
	return nil
}

// openReceipt is the first of an order's transfers into the house that is open; none where
// all are done or cancelled [purchase_stock, _create_or_update_picking].
func openReceipt(order record) record {
	for _, p := range recs(order.e, "stock.picking", pickingsOf(order)) {
		open := p.text("state") != "done" && p.text("state") != "cancel"
		if open && slices.Contains([]string{"internal", "transit", "customer"}, p.to("location_dest_id").text("usage")) {
			return p
		}
	}
	return record{}
}

// receiptFor lets an open transfer, or a new one, bring the goods of lines; a new one has
// its moves in order of their dates.
func receiptFor(order record, lines []record, quantity func(l record) float64) error {
	var goods []record
	for _, l := range lines {
		if p := l.to("product_id"); p.id != 0 && p.text("type") != "service" && quantity(l) > 0 {
			goods = append(goods, l)
		}
	}
	if len(goods) == 0 {
		return nil
	}
	e := order.e
	kind, group, err := order.to("picking_type_id"), any(nil), error(nil)
	groupModel, groupField := "procurement.group", "group_id"
	if e.DB().Version >= 19 {
		groupModel, groupField = "stock.reference", "reference_ids"
	}
	made := order.e.Get(order.m, order.id, groupField)
	if made.Empty() {
		g, err := add(e, groupModel, map[string]any{"name": order.text("name"), "partner_id": order.int("partner_id")})
		if err != nil {
			return err
		}
		group = g.id
		if groupField == "reference_ids" {
			group = []int64{g.id}
		}
		if err := order.keep(map[string]any{groupField: group}); err != nil {
			return err
		}
	} else if group = any(made.N); groupField == "reference_ids" {
		group = made.L
	}
	from := order.to("partner_id").int("property_stock_supplier")
	if from == 0 {
		from = usageLocation(e, "supplier", false)
	}
	vals := map[string]any{"picking_type_id": kind.id, "partner_id": order.int("partner_id"), "origin": order.text("name"),
		"location_id": from, "location_dest_id": kind.int("default_location_dest_id"), "company_id": order.int("company_id")}
	if groupField == "group_id" {
		vals["group_id"] = group
	}
	picking := openReceipt(order)
	joins := picking.exists()
	if !joins {
		if picking, err = add(e, "stock.picking", vals); err != nil {
			return err
		}
	}
	var moves []record
	for _, l := range goods {
		made, err := movesForLine(l, picking, quantity(l), groupField, group)
		if err != nil {
			return err
		}
		moves = append(moves, made...)
	}
	if err := confirmMoves(moves); err != nil {
		return err
	}
	if joins {
		return assignMoves(moves)
	}
	byDate := slices.Clone(moves)
	slices.SortStableFunc(byDate, func(a, b record) int { return cmp.Compare(a.int("date"), b.int("date")) })
	for i, move := range byDate {
		if err := move.keep(map[string]any{"sequence": 5 * (i + 1)}); err != nil {
			return err
		}
	}
	return assignMoves(moves)
}

// movesForLine are the moves that bring a quantity, in the line's unit, of a line: one,
// or one for each part of a kit.
func movesForLine(l, picking record, quantity float64, groupField string, group any) (moves []record, err error) {
	product := l.to("product_id")
	parts := partsOf(l)
	for _, part := range parts {
		move, err := moveForLine(l, picking, part.product, cents(quantity*part.per), groupField, group)
		if err != nil {
			return nil, err
		}
		moves = append(moves, move)
	}
	if len(parts) > 0 {
		return moves, nil
	}
	move, err := moveForLine(l, picking, product, inUnit(quantity, l.to(unitOfLine(l.e)), product.to("uom_id")), groupField, group)
	return []record{move}, err
}

// moveForLine is the move that brings a quantity, in the product's unit, for a line.
func moveForLine(l, picking, product record, quantity float64, groupField string, group any) (record, error) {
	vals := map[string]any{"picking_id": picking.id, "product_id": product.id, "purchase_line_id": l.id, "name": l.text("name"),
		"product_uom": product.int("uom_id"), "product_uom_qty": quantity,
		"price_unit": l.num("price_unit"), "date": when(l.at("date_planned")), "date_deadline": when(l.at("date_planned"))}
	if group != nil {
		vals[groupField] = group
	}
	return add(l.e, "stock.move", vals)
}

// orderMore lets an open receipt, or a new one, bring what a placed order's line now
// has more than its moves, or no longer bring what it has less.
func orderMore(l record) error {
	if len(partsOf(l)) > 0 {
		return nil // the parts of a kit are not followed here
	}
	moved, unit := 0.0, l.to(unitOfLine(l.e))
	var open []record
	for _, move := range l.all("move_ids") {
		field, sign := "product_uom_qty", 1.0
		switch {
		case move.text("state") == "cancel":
			continue
		case move.text("state") == "done":
			field = doneOfMove(l.e)
		case move.int("origin_returned_move_id") == 0:
			open = append(open, move)
		}
		if move.to("location_dest_id").text("usage") == "supplier" {
			sign = -1
		}
		moved += sign * inUnit(move.num(field), move.to("product_uom"), unit)
	}
	more := cents(l.num("product_qty") - moved)
	if next, any := nextDemand(l); any {
		// purchase_stock's _prepare_stock_moves, 16 to 19: what others wait for is attached
		// to them, and the rest counts by what they take, not by what the line has already.
		next = inUnit(next, l.to("product_id").to("uom_id"), unit)
		more = cents(max(0, next-moved) + l.num("product_qty") - next)
	}
	if isZero(more) || l.to("product_id").text("type") == "service" {
		return nil
	}
	if len(open) > 0 {
		move := open[0]
		demand := max(0, move.num("product_uom_qty")+inUnit(more, unit, move.to("product_uom")))
		if err := release(move); err != nil {
			return err
		}
		if err := move.keep(map[string]any{"product_uom_qty": cents(demand)}); err != nil {
			return err
		}
		if isZero(demand) { // what is to bring nothing more is cancelled, and its transfer where that was all
			return cancelMoves([]record{move})
		}
		return assignMoves([]record{move})
	}
	if more < 0 {
		return nil
	}
	return receiptFor(l.to("order_id"), []record{l}, func(record) float64 { return more })
}

// nextDemand is how much goes on from where a line's goods come, or waits for them, in the
// product's unit; any is false where nothing does.
func nextDemand(l record) (sum float64, any bool) {
	next := l.all("move_dest_ids")
	if len(next) == 0 {
		for _, move := range l.all("move_ids") {
			next = append(next, move.all("move_dest_ids")...)
		}
	}
	for _, move := range next {
		if move.exists() && move.text("state") != "cancel" && move.to("location_dest_id").text("usage") != "supplier" {
			sum, any = sum+move.num("product_qty"), true
		}
	}
	return sum, any
}
