package e2e

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"

	eventv1 "odoomesh/gen/go/mesh/event/v1"
	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	operationsv1 "odoomesh/gen/go/mesh/operations/v1"
	optionsv1 "odoomesh/gen/go/mesh/options/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/clock"
	"odoomesh/internal/owned"
	"odoomesh/internal/resource"
	"odoomesh/internal/store/badgerstore"
)

// holding is a write that holds a lot, or lets it go where there is no reason.
func holding(t testing.TB, id int64, intent, reason string) owned.Write {
	t.Helper()
	lot := &inventoryv1.Lot{HoldState: inventoryv1.HoldState_HOLD_STATE_FREE}
	if reason != "" {
		lot = &inventoryv1.Lot{HoldState: inventoryv1.HoldState_HOLD_STATE_HELD, HoldReason: reason, HoldTime: timestamppb.New(clock.System{}.Now()), HeldBy: "ward"}
	}
	fields, err := owned.FieldsOf(lot, "hold_state", "hold_reason", "hold_time", "held_by")
	if err != nil {
		t.Fatal(err)
	}
	return owned.Write{Collection: "lots", Key: resource.Key(id), Owner: optionsv1.Owner_OWNER_MESH, Author: "ward", Intent: intent, Fields: fields}
}

// heldLot compares why a lot is held, as the mesh shows it.
func (m *mesh) heldLot(t testing.TB, id int64, reason string) *inventoryv1.Lot {
	t.Helper()
	lot, err := m.inventory.GetLot(t.Context(), &inventoryv1.GetLotRequest{Name: resource.Name("lots", id)})
	if err != nil {
		t.Fatal(err)
	}
	if held := lot.GetHoldState() == inventoryv1.HoldState_HOLD_STATE_HELD; lot.GetHoldReason() != reason || held != (reason != "") {
		t.Errorf("%s is %v for %q, want %q", lot.GetName(), lot.GetHoldState(), lot.GetHoldReason(), reason)
	}
	return lot
}

// watchLots watches lots, from a position or from now on.
func (m *mesh) watchLots(t testing.TB, position string) *watcher {
	t.Helper()
	return follow(t, func(ctx context.Context) (func() (message, error), error) {
		s, err := m.inventory.WatchLots(ctx, &inventoryv1.WatchLotsRequest{Position: position})
		if err != nil {
			return nil, err
		}
		return func() (message, error) {
			return received(s.Recv, func(r *inventoryv1.WatchLotsResponse) message {
				got := message{kind: r.GetChangeType(), position: r.GetPosition()}
				if r.GetLot() != nil {
					got.record = r.GetLot()
				}
				return got
			})
		}, nil
	})
}

// The hold of a lot, which Odoo does not own, is shown and told at once, also while Odoo
// is down; it survives what is read from Odoo, a lost copy, and a kill between the log
// that keeps it and the log that tells it.
func TestWhatOdooDoesNotOwnSurvives(t *testing.T) {
	t.Parallel()
	p := hospitalAtWork(t, 18, 30)
	c := settings(t, p)
	m := start(t, c)
	m.history(t)
	rows := p.rows(t, "stock.lot", []any{}, []any{"name"})
	first, second := rows[0].id("id"), rows[1].id("id")
	plain := m.heldLot(t, first, "")
	w := m.watchLots(t, "")
	w.until(t, "a first message", func(message) bool { return true })

	p.sim.Faults().Down(true)
	eventually(t, func() (bool, any) { r := m.ready(t); return !r.Odoo.Reachable, r })
	if revision, err := m.owned.Set(t.Context(), holding(t, first, "hold", "torn")); err != nil || revision != 1 {
		t.Fatal(revision, err)
	}
	m.heldLot(t, first, "torn")
	told := w.until(t, "the hold", func(m message) bool { return m.kind == updated })
	if lot := told.record.(*inventoryv1.Lot); lot.GetName() != plain.GetName() || lot.GetHoldReason() != "torn" {
		t.Errorf("the watch tells %v", lot)
	}
	found, err := m.inventory.ListLots(t.Context(), &inventoryv1.ListLotsRequest{Filter: "hold_state = HOLD_STATE_HELD"})
	if err != nil || len(found.GetLots()) != 1 || found.GetLots()[0].GetName() != plain.GetName() {
		t.Errorf("held are %v, %v", found, err)
	}
	eventually(t, func() (bool, any) {
		r, err := m.events().ListEvents(t.Context(), &eventv1.ListEventsRequest{Filter: `type = "mesh.quality.hold.v1"`})
		return err == nil && len(r.GetEvents()) == 1 && r.GetEvents()[0].GetSubject() == plain.GetName(), fmt.Sprint(r, err)
	})
	p.sim.Faults().Down(false)
	m.await(t, "ready")

	p.write(t, "stock.lot", first, map[string]any{"ref": "changed in Odoo"})
	eventually(t, func() (bool, any) {
		lot := m.heldLot(t, first, "torn")
		return lot.GetReference() == "changed in Odoo", lot
	})
	live, err := m.inventory.GetLot(t.Context(), &inventoryv1.GetLotRequest{Name: plain.GetName(), ReadMode: &typesv1.ReadMode{Mode: &typesv1.ReadMode_Live{Live: true}}})
	if err != nil || live.GetHoldReason() != "torn" {
		t.Errorf("read live it is %v, %v", live, err)
	}
	v, err := operationsv1.NewOperationsServiceClient(m.conn).VerifyRecord(t.Context(), &operationsv1.VerifyRecordRequest{Name: plain.GetName()})
	if err != nil || !v.GetEqual() {
		t.Errorf("compared with Odoo it is %v, %v", v, err)
	}

	position := w.until(t, "a heartbeat", func(m message) bool { return m.kind == heartbeat }).position
	m.stop()
	if err := os.RemoveAll(filepath.Join(c.DataDir, "cache")); err != nil {
		t.Fatal(err)
	}
	m = start(t, c)
	m.heldLot(t, first, "torn")
	m.stop()

	keep(t, c.DataDir, holding(t, second, "hold", "wet"), holding(t, first, "release", ""))
	p.sim.Faults().Down(true)
	m = launch(t, c, clock.System{})
	m.heldLot(t, second, "wet")
	if lot := m.heldLot(t, first, ""); lot.GetHoldState() != inventoryv1.HoldState_HOLD_STATE_FREE {
		t.Errorf("let go it is %v", lot)
	}
	// What was told of the two since then, put together.
	states := map[string]inventoryv1.HoldState{}
	m.watchLots(t, position).until(t, "both", func(m message) bool {
		if lot, is := m.record.(*inventoryv1.Lot); is {
			states[lot.GetName()] = lot.GetHoldState()
		}
		return states[resource.Name("lots", second)] == inventoryv1.HoldState_HOLD_STATE_HELD && states[plain.GetName()] == inventoryv1.HoldState_HOLD_STATE_FREE
	})
	var history []string
	for change, err := range m.owned.History(t.Context(), "lots", resource.Key(first)) {
		if err != nil {
			t.Fatal(err)
		}
		history = append(history, change.Intent)
	}
	if fmt.Sprint(history) != "[release hold]" {
		t.Errorf("its history is %v", history)
	}
	p.sim.Faults().Down(false)
	m.await(t, "ready")
	m.heldLot(t, second, "wet")
}

