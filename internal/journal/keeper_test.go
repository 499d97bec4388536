package journal_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/wrapperspb"
	"pgregory.net/rapid"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/follow"
	"odoomesh/internal/journal"
	"odoomesh/internal/journal/journaltest"
	"odoomesh/internal/resource"
	"odoomesh/internal/store"
)

// things is the collection that the diary is kept of.
const things = "things"

// unreadable is what a record holds that nobody can read.
var unreadable = []byte("unreadable")

// diary is the plainest author: it tells each value that a thing takes, once, and that
// the thing is gone.
type diary struct{ journal store.Journal }

func fact(key []byte) []byte { return append([]byte{'d'}, key...) }

func tell(w *journal.Writer, key, value []byte, by journal.Cause) error {
	if bytes.Equal(value, unreadable) {
		return follow.ErrUnreadable
	}
	known, err := w.Get(fact(key))
	if err != nil || bytes.Equal(known, value) {
		return err
	}
	w.Put(fact(key), value)
	return w.Keep(wrapperspb.String(fmt.Sprintf("%d %s", resource.KeyID(key), value)), by.At, by)
}

func (d *diary) Change(_ context.Context, w *journal.Writer, c *internalv1.ChangeRecord, by journal.Cause) error {
	return tell(w, c.GetKey(), c.GetAfter(), by)
}

func (d *diary) TakeOver(ctx context.Context, w *journal.Writer, s store.Snapshot, by journal.Cause) error {
	facts := d.journal.Facts()
	defer facts.Close()
	return journal.Beside(facts, 'd', s.Records(things, store.Range{}), func(key, _ []byte, hit *store.Hit) error {
		var value []byte
		if hit != nil {
			value = hit.Value
		}
		return w.Step(ctx, resource.NameOf(things, key), tell(w, key, value, by))
	})
}

func (*diary) Records() int64 { return 0 }
func (*diary) Begin()         {}
func (*diary) Recorded()      {}

// mortal is a journal whose process may be killed as it records.
type mortal struct {
	store.Journal
	// after is how many times it still records; dead says that it was killed.
	after int
	// durable says that the kill comes behind the writing, else before it.
	durable, dead bool
}

var errKilled = errors.New("killed")

func (m *mortal) Record(ctx context.Context, at time.Time, drafts []store.Draft, facts []store.Fact) (uint64, error) {
	if m.after--; m.after >= 0 {
		return m.Journal.Record(ctx, at, drafts, facts)
	}
	m.dead = true
	if m.durable {
		if _, err := m.Journal.Record(ctx, at, drafts, facts); err != nil {
			return 0, err
		}
	}
	return 0, errKilled
}

// world is what capture has written, and a diary that follows.
type world struct {
	*journaltest.World
	keeper *journal.Keeper
	mortal *mortal
	// skipped are the places and names of what was stepped over.
	skipped []string
	tune    func(*journal.Config)
}

func newWorld(t journaltest.T, dir string, tune func(*journal.Config)) *world {
	t.Helper()
	w := &world{World: journaltest.Open(t, dir), tune: tune}
	w.keep(t)
	return w
}

// keep makes the keeper that a process would.
func (w *world) keep(t journaltest.T) {
	t.Helper()
	w.mortal = &mortal{Journal: w.Journal, after: 1 << 30}
	c := journal.Config{
		Name: "diary", What: "the diary", Collection: "pages", Journal: w.mortal, Log: w.Log, Cache: w.Cache,
		Load: w.Load, Clock: w.Clock(), Logger: slog.New(slog.DiscardHandler), Follows: []string{things},
		Skipped: func(_ context.Context, position uint64, name string, _ error) {
			w.skipped = append(w.skipped, fmt.Sprint(position, " ", name))
		},
	}
	if w.tune != nil {
		w.tune(&c)
	}
	var err error
	if w.keeper, err = journal.New(c, &diary{w.mortal}); err != nil {
		t.Fatal(err)
	}
}

// load says that a load is complete, another than the last.
func (w *world) load() {
	w.Tick()
	w.Loaded()
}

// catchUp lets the keeper do what there is to do, however often it is killed.
func (w *world) catchUp(t journaltest.T) {
	t.Helper()
	for w.Mark != nil {
		err := w.keeper.TakeOver(context.Background(), w.Mark)
		if err == nil && w.Log.Head() > w.keeper.Followed() {
			err = w.keeper.Follow(context.Background())
		}
		if err == nil {
			return
		}
		if !w.mortal.dead {
			t.Fatal(err)
		}
		w.Reopen(t)
		w.keep(t)
	}
}

// pages are what the diary says, in order.
func (w *world) pages(t journaltest.T) (all []string) {
	t.Helper()
	for entry, err := range w.Journal.Read(context.Background(), w.Journal.Oldest()) {
		if err != nil {
			t.Fatal(err)
		}
		var page wrapperspb.StringValue
		if err := journal.Open(entry, &page); err != nil {
			t.Fatal(err)
		}
		all = append(all, page.GetValue())
	}
	return all
}

