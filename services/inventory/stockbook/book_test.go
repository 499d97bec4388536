package stockbook

import (
	"context"
	"log/slog"
	"maps"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/cockroachdb/apd/v3"
	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
	"pgregory.net/rapid"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	"odoomesh/internal/follow"
	"odoomesh/internal/journal"
	"odoomesh/internal/journal/journaltest"
	"odoomesh/internal/resource"
	"odoomesh/internal/store"
)

// world is Odoo as capture tells it, and a book that follows.
type world struct {
	*journaltest.World
	book *Book
	// followers are the book alone.
	followers *follow.Followers
	// rows are the movements as Odoo has them now.
	rows map[int64]*inventoryv1.Movement
	held map[int64]bool
	last int64
	// lots is what Odoo's stock has more than the rows say because it took stock
	// without a lot for one, others what it has more because somebody wrote it.
	lots, others map[place]*apd.Decimal
	// shelved is Odoo's stock as it was last shown.
	shelved map[place]*apd.Decimal
	// most is how many bytes of events the journal keeps; 0 is all.
	most uint64
}

func newWorld(t journaltest.T, dir string) *world {
	w := &world{World: journaltest.Open(t, dir), rows: map[int64]*inventoryv1.Movement{}, held: map[int64]bool{},
		lots: map[place]*apd.Decimal{}, others: map[place]*apd.Decimal{}}
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
	w.followers = follow.NewFollowers(w.Log, w.Clock(), nil)
	w.book, err = New(Config{
		Journal: w.Journal, Log: w.Log, Cache: w.Cache, Followers: w.followers, Load: w.Load, Settled: func() time.Time { return w.Now.Add(time.Hour) },
		Clock: w.Clock(), Logger: slog.New(slog.DiscardHandler), Keeps: func() (time.Duration, uint64) { return 0, w.most },
	})
	if err != nil {
		t.Fatal(err)
	}
}

// set changes a row in Odoo; nil deletes it. Where seen, capture writes it to the
// log; otherwise only the cache will show it, as after a load.
func (w *world) set(t journaltest.T, id int64, m *inventoryv1.Movement, seen bool) {
	t.Helper()
	if m == nil {
		delete(w.rows, id)
		w.Write(t, movements, id, nil, seen)
		return
	}
	m.Name, m.UpdateTime = resource.Name(movements, id), w.Tick()
	w.rows[id] = m
	w.Write(t, movements, id, w.Record(t, m), seen,
		store.IndexEntry{Index: "move_time", Value: resource.Key(m.GetMoveTime().GetSeconds())},
		store.IndexEntry{Index: "product", Value: []byte(m.GetProduct())}, store.IndexEntry{Index: "lot", Value: []byte(m.GetLot())})
}

// hold holds a lot or lets it go.
func (w *world) hold(t journaltest.T, id int64, held bool) {
	t.Helper()
	lot := &inventoryv1.Lot{Name: resource.Name(lots, id), HoldState: inventoryv1.HoldState_HOLD_STATE_FREE}
	if held {
		lot.HoldState = inventoryv1.HoldState_HOLD_STATE_HELD
	}
	w.held[id] = held
	w.Tick()
	w.Write(t, lots, id, w.Record(t, lot), true)
}

// catchUp lets the book do what there is to do.
func (w *world) catchUp(t journaltest.T) { w.CatchUp(t, w.book.keeper) }

