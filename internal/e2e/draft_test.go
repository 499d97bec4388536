package e2e

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	"odoomesh/internal/odooproxy"
	"odoomesh/internal/race"
)

// drafted makes a draft of three lines, each at a price of its own.
func (m *mesh) drafted(t *testing.T, on shelf, mark string) *orderv1.Order {
	t.Helper()
	o := &orderv1.Order{Supplier: supplierName(on.supplier), Origin: mark}
	for i := range 3 {
		o.Lines = append(o.Lines, &orderv1.OrderLine{
			Product: productName(on.product), Quantity: &decimal.Decimal{Value: "10"}, UnitPrice: &money.Money{Units: int64(i + 2), Nanos: 750_000_000},
		})
	}
	made, err := m.orders.CreateOrder(t.Context(), &orderv1.CreateOrderRequest{RequestId: mark + "-draft", Order: o})
	if err != nil {
		t.Fatal(err)
	}
	return made.GetOrder()
}

// inOdoo is what an order's lines say in Odoo, such as "10 at 2.75".
func (p *person) linesInOdoo(t testing.TB, order string) (lines []string) {
	t.Helper()
	for _, r := range p.rows(t, "purchase.order.line", []any{[]any{"order_id", "=", idOf(t, order)}}, []any{"product_qty", "price_unit"}) {
		lines = append(lines, fmt.Sprintf("%v at %v", r["product_qty"], r["price_unit"]))
	}
	slices.Sort(lines)
	return lines
}

// rewritten is an update of a draft: the first line to four, the second goes, the third
// gets another price, and one is added.
func rewritten(o *orderv1.Order, on shelf, id string) *orderv1.UpdateOrderRequest {
	return &orderv1.UpdateOrderRequest{
		RequestId: id, UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"lines", "supplier_reference"}},
		Etag: o.GetEtag(),
		Order: &orderv1.Order{Name: o.GetName(), SupplierReference: "Q-" + id, Lines: []*orderv1.OrderLine{
			{Id: o.GetLines()[0].GetId(), Quantity: &decimal.Decimal{Value: "4"}},
			{Id: o.GetLines()[2].GetId(), UnitPrice: &money.Money{Units: 5}},
			{Product: productName(on.product), Quantity: &decimal.Decimal{Value: "7"}, UnitPrice: &money.Money{Units: 1, Nanos: 250_000_000}},
		}},
	}
}

var afterRewriting = []string{"10 at 5", "4 at 2.75", "7 at 1.25"}

// changesADraft is that a draft says afterwards what it was to say and nothing else: Odoo
// has a price of the supplier's, which it takes where none is given.
func changesADraft(t *testing.T, s *stage) {
	on := shelfOf(t, s.person)
	o := s.drafted(t, on, s.mark+"-update")
	for range 2 {
		r, err := s.orders.UpdateOrder(t.Context(), rewritten(o, on, s.mark+"-u1"))
		if err != nil {
			t.Fatal(err)
		}
		if i := r.GetIntent(); i.GetState() != commandv1.State_STATE_DONE || len(i.GetDeviations())+len(i.GetWarnings()) > 0 || r.GetOrder().GetSupplierReference() != "Q-"+s.mark+"-u1" {
			t.Errorf("%v", r)
		}
		if got := s.linesInOdoo(t, o.GetName()); !slices.Equal(got, afterRewriting) {
			t.Errorf("Odoo has %v, want %v", got, afterRewriting)
		}
	}
	// A client sends back what it has read, with one thing changed.
	whole, err := s.orders.GetOrder(t.Context(), &orderv1.GetOrderRequest{Name: o.GetName(), ReadMode: liveMode})
	if err != nil {
		t.Fatal(err)
	}
	before := proto.CloneOf(whole)
	whole.Lines[0].Quantity.Value = "5"
	r, err := s.orders.UpdateOrder(t.Context(), &orderv1.UpdateOrderRequest{RequestId: s.mark + "-u2", Order: whole})
	if err != nil {
		t.Fatal(err)
	}
	after := proto.CloneOf(r.GetOrder())
	if got := after.GetLines()[0]; got.GetQuantity().GetValue() != "5" || !proto.Equal(got.GetUnitPrice(), before.GetLines()[0].GetUnitPrice()) || !proto.Equal(got.GetRequestedTime(), before.GetLines()[0].GetRequestedTime()) {
		t.Errorf("%v\nwas %v", got, before.GetLines()[0])
	}
	_, err = s.orders.UpdateOrder(t.Context(), &orderv1.UpdateOrderRequest{RequestId: s.mark + "-u3", Order: before})
	if refusalOf(err).reason != "STALE_ETAG" {
		t.Errorf("an order that was read before: %v", err)
	}
	notes := s.rows(t, "mail.message", []any{[]any{"model", "=", "purchase.order"}, []any{"res_id", "=", idOf(t, o.GetName())}, []any{"body", "ilike", "orders.update"}}, []any{"body"})
	if len(notes) != 2 {
		t.Errorf("the notes are %v", notes)
	}
}

