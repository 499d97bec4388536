package e2e

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/grpc/status"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	invoicev1 "odoomesh/gen/go/mesh/invoice/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
	"odoomesh/internal/odooproxy"
)

// People work in Odoo while the mesh does: before a command, between two of its calls, and
// after Odoo has done it and before the mesh hears of that. Each command ends as what is
// true: done, with all that is otherwise than asked; refused, with why; or with what a
// person has to decide. Nothing is there twice.
func TestPeopleWorkBesideCommands(t *testing.T) {
	t.Parallel()
	p := simulated(t, 19, 10)
	workBeside(t, p, p.sim, scenes(p))
}

func TestLivePeopleWorkBesideCommands(t *testing.T) {
	p := live(t)
	workBeside(t, p, before(p.server(t)), scenes(p))
}

// beside is a mesh with somebody between it and Odoo who lets people act in between.
type beside struct {
	*stage
	proxy *odooproxy.Proxy
	on    shelf
}

// scene is one command, and what a person does meanwhile.
type scene struct {
	name, command string
	// when is the moment at which the person acts; nil: before the command is sent.
	when func(b *beside, act func())
	act  func(b *beside, d *documents)
	// want is the reason of the refusal; empty: it is done.
	want string
	// told are parts of the deviations' fields, in their order, or words of the refusal.
	told []string
	// warned is a part of the warnings.
	warned string
	// wrong says what is wrong in Odoo; empty: nothing.
	wrong func(b *beside, d *documents) string
	close bool
	// then is what a person does who was asked: after that the command is done, and tells
	// of finally.
	then    func(b *beside, d *documents)
	finally []string
}

// documents are those of one scene.
type documents struct {
	t                     *testing.T
	mark                  string
	order, transfer, bill int64
	move, orderLine       string
	// product, price and seller are those of scenes about master data.
	product, price, seller int64
}

// ahead lets a person act before Odoo gets a call.
func ahead(model, method string) func(*beside, func()) {
	return func(b *beside, act func()) {
		b.proxy.Next(1, odooproxy.Both(odooproxy.Model(model), odooproxy.Method(method)), func(c odooproxy.Call, w http.ResponseWriter, odoo http.Handler) {
			act()
			odoo.ServeHTTP(w, c.Request)
		})
	}
}

// afterLost lets a person act when Odoo has carried a call out, and loses the answer.
func afterLost(model, method string) func(*beside, func()) {
	return func(b *beside, act func()) {
		b.proxy.Next(1, odooproxy.Both(odooproxy.Model(model), odooproxy.Method(method)), func(c odooproxy.Call, _ http.ResponseWriter, odoo http.Handler) {
			odoo.ServeHTTP(httptest.NewRecorder(), c.Request)
			act()
			panic(http.ErrAbortHandler)
		})
	}
}

func (b *beside) calls(d *documents, model, method string, args []any, kwargs map[string]any) any {
	answer, err := b.client.Call(context.Background(), model, method, args, kwargs)
	if err != nil && !strings.Contains(err.Error(), "cannot marshal None") {
		d.t.Errorf("the person's %s.%s: %v", model, method, err)
	}
	return answer
}

func (b *beside) writes(d *documents, model string, id int64, vals map[string]any) {
	b.calls(d, model, "write", []any{[]any{id}, vals}, nil)
}

func (b *beside) ids(d *documents, model string, domain ...any) (ids []int64) {
	for _, row := range b.rows(d.t, model, domain, []any{"id"}) {
		ids = append(ids, row.id("id"))
	}
	return ids
}

// orderThere is the order that the mesh is about to make, or has.
func (b *beside) orderThere(d *documents) int64 {
	ids := b.ids(d, "purchase.order", []any{"origin", "=", d.mark})
	if len(ids) != 1 {
		d.t.Errorf("there are %d orders", len(ids))
		return 0
	}
	return ids[0]
}

func (b *beside) billThere(d *documents) int64 {
	ids := b.ids(d, "account.move", []any{"ref", "=", "V-" + d.mark})
	if len(ids) != 1 {
		d.t.Errorf("there are %d bills", len(ids))
		return 0
	}
	return ids[0]
}

// count says what is wrong where there are not so many rows.
func (b *beside) count(d *documents, want int, model string, domain ...any) string {
	if n := len(b.ids(d, model, domain...)); n != want {
		return fmt.Sprintf("there are %d rows of %s with %v, want %d", n, model, domain, want)
	}
	return ""
}