func wantPages(t *testing.T, w *world, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, w.pages(t)); diff != "" {
		t.Error(diff)
	}
}

func TestHistoryIsWhatWasThereAndThenWhatHappens(t *testing.T) {
	w := newWorld(t, t.TempDir(), nil)
	defer w.Close()
	w.Write(t, things, 2, []byte("old"), false)
	w.Write(t, things, 1, []byte("older"), false)
	w.Write(t, "others", 1, []byte("of no concern"), false)
	w.catchUp(t)
	if w.keeper.Ready() || w.Journal.Head() != 0 {
		t.Error("history is told before the first load is complete")
	}
	w.Loaded()
	w.catchUp(t)
	w.Write(t, things, 2, []byte("new"), true)
	w.Write(t, "others", 1, []byte("of no concern either"), true)
	w.Write(t, things, 1, nil, true)
	w.catchUp(t)
	wantPages(t, w, "1 older", "2 old", "2 new", "1 ")
	if !w.keeper.Ready() || w.keeper.Followed() != w.Log.Head() {
		t.Errorf("followed up to %d of %d", w.keeper.Followed(), w.Log.Head())
	}
}

// What the change log no longer tells is told by the records, once the next load says
// that they are whole.
func TestALoadBringsWhatTheLogHasLost(t *testing.T) {
	w := newWorld(t, t.TempDir(), nil)
	defer w.Close()
	w.Loaded()
	w.Write(t, things, 1, []byte("a"), true)
	w.catchUp(t)
	w.Write(t, things, 1, []byte("b"), true)
	w.Write(t, things, 2, []byte("c"), true)
	if err := w.Log.Truncate(t.Context(), w.Log.Head()); err != nil {
		t.Fatal(err)
	}
	w.Write(t, things, 3, []byte("d"), true)
	w.catchUp(t)
	wantPages(t, w, "1 a", "1 b", "2 c", "3 d")
}

// Of what cannot be read the name and the place are told; what comes behind it is
// written all the same.
func TestWhatCannotBeReadIsSteppedOverAndTold(t *testing.T) {
	w := newWorld(t, t.TempDir(), nil)
	defer w.Close()
	w.Write(t, things, 1, unreadable, false)
	w.Write(t, things, 2, []byte("a"), false)
	w.Loaded()
	w.catchUp(t)
	w.Write(t, things, 3, unreadable, true)
	w.Write(t, things, 2, []byte("b"), true)
	w.catchUp(t)
	wantPages(t, w, "2 a", "2 b")
	if diff := cmp.Diff([]string{"0 things/1", "1 "}, w.skipped); diff != "" {
		t.Error(diff)
	}
}

// Whoever else writes into the journal gets all of it or nothing.
func TestTellIsDurableOrNothing(t *testing.T) {
	w := newWorld(t, t.TempDir(), nil)
	defer w.Close()
	w.Loaded()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- w.keeper.Run(ctx) }()
	refused := errors.New("thought better of it")
	write := func(text string, err error) func(*journal.Writer) error {
		return func(jw *journal.Writer) error {
			if err := jw.Keep(wrapperspb.String(text), w.Now, journal.Cause{}); err != nil {
				return err
			}
			return err
		}
	}
	if err := w.keeper.Tell(ctx, write("never", refused)); !errors.Is(err, refused) {
		t.Error(err)
	}
	if err := w.keeper.Tell(ctx, write("said", nil)); err != nil {
		t.Error(err)
	}
	wantPages(t, w, "said")
	stop()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if err := w.keeper.Tell(ctx, write("too late", nil)); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// The oldest pages go by age and by size; what is known of the things stays.
func TestOldPagesGo(t *testing.T) {
	for name, tune := range map[string]func(*journal.Config){
		"by age":  func(c *journal.Config) { c.Keeps = func() (time.Duration, uint64) { return time.Hour, 0 } },
		"by size": func(c *journal.Config) { c.Keeps = func() (time.Duration, uint64) { return 0, 40 } },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, t.TempDir(), tune)
			defer w.Close()
			w.Loaded()
			for i := range int64(20) {
				w.Now = w.Now.Add(10 * time.Minute)
				w.Write(t, things, i%4, fmt.Append(nil, "value ", i), true)
				w.catchUp(t)
			}
			ctx, stop := context.WithCancel(t.Context())
			ended := make(chan error, 1)
			go func() { ended <- w.keeper.Run(ctx) }()
			for w.Journal.Oldest() == 1 {
				select {
				case <-w.Journal.Grown(w.Journal.Head()):
				case <-time.After(time.Millisecond):
				}
			}
			stop()
			<-ended
			if n := len(w.pages(t)); n == 0 || n > 7 {
				t.Errorf("%d pages are left", n)
			}
			w.load()
			before := w.Journal.Head()
			w.catchUp(t)
			if w.Journal.Head() != before {
				t.Error("what went with old pages is told again")
			}
		})
	}
}

