package eventbook

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	eventv1 "odoomesh/gen/go/mesh/event/v1"
	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	invoicev1 "odoomesh/gen/go/mesh/invoice/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
	"odoomesh/internal/journal"
	"odoomesh/internal/journal/journaltest"
)

// tell lets a list of states of one record happen one after another, with a kill
// before the last, and says how often something was told.
func tell(t *testing.T, collection string, states []proto.Message) (told int32) {
	t.Helper()
	w := newWorld(t, t.TempDir())
	defer w.Close()
	w.Mark = []byte("first")
	w.catchUp(t)
	for i, s := range states {
		var raw []byte
		if s != nil {
			raw = w.Record(t, s)
		}
		w.Tick()
		w.Write(t, collection, 1, raw, true)
		w.catchUp(t)
		if i == len(states)-2 {
			w.restart(t)
		}
	}
	for _, e := range w.told(t) {
		if e.GetType() != "mesh.epoch.begun.v1" {
			told++
		}
	}
	return told
}

func hour(n int) *timestamppb.Timestamp {
	return timestamppb.New(journaltest.Noon.Add(time.Duration(n) * time.Hour))
}

// What people correct is no second occurrence, in history as little as now; what is
// taken back and done anew is one.
func TestWhatIsCorrectedIsToldOnce(t *testing.T) {
	bill := func(state invoicev1.State, number string, day, total int) proto.Message {
		return &invoicev1.Invoice{Name: "invoices/1", State: state, Number: number, AccountingDate: &date.Date{Year: 2026, Month: 11, Day: int32(day)}, TotalAmount: &money.Money{Units: int64(total)}}
	}
	order := func(state orderv1.State, confirmed int) proto.Message {
		return &orderv1.Order{Name: "orders/1", State: state, ConfirmTime: hour(confirmed)}
	}
	receipt := func(state receiptv1.State, way receiptv1.Direction, done int) proto.Message {
		return &receiptv1.Receipt{Name: "receipts/1", State: state, Direction: way, DoneTime: hour(done)}
	}
	requisition := func(state orderv1.RequisitionState) proto.Message {
		return &orderv1.Requisition{Name: "requisitions/1", State: state}
	}
	supplier := func(status supplierv1.ApprovalStatus, decided int) proto.Message {
		return &supplierv1.Supplier{Name: "suppliers/1", ApprovalStatus: status, VendorApprovals: []*supplierv1.VendorApproval{{Status: status, DecideTime: hour(decided)}}}
	}
	lot := func(state inventoryv1.HoldState, held int) proto.Message {
		return &inventoryv1.Lot{Name: "lots/1", HoldState: state, HoldTime: hour(held)}
	}
	const (
		draft, posted, cancelled           = invoicev1.State_STATE_DRAFT, invoicev1.State_STATE_POSTED, invoicev1.State_STATE_CANCELLED
		asked, confirmed, dropped          = orderv1.State_STATE_DRAFT, orderv1.State_STATE_CONFIRMED, orderv1.State_STATE_CANCELLED
		ready, done                        = receiptv1.State_STATE_READY, receiptv1.State_STATE_DONE
		in, back, past                     = receiptv1.Direction_DIRECTION_RECEIPT, receiptv1.Direction_DIRECTION_RETURN, receiptv1.Direction_DIRECTION_DROP_SHIPMENT
		wanted, approved, closed           = orderv1.RequisitionState_REQUISITION_STATE_DRAFT, orderv1.RequisitionState_REQUISITION_STATE_APPROVED, orderv1.RequisitionState_REQUISITION_STATE_CLOSED
		free, held, recalled               = inventoryv1.HoldState_HOLD_STATE_FREE, inventoryv1.HoldState_HOLD_STATE_HELD, inventoryv1.HoldState_HOLD_STATE_RECALLED
		fit, conditional, suspended        = supplierv1.ApprovalStatus_APPROVAL_STATUS_APPROVED, supplierv1.ApprovalStatus_APPROVAL_STATUS_CONDITIONAL, supplierv1.ApprovalStatus_APPROVAL_STATUS_SUSPENDED
		unknown, unknownBill, unknownOrder = receiptv1.State_STATE_UNSPECIFIED, invoicev1.State_STATE_UNSPECIFIED, orderv1.State_STATE_UNSPECIFIED
	)
	for name, tt := range map[string]struct {
		collection string
		states     []proto.Message
		want       int32
	}{
		"a bill that is renumbered, redated and mended":   {"invoices", []proto.Message{bill(posted, "1", 1, 10), bill(posted, "100", 1, 10), bill(posted, "100", 2, 10), bill(posted, "100", 2, 11)}, 1},
		"a bill that is reset and posted with other data": {"invoices", []proto.Message{bill(posted, "1", 1, 10), bill(draft, "1", 1, 10), bill(posted, "1", 2, 11)}, 2},
		"a bill that is reset and posted as it was":       {"invoices", []proto.Message{bill(posted, "1", 1, 10), bill(draft, "1", 1, 10), bill(posted, "1", 1, 10)}, 2},
		"a bill that is cancelled and posted anew":        {"invoices", []proto.Message{bill(posted, "1", 1, 10), bill(cancelled, "1", 1, 10), bill(posted, "1", 1, 10)}, 2},
		"a bill in a state that nobody knows":             {"invoices", []proto.Message{bill(posted, "1", 1, 10), bill(unknownBill, "1", 1, 10), bill(posted, "1", 1, 10)}, 1},
		"a bill that vanishes and comes back":             {"invoices", []proto.Message{bill(posted, "1", 1, 10), nil, bill(posted, "2", 1, 10)}, 1},
		"a bill that vanishes and comes back a draft":     {"invoices", []proto.Message{bill(posted, "1", 1, 10), nil, bill(draft, "1", 1, 10), bill(posted, "1", 1, 10)}, 2},
		"an order whose confirmation is redated":          {"orders", []proto.Message{order(confirmed, 1), order(confirmed, -30)}, 1},
		"an order that is cancelled and confirmed anew":   {"orders", []proto.Message{order(confirmed, 1), order(dropped, 1), order(asked, 1), order(confirmed, 2)}, 2},
		"an order confirmed anew in the same second":      {"orders", []proto.Message{order(confirmed, 1), order(dropped, 1), order(confirmed, 1)}, 2},
		"an order in a state that nobody knows":           {"orders", []proto.Message{order(confirmed, 1), order(unknownOrder, 1), order(confirmed, 2)}, 1},
		"a receipt that is backdated":                     {"receipts", []proto.Message{receipt(ready, in, 0), receipt(done, in, 1), receipt(done, in, -300)}, 1},
		"a receipt whose place becomes another":           {"receipts", []proto.Message{receipt(done, in, 1), receipt(done, back, 1), receipt(done, in, 1)}, 1},
		"a receipt that an add-on takes back":             {"receipts", []proto.Message{receipt(done, in, 1), receipt(ready, in, 1), receipt(done, in, 1)}, 2},
		"a receipt in a state that nobody knows":          {"receipts", []proto.Message{receipt(done, in, 1), receipt(unknown, in, 1), receipt(done, in, 1)}, 1},
		"a drop shipment that is backdated":               {"receipts", []proto.Message{receipt(ready, past, 0), receipt(done, past, 1), receipt(done, past, -300)}, 1},
		"a requisition that is closed":                    {"requisitions", []proto.Message{requisition(wanted), requisition(approved), requisition(closed)}, 1},
		"a requisition that is taken back":                {"requisitions", []proto.Message{requisition(approved), requisition(wanted), requisition(approved)}, 2},
		"an approval that is redated":                     {"suppliers", []proto.Message{supplier(fit, 1), supplier(fit, 2)}, 1},
		"an approval that changes":                        {"suppliers", []proto.Message{supplier(fit, 1), supplier(conditional, 2), supplier(suspended, 3), supplier(conditional, 4)}, 3},
		"a hold that is redated":                          {"lots", []proto.Message{lot(held, 1), lot(held, 2)}, 1},
		"a hold that becomes a recall, and ends":          {"lots", []proto.Message{lot(held, 1), lot(recalled, 1), lot(free, 1), lot(recalled, 1)}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			if got := tell(t, tt.collection, tt.states); got != tt.want {
				t.Errorf("told %d times, want %d", got, tt.want)
			}
		})
	}
}

