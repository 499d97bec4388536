package e2e

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	eventv1 "odoomesh/gen/go/mesh/event/v1"
	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	invoicev1 "odoomesh/gen/go/mesh/invoice/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
	"odoomesh/internal/race"
)

func (m *mesh) events() eventv1.EventServiceClient { return eventv1.NewEventServiceClient(m.conn) }

const beat = "mesh.heartbeat"

// epochBegun is the first event of every mesh.
const epochBegun = "mesh.epoch.begun.v1"

// reel is what a subscriber has got, in order, without heartbeats.
type reel struct {
	events   []*eventv1.CloudEvent
	position string
}

// read subscribes until a condition holds on what was got and what came last.
func (r *reel) read(t testing.TB, m *mesh, q *eventv1.SubscribeRequest, until func(last *eventv1.CloudEvent) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if r.position != "" && q.GetConsumer() == "" {
		q.Position = r.position
	}
	s, err := m.events().Subscribe(ctx, q)
	beats := 0
	for err == nil {
		var e *eventv1.CloudEvent
		if e, err = s.Recv(); err != nil {
			break
		}
		beats++
		if r.position = e.GetPosition(); e.GetType() != beat {
			r.events, beats = append(r.events, e), 0
		}
		// The first heartbeat says that the newest event was reached, the next that
		// nothing came for a while: what the log has may still be on its way to the
		// journal.
		if beats != 1 && until(e) {
			return
		}
	}
	t.Fatalf("after %d events: %v", len(r.events), err)
}

// still is when all there is was got.
func still(e *eventv1.CloudEvent) bool { return e.GetType() == beat }

// history waits until all of history is told.
func (m *mesh) history(t testing.TB) {
	t.Helper()
	eventually(t, func() (bool, any) {
		_, err := m.events().ListEvents(t.Context(), &eventv1.ListEventsRequest{PageSize: 1})
		return err == nil, err
	})
}

func (r *reel) count() map[string]int {
	n := map[string]int{}
	for _, e := range r.events {
		if e.GetType() != epochBegun {
			n[e.GetType()]++
		}
	}
	return n
}

func dataOf[T proto.Message](t testing.TB, e *eventv1.CloudEvent) T {
	t.Helper()
	data, err := e.GetData().UnmarshalNew()
	if err != nil {
		t.Fatal(err)
	}
	typed, ok := data.(T)
	if !ok {
		t.Fatalf("%s has data %T", e.GetType(), data)
	}
	return typed
}

// checkOrder holds events to dense sequences, and their ids to be each another.
func checkOrder(t testing.TB, events []*eventv1.CloudEvent) {
	t.Helper()
	ids := map[string]bool{}
	for i, e := range events {
		if e.GetSequence() != strconv.Itoa(i+1) {
			t.Fatalf("event %d has sequence %s", i+1, e.GetSequence())
		}
		if ids[e.GetId()] {
			t.Fatalf("%s %s is told twice", e.GetType(), e.GetSubject())
		}
		ids[e.GetId()] = true
		if (e.GetType() == epochBegun) != (i == 0) || e.GetEpoch() != events[0].GetEpoch() || e.GetOccurrence() < 1 {
			t.Fatalf("event %d is of another epoch: %v", i+1, e)
		}
		if e.GetSpecversion() != "1.0" || e.GetSource() != "/odoo/hospital%201" || e.GetSubject() == "" || e.GetTime() == nil || e.GetPosition() == "" || e.GetOdooinstance() != "hospital 1" {
			t.Fatalf("the envelope is %v", e)
		}
	}
}