// check adds all events up by hand, and holds the book to what they say and what
// Odoo has.
func (w *world) check(t journaltest.T) {
	t.Helper()
	shelves, rows, first := map[place]*apd.Decimal{}, map[int64]map[place]*apd.Decimal{}, map[int64]string{}
	assigned := map[place]*apd.Decimal{}
	held := map[int64]bool{}
	next := w.Journal.Oldest()
	latest := time.Time{}
	for entry, err := range w.Journal.Read(context.Background(), next) {
		if err != nil {
			t.Fatal(err)
		}
		e, err := Show(entry, "test")
		if err != nil {
			t.Fatal(err)
		}
		if e.GetName() != resource.Name(Collection, int64(next)) {
			t.Fatalf("event %d is called %s", next, e.GetName())
		}
		next++
		if at := e.GetSourceTime().AsTime(); at.After(latest) {
			latest = at
		}
		if told, err := journal.Latest(entry); err != nil || !told.Equal(latest) {
			t.Fatalf("%s: the latest time is %v, want %v (%v)", e.GetName(), told, latest, err)
		}
		if e.GetQuantity() == nil {
			held[idOf(e.GetLot())] = e.GetType() == inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_HOLD_PLACED
			continue
		}
		id := e.GetOdooMoveLineId()
		if id == 0 {
			checkAssigned(t, e, shelves, assigned)
			continue
		}
		switch {
		case first[id] == "" && e.GetCorrects() == "":
			first[id] = e.GetName()
		case e.GetCorrects() != first[id]:
			t.Fatalf("%s corrects %q; the first event about row %d is %q", e.GetName(), e.GetCorrects(), id, first[id])
		}
		q, err := number(e.GetQuantity().GetValue())
		if err != nil {
			t.Fatal(err)
		}
		if q.IsZero() != (e.GetType() == inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_COUNT_CONFIRMED) || q.Negative && q.IsZero() {
			t.Fatalf("%s of %s moves %s", e.GetName(), e.GetType(), e.GetQuantity().GetValue())
		}
		if rows[id] == nil {
			rows[id] = map[place]*apd.Decimal{}
		}
		k := knownOf(&inventoryv1.Movement{
			Product: e.GetProduct(), Lot: e.GetLot(), SourceLocation: e.GetSourceLocation(), DestinationLocation: e.GetDestinationLocation(),
			Owner: e.GetOwner(), SourcePackage: e.GetSourcePackage(), DestinationPackage: e.GetDestinationPackage(),
		})
		for _, to := range []map[place]*apd.Decimal{rows[id]} {
			add(to, source(k), negated(q))
			add(to, destination(k), q)
		}
		from, into := shelfOf(source(k)), shelfOf(destination(k))
		add(shelves, from, negated(q))
		add(shelves, into, q)
		if got, want := e.GetSourceBalance().GetValue(), written(shelves[from]); got != want {
			t.Fatalf("%s: %s is left at the source, want %s", e.GetName(), got, want)
		}
		if got, want := e.GetDestinationBalance().GetValue(), written(shelves[into]); got != want {
			t.Fatalf("%s: %s is at the destination, want %s", e.GetName(), got, want)
		}
	}
	if next != w.Journal.Head()+1 {
		t.Fatalf("the events end at %d, the head is %d", next-1, w.Journal.Head())
	}
	w.checkRows(t, rows, assigned)
	for id, want := range w.held {
		if held[id] != want {
			t.Fatalf("lot %d is held: %v by its events, want %v", id, held[id], want)
		}
	}
}

func add(to map[place]*apd.Decimal, p place, q *apd.Decimal) *apd.Decimal {
	if to[p] == nil {
		to[p] = new(apd.Decimal)
	}
	to[p], _ = sum(to[p], q)
	return to[p]
}

// checkAssigned adds up a quantity that took another lot where it lies.
func checkAssigned(t journaltest.T, e *inventoryv1.InventoryEvent, shelves, assigned map[place]*apd.Decimal) {
	t.Helper()
	q, err := number(e.GetQuantity().GetValue())
	if err != nil || q.Sign() <= 0 || e.GetType() != inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_LOT_ASSIGNED {
		t.Fatalf("%v has no row, %v", e, err)
	}
	to := place{idOf(e.GetProduct()), idOf(e.GetDestinationLocation()), idOf(e.GetLot()), idOf(e.GetOwner()), idOf(e.GetDestinationPackage())}
	from := to
	from.lot = idOf(e.GetSourceLot())
	add(assigned, from, negated(q))
	add(assigned, to, q)
	if left := add(shelves, shelfOf(from), negated(q)); e.GetSourceBalance().GetValue() != written(left) {
		t.Fatalf("%s leaves %v, want %s", e.GetName(), e.GetSourceBalance(), written(left))
	}
	if there := add(shelves, shelfOf(to), q); e.GetDestinationBalance().GetValue() != written(there) {
		t.Fatalf("%s comes to %v, want %s", e.GetName(), e.GetDestinationBalance(), written(there))
	}
}

