package e2e

import (
	"context"
	"fmt"
	"maps"
	"math"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
)

// is checks that something is as it is to be.
func (l *life) is(what string, got, want any) {
	l.t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		l.t.Errorf("%s: %s: %v, want %v", l.mark, what, got, want)
	}
}

// counted is how many rows of a model have a value: counted in Odoo's database where
// ODOO_PSQL opens it, else asked of Odoo.
func (l *life) counted(model, field, value string) int {
	l.t.Helper()
	command := os.Getenv("ODOO_PSQL")
	if command == "" || l.sim != nil {
		return len(l.rows(l.t, model, []any{[]any{field, "=", value}}, []any{"id"}))
	}
	cmd := exec.Command("sh", "-c", "exec "+command+" -qAtX -v ON_ERROR_STOP=1")
	cmd.Stdin = strings.NewReader(fmt.Sprintf("SELECT count(*) FROM %s WHERE %s = '%s';", tableOf(model), field, value))
	out, err := cmd.CombinedOutput()
	if err != nil {
		l.t.Fatalf("%v: %s", err, out)
	}
	n, err := strconv.Atoi(strings.TrimSpace(string(out)))
	if err != nil {
		l.t.Fatal(err)
	}
	return n
}

// heldInOdoo checks that Odoo holds a life as it was played, once, and nothing else of it.
func (l *life) heldInOdoo() {
	l.t.Helper()
	for _, one := range []struct{ model, field, value string }{
		{"res.partner", "ref", "REF-" + l.mark}, {"res.partner", "ref", "REF-" + l.mark + "-spare"}, {"purchase.order", "origin", l.mark}, {"purchase.order", "origin", l.cancelled},
		{"stock.lot", "name", l.lot("A")}, {"stock.lot", "name", l.lot("B")},
	} {
		l.is(one.model+" "+one.value, l.counted(one.model, one.field, one.value), 1)
	}
	l.is("orders of a suspended supplier", l.counted("purchase.order", "origin", l.mark+"-never"), 0)
	for code, product := range l.products {
		l.is(code, l.counted("product.product", "default_code", code), 1)
		row := l.row(l.t, "product.product", product.id, "name", "active", "default_code")
		l.is(code, []any{row["default_code"], row["name"], row["active"]}, []any{code, product.name, !product.archived})
	}
	supplier := idOf(l.t, l.supplier)
	l.is("the supplier's address", l.row(l.t, "res.partner", supplier, "email")["email"], l.email)
	l.is("the spare supplier is in use", l.row(l.t, "res.partner", idOf(l.t, l.spare), "active")["active"], !l.spareIsGone)
	prices := map[string]float64{}
	for _, r := range l.rows(l.t, "product.supplierinfo", []any{[]any{"partner_id", "=", supplier}}, []any{"product_tmpl_id", "min_qty", "price"}) {
		code := l.rows(l.t, "product.product", []any{[]any{"product_tmpl_id", "=", r.id("product_tmpl_id")}}, []any{"default_code"})[0].text("default_code")
		at := fmt.Sprint(code, " from ", r.number("min_qty"))
		if _, twice := prices[at]; twice {
			l.t.Errorf("%s: there are two prices of %s", l.mark, at)
		}
		prices[at] = r.number("price")
	}
	if !maps.Equal(prices, l.prices) {
		l.t.Errorf("%s: prices are %v, want %v", l.mark, prices, l.prices)
	}
	l.ordered()
	l.moved()
	for _, c := range l.bills {
		l.charged(c)
	}
}

func (l *life) ordered() {
	l.t.Helper()
	b := l.bought
	off := l.rows(l.t, "purchase.order", []any{[]any{"origin", "=", l.cancelled}}, []any{"state", "picking_ids"})[0]
	l.is("what was called off", off["state"], "cancel")
	for _, r := range l.rows(l.t, "stock.picking", []any{[]any{"id", "in", off["picking_ids"]}}, []any{"state"}) {
		l.is("its transfer", r["state"], "cancel")
	}
	order := idOf(l.t, b.order.GetName())
	l.is("the order", l.row(l.t, "purchase.order", order, "state")["state"], "purchase")
	bill := l.billed()
	for code, want := range map[string][]float64{
		l.cannula(): {b.asked, 2.75, b.came - b.back, bill.cannulas}, l.spoon(): {b.spoons, 1.5, b.spoons, bill.spoons}, l.fork(): {b.forks, 4, b.forks, bill.forks},
	} {
		if want[0] == 0 {
			l.is("lines of "+code, len(l.rows(l.t, "purchase.order.line", []any{[]any{"order_id", "=", order}, []any{"product_id", "=", l.products[code].id}}, []any{"id"})), 0)
			continue
		}
		lines := l.rows(l.t, "purchase.order.line", []any{[]any{"order_id", "=", order}, []any{"product_id", "=", l.products[code].id}}, []any{"product_qty", "price_unit", "qty_received", "qty_invoiced"})
		l.is("lines of "+code, len(lines), 1)
		got := []float64{}
		for _, field := range []string{"product_qty", "price_unit", "qty_received", "qty_invoiced"} {
			got = append(got, lines[0].number(field))
		}
		l.is("quantity, price, received and billed of "+code, got, want)
	}
}

