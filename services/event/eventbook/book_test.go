package eventbook

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
	"pgregory.net/rapid"

	eventv1 "odoomesh/gen/go/mesh/event/v1"
	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	"odoomesh/internal/audit"
	"odoomesh/internal/journal"
	"odoomesh/internal/journal/journaltest"
	"odoomesh/internal/resource"
	"odoomesh/internal/store"
	"odoomesh/services/event/rules"
)

// world is what capture has of Odoo, and a book that follows.
type world struct {
	*journaltest.World
	book  *Book
	rules rules.Rules
	// history is what has happened to each condition, by its key.
	history map[string]*track
}

// track is how often a condition has come to hold: by what was seen of it as it
// happened, which is told in any case, and by all, of which a load may show a part.
type track struct {
	sample    rules.Condition
	seen, all edges
}

type edges struct {
	state string
	count uint32
}

func (e *edges) meet(state string) {
	if state != e.state && state != "" {
		e.count++
	}
	e.state = state
}

func newWorld(t journaltest.T, dir string) *world {
	w := &world{World: journaltest.Open(t, dir), history: map[string]*track{}}
	w.keep(t)
	return w
}

// restart is a kill and a new start.
func (w *world) restart(t journaltest.T) {
	t.Helper()
	w.Reopen(t)
	w.keep(t)
}

