package e2e

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/apd/v3"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	"odoomesh/internal/odoosim"
	"odoomesh/internal/race"
)

// hospitalAtWork is an Odoo in which goods have been bought, moved and counted.
func hospitalAtWork(t testing.TB, major, products int) *person {
	t.Helper()
	return simulatedWith(t, major, func(sim *odoosim.Sim) error { return sim.LoadHospital(products) })
}

// tape is what a reader of events has got, in order.
type tape struct {
	events   []*inventoryv1.InventoryEvent
	position string
}

// read streams until a condition on what was got holds; heartbeats count.
func (tp *tape) read(t testing.TB, m *mesh, r *inventoryv1.StreamInventoryEventsRequest, until func(*tape) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if tp.position != "" {
		r.Position = tp.position
	}
	s, err := m.inventory.StreamInventoryEvents(ctx, r)
	for err == nil {
		var message *inventoryv1.StreamInventoryEventsResponse
		if message, err = s.Recv(); err != nil {
			break
		}
		tp.events, tp.position = append(tp.events, message.GetInventoryEvents()...), message.GetPosition()
		if until(tp) {
			return
		}
	}
	t.Fatalf("after %d events: %v", len(tp.events), err)
}

// quiet is a heartbeat: everything there is was got.
func quiet() func(*tape) bool {
	before := -1
	return func(tp *tape) bool {
		defer func() { before = len(tp.events) }()
		return len(tp.events) == before
	}
}

func positionsOf(events []*inventoryv1.InventoryEvent) (all []string) {
	for _, e := range events {
		all = append(all, strings.TrimPrefix(e.GetName(), "inventoryEvents/"))
	}
	return all
}

func dense(t testing.TB, events []*inventoryv1.InventoryEvent) {
	t.Helper()
	for i, p := range positionsOf(events) {
		if p != fmt.Sprint(i+1) {
			t.Fatalf("event %d has position %s", i+1, p)
		}
	}
}

func (m *mesh) proven(t testing.TB) *inventoryv1.VerifyBalancesResponse {
	t.Helper()
	var proof *inventoryv1.VerifyBalancesResponse
	// A mesh that has just loaded takes history over for a moment.
	eventually(t, func() (bool, any) {
		var err error
		proof, err = m.inventory.VerifyBalances(t.Context(), &inventoryv1.VerifyBalancesRequest{})
		return refusalOf(err).reason != "NOT_LOADED", err
	})
	if proof == nil {
		t.Fatal("the balances could not be compared")
	}
	if proof.GetDrifting() != 0 || proof.GetCompared() == 0 {
		t.Errorf("%d of %d balances differ from Odoo's stock: %v", proof.GetDrifting(), proof.GetCompared(), proof.GetDrifts())
	}
	return proof
}

// History comes first, in the order of Odoo's times, and what happens then follows
// without a seam; resumed at any message, each event comes once; and all together
// are Odoo's stock.
func TestEventsFromTheBeginningToNow(t *testing.T) {
	t.Parallel()
	for _, major := range race.Fewer(16, 19) {
		t.Run(fmt.Sprint(major), func(t *testing.T) {
			t.Parallel()
			p := hospitalAtWork(t, major, 40)
			m := start(t, settings(t, p))
			whole := &tape{}
			whole.read(t, m, &inventoryv1.StreamInventoryEventsRequest{BatchSize: 7}, quiet())
			history := len(whole.events)
			if history < 50 {
				t.Fatalf("%d events of history: the hospital has done nothing", history)
			}
			for i, e := range whole.events[1:] {
				if e.GetSourceTime().AsTime().Before(whole.events[i].GetSourceTime().AsTime()) {
					t.Errorf("%s happened before the event before it", e.GetName())
				}
			}
			m.proven(t)
			steps(t, p, 60)
			whole.read(t, m, &inventoryv1.StreamInventoryEventsRequest{}, func(tp *tape) bool { return len(tp.events) > history })
			proof := m.proven(t)
			whole.read(t, m, &inventoryv1.StreamInventoryEventsRequest{}, func(tp *tape) bool { return len(tp.events) >= int(proof.GetLastEvent()) })
			dense(t, whole.events)
			pieces := &tape{}
			for len(pieces.events) < len(whole.events) {
				pieces.read(t, m, &inventoryv1.StreamInventoryEventsRequest{BatchSize: 5}, func(*tape) bool { return true })
			}
			dense(t, pieces.events)
		})
	}
}

