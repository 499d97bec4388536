package e2e

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/genproto/googleapis/type/money"

	operationsv1 "odoomesh/gen/go/mesh/operations/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
)

// What a supplier says of an order and of what is on its way, and how the house settles it,
// is noted in Odoo, and stays with the lines that Odoo keeps through an amendment and a
// receipt of a part.
func TestWhatSuppliersSayIsNotedInOdoo(t *testing.T) {
	t.Parallel()
	p := simulated(t, 16, 10)
	p.user, p.password = "mesh", "mesh"
	suppliersSay(t, p)
}

func TestLiveWhatSuppliersSayIsNotedInOdoo(t *testing.T) { suppliersSay(t, live(t)) }

func suppliersSay(t *testing.T, p *person) {
	on := shelfOf(t, p)
	c := settings(t, p)
	c.AccessFile = filepath.Join(t.TempDir(), "access.yaml")
	accessFileOf(t, c.AccessFile, [2]string{"house", `rights: {"*": [read, write, operate]}`},
		[2]string{"alpha", fmt.Sprintf("roles: [partner], supplier: suppliers/%d", on.supplier)})
	m := start(t, c)
	house, alpha := as(t.Context(), "house"), as(t.Context(), "alpha")
	dec := func(value string) *decimal.Decimal { return &decimal.Decimal{Value: value} }
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ten := func(price int64) *orderv1.OrderLine {
		return &orderv1.OrderLine{Product: productName(on.product), Quantity: dec("10"), UnitPrice: &money.Money{Units: price}}
	}
	made, err := m.orders.CreateOrder(house, &orderv1.CreateOrderRequest{RequestId: p.mark + "-create", Order: &orderv1.Order{
		Supplier: supplierName(on.supplier), Lines: []*orderv1.OrderLine{ten(2), ten(4)},
	}})
	must(err)
	order := made.GetIntent().GetDocument()
	released, err := m.orders.ReleaseOrder(house, &orderv1.ReleaseOrderRequest{RequestId: p.mark + "-release", Name: order})
	must(err)
	lines, receipt := released.GetOrder().GetLines(), released.GetOrder().GetReceipts()[0]
	exceptions := operationsv1.NewExceptionServiceClient(m.conn)
	open := func(kind, subject string, want int) (all []*operationsv1.Exception) {
		t.Helper()
		eventually(t, func() (bool, any) {
			list, err := exceptions.ListExceptions(house, &operationsv1.ListExceptionsRequest{Filter: fmt.Sprintf("kind = %s AND state = OPEN AND subject = %q", kind, subject)})
			all = list.GetExceptions()
			return err == nil && len(all) == want, list
		})
		return all
	}
	noted := func(model, document, command string, want int) {
		t.Helper()
		if got := p.notesOf(t, model, idOf(t, document), command); got != want {
			t.Errorf("of %s there are %d notes of %s, want %d", document, got, command, want)
		}
	}

	// Each line has its answer: one is amended to it, and one taken as it is.
	answered := &orderv1.AcknowledgeOrderRequest{Name: order, RequestId: p.mark + "-answer", Lines: []*orderv1.AcknowledgedLine{
		{LineId: lines[0].GetId(), Status: orderv1.AcknowledgementStatus_ACKNOWLEDGEMENT_STATUS_CHANGED, Quantity: dec("8"), UnitPrice: &money.Money{Units: 3}},
		{LineId: lines[1].GetId(), Status: orderv1.AcknowledgementStatus_ACKNOWLEDGEMENT_STATUS_BACKORDERED, Comment: "from <b>May</b> on"},
	}}
	for range 2 {
		r, err := m.orders.AcknowledgeOrder(alpha, answered)
		if err != nil || len(r.GetIntent().GetWarnings()) > 0 {
			t.Fatalf("%v, %v", r, err)
		}
	}
	noted("purchase.order", order, "orders.acknowledge", 1)
	open("ACKNOWLEDGEMENT_DIFFERENCE", order, 1)
	expected := func() (all []string) {
		r, err := m.receipts.GetReceipt(house, &receiptv1.GetReceiptRequest{Name: receipt, ReadMode: liveMode})
		must(err)
		for _, l := range r.GetLines() {
			all = append(all, l.GetId()+" expects "+l.GetExpectedQuantity().GetValue())
		}
		slices.Sort(all)
		return all
	}
	before := expected()
	_, err = m.receipts.AnnounceReceipt(alpha, &receiptv1.AnnounceReceiptRequest{Name: receipt, RequestId: p.mark + "-gone", Reference: "D0", Lines: []*receiptv1.AnnouncedLine{
		{LineId: strings.Fields(before[0])[0], Quantity: dec("1")},
	}})
	must(err)
	_, err = m.orders.AmendOrder(house, &orderv1.AmendOrderRequest{Name: order, RequestId: p.mark + "-amend", Lines: []*orderv1.OrderLine{
		{Id: lines[0].GetId(), Quantity: dec("8"), UnitPrice: &money.Money{Units: 3}}, {Id: lines[1].GetId(), Quantity: dec("12")},
	}})
	must(err)
	if after := expected(); len(after) != 2 || strings.Fields(after[0])[0] != strings.Fields(before[0])[0] || strings.Fields(after[1])[0] != strings.Fields(before[1])[0] {
		t.Errorf("the lines of the receipt were %v, and are %v", before, after)
	}
	taken, err := m.orders.AcceptAcknowledgement(house, &orderv1.AcceptAcknowledgementRequest{Name: order, RequestId: p.mark + "-take", Reason: "there is enough"})
	if err != nil || len(taken.GetIntent().GetWarnings()) > 0 || taken.GetOrder().GetLines()[1].GetAnswerAcceptance().GetReason() != "there is enough" {
		t.Fatalf("%v, %v", taken, err)
	}
	noted("purchase.order", order, "orders.acceptAcknowledgement", 1)
	open("ACKNOWLEDGEMENT_DIFFERENCE", order, 0)

	// Of six that are announced four come, in the announced lot; the first notice is
	// withdrawn.
	r, err := m.receipts.GetReceipt(house, &receiptv1.GetReceiptRequest{Name: receipt, ReadMode: liveMode})
	must(err)
	at := slices.IndexFunc(r.GetLines(), func(l *receiptv1.ReceiptLine) bool { return l.GetOrderLineId() == lines[0].GetId() })
	line, lot := r.GetLines()[at].GetId(), "AN-"+p.mark
	for range 2 {
		r, err := m.receipts.AnnounceReceipt(alpha, &receiptv1.AnnounceReceiptRequest{Name: receipt, RequestId: p.mark + "-announce", Reference: "D1", Lines: []*receiptv1.AnnouncedLine{
			{LineId: line, Quantity: dec("6"), LotNumber: lot, ExpirationDate: ends(), PackageCode: "340123450000000017"},
		}})
		if err != nil || len(r.GetIntent().GetWarnings()) > 0 || len(r.GetReceipt().GetAnnouncements()) != 2 {
			t.Fatalf("%v, %v", r, err)
		}
	}
	_, err = m.receipts.AnnounceReceipt(alpha, &receiptv1.AnnounceReceiptRequest{Name: receipt, RequestId: p.mark + "-withdraw", Reference: "D0", Withdraw: true})
	must(err)
	noted("stock.picking", receipt, "receipts.announce", 3)
	var came *receiptv1.ReceiveReceiptResponse
	must(insisting(t)(func(ctx context.Context) (err error) {
		came, err = m.receipts.ReceiveReceipt(as(ctx, "house"), &receiptv1.ReceiveReceiptRequest{Name: receipt, RequestId: p.mark + "-receive", Lines: []*receiptv1.ReceivedLine{
			{LineId: line, Quantity: dec("4"), LotNumber: lot, ExpirationDate: ends()},
		}})
		return err
	}))
	if warnings := strings.Join(came.GetIntent().GetWarnings(), " "); !strings.Contains(warnings, "6 were announced, and 4 have come") {
		t.Errorf("received with %q", warnings)
	}
	told := open("ANNOUNCEMENT_DIFFERENCE", receipt, 1)
	_, err = exceptions.AcknowledgeException(house, &operationsv1.AcknowledgeExceptionRequest{Name: told[0].GetName(), Reason: "two were broken"})
	must(err)
	open("ANNOUNCEMENT_DIFFERENCE", receipt, 0)
}