// implied counts what the records of the other services say has happened.
func (m *mesh) implied(t testing.TB) map[string]int {
	t.Helper()
	n := map[string]int{"mesh.item.created.v1": len(m.allProducts(t))}
	orders := listed(t, func(token string) ([]*orderv1.Order, string, error) {
		r, err := m.orders.ListOrders(t.Context(), &orderv1.ListOrdersRequest{PageToken: token, Filter: "state = CONFIRMED"})
		return r.GetOrders(), r.GetNextPageToken(), err
	})
	requisitions := listed(t, func(token string) ([]*orderv1.Requisition, string, error) {
		r, err := m.orders.ListRequisitions(t.Context(), &orderv1.ListRequisitionsRequest{PageToken: token, Filter: "state = APPROVED"})
		return r.GetRequisitions(), r.GetNextPageToken(), err
	})
	receipts := listed(t, func(token string) ([]*receiptv1.Receipt, string, error) {
		r, err := m.receipts.ListReceipts(t.Context(), &receiptv1.ListReceiptsRequest{PageToken: token, Filter: "state = DONE AND direction = RECEIPT"})
		return r.GetReceipts(), r.GetNextPageToken(), err
	})
	direct := listed(t, func(token string) ([]*receiptv1.Receipt, string, error) {
		r, err := m.receipts.ListReceipts(t.Context(), &receiptv1.ListReceiptsRequest{PageToken: token, Filter: "state = DONE AND direction = DROP_SHIPMENT"})
		return r.GetReceipts(), r.GetNextPageToken(), err
	})
	invoices := listed(t, func(token string) ([]*invoicev1.Invoice, string, error) {
		r, err := m.invoices.ListInvoices(t.Context(), &invoicev1.ListInvoicesRequest{PageToken: token, Filter: "state = POSTED"})
		return r.GetInvoices(), r.GetNextPageToken(), err
	})
	moves := listed(t, func(token string) ([]*inventoryv1.Movement, string, error) {
		r, err := m.inventory.ListMovements(t.Context(), &inventoryv1.ListMovementsRequest{PageToken: token})
		return r.GetMovements(), r.GetNextPageToken(), err
	})
	places := listed(t, func(token string) ([]*inventoryv1.Location, string, error) {
		r, err := m.inventory.ListLocations(t.Context(), &inventoryv1.ListLocationsRequest{PageToken: token})
		return r.GetLocations(), r.GetNextPageToken(), err
	})
	shipped := map[int64]bool{}
	for _, move := range moves {
		switch {
		case move.GetType() == inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_DELIVERY && move.GetOdooTransferId() != 0:
			shipped[move.GetOdooTransferId()] = true
		case move.GetType() == inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_TRANSFER:
			n["mesh.stock.transferred.v1"]++
		}
		if places[move.GetDestinationLocation()].GetCompleteName() == "WH/Quarantine" {
			n["mesh.quality.hold.v1"]++
		}
	}
	if len(direct) > 0 {
		n["mesh.goods.dropshipped.v1"] = len(direct)
	}
	n["mesh.order.released.v1"], n["mesh.requisition.approved.v1"] = len(orders), len(requisitions)
	n["mesh.goods.received.v1"], n["mesh.invoice.posted.v1"], n["mesh.shipment.dispatched.v1"] = len(receipts), len(invoices), len(shipped)
	return n
}

// Over all releases: history comes first, in the order of its times, and is what the
// records say; what happens then follows; resumed anywhere, each event comes once;
// and a mesh that has lost its folder announces another epoch, and tells history anew.
func TestBusinessEventsFromTheBeginningToNow(t *testing.T) {
	t.Parallel()
	for _, major := range race.Fewer(16, 17, 18, 19) {
		t.Run(fmt.Sprint(major), func(t *testing.T) {
			p := hospitalAtWork(t, major, 40)
			c := settings(t, p)
			c.HoldLocations, c.Instance = []string{"WH/Quarantine"}, "hospital 1"
			m := start(t, c)
			m.history(t)
			whole := &reel{}
			whole.read(t, m, &eventv1.SubscribeRequest{}, still)
			checkOrder(t, whole.events)
			for i, e := range whole.events[2:] {
				if e.GetTime().AsTime().Before(whole.events[i+1].GetTime().AsTime()) {
					t.Errorf("%s %s happened before the event before it", e.GetType(), e.GetSubject())
				}
			}
			if diff := gocmp.Diff(m.implied(t), whole.count()); diff != "" {
				t.Errorf("history is not what the records say (-records +events):\n%s", diff)
			}
			history := len(whole.events)
			steps(t, p, 80)
			m.settled(t, p)
			whole.read(t, m, &eventv1.SubscribeRequest{}, func(e *eventv1.CloudEvent) bool { return still(e) && len(whole.events) > history })
			checkOrder(t, whole.events)

			pieces := &reel{}
			for len(pieces.events) < len(whole.events) {
				before := len(pieces.events)
				pieces.read(t, m, &eventv1.SubscribeRequest{}, func(*eventv1.CloudEvent) bool {
					return len(pieces.events) > before+12 || len(pieces.events) == len(whole.events)
				})
			}
			checkOrder(t, pieces.events)

			m.stop()
			lost := settings(t, p)
			lost.HoldLocations = c.HoldLocations
			other := start(t, lost)
			other.history(t)
			again := &reel{}
			again.read(t, other, &eventv1.SubscribeRequest{}, still)
			ids, happened := map[string]bool{}, map[string]bool{}
			for _, e := range whole.events {
				ids[e.GetId()], happened[e.GetType()+" "+e.GetSubject()] = true, true
			}
			for i, e := range again.events {
				if ids[e.GetId()] || e.GetEpoch() == whole.events[0].GetEpoch() || (e.GetType() == epochBegun) != (i == 0) {
					t.Errorf("a mesh that has lost its folder tells %v", e)
				}
				if i > 0 && !happened[e.GetType()+" "+e.GetSubject()] {
					t.Errorf("%s of %s has not happened", e.GetType(), e.GetSubject())
				}
			}
			if len(again.events) < history {
				t.Errorf("%d events were derived anew, there were %d", len(again.events), history)
			}
		})
	}
}

