package e2e

import (
	"fmt"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/genproto/googleapis/type/decimal"

	invoicev1 "odoomesh/gen/go/mesh/invoice/v1"
	operationsv1 "odoomesh/gen/go/mesh/operations/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
	"odoomesh/internal/race"
)

// A bill that does not match what was ordered and received is not posted, is an exception,
// and is posted once somebody has overridden that with a reason.
func TestABillThatDoesNotMatchIsNotPosted(t *testing.T) {
	t.Parallel()
	for _, major := range race.Fewer(16, 19) {
		t.Run(fmt.Sprint(major), func(t *testing.T) {
			t.Parallel()
			matching(t, simulated(t, major, 10))
		})
	}
}

func TestLiveABillThatDoesNotMatchIsNotPosted(t *testing.T) { matching(t, live(t)) }

// outcome waits until an invoice shows an outcome.
func (m *mesh) outcome(t *testing.T, name, verdict string, blocks bool) (i *invoicev1.Invoice) {
	t.Helper()
	eventually(t, func() (bool, any) {
		var err error
		i, err = m.invoices.GetInvoice(t.Context(), &invoicev1.GetInvoiceRequest{Name: name})
		return err == nil && strings.TrimPrefix(i.GetMatch().GetVerdict().String(), "MATCH_VERDICT_") == verdict && i.GetMatch().GetBlocks() == blocks, i.GetMatch()
	})
	return i
}

// followed waits until all that follow the log have come to its end, and say so.
func (m *mesh) followed(t *testing.T) {
	t.Helper()
	for _, follower := range []string{"cache", "stock", "events", "bill_matches", "stock_sums", "order_sums", "delivery_sums", "payable_sums"} {
		eventually(t, func() (bool, any) {
			n := m.metric(t, fmt.Sprintf("mesh_follower_behind_entries{follower=%q}", follower))
			return n == "0", follower + ": " + n
		})
	}
}

// mismatches waits until so many exceptions are open of an invoice.
func (m *mesh) mismatches(t *testing.T, name string, want int) {
	t.Helper()
	exceptions := operationsv1.NewExceptionServiceClient(m.conn)
	eventually(t, func() (bool, any) {
		list, err := exceptions.ListExceptions(t.Context(), &operationsv1.ListExceptionsRequest{Filter: fmt.Sprintf("kind = INVOICE_MISMATCH AND state = OPEN AND subject = %q", name)})
		return err == nil && len(list.GetExceptions()) == want, list
	})
}