// What stands before Odoo spoils both of the calls, before and after the commit: the order
// says once what it was to say.
func TestADraftIsChangedThroughWhatStandsBeforeOdoo(t *testing.T) {
	t.Parallel()
	for _, major := range race.Fewer(16, 19) {
		t.Run(fmt.Sprint(major), func(t *testing.T) {
			t.Parallel()
			p := simulated(t, major, 10)
			proxy, c := behind(t, p)
			m := start(t, c)
			on := shelfOf(t, p)
			for name, trouble := range map[string]odooproxy.Trouble{
				"cut": odooproxy.Cut(), "forbidden": odooproxy.AfterCommit(odooproxy.Forbidden()), "gateway": odooproxy.BadGateway(),
			} {
				o := m.drafted(t, on, p.mark+name)
				end := proxy.Always(firsts(odooproxy.Method("load", "write")).choose, trouble)
				err := insisting(t)(func(ctx context.Context) error {
					_, err := m.orders.UpdateOrder(ctx, rewritten(o, on, name))
					return err
				})
				end()
				if got := p.linesInOdoo(t, o.GetName()); err != nil || !slices.Equal(got, afterRewriting) {
					t.Errorf("%s: %v, Odoo has %v", name, err, got)
				}
			}
		})
	}
}

// The mesh stops between the two calls. What was begun is finished by the next one, unless
// somebody has changed the order meanwhile; and what was done is known from the note, also
// by a mesh that has lost its ledger.
func TestADraftThatWasHalfChanged(t *testing.T) {
	t.Parallel()
	p := simulated(t, 17, 10)
	proxy, c := behind(t, p)
	c.LongestRequest = 3 * time.Second // nothing hangs here
	on := shelfOf(t, p)
	half := func(mark string) *orderv1.Order {
		t.Helper()
		m := start(t, c)
		defer m.stop()
		o := m.drafted(t, on, p.mark+mark)
		reached := make(chan struct{}, 100)
		end := proxy.Always(odooproxy.Method("write"), func(_ odooproxy.Call, w http.ResponseWriter, _ http.Handler) {
			reached <- struct{}{}
			w.WriteHeader(http.StatusBadGateway)
		})
		defer end()
		waiting, leave := context.WithCancel(t.Context())
		go m.orders.UpdateOrder(waiting, rewritten(o, on, mark)) //nolint:errcheck // it is left
		<-reached
		leave()
		return o
	}

	o := half("alone")
	m := start(t, c)
	eventually(t, func() (bool, any) {
		got := p.linesInOdoo(t, o.GetName())
		return slices.Equal(got, afterRewriting), got
	})
	m.stop()

	o = half("changed")
	first := idOf(t, "x/"+o.GetLines()[0].GetId())
	eventually(t, func() (bool, any) { // stamps have whole seconds
		p.write(t, "purchase.order.line", first, map[string]any{"product_qty": 99, "price_unit": 1})
		rows := p.rows(t, "purchase.order.line", []any{[]any{"order_id", "=", idOf(t, o.GetName())}}, []any{"create_date", "write_date"})
		return rows[0]["write_date"].(string) > rows[3]["create_date"].(string), rows
	})
	m = start(t, c)
	eventually(t, func() (bool, any) {
		_, err := m.orders.UpdateOrder(t.Context(), rewritten(o, on, "changed"))
		return refusalOf(err).reason == "ACTION_REQUIRED" && strings.Contains(err.Error(), o.GetLines()[0].GetId()), err
	})
	if got := p.linesInOdoo(t, o.GetName()); !slices.Contains(got, "99 at 1") {
		t.Errorf("Odoo has %v", got)
	}

	o = m.drafted(t, on, p.mark+"lost")
	if _, err := m.orders.UpdateOrder(t.Context(), rewritten(o, on, "lost")); err != nil {
		t.Fatal(err)
	}
	m.stop()
	if err := os.RemoveAll(filepath.Join(c.DataDir, "ledger")); err != nil {
		t.Fatal(err)
	}
	p.write(t, "purchase.order.line", idOf(t, "x/"+o.GetLines()[0].GetId()), map[string]any{"product_qty": 99, "price_unit": 1})
	m = start(t, c)
	r, err := m.orders.UpdateOrder(t.Context(), rewritten(o, on, "lost"))
	if got := p.linesInOdoo(t, o.GetName()); err != nil || !slices.Contains(got, "99 at 1") || len(got) != 3 {
		t.Errorf("%v; %v, Odoo has %v", r, err, got)
	}
	if len(r.GetIntent().GetDeviations()) != 1 {
		t.Errorf("%v", r.GetIntent())
	}
}