// settled waits until everything that has happened in Odoo was told: once the records
// are as Odoo has them, a product is made, which is told of behind all of it.
func (m *mesh) settled(t testing.TB, p *person) {
	t.Helper()
	m.equalsOdoo(t, p)
	subject := fmt.Sprintf("products/%d", p.create(t, "product.product", p.goods(map[string]any{"name": "The last thing"})))
	eventually(t, func() (bool, any) {
		r, err := m.events().ListEvents(t.Context(), &eventv1.ListEventsRequest{Filter: fmt.Sprintf("subject = %q", subject)})
		return err == nil && len(r.GetEvents()) == 1, r
	})
}

// What people do in Odoo is told as it happens, with what its users need to know.
func TestBusinessEventsAreToldAsTheyHappen(t *testing.T) {
	t.Parallel()
	p := hospitalAtWork(t, 18, 40)
	m := start(t, settings(t, p))
	m.history(t)
	live := &reel{}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s, err := m.events().Subscribe(ctx, &eventv1.SubscribeRequest{FromNow: true})
	if err != nil {
		t.Fatal(err)
	}
	next := func(kind string) *eventv1.CloudEvent {
		t.Helper()
		for {
			e, err := s.Recv()
			if err != nil {
				t.Fatalf("waiting for %s behind %v: %v", kind, live.count(), err)
			}
			if live.events = append(live.events, e); e.GetType() == kind {
				return e
			}
		}
	}
	next(beat)
	product := p.create(t, "product.product", p.goods(map[string]any{"name": "Told", "default_code": "T-1", "purchase_method": "purchase"}))
	item := dataOf[*eventv1.ItemCreated](t, next("mesh.item.created.v1"))
	if item.GetProduct() != fmt.Sprintf("products/%d", product) || item.GetSku() != "T-1" || item.GetDisplayName() != "Told" {
		t.Errorf("got %v", item)
	}
	supplier := p.create(t, "res.partner", map[string]any{"name": "Teller", "supplier_rank": 1})
	order := p.create(t, "purchase.order", map[string]any{"partner_id": supplier, "order_line": []any{[]any{0, 0, map[string]any{"product_id": product, "product_qty": 4, "price_unit": 2.5}}}})
	p.press(t, "purchase.order", "button_confirm", order, nil)
	released := dataOf[*eventv1.OrderReleased](t, next("mesh.order.released.v1"))
	if released.GetOrder() != fmt.Sprintf("orders/%d", order) || len(released.GetItems()) != 1 || released.GetItems()[0].GetQuantity().GetValue() != "4" || released.GetConfirmTime() == nil {
		t.Errorf("got %v", released)
	}
	p.press(t, "purchase.order", "button_cancel", order, nil)
	p.press(t, "purchase.order", "button_draft", order, nil)
	// What was not seen to be taken back was not.
	eventually(t, func() (bool, any) {
		o, err := m.orders.GetOrder(t.Context(), &orderv1.GetOrderRequest{Name: released.GetOrder()})
		return o.GetState() == orderv1.State_STATE_DRAFT, fmt.Sprint(o, err)
	})
	p.press(t, "purchase.order", "button_confirm", order, nil)
	event := next("mesh.order.released.v1")
	if again := dataOf[*eventv1.OrderReleased](t, event); again.GetOrder() != released.GetOrder() || event.GetOccurrence() != 2 {
		t.Errorf("confirmed once more: %v", event)
	}
	p.write(t, "purchase.order", order, map[string]any{"date_approve": "2026-01-31 10:00:00"})
	m.settled(t, p)
	r, err := m.events().ListEvents(t.Context(), &eventv1.ListEventsRequest{Filter: fmt.Sprintf("subject = %q", released.GetOrder())})
	if err != nil || len(r.GetEvents()) != 2 {
		t.Errorf("an order whose confirmation was redated: %v, %v", r, err)
	}
}

