package e2e

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/genproto/googleapis/type/money"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	invoicev1 "odoomesh/gen/go/mesh/invoice/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/odooproxy"
)

// shelf is what purchases through the mesh are about: a supplier, and a product with lots
// and expiry dates.
type shelf struct{ supplier, product int64 }

func shelfOf(t testing.TB, p *person) shelf {
	t.Helper()
	s := shelf{
		supplier: p.create(t, "res.partner", map[string]any{"name": "Purchases " + p.mark, "is_company": true, "supplier_rank": 1}),
		product: p.create(t, "product.product", p.goods(map[string]any{
			"name": "Purchased " + p.mark, "default_code": "PUR-" + p.mark, "tracking": "lot", "use_expiration_date": true, "standard_price": 3.0,
			"purchase_method": "receive",
		})),
	}
	// Odoo learns a supplier's price with the first order; the test is not about that.
	p.create(t, "product.supplierinfo", map[string]any{"partner_id": s.supplier, "product_tmpl_id": p.templateOf(t, s.product), "price": 9.99, "min_qty": 1.0})
	return s
}

// send calls until it is answered: a client that has lost an answer sends the same call
// again.
type send func(call func(ctx context.Context) error) error

// plainly is a client that does not send anything twice.
func plainly(t testing.TB) send {
	return func(call func(ctx context.Context) error) error { return call(t.Context()) }
}

// purchase is one purchase through the mesh, from the order to the posted bill.
type purchase struct {
	mark                    string
	order, receipt, invoice string
	// intents are its commands, in their order.
	intents []*commandv1.Intent
}

// ends is the day on which the lots of purchases expire.
func ends() *date.Date { return &date.Date{Year: 2031, Month: 3, Day: 31} }

// purchased buys ten, of which six come in two lots and are billed.
func purchased(m *mesh, s shelf, mark string, insist send) (*purchase, error) {
	p := &purchase{mark: mark}
	did := func(i *commandv1.Intent) {
		p.intents = slices.DeleteFunc(p.intents, func(sent *commandv1.Intent) bool { return sent.GetName() == i.GetName() })
		p.intents = append(p.intents, i)
	}
	steps := []func(ctx context.Context) error{
		func(ctx context.Context) error {
			r, err := m.orders.CreateOrder(ctx, &orderv1.CreateOrderRequest{RequestId: mark + "-create", Order: &orderv1.Order{
				Supplier: fmt.Sprintf("suppliers/%d", s.supplier), Origin: mark, Lines: []*orderv1.OrderLine{{
					Product: productName(s.product), Quantity: &decimal.Decimal{Value: "10"}, UnitPrice: &money.Money{Units: 2, Nanos: 750_000_000},
				}},
			}})
			if err == nil {
				p.order = r.GetIntent().GetDocument()
				did(r.GetIntent())
			}
			return err
		},
		func(ctx context.Context) error {
			r, err := m.orders.ReleaseOrder(ctx, &orderv1.ReleaseOrderRequest{RequestId: mark + "-release", Name: p.order})
			if err != nil {
				return err
			}
			order, err := m.orders.GetOrder(ctx, &orderv1.GetOrderRequest{Name: p.order, ReadMode: liveMode})
			if err == nil {
				p.receipt = order.GetReceipts()[0]
				did(r.GetIntent())
			}
			return err
		},
		func(ctx context.Context) error {
			receipt, err := m.receipts.GetReceipt(ctx, &receiptv1.GetReceiptRequest{Name: p.receipt, ReadMode: liveMode})
			if err != nil {
				return err
			}
			line := receipt.GetLines()[0].GetId()
			r, err := m.receipts.ReceiveReceipt(ctx, &receiptv1.ReceiveReceiptRequest{RequestId: mark + "-receive", Name: p.receipt, Lines: []*receiptv1.ReceivedLine{
				{LineId: line, Quantity: &decimal.Decimal{Value: "4"}, LotNumber: "A-" + mark, ExpirationDate: ends()},
				{LineId: line, Quantity: &decimal.Decimal{Value: "2"}, LotNumber: "B-" + mark, ExpirationDate: ends()},
			}})
			if err == nil {
				did(r.GetIntent())
			}
			return err
		},
		func(ctx context.Context) error {
			r, err := m.invoices.CreateInvoice(ctx, &invoicev1.CreateInvoiceRequest{RequestId: mark + "-bill", Invoice: &invoicev1.Invoice{
				Orders: []string{p.order}, SupplierReference: "V-" + mark, InvoiceDate: &date.Date{Year: 2026, Month: 11, Day: 28},
			}})
			if err == nil {
				p.invoice = r.GetIntent().GetDocument()
				did(r.GetIntent())
			}
			return err
		},
		func(ctx context.Context) error {
			r, err := m.invoices.PostInvoice(ctx, &invoicev1.PostInvoiceRequest{RequestId: mark + "-post", Name: p.invoice})
			if err == nil {
				did(r.GetIntent())
			}
			return err
		},
	}
	for i, step := range steps {
		if err := insist(step); err != nil {
			return p, fmt.Errorf("step %d of %s: %w", i+1, mark, err)
		}
	}
	return p, nil
}

