package e2e

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/protobuf/types/known/timestamppb"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
	"odoomesh/internal/odooproxy"
	"odoomesh/internal/race"
)

// releasedDraft is a released order of three lines of ten.
func (m *mesh) releasedDraft(t *testing.T, on shelf, mark string) *orderv1.Order {
	t.Helper()
	o := m.drafted(t, on, mark)
	r, err := m.orders.ReleaseOrder(t.Context(), &orderv1.ReleaseOrderRequest{RequestId: mark + "-release", Name: o.GetName()})
	if err != nil {
		t.Fatal(err)
	}
	return r.GetOrder()
}

// someday is when the third line is wanted after an amendment.
var someday = time.Date(2031, 5, 6, 7, 8, 0, 0, time.UTC)

// amended is an amendment: the first line to six, the second to twelve at another price,
// the third at another time, and one is added.
func amended(o *orderv1.Order, on shelf, id string) *orderv1.AmendOrderRequest {
	return &orderv1.AmendOrderRequest{RequestId: id, Name: o.GetName(), Lines: []*orderv1.OrderLine{
		{Id: o.GetLines()[0].GetId(), Quantity: &decimal.Decimal{Value: "6"}},
		{Id: o.GetLines()[1].GetId(), Quantity: &decimal.Decimal{Value: "12"}, UnitPrice: &money.Money{Units: 4}},
		{Id: o.GetLines()[2].GetId(), RequestedTime: timestamppb.New(someday)},
		{Product: productName(on.product), Quantity: &decimal.Decimal{Value: "7"}, UnitPrice: &money.Money{Units: 1, Nanos: 250_000_000}},
	}}
}

var afterAmending = []string{"10 at 4.75", "12 at 4", "6 at 2.75", "7 at 1.25"}

// movesInOdoo is what is open of an order's receipts, such as "6", and to where it goes
// where that is not the house.
func (p *person) movesInOdoo(t testing.TB, order string) (moves []string) {
	t.Helper()
	for _, r := range p.rows(t, "stock.move", []any{[]any{"purchase_line_id.order_id", "=", idOf(t, order)}, []any{"state", "not in", []any{"done", "cancel"}}}, []any{"product_uom_qty", "picking_code"}) {
		what := fmt.Sprint(r["product_uom_qty"])
		if r["picking_code"] != "incoming" {
			what += " " + fmt.Sprint(r["picking_code"])
		}
		moves = append(moves, what)
	}
	slices.Sort(moves)
	return moves
}