// What cannot be meant is refused with the field, and changes nothing.
func TestDraftsAreNotChangedByWhatNobodyMeant(t *testing.T) {
	t.Parallel()
	p := simulated(t, 19, 10)
	m := start(t, settings(t, p))
	on := shelfOf(t, p)
	o := m.drafted(t, on, p.mark)
	other := m.drafted(t, on, p.mark+"other")
	for field, change := range map[string]func(*orderv1.UpdateOrderRequest){
		"order.name":  func(r *orderv1.UpdateOrderRequest) { r.Order.Name = "products/1" },
		"update_mask": func(r *orderv1.UpdateOrderRequest) { r.UpdateMask.Paths = []string{"lines.quantity"} },
		"order.supplier": func(r *orderv1.UpdateOrderRequest) {
			r.UpdateMask.Paths, r.Order.Supplier = []string{"supplier"}, "suppliers/999"
		},
		"order.lines":                             func(r *orderv1.UpdateOrderRequest) { r.Order.Lines = nil },
		"order.lines[0].id":                       func(r *orderv1.UpdateOrderRequest) { r.Order.Lines[0].Id = other.GetLines()[0].GetId() },
		"order.lines[1].id":                       func(r *orderv1.UpdateOrderRequest) { r.Order.Lines[1].Id = r.Order.Lines[0].Id },
		"order.lines[0].quantity":                 func(r *orderv1.UpdateOrderRequest) { r.Order.Lines[0].Quantity.Value = "-1" },
		"order.lines[0].product":                  func(r *orderv1.UpdateOrderRequest) { r.Order.Lines[0].Product = "products/1" },
		"order.lines[1].unit_price":               func(r *orderv1.UpdateOrderRequest) { r.Order.Lines[1].UnitPrice.Units = -1 },
		"order.lines[2].product":                  func(r *orderv1.UpdateOrderRequest) { r.Order.Lines[2].Product = "products/999999" },
		"order.lines[2].received_quantity":        func(r *orderv1.UpdateOrderRequest) { r.Order.Lines[2].ReceivedQuantity = &decimal.Decimal{Value: "1"} },
		"order.lines[2].unit_price.currency_code": func(r *orderv1.UpdateOrderRequest) { r.Order.Lines[2].UnitPrice.CurrencyCode = "XXX" },
	} {
		r := rewritten(o, on, "bad")
		change(r)
		_, err := m.orders.UpdateOrder(t.Context(), r)
		if is := refusalOf(err); is.reason != "INVALID_ARGUMENT" || !slices.Contains(is.fields, field) {
			t.Errorf("%s: %v", field, err)
		}
	}
	validated := rewritten(o, on, "")
	validated.ValidateOnly = true
	shown, err := m.orders.UpdateOrder(t.Context(), validated)
	if err != nil || len(shown.GetIntent().GetCalls()) != 2 {
		t.Errorf("%v, %v", shown, err)
	}
	if got := p.linesInOdoo(t, o.GetName()); !slices.Equal(got, []string{"10 at 2.75", "10 at 3.75", "10 at 4.75"}) {
		t.Errorf("Odoo has %v", got)
	}
	// Over REST the body names what is meant.
	body := fmt.Sprintf(`{"supplierReference": "V-9", "lines": [{"id": %q, "quantity": {"value": "3"}}]}`, o.GetLines()[0].GetId())
	if status, answer := m.sent(t, http.MethodPatch, "/v1/"+o.GetName(), "unseen", body, &orderv1.UpdateOrderResponse{}); status != http.StatusPreconditionRequired || !strings.Contains(answer, "ETAG_REQUIRED") {
		t.Errorf("lines are replaced unseen: %d %s", status, answer)
	}
	body = strings.Replace(body, "{", fmt.Sprintf(`{"etag": %q, `, o.GetEtag()), 1)
	if status, answer := m.sent(t, http.MethodPatch, "/v1/"+o.GetName(), "rest", body, &orderv1.UpdateOrderResponse{}); status != http.StatusOK {
		t.Errorf("%d %s", status, answer)
	}
	if got := p.linesInOdoo(t, o.GetName()); !slices.Equal(got, []string{"3 at 2.75"}) {
		t.Errorf("Odoo has %v", got)
	}
	if _, err := m.orders.ReleaseOrder(t.Context(), &orderv1.ReleaseOrderRequest{RequestId: "release", Name: o.GetName()}); err != nil {
		t.Fatal(err)
	}
	late := rewritten(o, on, "late")
	late.Etag = "*"
	if _, err := m.orders.UpdateOrder(t.Context(), late); refusalOf(err).reason != "BUSINESS_RULE" {
		t.Errorf("a released order: %v", err)
	}
}