func matching(t *testing.T, p *person) {
	c := settings(t, p)
	c.MatchTolerances = nil
	m := start(t, c)
	on := shelfOf(t, p)
	order, receipt := m.bought(t, on, p.mark, "6")
	made, err := m.invoices.CreateInvoice(t.Context(), &invoicev1.CreateInvoiceRequest{RequestId: p.mark + "-bill", Invoice: &invoicev1.Invoice{
		Orders: []string{order}, SupplierReference: "V-" + p.mark, InvoiceDate: &date.Date{Year: 2026, Month: 11, Day: 28},
	}})
	if err != nil {
		t.Fatal(err)
	}
	bill := made.GetIntent().GetDocument()
	if got := made.GetInvoice().GetMatch(); got.GetVerdict() != invoicev1.MatchVerdict_MATCH_VERDICT_MATCHED || got.GetBlocks() || len(got.GetLines()) != 1 || got.GetLines()[0].GetReceivedQuantity().GetValue() != "6" {
		t.Errorf("as it was made it shows %v", got)
	}
	post := &invoicev1.PostInvoiceRequest{Name: bill, RequestId: p.mark + "-post"}
	only := &invoicev1.PostInvoiceRequest{Name: bill, ValidateOnly: true}
	if r, err := m.invoices.PostInvoice(t.Context(), only); err != nil || r.GetMatch().GetVerdict() != invoicev1.MatchVerdict_MATCH_VERDICT_MATCHED {
		t.Errorf("validated: %v, %v", r, err)
	}

	// The supplier bills two more, at another price.
	row := p.rows(t, "account.move.line", []any{[]any{"move_id", "=", idOf(t, bill)}, []any{"display_type", "=", "product"}}, []any{"id"})[0].id("id")
	p.write(t, "account.move", idOf(t, bill), map[string]any{"invoice_line_ids": []any{[]any{1, row, map[string]any{"quantity": 8.0, "price_unit": 3.0}}}})
	for n, request := range []*invoicev1.PostInvoiceRequest{post, only} {
		_, err := m.invoices.PostInvoice(t.Context(), request)
		text := fmt.Sprint(err)
		if refusalOf(err).reason != "BUSINESS_RULE" || !strings.Contains(text, "8 ") || !strings.Contains(text, "and 6 have come") || !strings.Contains(text, "3 on the bill, and 2 on the order") {
			t.Errorf("%d: %v", n, err)
		}
	}
	shown := m.outcome(t, bill, "QUANTITY_AND_PRICE_DIFFER", true)
	m.mismatches(t, bill, 1)
	if state := p.rows(t, "account.move", []any{[]any{"id", "=", idOf(t, bill)}}, []any{"state"})[0].text("state"); state != "draft" {
		t.Fatalf("it is %s", state)
	}

	say := &invoicev1.OverrideMatchRequest{Name: bill, RequestId: p.mark + "-override", Reason: "agreed by phone <b> & written", Etag: shown.GetEtag()}
	for range 2 {
		r, err := m.invoices.OverrideMatch(t.Context(), say)
		if o := r.GetInvoice().GetMatch().GetOverride(); err != nil || o.GetReason() != say.GetReason() || o.GetPrincipal() == "" || o.GetOverrideTime() == nil || r.GetInvoice().GetMatch().GetBlocks() {
			t.Fatalf("%v, %v", r, err)
		}
	}
	m.mismatches(t, bill, 0)
	notes := fmt.Sprint(p.rows(t, "mail.message", []any{[]any{"model", "=", "account.move"}, []any{"res_id", "=", idOf(t, bill)}, []any{"body", "ilike", "overrideMatch"}}, []any{"body"}))
	if strings.Count(notes, "agreed by phone") != 1 || p.sim == nil && !strings.Contains(notes, "&lt;b&gt;") {
		t.Errorf("Odoo has the notes %s", notes)
	}
	// A third more is not what was let pass.
	p.write(t, "account.move", idOf(t, bill), map[string]any{"invoice_line_ids": []any{[]any{1, row, map[string]any{"quantity": 9.0}}}})
	if _, err := m.invoices.PostInvoice(t.Context(), only); refusalOf(err).reason != "BUSINESS_RULE" {
		t.Errorf("more than was let pass: %v", err)
	}
	p.write(t, "account.move", idOf(t, bill), map[string]any{"invoice_line_ids": []any{[]any{1, row, map[string]any{"quantity": 8.0}}}})
	m.outcome(t, bill, "QUANTITY_AND_PRICE_DIFFER", false)
	post.RequestId += "-2"
	if r, err := m.invoices.PostInvoice(t.Context(), post); err != nil || r.GetInvoice().GetState() != invoicev1.State_STATE_POSTED {
		t.Fatalf("%v, %v", r, err)
	}

	// What people bill before it comes is let pass when it has come.
	early := p.create(t, "account.move", map[string]any{"move_type": "in_invoice", "partner_id": on.supplier, "invoice_date": "2026-11-29", "invoice_line_ids": []any{[]any{0, 0, map[string]any{
		"name": "rest", "product_id": on.product, "quantity": 2.0, "price_unit": 2.0, "tax_ids": []any{}, "purchase_line_id": p.rows(t, "purchase.order.line", []any{[]any{"order_id", "=", idOf(t, order)}}, []any{"id"})[0].id("id"),
	}}}})
	name := fmt.Sprint("invoices/", early)
	m.outcome(t, name, "QUANTITY_DIFFERS", true)
	m.receive(t, receipt, p.mark+"-rest", "4", "C-"+p.mark)
	m.outcome(t, name, "MATCHED", false)
	if _, err := m.invoices.PostInvoice(t.Context(), &invoicev1.PostInvoiceRequest{Name: name, RequestId: p.mark + "-early"}); err != nil {
		t.Error(err)
	}
	m.followed(t)
	billsAsOrdered(t, p, m, on)
}