// amendsAnOrder is that an order that is released says afterwards what it was to say, once,
// and that its receipt follows, of which four have come.
func amendsAnOrder(t *testing.T, s *stage) {
	on := shelfOf(t, s.person)
	o := s.releasedDraft(t, on, s.mark+"-amend")
	receipt, err := s.receipts.GetReceipt(t.Context(), &receiptv1.GetReceiptRequest{Name: o.GetReceipts()[0], ReadMode: liveMode})
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(receipt.GetLines(), func(l *receiptv1.ReceiptLine) bool { return l.GetOrderLineId() == o.GetLines()[0].GetId() })
	_, err = s.receipts.ReceiveReceipt(t.Context(), &receiptv1.ReceiveReceiptRequest{RequestId: s.mark + "-four", Name: receipt.GetName(), Lines: []*receiptv1.ReceivedLine{
		{LineId: receipt.GetLines()[i].GetId(), Quantity: &decimal.Decimal{Value: "4"}, LotNumber: "AM-" + s.mark, ExpirationDate: ends()},
	}})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		r, err := s.orders.AmendOrder(t.Context(), amended(o, on, s.mark+"-a1"))
		if err != nil {
			t.Fatal(err)
		}
		if i := r.GetIntent(); i.GetState() != commandv1.State_STATE_DONE || len(i.GetDeviations()) != 4 || len(i.GetWarnings()) > 0 {
			t.Errorf("%v", i)
		}
		for n, d := range r.GetIntent().GetDeviations() {
			if want := []string{"brings 2 ", "brings 12 ", "by 2031-05-06 07:08:00", "brings 7 "}[n]; d.GetField() != fmt.Sprintf("lines[%d].receipts", n) || !strings.Contains(d.GetFound(), want) {
				t.Errorf("%v, want %q", d, want)
			}
		}
		if got := s.linesInOdoo(t, o.GetName()); !slices.Equal(got, afterAmending) {
			t.Errorf("Odoo has %v, want %v", got, afterAmending)
		}
		if got := s.movesInOdoo(t, o.GetName()); !slices.Equal(got, []string{"10", "12", "2", "7"}) {
			t.Errorf("the receipts bring %v", got)
		}
		if l := r.GetOrder().GetLines()[2]; !l.GetRequestedTime().AsTime().Equal(someday) || r.GetOrder().GetState() != orderv1.State_STATE_CONFIRMED {
			t.Errorf("%v", r.GetOrder())
		}
	}
	// Never less than has come; to what has come, the rest is not wanted any more.
	first := func(quantity string) *orderv1.AmendOrderRequest {
		return &orderv1.AmendOrderRequest{RequestId: s.mark + "-to-" + quantity, Name: o.GetName(), Lines: []*orderv1.OrderLine{{Id: o.GetLines()[0].GetId(), Quantity: &decimal.Decimal{Value: quantity}}}}
	}
	if _, err := s.orders.AmendOrder(t.Context(), first("3.5")); !slices.Contains(refusalOf(err).fields, "lines[0].quantity") {
		t.Errorf("below what has come: %v", err)
	}
	r, err := s.orders.AmendOrder(t.Context(), first("4"))
	if err != nil || len(r.GetIntent().GetDeviations()) != 1 || r.GetIntent().GetDeviations()[0].GetFound() != "nothing more is to come" {
		t.Errorf("%v, %v", r, err)
	}
	// A line of which nothing has come goes by a quantity of nothing.
	none := &orderv1.AmendOrderRequest{RequestId: s.mark + "-none", Name: o.GetName(), Lines: []*orderv1.OrderLine{{Id: o.GetLines()[1].GetId(), Quantity: &decimal.Decimal{Value: "0"}}}}
	if r, err := s.orders.AmendOrder(t.Context(), none); err != nil || len(r.GetIntent().GetWarnings()) > 0 {
		t.Errorf("%v, %v", r, err)
	}
	if got := s.movesInOdoo(t, o.GetName()); !slices.Equal(got, []string{"10", "7"}) {
		t.Errorf("the receipts bring %v", got)
	}
	if notes := s.notesOf(t, "purchase.order", idOf(t, o.GetName()), "orders.amend"); notes != 3 {
		t.Errorf("there are %d notes", notes)
	}
}

// What stands before Odoo spoils both calls, before and after the commit: the order says
// once what it was to say.
func TestAnOrderIsAmendedThroughWhatStandsBeforeOdoo(t *testing.T) {
	t.Parallel()
	for _, major := range race.Fewer(16, 19) {
		t.Run(fmt.Sprint(major), func(t *testing.T) {
			t.Parallel()
			p := simulated(t, major, 10)
			amendsThrough(t, p)
		})
	}
}

func TestLiveAnOrderIsAmendedThroughWhatStandsBeforeOdoo(t *testing.T) {
	p := live(t)
	amendsThrough(t, p)
}

func amendsThrough(t *testing.T, p *person) {
	proxy := odooproxy.New(p.server(t))
	behind := *p
	behind.url = served(t, proxy)
	m := start(t, settings(t, &behind))
	on := shelfOf(t, p)
	for name, trouble := range map[string]odooproxy.Trouble{
		"cut": odooproxy.Cut(), "forbidden": odooproxy.AfterCommit(odooproxy.Forbidden()), "gateway": odooproxy.BadGateway(),
	} {
		o := m.releasedDraft(t, on, p.mark+name)
		end := proxy.Always(firsts(odooproxy.Method("load", "write")).choose, trouble)
		err := insisting(t)(func(ctx context.Context) error {
			_, err := m.orders.AmendOrder(ctx, amended(o, on, name))
			return err
		})
		end()
		if got := p.linesInOdoo(t, o.GetName()); err != nil || !slices.Equal(got, afterAmending) {
			t.Errorf("%s: %v, Odoo has %v", name, err, got)
		}
		if got := p.movesInOdoo(t, o.GetName()); !slices.Equal(got, []string{"10", "12", "6", "7"}) {
			t.Errorf("%s: the receipts bring %v", name, got)
		}
	}
}

// People lock, cancel and receive beside it; and what is half amended is finished, unless
// somebody has changed the order since.
func TestOrdersAreAmendedBesidePeople(t *testing.T) {
	t.Parallel()
	p := simulated(t, 19, 10)
	amendsBesidePeople(t, p)
}

func TestLiveOrdersAreAmendedBesidePeople(t *testing.T) {
	p := live(t)
	amendsBesidePeople(t, p)
}