// Approvals and holds that a customer keeps in fields of its own Odoo are told, where
// an overlay maps them.
func TestBusinessEventsOfMappedFields(t *testing.T) {
	t.Parallel()
	for _, major := range race.Fewer(16, 19) {
		t.Run(fmt.Sprint(major), func(t *testing.T) {
			p := hospitalAtWork(t, major, 40)
			c := settings(t, p)
			for name, text := range map[string]string{
				"supplier": "domain: supplier\nfields:\n  approval_status: {odoo: function, values: {approved: APPROVAL_STATUS_APPROVED, conditional: APPROVAL_STATUS_CONDITIONAL, barred: APPROVAL_STATUS_REJECTED}}\n" +
					"  vendor_approvals:\n    - fields:\n        status: {odoo: function, values: {approved: APPROVAL_STATUS_APPROVED, conditional: APPROVAL_STATUS_CONDITIONAL}}\n        decide_time: create_date\n",
				"lot": "domain: lot\nfields:\n  hold_state: {odoo: ref, values: {hold: HOLD_STATE_HELD, recall: HOLD_STATE_RECALLED}}\n  hold_time: create_date\n",
			} {
				path := filepath.Join(t.TempDir(), name+".yaml")
				if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
				c.Overlays = append(c.Overlays, path)
			}
			supplier := p.create(t, "res.partner", map[string]any{"name": "Approved before", "supplier_rank": 1, "function": "approved"})
			m := start(t, c)
			m.history(t)
			got := &reel{}
			got.read(t, m, &eventv1.SubscribeRequest{Filter: `type = "mesh.supplier.approved.v1" OR type = "mesh.quality.hold.v1"`}, still)
			if len(got.events) != 1 || got.events[0].GetSubject() != fmt.Sprintf("suppliers/%d", supplier) {
				t.Fatalf("history is %v", got.events)
			}
			p.write(t, "res.partner", supplier, map[string]any{"function": "barred"})
			p.write(t, "res.partner", p.create(t, "res.partner", map[string]any{"name": "Approved now", "supplier_rank": 1}), map[string]any{"function": "conditional"})
			lot := p.rows(t, "stock.lot", []any{}, []any{"name"})[0]
			p.write(t, "stock.lot", lot.id("id"), map[string]any{"ref": "recall"})
			got.read(t, m, &eventv1.SubscribeRequest{Filter: `type = "mesh.supplier.approved.v1" OR type = "mesh.quality.hold.v1"`}, func(*eventv1.CloudEvent) bool { return len(got.events) == 3 })
			told := map[string]*eventv1.CloudEvent{}
			for _, e := range got.events[1:] {
				told[e.GetType()] = e
			}
			approval := dataOf[*eventv1.SupplierApproved](t, told["mesh.supplier.approved.v1"])
			if approval.GetDisplayName() != "Approved now" || approval.GetApprovalStatus() != supplierv1.ApprovalStatus_APPROVAL_STATUS_CONDITIONAL || approval.GetDecideTime() == nil {
				t.Errorf("got %v", approval)
			}
			hold := dataOf[*eventv1.QualityHold](t, told["mesh.quality.hold.v1"])
			if hold.GetLot() != fmt.Sprintf("lots/%d", lot.id("id")) || hold.GetHoldState() != inventoryv1.HoldState_HOLD_STATE_RECALLED || hold.GetHoldTime() == nil {
				t.Errorf("got %v", hold)
			}
		})
	}
}