// billsAsOrdered is that a product that comes to be billed as ordered lets its bills pass,
// and that what Odoo says of it now counts when one is posted.
func billsAsOrdered(t *testing.T, p *person, m *mesh, on shelf) {
	receipt, _ := m.ordered(t, on, p.mark+"-ahead")
	order := p.rows(t, "stock.picking", []any{[]any{"id", "=", idOf(t, receipt)}}, []any{"purchase_id"})[0].id("purchase_id")
	made := p.create(t, "account.move", map[string]any{"move_type": "in_invoice", "partner_id": on.supplier, "invoice_date": "2026-11-29", "invoice_line_ids": []any{[]any{0, 0, map[string]any{
		"name": "ahead", "product_id": on.product, "quantity": 10.0, "price_unit": 2.0, "tax_ids": []any{}, "purchase_line_id": p.rows(t, "purchase.order.line", []any{[]any{"order_id", "=", order}}, []any{"id"})[0].id("id"),
	}}}})
	name := fmt.Sprint("invoices/", made)
	m.outcome(t, name, "NOT_RECEIVED", true)
	p.write(t, "product.template", p.templateOf(t, on.product), map[string]any{"purchase_method": "purchase"})
	m.outcome(t, name, "MATCHED", false)
	p.write(t, "product.template", p.templateOf(t, on.product), map[string]any{"purchase_method": "receive"})
	if _, err := m.invoices.PostInvoice(t.Context(), &invoicev1.PostInvoiceRequest{Name: name, RequestId: p.mark + "-ahead-post"}); refusalOf(err).reason != "BUSINESS_RULE" || !strings.Contains(err.Error(), "0 have come") {
		t.Errorf("billed as received again: %v", err)
	}
	m.outcome(t, name, "NOT_RECEIVED", true)
}

// bought orders ten, releases them, and receives so many; it answers the order, and the
// receipt that waits for the rest.
func (m *mesh) bought(t *testing.T, on shelf, mark, received string) (order, rest string) {
	t.Helper()
	receipt, _ := m.ordered(t, on, mark)
	r, err := m.receipts.GetReceipt(t.Context(), &receiptv1.GetReceiptRequest{Name: receipt, ReadMode: liveMode})
	if err != nil {
		t.Fatal(err)
	}
	order = r.GetOrders()[0]
	m.receive(t, receipt, mark+"-receive", received, "A-"+mark)
	o, err := m.orders.GetOrder(t.Context(), &orderv1.GetOrderRequest{Name: order, ReadMode: liveMode})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range o.GetReceipts() {
		if name != receipt {
			rest = name
		}
	}
	return order, rest
}

// receive books so much of a lot of a receipt's first line.
func (m *mesh) receive(t *testing.T, receipt, id, quantity, lot string) {
	t.Helper()
	r, err := m.receipts.GetReceipt(t.Context(), &receiptv1.GetReceiptRequest{Name: receipt, ReadMode: liveMode})
	if err == nil {
		_, err = m.receipts.ReceiveReceipt(t.Context(), &receiptv1.ReceiveReceiptRequest{RequestId: id, Name: receipt, Lines: []*receiptv1.ReceivedLine{
			{LineId: r.GetLines()[0].GetId(), Quantity: &decimal.Decimal{Value: quantity}, LotNumber: lot, ExpirationDate: ends()},
		}})
	}
	if err != nil {
		t.Fatal(err)
	}
}
