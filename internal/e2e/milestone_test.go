package e2e

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
	"odoomesh/internal/resource"
)

// shipment is what a receipt shows of its shipment, in short.
func shipment(r *receiptv1.Receipt) string {
	s := r.GetShipment()
	said := []string{s.GetCarrier(), s.GetTrackingNumber()}
	for _, m := range s.GetMilestones() {
		said = append(said, strings.TrimSpace(strings.TrimPrefix(m.GetType().String(), "MILESTONE_TYPE_")+" "+m.GetPlace()))
	}
	return strings.Join(said, ", ")
}

// watchReceipts watches receipts from now on: its first message has come.
func (m *mesh) watchReceipts(t testing.TB) *watcher {
	t.Helper()
	w := follow(t, func(ctx context.Context) (func() (message, error), error) {
		s, err := m.receipts.WatchReceipts(ctx, &receiptv1.WatchReceiptsRequest{})
		if err != nil {
			return nil, err
		}
		return func() (message, error) {
			return received(s.Recv, func(r *receiptv1.WatchReceiptsResponse) message {
				got := message{kind: r.GetChangeType(), position: r.GetPosition()}
				if r.GetReceipt() != nil {
					got.record = r.GetReceipt()
				}
				return got
			})
		}, nil
	})
	w.until(t, "a first message", func(message) bool { return true })
	return w
}

// What a carrier says of a shipment is shown and told at once, comes together in the order
// of time, is kept once however often it is sent, also while Odoo is down, and survives
// changes in Odoo and a restart. What Odoo fills is Odoo's.
func TestACarrierReportsMilestones(t *testing.T) {
	t.Parallel()
	p := simulated(t, 19, 10)
	c := settings(t, p)
	m := start(t, c)
	name := ordered(t, m, p).GetReceipts()[0]
	if _, err := m.receipts.GetReceipt(t.Context(), &receiptv1.GetReceiptRequest{Name: name, ReadMode: liveMode}); err != nil {
		t.Fatal(err)
	}
	w := m.watchReceipts(t)
	shows := func(want string) *receiptv1.Receipt {
		t.Helper()
		r, err := m.receipts.GetReceipt(t.Context(), &receiptv1.GetReceiptRequest{Name: name})
		if err != nil || shipment(r) != want {
			t.Errorf("%s shows %q, want %q (%v)", name, shipment(r), want, err)
		}
		return r
	}
	told := func(want string) {
		t.Helper()
		w.until(t, want, func(m message) bool {
			r, is := m.record.(*receiptv1.Receipt)
			return is && r.GetName() == name && shipment(r) == want
		})
	}

	first := &receiptv1.ReportMilestoneRequest{Name: name, RequestId: "first", Carrier: "Swift", TrackingNumber: "T-" + p.mark, Milestones: []*receiptv1.ReportedMilestone{
		{Type: receiptv1.MilestoneType_MILESTONE_TYPE_IN_TRANSIT, OccurTime: &timestamppb.Timestamp{Seconds: 1_795_000_000}},
	}}
	done, err := m.receipts.ReportMilestone(t.Context(), first)
	if err != nil || done.GetIntent().GetState() != commandv1.State_STATE_DONE || len(done.GetIntent().GetWarnings()) > 0 {
		t.Fatal(done, err)
	}
	want := "Swift, T-" + p.mark + ", IN_TRANSIT"
	if got := shipment(done.GetReceipt()); got != want {
		t.Errorf("the answer shows %q", got)
	}
	told(want)
	found, err := m.receipts.ListReceipts(t.Context(), &receiptv1.ListReceiptsRequest{Filter: fmt.Sprintf("shipment.tracking_number = %q", "T-"+p.mark)})
	if err != nil || len(found.GetReceipts()) != 1 {
		t.Errorf("found by its number are %v, %v", found, err)
	}

	p.sim.Faults().Down(true)
	eventually(t, func() (bool, any) { r := m.ready(t); return !r.Odoo.Reachable, r })
	again, err := m.receipts.ReportMilestone(t.Context(), first)
	if err != nil || !proto.Equal(again.GetIntent(), done.GetIntent()) {
		t.Errorf("sent again: %v, %v", again, err)
	}
	path := "/v1/" + name + ":reportMilestone"
	// One that came before, and the known one once more, with its place.
	body := `{"trackingUrl": "https://carrier.example/1", "milestones": [
		{"type": "MILESTONE_TYPE_IN_TRANSIT", "occurTime": "2026-11-18T10:26:40Z", "place": "Augsburg"},
		{"type": "MILESTONE_TYPE_PICKED_UP", "occurTime": "2026-11-17T08:00:00Z", "place": "Ulm"}]}`
	occurred := first.Milestones[0].GetOccurTime().AsTime().Format("2006-01-02T15:04:05Z")
	body = strings.Replace(body, "2026-11-18T10:26:40Z", occurred, 1)
	want = "Swift, T-" + p.mark + ", PICKED_UP Ulm, IN_TRANSIT Augsburg"
	var second receiptv1.ReportMilestoneResponse
	for range 2 {
		if code, raw := m.posted(t, path, "second", body, &second); code != http.StatusOK || shipment(second.GetReceipt()) != want {
			t.Fatalf("over REST: %d: %s", code, raw)
		}
	}
	told(want)
	shows(want)
	if code, raw := m.posted(t, path, "third", `{"trackingUrl": "ftp://x"}`, &second); code != http.StatusBadRequest || !strings.Contains(raw, "tracking_url") {
		t.Errorf("a link that is none: %d: %s", code, raw)
	}
	p.sim.Faults().Down(false)
	m.await(t, "ready")
	p.write(t, "stock.picking", idOf(t, name), map[string]any{"note": "<p>by the gate</p>"})
	eventually(t, func() (bool, any) { r := shows(want); return r.GetNotes() == "by the gate", r })
	m.stop()

	overlay := filepath.Join(t.TempDir(), "receipt.yaml")
	if err := os.WriteFile(overlay, []byte("domain: receipt\nfields:\n  shipment.carrier: origin\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	mapped := c
	mapped.Overlays = append(mapped.Overlays, overlay)
	m = start(t, mapped)
	code, raw := m.posted(t, path, "fourth", `{"carrier": "Swift"}`, &second)
	if code != http.StatusForbidden || !strings.Contains(raw, "WRONG_OWNER") || !strings.Contains(raw, "shipment.carrier") || !strings.Contains(raw, "ODOO") {
		t.Errorf("what Odoo fills: %d: %s", code, raw)
	}
	m.stop()
	m = start(t, c)
	shows(want)
	if code, raw := m.posted(t, path, "second", body, &second); code != http.StatusOK || shipment(second.GetReceipt()) != want {
		t.Errorf("after restarts: %d: %s", code, raw)
	}
	if kept, err := m.owned.Get("receipts", resource.Key(idOf(t, name))); err != nil || kept.Revision != 2 {
		t.Errorf("the book keeps %+v, %v", kept, err)
	}
	p.call(t, "stock.picking", "action_cancel", []any{[]any{idOf(t, name)}}, nil)
	eventually(t, func() (bool, any) {
		r := shows(want)
		return r.GetState() == receiptv1.State_STATE_CANCELLED, r
	})
	_, err = m.receipts.ReportMilestone(t.Context(), &receiptv1.ReportMilestoneRequest{Name: name, RequestId: "late", Carrier: "Slow"})
	if r := refusalOf(err); r.reason != "BUSINESS_RULE" {
		t.Errorf("of a cancelled receipt: %v", err)
	}
}