// checkRows holds the sum of each row's events to the row.
func (w *world) checkRows(t journaltest.T, told map[int64]map[place]*apd.Decimal, assigned map[place]*apd.Decimal) {
	t.Helper()
	balances := map[place]*apd.Decimal{}
	for p, q := range assigned {
		add(balances, p, q)
	}
	for id := range told {
		want := map[place]*apd.Decimal{}
		if m := w.rows[id]; m != nil {
			k := knownOf(m)
			q, _ := number(m.GetQuantity().GetValue())
			want[source(k)] = negated(q)
			there := want[destination(k)]
			if there == nil {
				there = new(apd.Decimal)
			}
			want[destination(k)], _ = sum(there, q)
		}
		for p := range told[id] {
			if want[p] == nil {
				want[p] = new(apd.Decimal)
			}
			if told[id][p].Cmp(want[p]) != 0 {
				t.Fatalf("row %d: its events put %s at %v, want %s", id, told[id][p], p, want[p])
			}
			add(balances, p, want[p])
		}
	}
	for id, m := range w.rows {
		if told[id] == nil && (!nought(m.GetQuantity().GetValue()) || m.GetSourceType() != "") {
			t.Fatalf("row %d has no event: %v", id, m)
		}
	}
	facts := w.Journal.Facts()
	defer facts.Close()
	for p, want := range balances {
		raw, err := facts.Get(p.key())
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := number(string(raw)); got.Cmp(want) != 0 {
			t.Fatalf("the balance at %v is %s, want %s", p, got, want)
		}
	}
}

func shelfOf(p place) place { return place{product: p.product, location: p.location, lot: p.lot} }

// drawMovement is some movement between a few places, so that they meet.
func drawMovement(t *rapid.T, w *world) *inventoryv1.Movement {
	few := func(collection string, least int64) string {
		return nameOf(collection, rapid.Int64Range(least, 3).Draw(t, collection))
	}
	at := w.Now.Add(-time.Duration(rapid.Int64Range(0, 1000).Draw(t, "age")) * time.Hour)
	return &inventoryv1.Movement{
		Product: few("products", 1), Lot: few("lots", 0), SourceLocation: few("locations", 1), DestinationLocation: few("locations", 1),
		Owner: few("partners", 2), SourcePackage: few("packages", 0), DestinationPackage: few("packages", 0),
		Quantity: drawQuantity(t), BookedQuantity: drawQuantity(t), MoveTime: timestamppb.New(at),
		Type:       inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_TRANSFER,
		SourceType: rapid.SampledFrom([]string{"", "internal>inventory+count"}).Draw(t, "words"),
	}
}

func drawQuantity(t *rapid.T) *decimal.Decimal {
	return &decimal.Decimal{Value: written(apd.New(rapid.Int64Range(0, 50).Draw(t, "quantity"), -int32(rapid.IntRange(0, 3).Draw(t, "digits"))))}
}