// heldInOdoo checks that Odoo holds a purchase once, and nothing else of it.
func (p *person) heldInOdoo(t testing.TB, s shelf, b *purchase) {
	t.Helper()
	done := "quantity"
	if p.major < 17 {
		done = "qty_done"
	}
	orders := p.rows(t, "purchase.order", []any{[]any{"origin", "=", b.mark}}, []any{"state", "picking_ids", "invoice_ids", "order_line", "partner_id"})
	if len(orders) != 1 || orders[0]["state"] != "purchase" || len(orders[0]["order_line"].([]any)) != 1 || orders[0].id("partner_id") != s.supplier {
		t.Errorf("%s: orders %v", b.mark, orders)
		return
	}
	line := p.rows(t, "purchase.order.line", []any{[]any{"order_id", "=", orders[0].id("id")}}, []any{"product_qty", "price_unit", "qty_received", "qty_invoiced"})[0]
	for field, want := range map[string]float64{"product_qty": 10, "price_unit": 2.75, "qty_received": 6, "qty_invoiced": 6} {
		if got := line[field].(float64); math.Abs(got-want) > 1e-9 {
			t.Errorf("%s: %s is %v, want %v", b.mark, field, got, want)
		}
	}
	states := map[string]int{}
	for _, r := range p.rows(t, "stock.picking", []any{[]any{"id", "in", orders[0]["picking_ids"]}}, []any{"state"}) {
		states[r["state"].(string)]++
	}
	if states["done"] != 1 || states["assigned"] != 1 || len(states) != 2 {
		t.Errorf("%s: transfers are %v, want one done and its backorder", b.mark, states)
	}
	for lot, want := range map[string]float64{"A-" + b.mark: 4, "B-" + b.mark: 2} {
		lots := p.rows(t, "stock.lot", []any{[]any{"name", "=", lot}}, []any{"expiration_date"})
		if len(lots) != 1 {
			t.Errorf("%s: there are %d lots %s", b.mark, len(lots), lot)
			continue
		}
		sum := 0.0
		for _, r := range p.rows(t, "stock.move.line", []any{[]any{"lot_id", "=", lots[0].id("id")}, []any{"state", "=", "done"}}, []any{done}) {
			sum += r[done].(float64)
		}
		if sum != want {
			t.Errorf("%s: of lot %s %v have come, want %v", b.mark, lot, sum, want)
		}
	}
	bills := p.rows(t, "account.move", []any{[]any{"ref", "=", "V-" + b.mark}}, []any{"state", "amount_untaxed", "move_type"})
	if len(bills) != 1 || bills[0]["state"] != "posted" || math.Abs(bills[0]["amount_untaxed"].(float64)-16.5) > 1e-9 {
		t.Errorf("%s: bills %v", b.mark, bills)
	}
	for model, name := range map[string]string{"purchase.order": b.order, "stock.picking": b.receipt, "account.move": b.invoice} {
		p.signed(t, model, idOf(t, name), b)
	}
}

// signed checks that each command stands once on the document, with who asked for it.
func (p *person) signed(t testing.TB, model string, id int64, b *purchase) {
	t.Helper()
	for _, i := range b.intents {
		if _, about, _ := strings.Cut(i.GetDocument(), "/"); about != fmt.Sprint(id) {
			continue
		}
		notes := p.rows(t, "mail.message", []any{[]any{"model", "=", model}, []any{"res_id", "=", id}, []any{"body", "ilike", i.GetName()}}, []any{"body"})
		collection, _, _ := strings.Cut(i.GetCommand(), ".")
		if of, _, _ := strings.Cut(i.GetDocument(), "/"); of == collection && modelOf[collection] == model && (len(notes) != 1 || !strings.Contains(notes[0]["body"].(string), i.GetPrincipal())) {
			t.Errorf("%s: on %s %d stands of %s: %v", b.mark, model, id, i.GetCommand(), notes)
		}
	}
}