// billed is what the order's bill bills in the end, less what was taken back.
func (l *life) billed() charged {
	for _, c := range l.bills {
		if c.cannulas == 0 {
			continue
		}
		left := *c
		for _, r := range c.refunds {
			if r.net == 2.75 {
				left.cannulas--
			} else {
				left.cannulas, left.spoons, left.forks = 0, 0, 0
			}
		}
		return left
	}
	return charged{}
}

// moved checks each movement of the goods, and what lies where.
func (l *life) moved() {
	l.t.Helper()
	b := l.bought
	done := "quantity"
	if l.major < 17 {
		done = "qty_done"
	}
	unlotted := tally{1, b.spoons}
	if b.forks > 0 {
		unlotted.add(b.forks)
	}
	got, want := map[string]tally{}, map[string]tally{
		"A supplier internal": {1, 6}, "B supplier internal": {1, 3}, " supplier internal": unlotted,
		"A internal supplier": {int(b.back), b.back}, "A internal internal": b.moved, "A internal inventory": b.thrown,
	}
	if b.counted.sum > 0 {
		want["A inventory internal"] = b.counted
	} else {
		lost := want["A internal inventory"]
		want["A internal inventory"] = tally{lost.times + b.counted.times, lost.sum - b.counted.sum}
	}
	usage := map[int64]string{}
	for id, r := range l.table(l.t, "stock.location", "usage") {
		usage[id] = r.text("usage")
	}
	products := []any{l.products[l.cannula()].id, l.products[l.spoon()].id, l.products[l.fork()].id}
	letter := func(r raw) string {
		if lot, ok := r["lot_id"].([]any); ok {
			return strings.TrimSuffix(fmt.Sprint(lot[1]), "-"+l.mark)
		}
		return ""
	}
	for _, r := range l.rows(l.t, "stock.move.line", []any{[]any{"product_id", "in", products}, []any{"state", "=", "done"}}, []any{done, "lot_id", "location_id", "location_dest_id"}) {
		at := fmt.Sprint(letter(r), " ", usage[r.id("location_id")], " ", usage[r.id("location_dest_id")])
		c := got[at]
		c.add(r.number(done))
		got[at] = c
	}
	maps.DeleteFunc(want, func(_ string, c tally) bool { return c.times == 0 })
	l.is("movements", got, want)

	there, lies := map[string]float64{}, map[string]float64{fmt.Sprint(" ", l.stock): unlotted.sum}
	for at, n := range b.lies {
		where := l.stock
		if at.ward {
			where = l.ward
		}
		lies[fmt.Sprint(at.lot, " ", where)] = n
	}
	for _, r := range l.rows(l.t, "stock.quant", []any{[]any{"product_id", "in", products}, []any{"location_id.usage", "=", "internal"}}, []any{"quantity", "lot_id", "location_id"}) {
		there[fmt.Sprint(letter(r), " ", r.id("location_id"))] += r.number("quantity")
	}
	nothing := func(_ string, n float64) bool { return math.Abs(n) < 1e-9 }
	maps.DeleteFunc(lies, nothing)
	maps.DeleteFunc(there, nothing)
	l.is("stock", there, lies)
	l.transfers(products)
}

// transfers checks how many documents moved the goods, and that nothing is left of those
// that were refused.
func (l *life) transfers(products []any) {
	l.t.Helper()
	b := l.bought
	states := map[string]int{}
	for _, r := range l.rows(l.t, "stock.picking", []any{[]any{"move_ids.product_id", "in", products}}, []any{"state", "picking_type_code"}) {
		states[r.text("picking_type_code")+" "+r.text("state")]++
	}
	want := map[string]int{"incoming done": 2, "outgoing done": int(b.back), "internal done": b.moved.times + b.thrown.times}
	if !b.closed {
		want["incoming assigned"] = 1
	}
	delete(states, "incoming cancel") // of what was called off, or closed
	maps.DeleteFunc(want, func(_ string, n int) bool { return n == 0 })
	l.is("transfers", states, want)
}

