package business_test

import (
	"fmt"
	"testing"

	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
	"pgregory.net/rapid"

	eventv1 "odoomesh/gen/go/mesh/event/v1"
	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	invoicev1 "odoomesh/gen/go/mesh/invoice/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
	"odoomesh/internal/business"
)

// state is a record in some state, with what happened according to it, in words.
type state struct {
	collection string
	record     proto.Message
	happened   []string
}

// draw makes a record in any state. The words are Odoo's own facts, written down
// apart from the code that makes the ids.
func draw(t *rapid.T) state {
	id := rapid.IntRange(1, 3).Draw(t, "id")
	when := func(what string) *timestamppb.Timestamp {
		if h := rapid.IntRange(-1, 3).Draw(t, what); h >= 0 {
			return at(h)
		}
		return nil
	}
	text := rapid.SampledFrom([]string{"", "a", "b", "ab"})
	collection := rapid.SampledFrom(business.Collections()).Draw(t, "collection")
	s := state{collection: collection}
	note := func(holds bool, format string, args ...any) {
		if holds {
			s.happened = append(s.happened, fmt.Sprintf(format, args...))
		}
	}
	switch collection {
	case "products":
		p := &productv1.Product{Name: fmt.Sprintf("products/%d", id), CreateTime: when("created"), Sku: text.Draw(t, "sku")}
		s.record = p
		note(true, "created %s %v", p.GetName(), p.GetCreateTime())
	case "suppliers":
		p := &supplierv1.Supplier{Name: fmt.Sprintf("suppliers/%d", id), ApprovalStatus: supplierv1.ApprovalStatus(rapid.IntRange(0, 5).Draw(t, "status")), Note: text.Draw(t, "note")}
		decided := when("decided")
		if decided != nil {
			p.VendorApprovals = []*supplierv1.VendorApproval{{Status: supplierv1.ApprovalStatus_APPROVAL_STATUS_APPROVED, DecideTime: decided}}
		}
		s.record = p
		note(p.ApprovalStatus == 2 || p.ApprovalStatus == 3, "approved %s %d %v", p.GetName(), p.GetApprovalStatus(), decided)
	case "requisitions":
		r := &orderv1.Requisition{Name: fmt.Sprintf("requisitions/%d", id), State: orderv1.RequisitionState(rapid.IntRange(0, 4).Draw(t, "state")), Number: text.Draw(t, "number")}
		s.record = r
		note(r.State == 2 || r.State == 3, "requisition %s", r.GetName())
	case "orders":
		r := &orderv1.Order{Name: fmt.Sprintf("orders/%d", id), State: orderv1.State(rapid.IntRange(0, 5).Draw(t, "state")), ConfirmTime: when("confirmed"), Number: text.Draw(t, "number")}
		s.record = r
		note(r.State == 4, "released %s %v", r.GetName(), r.GetConfirmTime())
	case "receipts":
		r := &receiptv1.Receipt{Name: fmt.Sprintf("receipts/%d", id), State: receiptv1.State(rapid.IntRange(0, 7).Draw(t, "state")), Direction: receiptv1.Direction(rapid.IntRange(0, 2).Draw(t, "way")), DoneTime: when("done")}
		s.record = r
		note(r.State == 6 && r.Direction == 1, "received %s %v", r.GetName(), r.GetDoneTime())
	case "lots":
		l := &inventoryv1.Lot{Name: fmt.Sprintf("lots/%d", id), HoldState: inventoryv1.HoldState(rapid.IntRange(0, 3).Draw(t, "hold")), HoldTime: when("held"), HoldReason: text.Draw(t, "reason")}
		s.record = l
		note(l.HoldState >= 2, "held %s %d %v", l.GetName(), l.GetHoldState(), l.GetHoldTime())
	case "movements":
		place := rapid.SampledFrom([]string{"locations/8", "locations/9", "locations/10", "locations/11"})
		m := &inventoryv1.Movement{Name: fmt.Sprintf("movements/%d", id), Type: inventoryv1.InventoryEventType(rapid.IntRange(0, 9).Draw(t, "type")),
			OdooTransferId: int64(rapid.IntRange(0, 2).Draw(t, "transfer")), MoveTime: when("moved"), Product: "products/1", Lot: rapid.SampledFrom([]string{"", "lots/1"}).Draw(t, "lot"),
			SourceLocation: place.Draw(t, "from"), DestinationLocation: place.Draw(t, "to")}
		s.record = m
		quarantine := func(l string) bool { return l == "locations/9" || l == "locations/10" }
		note(m.Type == 3, "transferred %s", m.GetName())
		note(m.Type == 2 && m.OdooTransferId != 0, "dispatched %d", m.GetOdooTransferId())
		note(quarantine(m.DestinationLocation) && !quarantine(m.SourceLocation), "into hold %s %s", m.GetName(), m.GetLot())
	case "invoices":
		i := &invoicev1.Invoice{Name: fmt.Sprintf("invoices/%d", id), State: invoicev1.State(rapid.IntRange(0, 3).Draw(t, "state")), Number: text.Draw(t, "number"),
			AccountingDate: &date.Date{Year: 2026, Month: 11, Day: int32(rapid.IntRange(1, 2).Draw(t, "day"))}, TotalAmount: &money.Money{CurrencyCode: "EUR", Units: int64(rapid.IntRange(0, 2).Draw(t, "total"))},
			Match: &invoicev1.Match{Verdict: invoicev1.MatchVerdict(rapid.IntRange(0, 3).Draw(t, "verdict"))}, PaymentReference: text.Draw(t, "payment")}
		s.record = i
		posting := fmt.Sprintf("%s %q %d %d", i.GetName(), i.GetNumber(), i.GetAccountingDate().GetDay(), i.GetTotalAmount().GetUnits())
		note(i.State == 2, "posted %s", posting)
		note(i.State == 2 && i.GetMatch().GetVerdict() >= 2, "mismatch %s %d", posting, i.GetMatch().GetVerdict())
	}
	return s
}