var modelOf = map[string]string{"orders": "purchase.order", "receipts": "stock.picking", "invoices": "account.move"}

// buysThroughTheMesh is the whole way, and that sending each call again changes nothing.
func buysThroughTheMesh(t *testing.T, s *stage) {
	on := shelfOf(t, s.person)
	first, err := purchased(s.mesh, on, s.mark+"-1", plainly(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range first.intents {
		if i.GetState() != commandv1.State_STATE_DONE || len(i.GetDeviations()) > 0 || len(i.GetWarnings()) > 0 {
			t.Errorf("%v", i)
		}
	}
	again, err := purchased(s.mesh, on, s.mark+"-1", plainly(t))
	if err != nil || again.order != first.order || again.receipt != first.receipt || again.invoice != first.invoice {
		t.Errorf("sent again: %+v, %v; want %+v", again, err, first)
	}
	s.heldInOdoo(t, on, first)
	order, err := s.orders.GetOrder(t.Context(), &orderv1.GetOrderRequest{Name: first.order})
	if err != nil || order.GetState() != orderv1.State_STATE_CONFIRMED {
		t.Errorf("%v, %v", order, err)
	}
}

// What stands before Odoo spoils each call that changes something once, before Odoo has
// done it and after: the purchase is in Odoo once.
func TestPurchasesThroughWhatStandsBeforeOdoo(t *testing.T) {
	t.Parallel()
	troubles := map[string]odooproxy.Trouble{
		"a cut answer":                  odooproxy.Cut(),
		"a filter after the commit":     odooproxy.AfterCommit(odooproxy.Forbidden()),
		"a gateway after the commit":    odooproxy.AfterCommit(odooproxy.BadGateway()),
		"a gateway without Odoo":        odooproxy.BadGateway(),
		"a page":                        odooproxy.Page(),
		"a limit":                       odooproxy.TooManyRequests("1"),
		"an exception after the commit": odooproxy.AfterCommit(odooproxy.Raised("ZeroDivisionError", "division by zero")),
		"a race that reads like a rule": odooproxy.AfterCommit(odooproxy.Fault(2, "odoo.exceptions.UserError", "a partner cannot follow twice the same object")),
	}
	calls := odooproxy.Method("load", "button_confirm", "button_validate", "action_post", "unlink", "message_post")
	p := simulated(t, 19, 10)
	proxy, c := behind(t, p)
	m := start(t, c)
	on := shelfOf(t, p)
	n := 0
	for name, trouble := range troubles {
		n++
		mark := fmt.Sprintf("%s-%d", p.mark, n)
		spoiled := firsts(calls)
		end := proxy.Always(spoiled.choose, trouble)
		b, err := purchased(m, on, mark, insisting(t))
		end()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		p.heldInOdoo(t, on, b)
		if len(spoiled.met) < 9 {
			t.Errorf("%s: only %v were spoiled", name, spoiled.met)
		}
	}
}

// insisting sends a call until it is done, as long as its refusal says that it may be
// sent again.
func insisting(t testing.TB) send {
	return func(call func(ctx context.Context) error) error {
		var err error
		for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
			if err = call(t.Context()); err == nil || !mayBeSentAgain(err) {
				return err
			}
			<-time.After(100 * time.Millisecond)
		}
		return err
	}
}

func mayBeSentAgain(err error) bool {
	switch refusalOf(err).reason {
	case "UNKNOWN_OUTCOME", "IN_PROGRESS", "CONTENTION", "ODOO_UNAVAILABLE", "OVERLOADED", "NOT_LOADED", "STALE", "SHUTTING_DOWN", "DEADLINE_EXCEEDED", "CANCELLED", "":
		return true
	}
	return false
}

// liveMode asks Odoo.
var liveMode = &typesv1.ReadMode{Mode: &typesv1.ReadMode_Live{Live: true}}

// served is the address of a handler.
func served(t testing.TB, h http.Handler) string {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.URL
}