// A quantity that is edited after the goods moved gives a correction with the
// difference, which names the first event, and the balances stay proven.
func TestEditedQuantityIsCorrected(t *testing.T) {
	t.Parallel()
	for _, major := range race.Fewer(16, 17, 18, 19) {
		t.Run(fmt.Sprint(major), func(t *testing.T) {
			t.Parallel()
			p := hospitalAtWork(t, major, 40)
			m := start(t, settings(t, p))
			tp := &tape{}
			tp.read(t, m, &inventoryv1.StreamInventoryEventsRequest{}, quiet())
			var first *inventoryv1.InventoryEvent
			for _, e := range tp.events {
				if e.GetType() == inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_RECEIPT {
					first = e
				}
			}
			field := "quantity"
			if major == 16 {
				field = "qty_done"
			}
			row := p.rows(t, "stock.move.line", []any{[]any{"id", "=", first.GetOdooMoveLineId()}}, []any{field})[0]
			p.write(t, "stock.move.line", first.GetOdooMoveLineId(), map[string]any{field: row.number(field) + 3})
			known := len(tp.events)
			tp.read(t, m, &inventoryv1.StreamInventoryEventsRequest{}, func(tp *tape) bool { return len(tp.events) > known })
			got := tp.events[known]
			if got.GetCorrects() != first.GetName() || got.GetBookedQuantity().GetValue() != "3" || got.GetType() != first.GetType() || got.GetLot() != first.GetLot() {
				t.Errorf("after an edit by 3 of\n%v\ncame\n%v", first, got)
			}
			m.proven(t)
		})
	}
}

// Events can be narrowed down, begun at a time or now, listed in pages that lead
// into the stream, and read one by one.
func TestEventsAreFound(t *testing.T) {
	t.Parallel()
	p := hospitalAtWork(t, 18, 40)
	m := start(t, settings(t, p))
	all := &tape{}
	all.read(t, m, &inventoryv1.StreamInventoryEventsRequest{}, quiet())
	middle := all.events[len(all.events)/2]

	listed := &tape{}
	token, pages := "", 0
	for {
		r, err := m.inventory.ListInventoryEvents(t.Context(), &inventoryv1.ListInventoryEventsRequest{PageSize: 9, PageToken: token})
		if err != nil {
			t.Fatal(err)
		}
		listed.events, listed.position = append(listed.events, r.GetInventoryEvents()...), r.GetPosition()
		pages++
		if token = r.GetNextPageToken(); token == "" {
			break
		}
	}
	if len(listed.events) != len(all.events) || pages < 5 {
		t.Errorf("%d events on %d pages, want %d", len(listed.events), pages, len(all.events))
	}
	dense(t, listed.events)
	steps(t, p, 40)
	listed.read(t, m, &inventoryv1.StreamInventoryEventsRequest{}, func(tp *tape) bool { return len(tp.events) > len(all.events) })
	dense(t, listed.events)

	one, err := m.inventory.GetInventoryEvent(t.Context(), &inventoryv1.GetInventoryEventRequest{Name: middle.GetName()})
	if err != nil || one.GetOdooMoveLineId() != middle.GetOdooMoveLineId() {
		t.Errorf("%s: %v, %v", middle.GetName(), one, err)
	}
	lot := &tape{}
	lot.read(t, m, &inventoryv1.StreamInventoryEventsRequest{Filter: fmt.Sprintf("lot = %q", middle.GetLot())}, quiet())
	if len(lot.events) == 0 {
		t.Error("no event of the lot")
	}
	for _, e := range lot.events {
		if e.GetLot() != middle.GetLot() {
			t.Errorf("%s is of lot %s", e.GetName(), e.GetLot())
		}
	}
	timed := &tape{}
	timed.read(t, m, &inventoryv1.StreamInventoryEventsRequest{StartTime: middle.GetSourceTime()}, quiet())
	missing := map[string]bool{}
	for _, e := range all.events {
		if !e.GetSourceTime().AsTime().Before(middle.GetSourceTime().AsTime()) {
			missing[e.GetName()] = true
		}
	}
	for _, e := range timed.events {
		delete(missing, e.GetName())
	}
	if len(missing) > 0 || timed.events[0].GetSourceTime().AsTime().Before(middle.GetSourceTime().AsTime()) {
		t.Errorf("from %v on: begins with %s, lacks %v", middle.GetSourceTime().AsTime(), timed.events[0].GetName(), missing)
	}
	now := &tape{}
	now.read(t, m, &inventoryv1.StreamInventoryEventsRequest{FromNow: true}, func(*tape) bool { return true })
	if len(now.events) != 0 {
		t.Errorf("from now on there were %d events already", len(now.events))
	}
}