func amendsBesidePeople(t *testing.T, p *person) {
	proxy := odooproxy.New(p.server(t))
	behind := *p
	behind.url = served(t, proxy)
	c := settings(t, &behind)
	c.LongestRequest = 3 * time.Second // nothing hangs here
	if p.sim == nil {
		c.LongestRequest = 30 * time.Second
	}
	lock := "button_lock"
	if p.major < 19 {
		lock = "button_done"
	}
	m := start(t, c)
	on := shelfOf(t, p)
	for says, press := range map[string]string{"is locked": lock, "in state \"cancel\"": "button_cancel"} {
		o := m.releasedDraft(t, on, p.mark+press)
		p.press(t, "purchase.order", press, idOf(t, o.GetName()), nil)
		if _, err := m.orders.AmendOrder(t.Context(), amended(o, on, press)); refusalOf(err).reason != "BUSINESS_RULE" || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", press, err)
		}
		if got := p.linesInOdoo(t, o.GetName()); len(got) != 3 {
			t.Errorf("%s: Odoo has %v", press, got)
		}
	}
	o := m.releasedDraft(t, on, p.mark+"half")
	reached := make(chan struct{}, 100)
	end := proxy.Always(odooproxy.Method("write"), func(_ odooproxy.Call, w http.ResponseWriter, _ http.Handler) {
		reached <- struct{}{}
		w.WriteHeader(http.StatusBadGateway)
	})
	waiting, leave := context.WithCancel(t.Context())
	go m.orders.AmendOrder(waiting, amended(o, on, "half")) //nolint:errcheck // it is left
	<-reached
	leave()
	m.stop()
	end()
	start(t, c)
	eventually(t, func() (bool, any) {
		got := p.linesInOdoo(t, o.GetName())
		return slices.Equal(got, afterAmending), got
	})
}

// What raises an order to where Odoo wants it approved is refused, whatever the way there;
// what makes it less is not.
func TestALimitOfApprovalHoldsOfAmendments(t *testing.T) {
	t.Parallel()
	p := simulated(t, 17, 10)
	limitsAmendments(t, &stage{p, start(t, settings(t, p))})
}

func TestLiveALimitOfApprovalHoldsOfAmendments(t *testing.T) {
	p := live(t)
	limitsAmendments(t, &stage{p, start(t, settings(t, p))})
}

func limitsAmendments(t *testing.T, s *stage) {
	on := shelfOf(t, s.person)
	o := s.releasedDraft(t, on, s.mark+"-limit") // 112.50 before taxes
	s.limited(t, "two_step", 200)
	defer s.limited(t, "one_step", 5000)
	line := o.GetLines()[0].GetId()
	for name, l := range map[string]*orderv1.OrderLine{
		"more":   {Id: line, Quantity: &decimal.Decimal{Value: "100"}},
		"dearer": {Id: line, UnitPrice: &money.Money{Units: 30}},
		"added":  {Product: productName(on.product), Quantity: &decimal.Decimal{Value: "100"}, UnitPrice: &money.Money{Units: 2}},
	} {
		_, err := s.orders.AmendOrder(t.Context(), &orderv1.AmendOrderRequest{RequestId: s.mark + name, Name: o.GetName(), Lines: []*orderv1.OrderLine{l}})
		if refusalOf(err).reason != "BUSINESS_RULE" || !strings.Contains(err.Error(), "approve") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := s.linesInOdoo(t, o.GetName()); !slices.Equal(got, []string{"10 at 2.75", "10 at 3.75", "10 at 4.75"}) {
		t.Errorf("Odoo has %v", got)
	}
	s.limited(t, "two_step", 50)
	for quantity, reason := range map[string]string{"9": "", "11": "BUSINESS_RULE"} {
		_, err := s.orders.AmendOrder(t.Context(), &orderv1.AmendOrderRequest{RequestId: s.mark + quantity, Name: o.GetName(), Lines: []*orderv1.OrderLine{{Id: line, Quantity: &decimal.Decimal{Value: quantity}}}})
		if refusalOf(err).reason != reason {
			t.Errorf("%s: %v", quantity, err)
		}
	}
}

// limited sets from which total on companies want orders approved.
func (p *person) limited(t testing.TB, kind string, amount float64) {
	t.Helper()
	for _, company := range p.rows(t, "res.company", []any{}, []any{"name"}) {
		p.write(t, "res.company", company.id("id"), map[string]any{"po_double_validation": kind, "po_double_validation_amount": amount})
	}
}