func workBeside(t *testing.T, p *person, odoo http.Handler, all []scene) {
	proxy := odooproxy.New(odoo)
	through := *p
	through.url = served(t, proxy)
	c := settings(t, &through)
	c.LongestRequest = 3 * time.Second // nothing hangs here
	if p.sim == nil {
		c.LongestRequest = 30 * time.Second
	}
	b := &beside{&stage{p, start(t, c)}, proxy, shelfOf(t, p)}
	for n, s := range all {
		t.Run(s.command+"/"+s.name, func(t *testing.T) {
			defer proxy.Clear()
			b.plays(t, s, &documents{t: t, mark: fmt.Sprintf("%s-%d", p.mark, n)})
		})
	}
}

func (b *beside) plays(t *testing.T, s scene, d *documents) {
	send := b.prepared(t, s, d)
	act := func() { s.act(b, d) }
	if s.when == nil {
		act()
	} else {
		acted := false
		s.when(b, func() { acted = true; act() })
		defer func() {
			if !acted {
				t.Error("nobody acted")
			}
		}()
	}
	var i *commandv1.Intent
	err := insisting(t)(func(ctx context.Context) (err error) { i, err = send(ctx); return err })
	switch r := refusalOf(err); {
	case r.reason != s.want:
		t.Errorf("it ended with %q: %v %v; want %q", r.reason, i, err, s.want)
	case err != nil:
		for _, word := range s.told {
			if !strings.Contains(status.Convert(err).Message(), word) {
				t.Errorf("the refusal does not tell of %q: %v", word, err)
			}
		}
	default:
		if !slices.EqualFunc(i.GetDeviations(), s.told, tells) {
			t.Errorf("it deviates by %v, want %v", i.GetDeviations(), s.told)
		}
		if warned := strings.Join(i.GetWarnings(), " "); !strings.Contains(warned, s.warned) || (s.warned == "") != (warned == "") {
			t.Errorf("it warns %q, want %q", warned, s.warned)
		}
	}
	if s.wrong != nil {
		if wrong := s.wrong(b, d); wrong != "" {
			t.Error(wrong)
		}
	}
	if s.then != nil {
		s.then(b, d)
		i, err := send(t.Context())
		if err != nil || !slices.EqualFunc(i.GetDeviations(), s.finally, tells) {
			t.Errorf("sent again it ends with %v, %v; want deviations of %v", i, err, s.finally)
		}
	}
}

func tells(d *commandv1.Deviation, part string) bool { return strings.Contains(d.GetField(), part) }

// prepared brings documents to where a command is next, and gives the command.
func (b *beside) prepared(t *testing.T, s scene, d *documents) func(ctx context.Context) (*commandv1.Intent, error) {
	if send := b.master(t, s, d); send != nil {
		return send
	}
	ten := []*orderv1.OrderLine{{Product: productName(b.on.product), Quantity: &decimal.Decimal{Value: "10"}, UnitPrice: &money.Money{Units: 2, Nanos: 750_000_000}}}
	steps := []struct {
		command string
		send    func(ctx context.Context) (*commandv1.Intent, error)
	}{
		{"orders.create", func(ctx context.Context) (*commandv1.Intent, error) {
			r, err := b.orders.CreateOrder(ctx, &orderv1.CreateOrderRequest{RequestId: d.mark + "-create", Order: &orderv1.Order{
				Supplier: supplierName(b.on.supplier), Origin: d.mark, SupplierReference: "R-" + d.mark, Lines: ten,
			}})
			if err == nil {
				d.order = idOf(t, r.GetIntent().GetDocument())
			}
			return r.GetIntent(), err
		}},
		{"orders.release", func(ctx context.Context) (*commandv1.Intent, error) {
			r, err := b.orders.ReleaseOrder(ctx, &orderv1.ReleaseOrderRequest{RequestId: d.mark + "-release", Name: fmt.Sprint("orders/", d.order)})
			return r.GetIntent(), err
		}},
		{"receipts.receive", func(ctx context.Context) (*commandv1.Intent, error) {
			request := &receiptv1.ReceiveReceiptRequest{RequestId: d.mark + "-receive", Name: fmt.Sprint("receipts/", d.transfer), Lines: []*receiptv1.ReceivedLine{
				{LineId: d.move, Quantity: &decimal.Decimal{Value: "4"}, LotNumber: "A-" + d.mark, ExpirationDate: ends()},
				{LineId: d.move, Quantity: &decimal.Decimal{Value: "2"}, LotNumber: "B-" + d.mark, ExpirationDate: ends()},
			}}
			if s.close {
				request.Remainder = receiptv1.Remainder_REMAINDER_CLOSE
			}
			r, err := b.receipts.ReceiveReceipt(ctx, request)
			return r.GetIntent(), err
		}},
		{"invoices.create", func(ctx context.Context) (*commandv1.Intent, error) {
			r, err := b.invoices.CreateInvoice(ctx, &invoicev1.CreateInvoiceRequest{RequestId: d.mark + "-bill", Invoice: &invoicev1.Invoice{
				Orders: []string{fmt.Sprint("orders/", d.order)}, SupplierReference: "V-" + d.mark, InvoiceDate: &date.Date{Year: 2026, Month: 11, Day: 28},
			}})
			if err == nil {
				d.bill = idOf(t, r.GetIntent().GetDocument())
			}
			return r.GetIntent(), err
		}},
		{"invoices.post", func(ctx context.Context) (*commandv1.Intent, error) {
			r, err := b.invoices.PostInvoice(ctx, &invoicev1.PostInvoiceRequest{RequestId: d.mark + "-post", Name: fmt.Sprint("invoices/", d.bill)})
			return r.GetIntent(), err
		}},
	}
	steps = append(steps, struct {
		command string
		send    func(ctx context.Context) (*commandv1.Intent, error)
	}{"invoices.reverse", b.reversing(d)})
	wanted, needs, instead := s.command, s.command, b.cancelling(d)
	switch {
	case wanted == "invoices.cancel":
		needs, instead = "invoices.post", b.cancellingBill(d)
	case wanted == "orders.cancel" && s.close:
		needs = "orders.release"
	case wanted == "orders.cancel":
		needs = "receipts.receive"
	}
	for _, step := range steps {
		if step.command == needs {
			if wanted != needs {
				return instead
			}
			return step.send
		}
		if err := insisting(t)(func(ctx context.Context) error { _, err := step.send(ctx); return err }); err != nil {
			t.Fatalf("%s: %v", step.command, err)
		}
		if step.command == "orders.release" {
			moves := b.rows(t, "stock.move", []any{[]any{"purchase_line_id.order_id", "=", d.order}}, []any{"picking_id", "purchase_line_id"})
			d.transfer, d.move, d.orderLine = moves[0].id("picking_id"), fmt.Sprint(moves[0].id("id")), fmt.Sprint(moves[0].id("purchase_line_id"))
		}
	}
	return nil
}

