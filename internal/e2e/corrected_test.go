package e2e

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	eventv1 "odoomesh/gen/go/mesh/event/v1"
	invoicev1 "odoomesh/gen/go/mesh/invoice/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
	"odoomesh/internal/race"
)

// idOf is Odoo's id in the name of a record.
func idOf(t testing.TB, name string) int64 {
	t.Helper()
	_, id, _ := strings.Cut(name, "/")
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// toldOf is how often something was told of a subject.
func (m *mesh) toldOf(t testing.TB, subject string) []*eventv1.CloudEvent {
	t.Helper()
	r, err := m.events().ListEvents(t.Context(), &eventv1.ListEventsRequest{Filter: fmt.Sprintf("subject = %q", subject)})
	if err != nil {
		t.Fatal(err)
	}
	return r.GetEvents()
}

// A bill gets another number, a receipt and an order another date: the records change,
// and nothing happens a second time, also over a restart. A bill that is taken back and
// posted again was posted twice.
func TestWhatIsCorrectedInOdooIsToldOnce(t *testing.T) {
	t.Parallel()
	for _, major := range race.Fewer(17, 19) {
		t.Run(fmt.Sprint(major), func(t *testing.T) {
			p := hospitalAtWork(t, major, 30)
			c := settings(t, p)
			m := start(t, c)
			m.history(t)
			bills, err := m.invoices.ListInvoices(t.Context(), &invoicev1.ListInvoicesRequest{PageSize: 1, Filter: "state = POSTED"})
			if err != nil || len(bills.GetInvoices()) != 1 {
				t.Fatalf("got %v, %v", bills, err)
			}
			receipts, err := m.receipts.ListReceipts(t.Context(), &receiptv1.ListReceiptsRequest{PageSize: 1, Filter: "state = DONE AND direction = RECEIPT"})
			if err != nil || len(receipts.GetReceipts()) != 1 {
				t.Fatalf("got %v, %v", receipts, err)
			}
			orders, err := m.orders.ListOrders(t.Context(), &orderv1.ListOrdersRequest{PageSize: 1, Filter: "state = CONFIRMED"})
			if err != nil || len(orders.GetOrders()) != 1 {
				t.Fatalf("got %v, %v", orders, err)
			}
			bill, receipt, order := bills.GetInvoices()[0].GetName(), receipts.GetReceipts()[0].GetName(), orders.GetOrders()[0].GetName()
			p.write(t, "account.move", idOf(t, bill), map[string]any{"name": "BILL/2026/02/0100"})
			p.write(t, "stock.picking", idOf(t, receipt), map[string]any{"date_done": "2026-01-31 10:00:00"})
			p.write(t, "purchase.order", idOf(t, order), map[string]any{"date_approve": "2026-01-30 10:00:00"})
			eventually(t, func() (bool, any) {
				i, err := m.invoices.GetInvoice(t.Context(), &invoicev1.GetInvoiceRequest{Name: bill})
				return i.GetNumber() == "BILL/2026/02/0100", fmt.Sprint(i.GetNumber(), err)
			})
			m.settled(t, p)
			m.stop()
			m = start(t, c)
			m.settled(t, p)
			for _, subject := range []string{bill, receipt, order} {
				if told := m.toldOf(t, subject); len(told) != 1 {
					t.Errorf("of %s was told %v", subject, told)
				}
			}
			p.press(t, "account.move", "button_draft", idOf(t, bill), nil)
			eventually(t, func() (bool, any) {
				i, err := m.invoices.GetInvoice(t.Context(), &invoicev1.GetInvoiceRequest{Name: bill})
				return i.GetState() == invoicev1.State_STATE_DRAFT, fmt.Sprint(i.GetState(), err)
			})
			p.press(t, "account.move", "action_post", idOf(t, bill), nil)
			eventually(t, func() (bool, any) {
				told := m.toldOf(t, bill)
				return len(told) == 2 && told[1].GetOccurrence() == 2, told
			})
		})
	}
}