func (w *world) keep(t journaltest.T) {
	t.Helper()
	var err error
	w.book, err = New(Config{
		Journal: w.Journal, Log: w.Log, Cache: w.Cache, Collections: append(rules.Collections(), "locations"),
		Load: w.Load, HoldLocations: []string{"WH/Quarantine"}, Clock: w.Clock(), Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	w.rules = rules.Rules{HoldLocations: []string{"WH/Quarantine"}, Places: w.book.completeName}
}

// set puts a record into the cache; where seen, capture writes it to the log as well,
// otherwise only a load will show it.
func (w *world) set(t journaltest.T, collection string, id int64, m proto.Message, seen bool) {
	t.Helper()
	w.Tick()
	raw := w.Record(t, m)
	w.Write(t, collection, id, raw, seen)
	conditions, err := w.rules.Conditions(collection, raw)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range conditions {
		h := w.history[c.Key]
		if h == nil {
			h = &track{}
			w.history[c.Key] = h
		}
		if h.all.meet(c.State); seen {
			h.seen.meet(c.State)
		}
		if c.State != "" {
			h.sample = c
		}
	}
}

// catchUp lets the book do what there is to do.
func (w *world) catchUp(t journaltest.T) { w.CatchUp(t, w.book.keeper) }

// told reads the whole journal: each occurrence once, latest times that rise.
func (w *world) told(t journaltest.T) map[string]*eventv1.CloudEvent {
	t.Helper()
	told := map[string]*eventv1.CloudEvent{}
	latest := time.Time{}
	for entry, err := range w.Journal.Read(context.Background(), 1) {
		if err != nil {
			t.Fatal(err)
		}
		e := &eventv1.CloudEvent{}
		if err := journal.Open(entry, e); err != nil {
			t.Fatal(err)
		}
		if told[e.GetId()] != nil {
			t.Fatalf("%s %s is told twice", e.GetType(), e.GetSubject())
		}
		told[e.GetId()] = e
		if (e.GetType() == "mesh.epoch.begun.v1") != (entry.Position == 1) {
			t.Fatalf("event %d is %s", entry.Position, e.GetType())
		}
		if entry.Position == 1 {
			continue
		}
		if at := e.GetTime().AsTime(); at.After(latest) {
			latest = at
		}
		if until, err := journal.Latest(entry); err != nil || !until.Equal(latest) {
			t.Fatalf("event %d: the latest time is %v, want %v (%v)", entry.Position, until, latest, err)
		}
	}
	return told
}

// check holds the journal to what has happened: each time that was seen is told, none
// is told that was not, and what holds now was told.
func (w *world) check(t journaltest.T) {
	t.Helper()
	told := w.told(t)
	events := len(told) - 1
	for _, h := range w.history {
		for nth := uint32(1); nth <= h.all.count; nth++ {
			e, err := h.sample.Event(rules.EpochOf(w.Journal.ID()), nth)
			if err != nil {
				t.Fatal(err)
			}
			found := told[e.GetId()] != nil
			if found {
				events--
			}
			if !found && nth <= h.seen.count {
				t.Fatalf("%s of %s was seen to happen %d times, and time %d was not told", e.GetType(), e.GetSubject(), h.seen.count, nth)
			}
		}
	}
	if events > 0 {
		t.Fatalf("%d events tell what has not happened", events)
	}
	snapshot := w.Cache.Snapshot()
	defer snapshot.Close()
	for _, collection := range []string{"orders", "movements"} {
		for hit, err := range snapshot.Records(collection, store.Range{}) {
			if err != nil {
				t.Fatal(err)
			}
			conditions, err := w.rules.Conditions(collection, hit.Value)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range conditions {
				if e, err := c.Event(rules.EpochOf(w.Journal.ID()), 1); err != nil || c.State != "" && told[e.GetId()] == nil {
					t.Fatalf("%s %s is what the records say and was not told (%v)", e.GetType(), e.GetSubject(), err)
				}
			}
		}
	}
}

func (w *world) draw(t *rapid.T, seen bool) {
	id := rapid.Int64Range(1, 4).Draw(t, "id")
	at := timestamppb.New(journaltest.Noon.Add(time.Duration(rapid.IntRange(-3, 3).Draw(t, "hour")) * time.Hour))
	if rapid.Bool().Draw(t, "order") {
		w.set(t, "orders", id, &orderv1.Order{Name: resource.Name("orders", id), State: orderv1.State(rapid.IntRange(1, 5).Draw(t, "state")), ConfirmTime: at}, seen)
		return
	}
	w.set(t, "movements", id, &inventoryv1.Movement{
		Name: resource.Name("movements", id), Type: rapid.SampledFrom([]inventoryv1.InventoryEventType{2, 3}).Draw(t, "type"), OdooTransferId: id % 2, MoveTime: at, Product: "products/1",
		SourceLocation: "locations/1", DestinationLocation: resource.Name("locations", rapid.Int64Range(1, 3).Draw(t, "to")),
	}, seen)
}

// Whatever happens, and whenever the book is killed, lags, or finds that the change
// log could not tell something: every occurrence that was seen is told, and none twice.
func TestEachOccurrenceIsToldOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "eventbook")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		w := newWorld(t, dir)
		defer w.Close()
		for id, name := range map[int64]string{1: "WH/Stock", 2: "WH/Quarantine", 3: "WH/Quarantine/Cold"} {
			w.set(t, "locations", id, &inventoryv1.Location{Name: resource.Name("locations", id), CompleteName: name}, false)
		}
		w.draw(t, false)
		w.Mark = []byte("first")
		w.catchUp(t)
		t.Repeat(map[string]func(*rapid.T){
			"something happens": func(t *rapid.T) { w.draw(t, true) },
			"the book follows":  func(t *rapid.T) { w.catchUp(t) },
			"a kill":            func(t *rapid.T) { w.restart(t) },
			"a record vanishes": func(t *rapid.T) {
				w.Write(t, "orders", rapid.Int64Range(1, 4).Draw(t, "id"), nil, true)
			},
			"a load": func(t *rapid.T) {
				for range rapid.IntRange(0, 3).Draw(t, "missed") {
					w.draw(t, false)
				}
				w.Mark = fmt.Append(nil, w.Now)
			},
			"": func(t *rapid.T) {
				if rapid.Bool().Draw(t, "look") {
					w.catchUp(t)
					w.check(t)
				}
			},
		})
		w.catchUp(t)
		w.check(t)
		before := w.Journal.Head()
		w.restart(t)
		w.Mark = []byte("again") // everything is looked at again, to no effect
		w.catchUp(t)
		if w.Journal.Head() != before {
			t.Fatalf("a second look made %d events out of nothing", w.Journal.Head()-before)
		}
	})
}

