package owned_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"google.golang.org/protobuf/proto"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	optionsv1 "odoomesh/gen/go/mesh/options/v1"
	"odoomesh/internal/mapping"
	"odoomesh/internal/owned"
	"odoomesh/internal/reconcile"
	"odoomesh/internal/resource"
	"odoomesh/internal/store/badgerstore"
)

// house has a copy of some lots beside a book.
type house struct {
	*owned.Writer
	t          *testing.T
	dir        string
	log, book  *badgerstore.Log
	cache      *badgerstore.Cache
	reconciler *reconcile.Reconciler
	// broken keeps writes from being shown.
	broken error
	close  func()
}

type nobody struct{}

func (nobody) Stored(string, []byte, *internalv1.CacheRecord) {}
func (nobody) Removed()                                       {}

// newHouse fills a copy with three lots.
func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{t: t, dir: t.TempDir()}
	h.open()
	h.fill()
	t.Cleanup(func() { h.close() })
	return h
}

func (h *house) fill() {
	h.t.Helper()
	var records []*mapping.Record
	for id := range int64(3) {
		records = append(records, &mapping.Record{Key: key(id + 1), Message: &inventoryv1.Lot{Name: resource.Name("lots", id+1)}, Hash: fmt.Append(nil, "lot ", id)})
	}
	if err := h.reconciler.Fill(h.t.Context(), records, 1, noon); err != nil {
		h.t.Fatal(err)
	}
}

// open opens the stores; healing is left to the test.
func (h *house) open() {
	h.t.Helper()
	var err error
	fatal := func(err error) {
		if err != nil {
			h.t.Fatal(err)
		}
	}
	h.log, err = badgerstore.OpenLog(filepath.Join(h.dir, "log"), badgerstore.LogOptions{})
	fatal(err)
	h.book, err = badgerstore.OpenLog(filepath.Join(h.dir, "owned"), badgerstore.LogOptions{Name: "owned"})
	fatal(err)
	h.cache, err = badgerstore.OpenCache(filepath.Join(h.dir, "cache"), badgerstore.CacheOptions{})
	fatal(err)
	h.close = func() {
		if err := errors.Join(h.cache.Close(), h.book.Close(), h.log.Close()); err != nil {
			h.t.Error(err)
		}
	}
	book := openBook(h.t, h.book)
	collection, err := reconcile.NewCollection("lots", (&inventoryv1.Lot{}).ProtoReflect().Type())
	fatal(err)
	h.reconciler = reconcile.New(reconcile.Stores{
		Log: h.log, Cache: h.cache, CacheFollower: reconcile.NewCacheFollower(h.log, h.cache, []*reconcile.Collection{collection}),
		Clock: clockAt(noon), Logger: slog.New(slog.DiscardHandler), Owned: book,
	}, collection, nobody{})
	h.Writer = owned.NewWriter(book, h.cache, func(ctx context.Context, collection string, keys [][]byte) (int, error) {
		var names []string
		for _, key := range keys {
			names = append(names, string(key))
		}
		if h.broken != nil {
			return 0, h.broken
		}
		return h.reconciler.Merge(ctx, names)
	})
}

// heal heals, and compares how many records differed.
func (h *house) heal(want int) {
	h.t.Helper()
	if n, err := h.Heal(h.t.Context()); err != nil || n != want {
		h.t.Errorf("healing changed %d records, want %d (%v)", n, want, err)
	}
}

func (h *house) again() {
	h.t.Helper()
	h.close()
	h.open()
}

// lose takes a store away, as if its folder had been moved.
func (h *house) lose(name string) {
	h.t.Helper()
	h.close()
	if err := os.RemoveAll(filepath.Join(h.dir, name)); err != nil {
		h.t.Fatal(err)
	}
	h.open()
}

func hold(id int64, intent, reason string) owned.Write {
	return owned.Write{Collection: "lots", Key: key(id), Owner: mesh, Author: "ann", Intent: intent, Fields: []owned.Field{text("hold_reason", reason)}}
}

func (h *house) set(w owned.Write) {
	h.t.Helper()
	if _, err := h.Set(h.t.Context(), w); err != nil {
		h.t.Fatal(err)
	}
}

// shows compares the reasons of the lots in the copy.
func (h *house) shows(reasons ...string) {
	h.t.Helper()
	for i, want := range reasons {
		kept, err := h.reconciler.Cached(string(key(int64(i + 1))))
		lot := &inventoryv1.Lot{}
		if err := errors.Join(err, proto.Unmarshal(kept.GetBody(), lot)); err != nil {
			h.t.Fatal(err)
		}
		if lot.GetHoldReason() != want {
			h.t.Errorf("lot %d is held for %q, want %q", i+1, lot.GetHoldReason(), want)
		}
	}
}

func TestAWriteIsShownAtOnce(t *testing.T) {
	h := newHouse(t)
	h.heal(0)
	h.set(hold(2, "a", "torn"))
	h.shows("", "torn", "")
	h.set(hold(2, "a", "torn"))
	h.set(hold(99, "a", "not here yet"))
	if h.log.Head() != 1 {
		t.Errorf("the change log has %d entries, want 1", h.log.Head())
	}
	// What the caller does not wait for any more is shown all the same.
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.Set(ctx, hold(1, "b", "late")); !errors.Is(err, context.Canceled) {
		t.Errorf("a caller who has gone: %v", err)
	}
	h.shows("", "torn", "")
}