// A movement into a hold location whose lot is corrected holds another lot; where the
// location is renamed nothing is told anew.
func TestALotThatIsCorrectedIsHeld(t *testing.T) {
	into := func(lot string, hours int) proto.Message {
		return &inventoryv1.Movement{Name: "movements/1", Product: "products/1", Lot: lot, MoveTime: hour(hours), DestinationLocation: "locations/2"}
	}
	w := newWorld(t, t.TempDir())
	defer w.Close()
	w.set(t, "locations", 2, &inventoryv1.Location{Name: "locations/2", CompleteName: "WH/Quarantine"}, false)
	w.Mark = []byte("first")
	for _, m := range []proto.Message{into("lots/1", 1), into("lots/1", 2), into("lots/2", 2)} {
		w.set(t, "movements", 1, m, true)
		w.catchUp(t)
	}
	name := func(complete string) {
		w.set(t, "locations", 2, &inventoryv1.Location{Name: "locations/2", CompleteName: complete}, true)
	}
	name("WH/Other")
	w.set(t, "movements", 1, into("lots/1", 2), true)
	w.catchUp(t)
	name("WH/Quarantine")
	w.set(t, "movements", 1, into("lots/2", 3), true)
	w.catchUp(t)
	var held []string
	for _, e := range w.events(t)[1:] {
		held = append(held, fmt.Sprintf("%s %d", e.GetSubject(), e.GetOccurrence()))
	}
	if fmt.Sprint(held) != "[lots/1 1 lots/2 2]" {
		t.Errorf("held are %v", held)
	}
}