// One occurrence has one id, whenever, however often and in whichever order it is
// derived, and no two occurrences share one.
func TestAnOccurrenceAndItsIDAreOne(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		history := rapid.SliceOfN(rapid.Custom(draw), 1, 30).Draw(rt, "history")
		ids, words := map[string]string{}, map[string]string{}
		walk := func(states []state) {
			for _, s := range states {
				events, err := rules.Imply(s.collection, kept(t, s.record))
				if err != nil {
					rt.Fatal(err)
				}
				if len(events) != len(s.happened) {
					rt.Fatalf("%v implies %v, want %q", s.record, events, s.happened)
				}
				for i, e := range events {
					said := s.happened[i]
					if id, known := ids[said]; known && id != e.GetId() {
						rt.Fatalf("%q has the ids %s and %s", said, id, e.GetId())
					}
					if other, known := words[e.GetId()]; known && other != said {
						rt.Fatalf("%q and %q share the id %s", said, other, e.GetId())
					}
					ids[said], words[e.GetId()] = e.GetId(), said
				}
			}
		}
		walk(history)
		walk(history)
		walk(rapid.Permutation(history).Draw(rt, "replay"))
	})
}

// Ids that were told once stay: consumers keep them, and a lost mesh makes them anew.
func TestIDsNeverChange(t *testing.T) {
	for _, tt := range []struct {
		collection string
		record     proto.Message
		want       string
	}{
		{"products", &productv1.Product{Name: "products/3", CreateTime: at(8)}, "e35a4f79-0a13-5dbe-a2a8-580df3e1d915"},
		{"orders", &orderv1.Order{Name: "orders/42", State: orderv1.State_STATE_CONFIRMED, ConfirmTime: at(9)}, "f6fcb178-fda5-5219-b3b7-46801ffa885e"},
		{"movements", &inventoryv1.Movement{Name: "movements/77", Type: inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_TRANSFER}, "7b90ceb3-2ff6-54f0-8ddc-188a8166692c"},
	} {
		events, err := business.Rules{}.Imply(tt.collection, kept(t, tt.record))
		if err != nil {
			t.Fatal(err)
		}
		if len(events) != 1 || events[0].GetId() != tt.want {
			t.Errorf("%v has the id %v, want %s", tt.record, ids(events), tt.want)
		}
	}
}

func ids(events []*eventv1.CloudEvent) (all []string) {
	for _, e := range events {
		all = append(all, e.GetId())
	}
	return all
}
