package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	"odoomesh/internal/clock"
	"odoomesh/internal/resource"
)

// posted sends a command over REST, and reads the answer where it is done.
func (m *mesh) posted(t testing.TB, path, key, body string, answer proto.Message) (status int, raw string) {
	t.Helper()
	return m.sent(t, http.MethodPost, path, key, body, answer)
}

func (m *mesh) sent(t testing.TB, method, path, key, body string, answer proto.Message) (status int, raw string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, m.rest+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Idempotency-Key", key)
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if response.StatusCode == http.StatusOK {
		if err := protojson.Unmarshal(text, answer); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
	}
	return response.StatusCode, string(text)
}

// ordered is a released order of two lines, of ten each.
func ordered(t testing.TB, m *mesh, p *person) *orderv1.Order {
	t.Helper()
	on := shelfOf(t, p)
	line := func() *orderv1.OrderLine {
		return &orderv1.OrderLine{Product: productName(on.product), Quantity: &decimal.Decimal{Value: "10"}, UnitPrice: &money.Money{Units: 2, Nanos: 750_000_000}}
	}
	made, err := m.orders.CreateOrder(t.Context(), &orderv1.CreateOrderRequest{RequestId: "create-" + p.mark, Order: &orderv1.Order{
		Supplier: resource.Name("suppliers", on.supplier), Lines: []*orderv1.OrderLine{line(), line()},
	}})
	if err != nil {
		t.Fatal(err)
	}
	name := made.GetIntent().GetDocument()
	_, err = m.orders.AcknowledgeOrder(t.Context(), &orderv1.AcknowledgeOrderRequest{Name: name, RequestId: "too-early", Lines: []*orderv1.AcknowledgedLine{
		{LineId: made.GetOrder().GetLines()[0].GetId(), Status: orderv1.AcknowledgementStatus_ACKNOWLEDGEMENT_STATUS_ACCEPTED},
	}})
	if r := refusalOf(err); r.reason != "BUSINESS_RULE" {
		t.Errorf("of a draft: %v", err)
	}
	if _, err := m.orders.ReleaseOrder(t.Context(), &orderv1.ReleaseOrderRequest{RequestId: "release-" + p.mark, Name: name}); err != nil {
		t.Fatal(err)
	}
	return m.orderOf(t, name)
}