// events are those of the journal, in their order.
func (w *world) events(t *testing.T) (all []*eventv1.CloudEvent) {
	t.Helper()
	for entry, err := range w.Journal.Read(context.Background(), 1) {
		if err != nil {
			t.Fatal(err)
		}
		e := &eventv1.CloudEvent{}
		if err := journal.Open(entry, e); err != nil {
			t.Fatal(err)
		}
		all = append(all, e)
	}
	return all
}

// A journal that is lost makes a new epoch, which its first event announces, and in
// which history is told under other ids.
func TestALostJournalBeginsAnEpoch(t *testing.T) {
	dir := t.TempDir()
	ids := map[string]bool{}
	epochs := map[string]bool{}
	for _, folder := range []string{"a", "b"} {
		w := newWorld(t, filepath.Join(dir, folder))
		w.set(t, "orders", 1, &orderv1.Order{Name: "orders/1", State: orderv1.State_STATE_CONFIRMED, ConfirmTime: hour(-5)}, false)
		w.Mark = []byte("first")
		w.catchUp(t)
		w.restart(t)
		w.Mark = []byte("again")
		w.catchUp(t)
		events := w.events(t)
		if len(events) != 2 || events[0].GetType() != "mesh.epoch.begun.v1" || events[0].GetSubject() != "epochs/"+events[0].GetEpoch() || events[1].GetEpoch() != events[0].GetEpoch() {
			t.Errorf("told are %v", events)
		}
		for _, e := range events {
			ids[e.GetId()], epochs[e.GetEpoch()] = true, true
		}
		w.Close()
	}
	if len(ids) != 4 || len(epochs) != 2 {
		t.Errorf("%d ids in %d epochs, want 4 in 2", len(ids), len(epochs))
	}
}