// A kill between the two logs: the book has the write, and the change log has not.
func TestAWriteThatWasBrokenOffIsHealed(t *testing.T) {
	h := newHouse(t)
	h.heal(0)
	h.set(hold(1, "a", "torn"))
	h.broken = errors.New("killed")
	if revision, err := h.Set(t.Context(), hold(2, "a", "wet")); !errors.Is(err, owned.ErrNotShown) || !errors.Is(err, h.broken) || revision != 1 {
		t.Errorf("revision %d, %v", revision, err)
	}
	h.broken = nil
	for i := range 250 {
		h.set(hold(3, fmt.Sprint(i), fmt.Sprint("reason ", i)))
	}
	h.shows("torn", "", "reason 249")
	h.again()
	h.shows("torn", "", "reason 249")
	h.heal(1)
	h.shows("torn", "wet", "reason 249")
	h.again()
	h.heal(0)
}

// The same write again shows what was not shown.
func TestTheSameWriteAgainShowsIt(t *testing.T) {
	h := newHouse(t)
	h.heal(0)
	h.broken = errors.New("no room")
	if _, err := h.Set(t.Context(), hold(2, "a", "wet")); !errors.Is(err, owned.ErrNotShown) {
		t.Error(err)
	}
	h.made(2, "a", 1, false)
	h.broken = nil
	h.set(hold(2, "a", "wet"))
	h.shows("", "wet", "")
	h.made(2, "a", 1, true)
	h.made(2, "b", 0, false)
	h.made(1, "a", 0, false)
}

// made compares which revision an intent has made of a lot.
func (h *house) made(id int64, intent string, revision uint64, shown bool) {
	h.t.Helper()
	if got, is, err := h.Made("lots", key(id), intent); err != nil || got != revision || is != shown {
		h.t.Errorf("of lot %d %s has made revision %d, shown %v (%v); want %d, %v", id, intent, got, is, err, revision, shown)
	}
}

// What would be refused is told before, and nothing is written.
func TestATryWritesNothing(t *testing.T) {
	h := newHouse(t)
	h.heal(0)
	if err := h.Try(hold(1, "a", "torn")); err != nil {
		t.Error(err)
	}
	h.made(1, "a", 0, false)
	h.shows("", "", "")
	h.set(hold(1, "b", "wet"))
	late := hold(1, "c", "torn")
	late.Seen = new(uint64)
	var revision *owned.RevisionError
	if err := h.Try(late); !errors.As(err, &revision) || revision.Current != 1 {
		t.Error(err)
	}
	others := hold(1, "c", "torn")
	others.Owner = optionsv1.Owner_OWNER_CARRIER
	var owner *owned.OwnerError
	if err := h.Try(others); !errors.As(err, &owner) {
		t.Error(err)
	}
	h.shows("wet", "", "")
}

// A start looks at the records that were written lately, not at all that are kept.
func TestAStartLooksAtWhatWasWrittenLately(t *testing.T) {
	h := newHouse(t)
	h.heal(0)
	for i := range 250 {
		h.set(hold(1+int64(i)%2, fmt.Sprint(i), fmt.Sprint("reason ", i)))
	}
	h.again()
	looked := 0
	book, err := owned.New(owned.Config{Journal: h.book, Records: messages(), Clock: clockAt(noon)})
	if err != nil {
		t.Fatal(err)
	}
	count := owned.NewWriter(book, h.cache, func(_ context.Context, _ string, keys [][]byte) (int, error) {
		looked += len(keys)
		return 0, nil
	})
	for _, want := range []int{2, 0} {
		looked = 0
		if _, err := count.Heal(t.Context()); err != nil || looked != want {
			t.Errorf("it looked at %d records, want %d (%v)", looked, want, err)
		}
	}
}

// A book that was lost shows nothing any more, and one that is older than the copy what
// it has.
func TestALostBookShowsNothing(t *testing.T) {
	h := newHouse(t)
	h.heal(0)
	h.set(hold(1, "a", "torn"))
	h.set(hold(3, "a", "wet"))
	h.lose("owned")
	h.shows("torn", "", "wet")
	h.heal(2)
	h.shows("", "", "")
	h.set(hold(2, "a", "new"))
	h.again()
	h.heal(0)
	h.shows("", "new", "")
}

// A lost copy is filled with what the book keeps.
func TestALostCopyShowsWhatIsKept(t *testing.T) {
	h := newHouse(t)
	h.heal(0)
	h.set(hold(1, "a", "torn"))
	h.lose("cache")
	h.heal(0)
	h.fill()
	h.shows("torn", "", "")
}

// A write during a bulk load is shown whichever came first.
func TestAWriteDuringALoadIsShown(t *testing.T) {
	h := newHouse(t)
	h.heal(0)
	for i := range 20 {
		done := make(chan struct{})
		go func() {
			defer close(done)
			h.fill()
		}()
		h.set(hold(2, fmt.Sprint(i), fmt.Sprint("reason ", i)))
		<-done
		h.shows("", fmt.Sprint("reason ", i), "")
	}
}

// A collection that is not served is healed when it is served again.
func TestWhatIsNotServedIsHealedLater(t *testing.T) {
	h := newHouse(t)
	h.heal(0)
	h.broken = errors.New("killed")
	if _, err := h.Set(t.Context(), hold(2, "a", "wet")); !errors.Is(err, owned.ErrNotShown) {
		t.Error(err)
	}
	h.broken = nil
	h.again()
	few := messages()
	delete(few, "lots")
	book, err := owned.New(owned.Config{Journal: h.book, Records: few, Clock: clockAt(noon)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := owned.NewWriter(book, h.cache, nil).Heal(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.again()
	h.heal(1)
	h.shows("", "wet", "")
}

var _ reconcile.Owned = (*owned.Book)(nil)