// keep writes into the book of a mesh that does not run: what a kill leaves between the
// book and the change log.
func keep(t *testing.T, dir string, writes ...owned.Write) {
	t.Helper()
	journal, err := badgerstore.OpenLog(filepath.Join(dir, "owned"), badgerstore.LogOptions{Name: "owned", Compress: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := journal.Close(); err != nil {
			t.Error(err)
		}
	}()
	book, err := owned.New(owned.Config{Journal: journal, Clock: clock.System{}, Records: map[string]protoreflect.MessageType{"lots": (&inventoryv1.Lot{}).ProtoReflect().Type()}})
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range writes {
		if _, err := book.Set(t.Context(), w); err != nil {
			t.Fatal(err)
		}
	}
}

// What an overlay maps from Odoo is Odoo's: the book is refused, and shows nothing of
// what it kept before, until the overlay is taken away.
func TestWhatAnOverlayMapsIsOdoos(t *testing.T) {
	t.Parallel()
	p := hospitalAtWork(t, 17, 20)
	c := settings(t, p)
	m := start(t, c)
	lot := p.rows(t, "stock.lot", []any{}, []any{"name"})[0].id("id")
	if _, err := m.owned.Set(t.Context(), holding(t, lot, "hold", "torn")); err != nil {
		t.Fatal(err)
	}
	m.heldLot(t, lot, "torn")
	m.stop()

	overlay := filepath.Join(t.TempDir(), "lot.yaml")
	if err := os.WriteFile(overlay, []byte("domain: lot\nfields:\n  hold_reason: ref\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p.write(t, "stock.lot", lot, map[string]any{"ref": false})
	mapped := c
	mapped.Overlays = append(mapped.Overlays, overlay)
	m = start(t, mapped)
	shows := func(reason string) {
		t.Helper()
		eventually(t, func() (bool, any) {
			got, err := m.inventory.GetLot(t.Context(), &inventoryv1.GetLotRequest{Name: resource.Name("lots", lot)})
			return err == nil && got.GetHoldReason() == reason && got.GetHoldState() == inventoryv1.HoldState_HOLD_STATE_HELD, fmt.Sprint(got, err)
		})
	}
	shows("")
	_, err := m.owned.Set(t.Context(), holding(t, lot, "again", "wet"))
	var refused *owned.OwnerError
	if !errors.As(err, &refused) || refused.Field != "hold_reason" || refused.Owner != optionsv1.Owner_OWNER_ODOO {
		t.Errorf("what the overlay maps: %v", err)
	}
	p.write(t, "stock.lot", lot, map[string]any{"ref": "Odoo says so"})
	shows("Odoo says so")
	m.stop()

	m = start(t, c)
	shows("torn")
	if s, err := m.owned.Get("lots", resource.Key(lot)); err != nil || s.Revision != 1 || len(s.Fields) != 4 {
		t.Errorf("the book keeps %+v, %v", s, err)
	}
}
