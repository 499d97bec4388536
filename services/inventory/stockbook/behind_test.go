package stockbook

import (
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/resource"
	"odoomesh/internal/store"
	"odoomesh/internal/store/badgerstore"
)

// A book that is behind loses nothing to retention: what it has not read stays in the
// change log, over a kill too, and each change is told.
func TestABookThatIsBehindLosesNothingToRetention(t *testing.T) {
	w := newWorld(t, t.TempDir())
	t.Cleanup(w.Close)
	w.set(t, 1, movementOf(w, "1"), true)
	w.Loaded()
	w.catchUp(t)
	w.set(t, 2, movementOf(w, "1"), true)
	w.catchUp(t)
	for _, quantity := range []string{"2", "5", "3"} {
		w.set(t, 2, movementOf(w, quantity), true)
	}
	w.restart(t)
	if err := w.Log.Truncate(t.Context(), w.followers.LowWater()); err != nil {
		t.Fatal(err)
	}
	if oldest := w.Log.Oldest(); oldest != 3 {
		t.Errorf("the log begins at %d, want 3: two entries were read, and three were not", oldest)
	}
	w.catchUp(t)
	if told := w.Journal.Head(); told != 5 {
		t.Errorf("%d events, want one for each of five changes", told)
	}
	w.check(t)
}

// Changes that are none of the book's are noted as read, so that retention may have
// them; and a book that has not begun needs none.
func TestWhatIsNoneOfTheBookIsLeftToRetention(t *testing.T) {
	w := newWorld(t, t.TempDir())
	t.Cleanup(w.Close)
	w.set(t, 1, movementOf(w, "1"), true)
	if low := w.followers.LowWater(); low != 2 {
		t.Errorf("before the book begins the low-water mark is %d, want 2", low)
	}
	w.Loaded()
	w.catchUp(t)
	for range 3 {
		w.Write(t, positions, 1, w.Record(t, movementOf(w, "1")), true)
	}
	w.catchUp(t)
	if low := w.followers.LowWater(); low != 2 {
		t.Errorf("after changes that made no event the low-water mark is %d, want 2: a kill would read them again", low)
	}
	running(t, w)
	for w.followers.LowWater() != 5 {
		select {
		case <-t.Context().Done():
			t.Fatalf("the book still needs %d", w.followers.LowWater())
		case <-time.After(time.Millisecond): // until the book has noted its place
		}
	}
}

// A change log that was begun anew has other changes at the places of the old one. The
// book waits beside it, and needs none of it, until the records are loaded again.
func TestABookWaitsBesideAnotherLog(t *testing.T) {
	w := newWorld(t, t.TempDir())
	t.Cleanup(w.Close)
	w.set(t, 1, movementOf(w, "1"), true)
	w.set(t, 2, movementOf(w, "1"), true)
	w.Loaded()
	w.catchUp(t)
	if err := w.Log.Close(); err != nil {
		t.Fatal(err)
	}
	var err error
	if w.Log, err = badgerstore.OpenLog(t.TempDir(), badgerstore.LogOptions{}); err != nil {
		t.Fatal(err)
	}
	w.restart(t)
	for range 3 {
		if err := w.book.keeper.Follow(t.Context()); err != nil {
			t.Fatalf("beside a log of %d entries: %v", w.Log.Head(), err)
		}
		raw, err := proto.Marshal(&internalv1.ChangeRecord{Collection: movements, Key: resource.Key(1), Kind: internalv1.ChangeKind_CHANGE_KIND_DELETED})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Log.Append(t.Context(), w.Now, store.Drafts(movements, raw, raw)); err != nil {
			t.Fatal(err)
		}
	}
	if head := w.Journal.Head(); head != 2 {
		t.Errorf("%d events, want 2", head)
	}
	if low := w.followers.LowWater(); low != w.Log.Head()+1 {
		t.Errorf("the low-water mark is %d of %d", low, w.Log.Head())
	}
}
