package e2e

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	operationsv1 "odoomesh/gen/go/mesh/operations/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
)

// Partners answer their orders, announce what is on its way and report where it is, of what
// they meet and nothing else, also while Odoo is down; what comes otherwise is told until
// somebody settles it.
func TestPartnersSayWhatIsTheirs(t *testing.T) {
	t.Parallel()
	p := simulated(t, 19, 10)
	on := shelfOf(t, p)
	bought := func(supplier int64) (order, receipt string) {
		id := p.create(t, "purchase.order", map[string]any{"partner_id": supplier, "order_line": []any{
			[]any{int64(0), int64(0), map[string]any{"product_id": on.product, "product_qty": 10.0, "price_unit": 2.0}},
		}})
		p.call(t, "purchase.order", "button_confirm", []any{[]any{id}}, nil)
		return fmt.Sprintf("orders/%d", id), fmt.Sprintf("receipts/%d", p.row(t, "purchase.order", id, "picking_ids").ids("picking_ids")[0])
	}
	order, receipt := bought(on.supplier)
	foreignOrder, foreignReceipt := bought(p.create(t, "res.partner", map[string]any{"name": "Betaforeign", "supplier_rank": 1}))
	c := settings(t, p)
	c.AccessFile = filepath.Join(t.TempDir(), "access.yaml")
	accessFileOf(t, c.AccessFile, [2]string{"house", `rights: {"*": [read, write, operate]}`},
		[2]string{"alpha", fmt.Sprintf("roles: [partner], supplier: suppliers/%d, hide_prices: true", on.supplier)},
		[2]string{"swift", "roles: [carrier], carrier: Swift"}, [2]string{"eager", `rights: {"*": [read, write, operate]}, carrier: Swift`})
	m := start(t, c)
	n := &narrowed{mesh: m}
	alpha, house, swift := n.as(t, "alpha"), n.as(t, "house"), n.as(t, "swift")
	shown, err := m.receipts.GetReceipt(alpha, &receiptv1.GetReceiptRequest{Name: receipt})
	if err != nil {
		t.Fatal(err)
	}
	line := shown.GetLines()[0].GetId()
	dec := func(value string) *decimal.Decimal { return &decimal.Decimal{Value: value} }
	notice := func(name, reference, quantity string) *receiptv1.AnnounceReceiptRequest {
		return &receiptv1.AnnounceReceiptRequest{Name: name, RequestId: reference + quantity, Reference: reference, Lines: []*receiptv1.AnnouncedLine{
			{LineId: line, Quantity: dec(quantity), LotNumber: "L1", ExpirationDate: &date.Date{Year: 2031, Month: 3}, PackageCode: "340123450000000017"},
		}}
	}
	answer := func(name, id string, price *money.Money) *orderv1.AcknowledgeOrderRequest {
		o, err := m.orders.GetOrder(house, &orderv1.GetOrderRequest{Name: order})
		if err != nil {
			t.Fatal(err)
		}
		return &orderv1.AcknowledgeOrderRequest{Name: name, RequestId: id, Lines: []*orderv1.AcknowledgedLine{
			{LineId: o.GetLines()[0].GetId(), Status: orderv1.AcknowledgementStatus_ACKNOWLEDGEMENT_STATUS_CHANGED, Quantity: dec("8"), UnitPrice: price},
		}}
	}
	milestone := func(name, id, carrier string) *receiptv1.ReportMilestoneRequest {
		return &receiptv1.ReportMilestoneRequest{Name: name, RequestId: id, Carrier: carrier, TrackingNumber: "T-" + id}
	}

	// What is foreign is answered as what does not exist.
	var texts []string
	for _, name := range []string{foreignReceipt, "receipts/2000000000"} {
		_, announced := m.receipts.AnnounceReceipt(alpha, notice(name, "F", "1"))
		_, reported := m.receipts.ReportMilestone(swift, milestone(name, "f", ""))
		texts = append(texts, strings.ReplaceAll(fmt.Sprint(status.Convert(announced).Code(), announced, reported), name, "X"))
	}
	for _, name := range []string{foreignOrder, "orders/2000000000"} {
		_, err := m.orders.AcknowledgeOrder(alpha, answer(name, "f", nil))
		texts = append(texts, strings.ReplaceAll(fmt.Sprint(err), name, "X"))
	}
	if texts[0] != texts[1] || texts[2] != texts[3] || !strings.Contains(texts[0], "NotFound") || !strings.Contains(texts[2], "NotFound") {
		t.Errorf("%q", texts)
	}
	// Nor can an etag, a price or another carrier be given.
	stale := notice(receipt, "E", "1")
	stale.Etag = shown.GetEtag()
	_, err = m.receipts.AnnounceReceipt(alpha, stale)
	if r := refusalOf(err); r.reason != "INVALID_ARGUMENT" || !strings.Contains(err.Error(), "etag") {
		t.Errorf("an etag: %v", err)
	}
	_, err = m.receipts.AnnounceReceipt(metadata.AppendToOutgoingContext(alpha, "if-match", shown.GetEtag()), notice(receipt, "E", "1"))
	if r := refusalOf(err); r.reason != "INVALID_ARGUMENT" {
		t.Errorf("an etag in a header: %v", err)
	}
	_, err = m.orders.AcknowledgeOrder(alpha, answer(order, "p", &money.Money{Units: 3}))
	if r := refusalOf(err); r.reason != "INVALID_ARGUMENT" || !strings.Contains(err.Error(), "lines[0].unit_price") {
		t.Errorf("a price: %v", err)
	}

	p.sim.Faults().Down(true)
	eventually(t, func() (bool, any) { r := m.ready(t); return !r.Odoo.Reachable, r })
	did, err := m.receipts.AnnounceReceipt(alpha, notice(receipt, "A", "6"))
	if err != nil || len(did.GetReceipt().GetAnnouncements()) == 0 || did.GetIntent().GetEvidence() != "" || len(did.GetIntent().GetCalls()) > 0 {
		t.Fatalf("announced: %v, %v", did, err)
	}
	for _, w := range did.GetIntent().GetWarnings() {
		if w != "Who asked for it could not be written into Odoo." {
			t.Errorf("a warning: %q", w)
		}
	}
	answered, err := m.orders.AcknowledgeOrder(alpha, answer(order, "a", nil))
	if err != nil || strings.Contains(protojson.Format(answered), `"units"`) || answered.GetOrder().GetLines()[0].GetAcknowledgement().GetQuantity().GetValue() != "8" {
		t.Errorf("answered: %v, %v", answered, err)
	}
	p.sim.Faults().Down(false)
	m.await(t, "ready")

	// The house says who brings it; from then on the carrier does.
	if _, err := m.receipts.ReportMilestone(swift, milestone(receipt, "early", "")); refusalOf(err).reason != "NOT_FOUND" {
		t.Errorf("of a shipment that is not its own: %v", err)
	}
	if _, err := m.receipts.ReportMilestone(house, milestone(receipt, "house", "Swift")); err != nil {
		t.Fatal(err)
	}
	told, err := m.receipts.ReportMilestone(swift, milestone(receipt, "own", "Swift"))
	if err != nil || told.GetReceipt().GetShipment().GetTrackingNumber() != "T-own" || len(told.GetReceipt().GetLines())+len(told.GetReceipt().GetAnnouncements()) > 0 {
		t.Errorf("reported: %v, %v", told, err)
	}
	if _, err := m.receipts.ReportMilestone(swift, milestone(receipt, "other", "Slow")); refusalOf(err).reason != "INVALID_ARGUMENT" {
		t.Errorf("in another's name: %v", err)
	}
	if _, err := m.receipts.AnnounceReceipt(n.as(t, "eager"), notice(receipt, "C", "1")); refusalOf(err).reason != "NOT_PERMITTED" {
		t.Errorf("a carrier about lines: %v", err)
	}
	// Each meets its own intents.
	intents := commandv1.NewIntentServiceClient(m.conn)
	list, err := intents.ListIntents(n.as(t, "eager"), &commandv1.ListIntentsRequest{})
	if err != nil || len(list.GetIntents()) > 0 {
		t.Errorf("others' intents: %v, %v", list, err)
	}
	if _, err := intents.GetIntent(swift, &commandv1.GetIntentRequest{Name: did.GetIntent().GetName()}); refusalOf(err).reason != "NOT_FOUND" {
		t.Errorf("another's intent: %v", err)
	}
	if own, err := intents.GetIntent(alpha, &commandv1.GetIntentRequest{Name: did.GetIntent().GetName()}); err != nil || own.GetEvidence() != "" {
		t.Errorf("its own intent: %v, %v", own, err)
	}

	// Four of the six come.
	came, err := m.receipts.ReceiveReceipt(house, &receiptv1.ReceiveReceiptRequest{Name: receipt, RequestId: "gr", Lines: []*receiptv1.ReceivedLine{
		{LineId: line, Quantity: dec("4"), LotNumber: "L1", ExpirationDate: &date.Date{Year: 2031, Month: 3}},
	}})
	if err != nil || !strings.Contains(strings.Join(came.GetIntent().GetWarnings(), " "), "6 were announced, and 4 have come") {
		t.Fatalf("received: %v, %v", came, err)
	}
	exceptions := operationsv1.NewExceptionServiceClient(m.conn)
	var open *operationsv1.Exception
	shows := func(state string, many int) {
		t.Helper()
		eventually(t, func() (bool, any) {
			list, err := exceptions.ListExceptions(house, &operationsv1.ListExceptionsRequest{Filter: "kind = ANNOUNCEMENT_DIFFERENCE AND state = " + state})
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range list.GetExceptions() {
				open = e
			}
			return len(list.GetExceptions()) == many, list
		})
	}
	shows("OPEN", 1)
	if _, err := exceptions.AcknowledgeException(house, &operationsv1.AcknowledgeExceptionRequest{Name: open.GetName(), Reason: "two were broken"}); err != nil {
		t.Fatal(err)
	}
	shows("CLOSED", 1)
	whole, err := m.receipts.GetReceipt(house, &receiptv1.GetReceiptRequest{Name: receipt})
	if err != nil || whole.GetAnnouncementSettlement().GetReason() != "two were broken" {
		t.Errorf("settled: %v, %v", whole.GetAnnouncementSettlement(), err)
	}
	if mine, err := m.receipts.GetReceipt(alpha, &receiptv1.GetReceiptRequest{Name: receipt}); err != nil || mine.GetAnnouncementSettlement() != nil {
		t.Errorf("the supplier is told: %v, %v", mine.GetAnnouncementSettlement(), err)
	}
}