// charged checks a bill and its refunds.
func (l *life) charged(c *charged) {
	l.t.Helper()
	l.is("bills "+c.reference, l.counted("account.move", "ref", c.reference), 1)
	row := l.row(l.t, "account.move", idOf(l.t, c.name), "state", "amount_untaxed", "ref")
	l.is("bill", []any{row["ref"], row["state"], row["amount_untaxed"]}, []any{c.reference, c.state, c.net})
	refunds := l.rows(l.t, "account.move", []any{[]any{"reversed_entry_id", "=", idOf(l.t, c.name)}}, []any{"state", "amount_untaxed", "ref"})
	l.is("refunds of "+c.reference, len(refunds), len(c.refunds))
	for n, r := range c.refunds {
		if n < len(refunds) {
			l.is("refund", []any{refunds[n]["ref"], refunds[n]["state"], refunds[n]["amount_untaxed"]}, []any{r.reference, "posted", r.net})
		}
	}
}

// heldInMesh checks what the mesh keeps of a life.
func (l *life) heldInMesh(ctx context.Context) {
	l.t.Helper()
	b := l.bought
	supplier, err := l.suppliers.GetSupplier(ctx, &supplierv1.GetSupplierRequest{Name: l.supplier})
	if err != nil {
		l.t.Fatal(err)
	}
	want := supplierv1.ApprovalStatus_APPROVAL_STATUS_UNSPECIFIED
	switch {
	case l.suspended:
		want = supplierv1.ApprovalStatus_APPROVAL_STATUS_SUSPENDED
	case l.approvals > 0:
		want = supplierv1.ApprovalStatus_APPROVAL_STATUS_APPROVED
	}
	l.is("approval", supplier.GetApprovalStatus(), want)
	vendor, err := l.vendors.GetApprovedVendor(ctx, &supplierv1.GetApprovedVendorRequest{Name: l.vendor})
	l.is("an approved vendor", []any{err, vendor.GetStatus() == supplierv1.ApprovedVendorStatus_APPROVED_VENDOR_STATUS_APPROVED}, []any{nil, l.inForce})
	receipt, err := l.receipts.GetReceipt(ctx, &receiptv1.GetReceiptRequest{Name: b.receipts[0]})
	l.is("notices and milestones", []any{err, len(receipt.GetAnnouncements()), len(receipt.GetShipment().GetMilestones())}, []any{nil, b.notices, b.milest})
	order, err := l.orders.GetOrder(ctx, &orderv1.GetOrderRequest{Name: b.order.GetName()})
	answers := 0
	for _, line := range order.GetLines() {
		if line.GetAcknowledgement() != nil {
			answers++
		}
	}
	l.is("answers", []any{err, answers}, []any{nil, 2})
	lots, err := l.inventory.ListLots(ctx, &inventoryv1.ListLotsRequest{Filter: fmt.Sprintf("lot_number = %q", l.lot("B"))})
	if err != nil {
		l.t.Fatal(err)
	}
	l.is("held", lots.GetLots()[0].GetHoldState() == inventoryv1.HoldState_HOLD_STATE_HELD, b.held)
}

// told checks that of each command there is one intent, which says what its client was told,
// and that it stands on its document.
func (l *life) told(ledger []*commandv1.Intent) {
	l.t.Helper()
	requests := map[string]bool{}
	for _, i := range ledger {
		if !strings.HasPrefix(i.GetRequestId(), l.mark+"-") {
			continue
		}
		if requests[i.GetRequestId()] {
			l.t.Errorf("%s: there are two intents of %s", l.mark, i.GetRequestId())
		}
		requests[i.GetRequestId()] = true
		answered, row := l.did[i.GetName()] != nil, strings.Contains(i.GetRequestId(), ":")
		if done := i.GetState() == commandv1.State_STATE_DONE; done != (answered || row) {
			l.t.Errorf("%s: answered as done: %v; in the ledger %v", l.mark, answered, i)
		}
		if answered {
			l.timely(l.mark, i, l.undone[i.GetName()])
			l.noted(i)
		}
	}
	for name, i := range l.did {
		if !slices.ContainsFunc(ledger, func(kept *commandv1.Intent) bool { return kept.GetName() == name }) {
			l.t.Errorf("%s: the ledger does not have %v", l.mark, i)
		}
	}
}

// noted checks that who asked for a command stands in Odoo, unless it was told that it could
// not be written. Where the answer to a note was lost it may stand there twice.
func (l *life) noted(i *commandv1.Intent) {
	l.t.Helper()
	if strings.HasPrefix(i.GetCommand(), "approvedVendors.") || i.GetCommand() == "stockPositions.adjust" {
		return // Odoo has no record of the one, and the other stands in its movement
	}
	notes := l.rows(l.t, "mail.message", []any{[]any{"body", "ilike", i.GetName()}}, []any{"res_id", "model"})
	if warned := strings.Contains(strings.Join(i.GetWarnings(), " "), "could not be written"); len(notes) == 0 && !warned || len(notes) > 2 {
		l.t.Errorf("%s: of %v stands in Odoo %v", l.mark, i, notes)
	}
}
