package rules_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"
	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
	"pgregory.net/rapid"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	invoicev1 "odoomesh/gen/go/mesh/invoice/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
	"odoomesh/services/event/rules"
)

// state is a record in some state, with what holds of it, in words.
type state struct {
	collection string
	record     proto.Message
	holds      []words
}

// words are a condition, and the way in which it holds; empty where it does not.
type words struct{ condition, way string }

// draw makes a record in any state. The words are Odoo's own facts, written down apart
// from the code that makes the conditions. What people correct is not among them.
func draw(t *rapid.T) state {
	id := rapid.IntRange(1, 3).Draw(t, "id")
	when := func(what string) *timestamppb.Timestamp {
		if h := rapid.IntRange(-1, 3).Draw(t, what); h >= 0 {
			return at(h)
		}
		return nil
	}
	text := rapid.SampledFrom([]string{"", "a", "b", "ab"})
	collection := rapid.SampledFrom(rules.Collections()).Draw(t, "collection")
	s := state{collection: collection}
	// say adds a condition where it is known, and the way where it holds.
	say := func(known, holds bool, way, format string, args ...any) {
		if !known {
			return
		}
		w := words{condition: fmt.Sprintf(format, args...)}
		if holds {
			w.way = way
		}
		s.holds = append(s.holds, w)
	}
	switch collection {
	case "products":
		p := &productv1.Product{Name: fmt.Sprintf("products/%d", id), CreateTime: when("created"), Sku: text.Draw(t, "sku")}
		s.record = p
		say(true, true, "yes", "created %s", p.GetName())
	case "suppliers":
		p := &supplierv1.Supplier{Name: fmt.Sprintf("suppliers/%d", id), ApprovalStatus: supplierv1.ApprovalStatus(rapid.IntRange(0, 5).Draw(t, "status")), Note: text.Draw(t, "note")}
		if decided := when("decided"); decided != nil {
			p.VendorApprovals = []*supplierv1.VendorApproval{{Status: supplierv1.ApprovalStatus_APPROVAL_STATUS_APPROVED, DecideTime: decided}}
		}
		s.record = p
		say(true, p.ApprovalStatus == 2 || p.ApprovalStatus == 3, fmt.Sprint(p.ApprovalStatus), "approved %s", p.GetName())
	case "requisitions":
		r := &orderv1.Requisition{Name: fmt.Sprintf("requisitions/%d", id), State: orderv1.RequisitionState(rapid.IntRange(0, 4).Draw(t, "state")), Number: text.Draw(t, "number")}
		s.record = r
		say(r.State != 0, r.State == 2 || r.State == 3, "yes", "requisition %s", r.GetName())
	case "orders":
		r := &orderv1.Order{Name: fmt.Sprintf("orders/%d", id), State: orderv1.State(rapid.IntRange(0, 5).Draw(t, "state")), ConfirmTime: when("confirmed"), Number: text.Draw(t, "number")}
		s.record = r
		say(r.State != 0, r.State == 4, "yes", "released %s", r.GetName())
	case "receipts":
		r := &receiptv1.Receipt{Name: fmt.Sprintf("receipts/%d", id), State: receiptv1.State(rapid.IntRange(0, 7).Draw(t, "state")), Direction: receiptv1.Direction(rapid.IntRange(0, 3).Draw(t, "way")), DoneTime: when("done")}
		s.record = r
		say(r.State != 0 && (r.State != 6 || r.Direction == 1), r.State == 6, "yes", "received %s", r.GetName())
		say(r.State != 0 && (r.State != 6 || r.Direction == 3), r.State == 6, "yes", "dropshipped %s", r.GetName())
	case "lots":
		l := &inventoryv1.Lot{Name: fmt.Sprintf("lots/%d", id), HoldState: inventoryv1.HoldState(rapid.IntRange(0, 3).Draw(t, "hold")), HoldTime: when("held"), HoldReason: text.Draw(t, "reason")}
		s.record = l
		say(true, l.HoldState >= 2, fmt.Sprint(l.HoldState), "held %s", l.GetName())
	case "movements":
		place := rapid.SampledFrom([]string{"locations/8", "locations/9", "locations/10", "locations/11"})
		m := &inventoryv1.Movement{Name: fmt.Sprintf("movements/%d", id), Type: inventoryv1.InventoryEventType(rapid.IntRange(0, 9).Draw(t, "type")),
			OdooTransferId: int64(rapid.IntRange(0, 2).Draw(t, "transfer")), MoveTime: when("moved"), Product: "products/1", Lot: rapid.SampledFrom([]string{"", "lots/1"}).Draw(t, "lot"),
			SourceLocation: place.Draw(t, "from"), DestinationLocation: place.Draw(t, "to"), SourceType: rapid.SampledFrom([]string{"internal>customer", "supplier>customer"}).Draw(t, "words")}
		s.record = m
		quarantine := func(l string) bool { return l == "locations/9" || l == "locations/10" }
		say(m.Type == 3, true, "yes", "transferred %s", m.GetName())
		say(m.Type == 2 && m.OdooTransferId != 0 && m.SourceType != "supplier>customer", true, "yes", "dispatched %d", m.GetOdooTransferId())
		say(quarantine(m.DestinationLocation) && !quarantine(m.SourceLocation), true, "with "+m.GetLot(), "into hold %s", m.GetName())
	case "invoices":
		i := &invoicev1.Invoice{Name: fmt.Sprintf("invoices/%d", id), State: invoicev1.State(rapid.IntRange(0, 3).Draw(t, "state")), Number: text.Draw(t, "number"),
			AccountingDate: &date.Date{Year: 2026, Month: 11, Day: int32(rapid.IntRange(1, 2).Draw(t, "day"))}, TotalAmount: &money.Money{CurrencyCode: "EUR", Units: int64(rapid.IntRange(0, 2).Draw(t, "total"))},
			Match: &invoicev1.Match{Verdict: invoicev1.MatchVerdict(rapid.IntRange(0, 3).Draw(t, "verdict"))}, PaymentReference: text.Draw(t, "payment")}
		s.record = i
		say(i.State != 0, i.State == 2, "yes", "posted %s", i.GetName())
	}
	return s
}