// Every bad request for events is refused with the field that is wrong.
func TestEventsRefuseWhatIsWrong(t *testing.T) {
	t.Parallel()
	p := hospitalAtWork(t, 18, 20)
	m := start(t, settings(t, p))
	all := &tape{}
	all.read(t, m, &inventoryv1.StreamInventoryEventsRequest{}, quiet())
	for name, tt := range map[string]struct {
		request *inventoryv1.StreamInventoryEventsRequest
		field   string
	}{
		"a filter":   {&inventoryv1.StreamInventoryEventsRequest{Filter: "lot ="}, "filter"},
		"a field":    {&inventoryv1.StreamInventoryEventsRequest{Filter: "colour = 1"}, "filter"},
		"a position": {&inventoryv1.StreamInventoryEventsRequest{Position: "nonsense"}, "position"},
		"another's":  {&inventoryv1.StreamInventoryEventsRequest{Position: all.position, Filter: `lot = "lots/1"`}, "position"},
		"a mask":     {&inventoryv1.StreamInventoryEventsRequest{ReadMask: &fieldmaskpb.FieldMask{Paths: []string{"colour"}}}, "read_mask"},
		"a batch":    {&inventoryv1.StreamInventoryEventsRequest{BatchSize: -1}, "batch_size"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := m.inventory.StreamInventoryEvents(t.Context(), tt.request)
			if err == nil {
				_, err = s.Recv()
			}
			wantInvalid(t, err, tt.field)
		})
	}
	s, err := m.inventory.StreamInventoryEvents(t.Context(), &inventoryv1.StreamInventoryEventsRequest{FromNow: true, StartTime: timestamppb.New(time.Unix(1, 0))})
	if err == nil {
		_, err = s.Recv()
	}
	if r := refusalOf(err); r.code != codes.InvalidArgument || r.reason == "" {
		t.Errorf("two beginnings: %v", err)
	}
	_, err = m.inventory.GetInventoryEvent(t.Context(), &inventoryv1.GetInventoryEventRequest{Name: "inventoryEvents/99999999"})
	if r := refusalOf(err); r.code != codes.NotFound || r.reason != "NOT_FOUND" {
		t.Errorf("an event that does not exist: %v", err)
	}
}