func (m *mesh) orderOf(t testing.TB, name string) *orderv1.Order {
	t.Helper()
	o, err := m.orders.GetOrder(t.Context(), &orderv1.GetOrderRequest{Name: name})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// answers is what an order shows of what its supplier said, in short.
func answers(o *orderv1.Order) string {
	short := func(s orderv1.AcknowledgementStatus) string {
		return strings.TrimPrefix(s.String(), "ACKNOWLEDGEMENT_STATUS_")
	}
	said := []string{short(o.GetAcknowledgementStatus())}
	for _, l := range o.GetLines() {
		a := l.GetAcknowledgement()
		said = append(said, strings.TrimSpace(fmt.Sprintf("%s %s %s", short(a.GetStatus()), a.GetQuantity().GetValue(), a.GetComment())))
	}
	return strings.Join(said, ", ")
}

// A supplier's answer to an order is shown and told at once, is kept once however often it
// is sent, also while Odoo is down, and survives changes in Odoo and a restart.
func TestASupplierAcknowledgesAnOrder(t *testing.T) {
	t.Parallel()
	p := simulated(t, 18, 10)
	c := settings(t, p)
	m := start(t, c)
	o := ordered(t, m, p)
	name, first, second := o.GetName(), o.GetLines()[0].GetId(), o.GetLines()[1].GetId()
	w := m.watchOrders(t, t.Context())
	shows := func(want string) *orderv1.Order {
		t.Helper()
		shown := m.orderOf(t, name)
		if got := answers(shown); got != want {
			t.Errorf("%s shows %q, want %q", name, got, want)
		}
		return shown
	}
	told := func(want string) {
		t.Helper()
		w.next(t, func(r *orderv1.WatchOrdersResponse) bool {
			return r.GetOrder().GetName() == name && answers(r.GetOrder()) == want
		})
	}

	accept := &orderv1.AcknowledgeOrderRequest{Name: name, RequestId: "first", Etag: o.GetEtag(), Lines: []*orderv1.AcknowledgedLine{
		{LineId: first, Status: orderv1.AcknowledgementStatus_ACKNOWLEDGEMENT_STATUS_ACCEPTED, PromisedTime: timestamppb.New(clock.System{}.Now().Add(48 * time.Hour))},
	}}
	done, err := m.orders.AcknowledgeOrder(t.Context(), accept)
	if err != nil || done.GetIntent().GetState() != commandv1.State_STATE_DONE || len(done.GetIntent().GetWarnings()) > 0 {
		t.Fatal(done, err)
	}
	want := "UNSPECIFIED, ACCEPTED 10, UNSPECIFIED"
	if got := answers(done.GetOrder()); got != want {
		t.Errorf("the answer shows %q", got)
	}
	shows(want)
	told(want)
	line := done.GetOrder().GetLines()[0]
	if a := line.GetAcknowledgement(); !proto.Equal(line.GetPromisedTime(), accept.Lines[0].PromisedTime) || !proto.Equal(a.GetPromisedTime(), line.GetPromisedTime()) || a.GetAcknowledgeTime() == nil || a.GetUnitPrice() != nil {
		t.Errorf("the line says %v", line)
	}
	stale := proto.CloneOf(accept)
	stale.RequestId = "stale"
	if _, err := m.orders.AcknowledgeOrder(t.Context(), stale); refusalOf(err).reason != "STALE_ETAG" {
		t.Errorf("of what has changed: %v", err)
	}

	p.sim.Faults().Down(true)
	eventually(t, func() (bool, any) { r := m.ready(t); return !r.Odoo.Reachable, r })
	again, err := m.orders.AcknowledgeOrder(t.Context(), accept)
	if err != nil || !proto.Equal(again.GetIntent(), done.GetIntent()) {
		t.Errorf("sent again: %v, %v", again, err)
	}
	path := "/v1/" + name + ":acknowledge"
	body := fmt.Sprintf(`{"lines": [{"lineId": %q, "status": "ACKNOWLEDGEMENT_STATUS_REJECTED", "comment": "sold out"},
		{"lineId": %q, "status": "ACKNOWLEDGEMENT_STATUS_CHANGED", "quantity": {"value": "8"}, "unitPrice": {"units": "3"}}]}`, second, first)
	want = "REJECTED, CHANGED 8, REJECTED 0 sold out"
	var revised orderv1.AcknowledgeOrderResponse
	for range 2 {
		if code, raw := m.posted(t, path, "second", body, &revised); code != http.StatusOK || answers(revised.GetOrder()) != want {
			t.Fatalf("over REST: %d: %s", code, raw)
		}
	}
	if warnings := revised.GetIntent().GetWarnings(); len(warnings) != 1 || !strings.Contains(warnings[0], "Who asked for it") {
		t.Errorf("without Odoo it warns of %q", warnings)
	}
	told(want)
	if l := shows(want).GetLines()[0]; l.GetPromisedTime() != nil || l.GetAcknowledgement().GetUnitPrice().GetUnits() != 3 || l.GetAcknowledgement().GetUnitPrice().GetCurrencyCode() != o.GetCurrencyCode() {
		t.Errorf("the second answer replaces all of the first: %v", l)
	}
	if code, raw := m.posted(t, path, "second", strings.Replace(body, "sold out", "none", 1), &revised); code != http.StatusUnprocessableEntity {
		t.Errorf("another body: %d: %s", code, raw)
	}
	code, raw := m.posted(t, path, "third", `{"lines": [{"lineId": "999999", "status": "ACKNOWLEDGEMENT_STATUS_ACCEPTED"}]}`, &revised)
	if code != http.StatusBadRequest || !strings.Contains(raw, "lines[0].line_id") {
		t.Errorf("an unknown line: %d: %s", code, raw)
	}
	found, err := m.orders.ListOrders(t.Context(), &orderv1.ListOrdersRequest{Filter: "acknowledgement_status = REJECTED"})
	if err != nil || len(found.GetOrders()) != 1 || found.GetOrders()[0].GetName() != name {
		t.Errorf("rejected are %v, %v", found, err)
	}
	p.sim.Faults().Down(false)
	m.await(t, "ready")

	p.write(t, "purchase.order", idOf(t, name), map[string]any{"partner_ref": "SO-1"})
	eventually(t, func() (bool, any) { o := shows(want); return o.GetSupplierReference() == "SO-1", o })
	m.stop()
	m = start(t, c)
	shows(want)
	if code, raw := m.posted(t, path, "second", body, &revised); code != http.StatusOK || answers(revised.GetOrder()) != want {
		t.Errorf("after a restart: %d: %s", code, raw)
	}
	var history []string
	for change, err := range m.owned.History(t.Context(), "orders", resource.Key(idOf(t, name))) {
		if err != nil {
			t.Fatal(err)
		}
		history = append(history, "intents/"+change.Intent)
	}
	if len(history) != 2 || history[0] != revised.GetIntent().GetName() || history[1] != done.GetIntent().GetName() {
		t.Errorf("its history is %v, want that of %s and %s", history, revised.GetIntent().GetName(), done.GetIntent().GetName())
	}
	if _, err := m.orders.CancelOrder(t.Context(), &orderv1.CancelOrderRequest{Name: name, RequestId: "cancel"}); err != nil {
		t.Fatal(err)
	}
	var refused struct{ Error struct{ Message string } }
	code, raw = m.posted(t, path, "late", body, &revised)
	if err := json.Unmarshal([]byte(raw), &refused); err != nil || code != http.StatusUnprocessableEntity || !strings.Contains(refused.Error.Message, "cancelled") {
		t.Errorf("of a cancelled order: %d: %s", code, raw)
	}
	shows(want)
}