func (b *beside) cancelling(d *documents) func(ctx context.Context) (*commandv1.Intent, error) {
	return func(ctx context.Context) (*commandv1.Intent, error) {
		r, err := b.orders.CancelOrder(ctx, &orderv1.CancelOrderRequest{RequestId: d.mark + "-cancel", Name: fmt.Sprint("orders/", d.order)})
		return r.GetIntent(), err
	}
}

// A mesh that is stopped after Odoo has made a draft, and that finds it changed, leaves it
// as people have made it: the same request answers what there is, and what differs.
func TestADraftThatIsChangedWhileTheMeshIsAway(t *testing.T) {
	t.Parallel()
	p := simulated(t, 19, 10)
	proxy, c := behind(t, p)
	m := start(t, c)
	on := shelfOf(t, p)
	made := make(chan struct{})
	proxy.Next(1, odooproxy.Both(odooproxy.Model("purchase.order"), odooproxy.Method("load")), func(c odooproxy.Call, _ http.ResponseWriter, odoo http.Handler) {
		odoo.ServeHTTP(httptest.NewRecorder(), c.Request)
		close(made)
		<-c.Request.Context().Done() // the answer never comes
		panic(http.ErrAbortHandler)
	})
	request := &orderv1.CreateOrderRequest{RequestId: "away", Order: &orderv1.Order{Supplier: supplierName(on.supplier), Origin: p.mark, Lines: []*orderv1.OrderLine{{
		Product: productName(on.product), Quantity: &decimal.Decimal{Value: "10"}, UnitPrice: &money.Money{Units: 2},
	}}}}
	ended := make(chan error, 1)
	go func() {
		_, err := m.orders.CreateOrder(context.Background(), request)
		ended <- err
	}()
	<-made
	m.stop()
	if err := <-ended; err == nil {
		t.Error("it was answered")
	}
	order := p.find(t, "purchase.order", "origin", p.mark)
	line := p.find(t, "purchase.order.line", "order_id", order)
	p.write(t, "purchase.order.line", line, map[string]any{"product_qty": 7.0, "price_unit": 2.0})
	m = start(t, c)
	var answer *orderv1.CreateOrderResponse
	if err := insisting(t)(func(ctx context.Context) (err error) { answer, err = m.orders.CreateOrder(ctx, request); return err }); err != nil {
		t.Fatal(err)
	}
	i := answer.GetIntent()
	if i.GetDocument() != fmt.Sprint("orders/", order) || !slices.EqualFunc(i.GetDeviations(), []string{"lines[0].quantity"}, tells) {
		t.Errorf("%v", i)
	}
	if rows := p.rows(t, "purchase.order.line", []any{[]any{"order_id.origin", "=", p.mark}}, []any{"product_qty"}); len(rows) != 1 || rows[0]["product_qty"] != 7.0 {
		t.Errorf("the draft has %v", rows)
	}
}