// Events are found by what they are about and when they happened, in pages that lead
// into the stream; the catalogue names their types.
func TestBusinessEventsAreFound(t *testing.T) {
	t.Parallel()
	p := hospitalAtWork(t, 17, 30)
	m := start(t, settings(t, p))
	m.history(t)
	all := &reel{}
	all.read(t, m, &eventv1.SubscribeRequest{}, still)
	catalogue, err := m.events().ListEventTypes(t.Context(), &eventv1.ListEventTypesRequest{})
	if err != nil || len(catalogue.GetEventTypes()) != 12 {
		t.Fatalf("the catalogue is %v, %v", catalogue, err)
	}
	for _, kind := range catalogue.GetEventTypes() {
		if kind.GetType() == epochBegun {
			continue
		}
		paged := &reel{}
		token := ""
		for {
			r, err := m.events().ListEvents(t.Context(), &eventv1.ListEventsRequest{PageSize: 7, PageToken: token, Filter: fmt.Sprintf("type = %q", kind.GetType())})
			if err != nil {
				t.Fatal(err)
			}
			paged.events, paged.position = append(paged.events, r.GetEvents()...), r.GetPosition()
			if token = r.GetNextPageToken(); token == "" {
				break
			}
		}
		if len(paged.events) != all.count()[kind.GetType()] {
			t.Errorf("%d events of %s, want %d", len(paged.events), kind.GetType(), all.count()[kind.GetType()])
		}
		if paged.read(t, m, &eventv1.SubscribeRequest{Filter: fmt.Sprintf("type = %q", kind.GetType())}, still); len(paged.events) != all.count()[kind.GetType()] {
			t.Errorf("behind the pages of %s came more", kind.GetType())
		}
	}
	middle := all.events[len(all.events)/2]
	timed := &reel{}
	timed.read(t, m, &eventv1.SubscribeRequest{StartTime: middle.GetTime()}, still)
	if len(timed.events) < len(all.events)/2 || timed.events[0].GetTime().AsTime().Before(middle.GetTime().AsTime()) {
		t.Errorf("from %v on there are %d events of %d", middle.GetTime().AsTime(), len(timed.events), len(all.events))
	}
	for name, tt := range map[string]struct {
		request *eventv1.SubscribeRequest
		field   string
	}{
		"a filter":       {&eventv1.SubscribeRequest{Filter: "type ="}, "filter"},
		"a field":        {&eventv1.SubscribeRequest{Filter: "colour = 1"}, "filter"},
		"a position":     {&eventv1.SubscribeRequest{Position: "nonsense"}, "position"},
		"another's":      {&eventv1.SubscribeRequest{Position: all.position, Filter: `type = "mesh.goods.received.v1"`}, "position"},
		"a consumer":     {&eventv1.SubscribeRequest{Consumer: "consumers/No Such"}, "consumer"},
		"not a consumer": {&eventv1.SubscribeRequest{Consumer: "products/1"}, "consumer"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := m.events().Subscribe(t.Context(), tt.request)
			if err == nil {
				_, err = s.Recv()
			}
			wantInvalid(t, err, tt.field)
		})
	}
	s, err := m.events().Subscribe(t.Context(), &eventv1.SubscribeRequest{FromNow: true, StartTime: timestamppb.New(middle.GetTime().AsTime())})
	if err == nil {
		_, err = s.Recv()
	}
	if r := refusalOf(err); r.reason != "INVALID_ARGUMENT" {
		t.Errorf("two beginnings: %v", err)
	}
	if kinds := slices.Sorted(maps.Keys(all.count())); len(kinds) < 7 {
		t.Errorf("only %v happened", kinds)
	}
}

// A history that is longer than what readers of the live tail share comes whole.
func TestALongHistoryOfBusinessEvents(t *testing.T) {
	t.Parallel()
	p := simulated(t, 18, 1300)
	m := start(t, settings(t, p))
	m.history(t)
	all := &reel{}
	all.read(t, m, &eventv1.SubscribeRequest{}, still)
	if len(all.events) != 1301 {
		t.Errorf("%d products were created, want 1300", len(all.events)-1)
	}
	for i, e := range all.events {
		if e.GetSequence() != strconv.Itoa(i+1) || e.GetPosition() == "" {
			t.Fatalf("event %d is %v", i+1, e)
		}
	}
}