// running lets the book run until the test ends.
func (w *world) running(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- w.book.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("the book ended with %v", err)
		}
		w.Close()
	})
}

// An exception is told among what the records say, once for each opening.
func TestExceptionsAreToldOnce(t *testing.T) {
	w := newWorld(t, t.TempDir())
	w.set(t, "orders", 1, &orderv1.Order{Name: "orders/1", State: orderv1.State_STATE_CONFIRMED, ConfirmTime: timestamppb.New(journaltest.Noon)}, false)
	w.Mark = []byte("first")
	w.running(t)
	drift := rules.Exception{Kind: eventv1.ExceptionKind_EXCEPTION_KIND_STOCK_DRIFT, Subject: "stockPositions/1-8-0-0-0", Name: "exceptions/1", Summary: "3 by the movements, 4 in Odoo.", Opened: journaltest.Noon}
	for range 3 {
		if err := w.book.Escalate(t.Context(), drift); err != nil {
			t.Fatal(err)
		}
	}
	drift.Name = "exceptions/2"
	if err := w.book.Escalate(t.Context(), drift); err != nil {
		t.Fatal(err)
	}
	if told := w.told(t); len(told) != 4 {
		t.Errorf("told are %v, want the epoch, a release and two exceptions", told)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if err := w.book.Escalate(cancelled, drift); err != nil && !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func nobodys(string) error { return nil }

// Consumers never go back, are remembered over a restart, and are not without number.
func TestConsumersAreRemembered(t *testing.T) {
	w := newWorld(t, t.TempDir())
	defer w.Close()
	ctx, said := audit.WithChanges(t.Context())
	for _, position := range []uint64{3, 7, 5} {
		if _, err := w.book.Acknowledge(ctx, "consumers/a", position, "ward", nobodys); err != nil {
			t.Fatal(err)
		}
	}
	w.restart(t)
	c, found, err := w.book.Consumer("consumers/a")
	if err != nil || !found || c.Position != 7 || c.Owner != "ward" || !c.Acknowledged.Equal(journaltest.Noon) {
		t.Errorf("got %v, %v, %v", c, found, err)
	}
	no := errors.New("not yours")
	if _, err := w.book.Acknowledge(t.Context(), "consumers/a", 9, "lab", func(owner string) error { return no }); !errors.Is(err, no) {
		t.Errorf("another's: %v", err)
	}
	if gone, err := w.book.Forget(ctx, "consumers/a"); err != nil || !gone {
		t.Errorf("forgotten: %v, %v", gone, err)
	}
	want := []audit.Change{{Document: "consumers/a", After: "event 3", Says: "+ owner: \"ward\"\n"}, {Document: "consumers/a", Before: "event 3", After: "event 7"}, {Document: "consumers/a", Before: "event 7", Says: "- owner: \"ward\"\n"}}
	if diff := cmp.Diff(want, said()); diff != "" {
		t.Error(diff)
	}
	if gone, err := w.book.Forget(t.Context(), "consumers/a"); err != nil || gone {
		t.Errorf("forgotten twice: %v, %v", gone, err)
	}
	facts := make([]store.Fact, MaxConsumers)
	for i := range facts {
		facts[i] = store.Fact{Key: consumerKey(fmt.Sprintf("consumers/%04d", i)), Value: []byte{}}
	}
	if _, err := w.Journal.Record(t.Context(), journaltest.Noon, nil, facts); err != nil {
		t.Fatal(err)
	}
	if _, err := w.book.Acknowledge(t.Context(), "consumers/one-more", 1, "ward", nobodys); !errors.As(err, &TooManyError{}) {
		t.Errorf("one more than %d: %v", MaxConsumers, err)
	}
	if _, err := w.book.Acknowledge(t.Context(), "consumers/0001", 1, "ward", nobodys); err != nil {
		t.Errorf("a known one beside %d: %v", MaxConsumers, err)
	}
}