// expected is what a diary has to say whatever happens, drawn beside it.
type expected struct {
	// values are what each thing was, one after the other; the last is what it is.
	values map[int64][]string
	// seen are the values that the log tells and the keeper has to tell, by place.
	seen map[uint64]page
	// gap says that the log has lost what the keeper has not read: until the records
	// are taken over, nobody can tell what they were meanwhile.
	gap bool
}

type page struct {
	id    int64
	value string
}

// forget notes that the log begins at a place.
func (e *expected) forget(before, needed uint64) {
	if needed == 0 || before <= needed {
		return
	}
	e.gap = true
	for place := range e.seen {
		if place >= needed {
			delete(e.seen, place)
		}
	}
}

// check compares what was told: of the values that each thing took, in their order and
// once, none that was seen left out, the last one being what it is.
func (e *expected) check(t *rapid.T, pages []string) {
	told := map[int64][]string{}
	for i, p := range pages {
		var id int64
		var text string
		_, _ = fmt.Sscan(p, &id, &text) // the text of a thing that is gone is empty
		if n := len(told[id]); n > 0 && told[id][n-1] == text {
			t.Fatalf("page %d tells %q again", i+1, p)
		}
		told[id] = append(told[id], text)
	}
	for id, values := range e.values {
		is := values[len(values)-1]
		if n := len(told[id]); n > 0 && told[id][n-1] != is || n == 0 && is != "" {
			t.Fatalf("thing %d is %q, and the diary says %q", id, is, told[id])
		}
		for _, value := range told[id] {
			i := slices.Index(values, value)
			if i < 0 {
				t.Fatalf("thing %d was %q, and the diary says %q", id, e.values[id], told[id])
			}
			values = values[i+1:]
		}
	}
	at, before := map[int64]int{}, map[int64]string{}
	for _, place := range slices.Sorted(maps.Keys(e.seen)) {
		p := e.seen[place]
		if before[p.id] == p.value {
			continue // nothing new
		}
		before[p.id] = p.value
		i := slices.Index(told[p.id][at[p.id]:], p.value)
		if i < 0 {
			t.Fatalf("%v at %d was not told: %q", p, place, told[p.id])
		}
		at[p.id] += i + 1
	}
}

// Whatever happens in whatever order, kills at any step of the writing included: each
// value of a thing is told when it comes and not again, and the last page of a thing is
// what it is.
func TestEachValueIsToldOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "diary")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		w := newWorld(t, dir, nil)
		defer func() { w.Close() }()
		id, value := rapid.Int64Range(1, 5), rapid.IntRange(0, 3)
		e := &expected{values: map[int64][]string{}, seen: map[uint64]page{}}
		draw := func(t *rapid.T) (int64, []byte) {
			id, n := id.Draw(t, "id"), value.Draw(t, "value")
			var record []byte
			if n > 0 {
				record = fmt.Append(nil, "v", n)
			}
			e.values[id] = append(e.values[id], string(record))
			return id, record
		}
		cached := func() {}
		seen := func(t *rapid.T) {
			cached()
			id, record := draw(t)
			cached = w.WriteLog(t, things, id, record)
			if w.keeper.Ready() && !e.gap {
				e.seen[w.Log.Head()] = page{id, string(record)}
			}
		}
		works := func(t *rapid.T) {
			w.catchUp(t)
			e.gap = e.gap && w.Cache.Position() != w.Log.Head()
		}
		t.Repeat(map[string]func(*rapid.T){
			"capture writes the log": seen,
			"capture writes the log and the cache": func(t *rapid.T) {
				seen(t)
				cached()
				cached = func() {}
			},
			"a load brings": func(t *rapid.T) {
				cached()
				cached = func() {}
				id, record := draw(t)
				w.Write(t, things, id, record, false)
				w.load()
			},
			"a load ends before the cache has followed": func(*rapid.T) { w.load() },
			"the log forgets": func(t *rapid.T) {
				before := rapid.Uint64Range(w.Log.Oldest(), w.Cache.Position()+1).Draw(t, "before")
				if err := w.Log.Truncate(context.Background(), before); err != nil {
					t.Fatal(err)
				}
				e.forget(before, w.keeper.Standing().Needs)
			},
			"the keeper works": works,
			"the keeper is killed soon": func(t *rapid.T) {
				w.mortal.after, w.mortal.durable = rapid.IntRange(0, 2).Draw(t, "after"), rapid.Bool().Draw(t, "durable")
			},
			"the process starts anew": func(t *rapid.T) {
				w.Reopen(t)
				w.keep(t)
			},
		})
		cached()
		w.load()
		w.catchUp(t)
		e.check(t, w.pages(t))
	})
}