// Whatever happens in Odoo, and whenever the book is killed, lags, or finds that
// the change log could not tell something: its events add up to what Odoo has, row
// by row, each balance is the sum of the events so far, and nothing is told twice.
func TestEventsAddUpToWhatOdooHas(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "stockbook")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		w := newWorld(t, dir)
		defer w.Close()
		some := func(t *rapid.T) int64 {
			if len(w.rows) == 0 {
				t.Skip("no rows")
			}
			return rapid.SampledFrom(slices.Sorted(maps.Keys(w.rows))).Draw(t, "row")
		}
		edit := func(t *rapid.T, seen bool) {
			id := some(t)
			m := proto.CloneOf(w.rows[id])
			switch rapid.IntRange(0, 3).Draw(t, "edit") {
			case 0:
				m.Quantity = drawQuantity(t)
			case 1:
				m = drawMovement(t, w)
			case 2:
				m.Reference = "another word"
			case 3:
				m = nil
			}
			w.set(t, id, m, seen)
		}
		t.Repeat(map[string]func(*rapid.T){
			"goods move":      func(t *rapid.T) { w.last++; w.set(t, w.last, drawMovement(t, w), true) },
			"a row is edited": func(t *rapid.T) { edit(t, true) },
			"a hold":          func(t *rapid.T) { w.hold(t, rapid.Int64Range(1, 3).Draw(t, "lot"), rapid.Bool().Draw(t, "held")) },
			"a lot is taken from stock without one": func(t *rapid.T) {
				p := place{
					product: rapid.Int64Range(1, 3).Draw(t, "product"), location: rapid.Int64Range(1, 3).Draw(t, "location"),
					lot: rapid.Int64Range(1, 3).Draw(t, "lot"), owner: 2,
				}
				q := apd.New(rapid.Int64Range(1, 20).Draw(t, "taken"), -1)
				add(w.lots, p, q)
				p.lot = 0
				add(w.lots, p, negated(q))
			},
			"somebody writes stock": func(t *rapid.T) {
				p := place{product: rapid.Int64Range(1, 3).Draw(t, "product"), location: rapid.Int64Range(1, 3).Draw(t, "location"), owner: 9}
				add(w.others, p, apd.New(rapid.Int64Range(-5, 5).Draw(t, "written"), 0))
			},
			"the stock is proven": func(t *rapid.T) {
				// A proof waits for the disk several times: some are enough.
				if w.Mark != nil && rapid.IntRange(0, 2).Draw(t, "now") == 0 {
					w.catchUp(t)
					w.proveAll(t, rapid.Bool().Draw(t, "acknowledge"))
				}
			},
			"the book follows": func(t *rapid.T) { w.catchUp(t) },
			"a kill":           func(t *rapid.T) { w.restart(t) },
			"a load": func(t *rapid.T) {
				for range rapid.IntRange(0, 3).Draw(t, "missed") {
					w.last++
					w.set(t, w.last, drawMovement(t, w), false)
					edit(t, false)
				}
				w.Loaded()
			},
			"": func(t *rapid.T) {
				if w.Mark != nil && rapid.Bool().Draw(t, "look") {
					w.catchUp(t)
					w.check(t)
				}
			},
		})
		w.Loaded()
		w.catchUp(t)
		w.proveAll(t, true)
		w.check(t)
		before := w.Journal.Head()
		w.restart(t)
		w.Loaded() // everything is looked at again, to no effect
		w.catchUp(t)
		w.proveAll(t, false)
		if w.Journal.Head() != before {
			t.Fatalf("a second look made %d events out of nothing", w.Journal.Head()-before)
		}
	})
}

// A row whose quantity cannot be read tells nothing, also where it was told before: once
// it can be read again the book goes on from what it had told.
func TestAQuantityThatCannotBeReadTellsNothing(t *testing.T) {
	w := newWorld(t, t.TempDir())
	defer w.Close()
	move := func(quantity string, to string) *inventoryv1.Movement {
		return &inventoryv1.Movement{Product: "products/1", SourceLocation: "locations/1", DestinationLocation: to,
			Quantity: &decimal.Decimal{Value: quantity}, MoveTime: timestamppb.New(journaltest.Noon)}
	}
	follow := func() uint64 {
		t.Helper()
		if err := w.book.keeper.Follow(t.Context()); err != nil {
			t.Fatal(err)
		}
		return w.Journal.Head()
	}
	w.Mark = []byte("loaded")
	if err := w.book.keeper.TakeOver(t.Context(), w.Mark); err != nil {
		t.Fatal(err)
	}
	w.set(t, 1, move("5", "locations/2"), true)
	told := follow()
	if told == 0 {
		t.Fatal("nothing was told")
	}
	w.set(t, 1, move("some", "locations/3"), true)
	if now := follow(); now != told {
		t.Errorf("%d events were told of what cannot be read", now-told)
	}
	w.set(t, 1, move("5", "locations/3"), true)
	if now := follow(); now != told+2 {
		t.Errorf("%d events in place of a withdrawal and the row anew", now-told)
	}
}