// Over HTTP events come as Server-Sent Events, which go on with Last-Event-ID, as
// lines, and as pages.
func TestEventsOverREST(t *testing.T) {
	t.Parallel()
	p := hospitalAtWork(t, 17, 20)
	m := start(t, settings(t, p))
	all := &tape{}
	all.read(t, m, &inventoryv1.StreamInventoryEventsRequest{}, quiet())

	var got []*inventoryv1.InventoryEvent
	last := ""
	for len(got) < len(all.events) {
		ids, events := m.sse(t, "/v1/inventoryEvents:stream?batch_size=1", last, min(10, len(all.events)-len(got)))
		got, last = append(got, events...), ids[len(ids)-1]
	}
	dense(t, got)

	code, body := m.get(t, "/v1/inventoryEvents", url.Values{"page_size": {"5"}})
	page := &inventoryv1.ListInventoryEventsResponse{}
	if err := protojson.Unmarshal(body, page); err != nil || code != http.StatusOK || len(page.GetInventoryEvents()) != 5 {
		t.Errorf("a page: %d, %v: %s", code, err, body)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, m.rest+"/v1/inventoryEvents:stream?batch_size=1", nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	line, err := bufio.NewReader(response.Body).ReadBytes('\n')
	first := &inventoryv1.StreamInventoryEventsResponse{}
	if err = errors.Join(err, protojson.Unmarshal(line, first)); err != nil || first.GetInventoryEvents()[0].GetName() != "inventoryEvents/1" {
		t.Errorf("the first line: %v: %s", err, line)
	}
}

// sse reads n events behind one of an id.
func (m *mesh) sse(t testing.TB, path, lastID string, n int) (ids []string, events []*inventoryv1.InventoryEvent) {
	t.Helper()
	m.serverSent(t, path, lastID, func(name, id, data string) bool {
		if name != "inventory_events" {
			return true
		}
		message := &inventoryv1.StreamInventoryEventsResponse{}
		if err := protojson.Unmarshal([]byte(data), message); err != nil || message.GetPosition() != id {
			t.Fatalf("event with id %q: %v: %s", id, err, data)
		}
		ids, events = append(ids, id), append(events, message.GetInventoryEvents()...)
		return len(events) < n
	})
	return ids, events
}

// tellsEvents compares the events of each row of Odoo's with the movement that the
// row is, and the sum of all events with Odoo's quants.
func tellsEvents(t *testing.T, s *stage) {
	tp, last := &tape{}, s.proven(t).GetLastEvent()
	tp.read(t, s.mesh, &inventoryv1.StreamInventoryEventsRequest{}, func(tp *tape) bool { return int64(len(tp.events)) >= last })
	dense(t, tp.events)
	sameAsQuants(t, s.person, tp.events)
	told := map[string][]*inventoryv1.InventoryEvent{}
	for _, e := range tp.events {
		name := fmt.Sprintf("movements/%d", e.GetOdooMoveLineId())
		told[name] = append(told[name], e)
	}
	corrected := 0
	for name, m := range s.books(t).movements() {
		events := told[name]
		if len(events) == 0 {
			if m.GetQuantity().GetValue() != "0" || strings.Contains(m.GetSourceType(), "+count") {
				t.Errorf("%s has no event", name)
			}
			continue
		}
		first := proto.CloneOf(events[0])
		for _, e := range events[1:] {
			corrected++
			if e.GetCorrects() != first.GetName() {
				t.Errorf("%s corrects %q, not %q", e.GetName(), e.GetCorrects(), first.GetName())
			}
			addTo(t, first.GetQuantity(), e.GetQuantity())
			addTo(t, first.GetBookedQuantity(), e.GetBookedQuantity())
		}
		want := eventOf(m)
		want.Name, want.Provenance, want.RecordedTime = first.GetName(), first.GetProvenance(), first.GetRecordedTime()
		want.SourceBalance, want.DestinationBalance = first.GetSourceBalance(), first.GetDestinationBalance()
		if diff := cmp.Diff(want, first, protocmp.Transform()); diff != "" {
			t.Errorf("the events of %s add up to something else (-Odoo +mesh):\n%s", name, diff)
		}
	}
	t.Logf("%d events, %d of them corrections", len(tp.events), corrected)
}

func addTo(t testing.TB, sum, more *decimal.Decimal) {
	t.Helper()
	a, _, err := apd.NewFromString(sum.GetValue())
	if err != nil {
		t.Fatal(err)
	}
	b, _, err := apd.NewFromString(more.GetValue())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := apd.BaseContext.WithPrecision(40).Add(a, a, b); err != nil {
		t.Fatal(err)
	}
	sum.Value = a.Text('f')
}

// eventOf is what the events of a movement have to say, written out by hand.
func eventOf(m *inventoryv1.Movement) *inventoryv1.InventoryEvent {
	e := &inventoryv1.InventoryEvent{
		Type: m.GetType(), SourceType: m.GetSourceType(), Product: m.GetProduct(), Lot: m.GetLot(), LotNumber: m.GetLotNumber(),
		ExpirationTime: m.GetExpirationTime(), ExpirationDate: m.GetExpirationDate(), Quantity: m.GetQuantity(), Unit: m.GetUnit(), BookedQuantity: m.GetBookedQuantity(),
		BookedUnit: m.GetBookedUnit(), SourceTime: m.GetMoveTime(), SourceLocation: m.GetSourceLocation(),
		DestinationLocation: m.GetDestinationLocation(), Owner: m.GetOwner(), SourcePackage: m.GetSourcePackage(),
		DestinationPackage: m.GetDestinationPackage(), Partner: m.GetPartner(), OdooMoveId: m.GetOdooMoveId(), Company: m.GetCompany(),
	}
	if m.GetQuantity().GetValue() == "0" && strings.Contains(m.GetSourceType(), "+count") {
		e.Type = inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_COUNT_CONFIRMED
	}
	_, _ = fmt.Sscanf(m.GetName(), "movements/%d", &e.OdooMoveLineId)
	if m.GetOrder() != "" {
		e.Documents = append(e.Documents, &inventoryv1.DocumentLink{
			Type: inventoryv1.DocumentType_DOCUMENT_TYPE_ORDER, Document: m.GetOrder(), LineId: m.GetOrderLineId(),
		})
	}
	link := &inventoryv1.DocumentLink{Number: m.GetReference()}
	switch {
	case m.GetOdooTransferId() != 0 && (m.GetOrder() != "" || strings.Contains(m.GetSourceType(), "supplier")):
		link.Type, link.Document = inventoryv1.DocumentType_DOCUMENT_TYPE_RECEIPT, fmt.Sprintf("receipts/%d", m.GetOdooTransferId())
		link.Number = m.GetTransferNumber()
	case m.GetOdooTransferId() != 0:
		link.Type, link.Number = inventoryv1.DocumentType_DOCUMENT_TYPE_TRANSFER, m.GetTransferNumber()
	case m.GetReference() == "":
		return e
	case m.GetType() == inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_SCRAP:
		link.Type = inventoryv1.DocumentType_DOCUMENT_TYPE_SCRAP
	case m.GetType() == inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_ADJUSTMENT:
		link.Type = inventoryv1.DocumentType_DOCUMENT_TYPE_COUNT
	}
	e.Documents = append(e.Documents, link)
	return e
}