// pairs holds two kinds of names to be one and the same.
type pairs struct{ there, back map[string]string }

func (p *pairs) meet(t *rapid.T, a, b string) {
	if p.there == nil {
		p.there, p.back = map[string]string{}, map[string]string{}
	}
	if known, met := p.there[a]; met && known != b {
		t.Fatalf("%q is %q and %q", a, known, b)
	}
	if known, met := p.back[b]; met && known != a {
		t.Fatalf("%q is %q and %q", b, known, a)
	}
	p.there[a], p.back[b] = b, a
}

// A condition is what happens to a subject, and nothing that people correct: no number,
// no date and no amount makes it another one.
func TestAConditionIsNothingThatIsEdited(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var keys, ways pairs
		for _, s := range rapid.SliceOfN(rapid.Custom(draw), 1, 40).Draw(rt, "history") {
			conditions, err := hospital.Conditions(s.collection, kept(t, s.record))
			if err != nil {
				rt.Fatal(err)
			}
			if len(conditions) != len(s.holds) {
				rt.Fatalf("of %v hold %v, want %q", s.record, conditions, s.holds)
			}
			for i, c := range conditions {
				w := s.holds[i]
				keys.meet(rt, w.condition, c.Key)
				ways.meet(rt, w.condition+": "+w.way, c.Key+": "+c.State)
				if (w.way == "") != (c.State == "") {
					rt.Fatalf("%s: holds as %q, want %q", w.condition, c.State, w.way)
				}
			}
		}
	})
}

// Ids that were told once stay: consumers keep them.
func TestIDsNeverChange(t *testing.T) {
	if epoch != "e97595340ed1" {
		t.Errorf("the epoch is %s", epoch)
	}
	for _, tt := range []struct {
		collection string
		record     proto.Message
		want       string
	}{
		{"products", &productv1.Product{Name: "products/3", CreateTime: at(8)}, "e9759534-0ed1-82b3-a04c-bbb77e31fbd3"},
		{"orders", &orderv1.Order{Name: "orders/42", State: orderv1.State_STATE_CONFIRMED, ConfirmTime: at(9)}, "e9759534-0ed1-86db-8ecd-d69ab27a6fc7"},
		{"movements", &inventoryv1.Movement{Name: "movements/77", Type: inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_TRANSFER}, "e9759534-0ed1-8a22-89d7-35c62dc565f5"},
	} {
		events := imply(t, rules.Rules{}, tt.collection, tt.record)
		if len(events) != 1 || events[0].GetId() != tt.want {
			t.Errorf("%v has the id %v, want %s", tt.record, events[0].GetId(), tt.want)
		}
	}
}

// An id tells its epoch, the condition and the how manieth time apart, and is a UUID.
func TestAnIDIsOfOneTimeInOneEpoch(t *testing.T) {
	conditions, err := hospital.Conditions("orders", kept(t, &orderv1.Order{Name: "orders/42", State: orderv1.State_STATE_CONFIRMED}))
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for _, run := range []rules.Epoch{epoch, rules.EpochOf("another journal")} {
		for nth := range uint32(3) {
			e, err := conditions[0].Event(run, nth+1)
			if err != nil {
				t.Fatal(err)
			}
			id, err := uuid.Parse(e.GetId())
			if err != nil || id.Version() != 8 || id.Variant() != uuid.RFC4122 {
				t.Errorf("%s is no UUID of version 8: %v", e.GetId(), err)
			}
			if strings.ReplaceAll(e.GetId(), "-", "")[:12] != string(run) || e.GetEpoch() != string(run) || e.GetOccurrence() != int32(nth+1) {
				t.Errorf("epoch %s, time %d: %v", run, nth+1, e)
			}
			ids[e.GetId()] = true
		}
	}
	if len(ids) != 6 {
		t.Errorf("six times have %d ids", len(ids))
	}
	if _, err := conditions[0].Event("none", 1); err == nil {
		t.Error("an epoch that is none makes an id")
	}
}
