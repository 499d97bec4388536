package owned

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	"google.golang.org/protobuf/proto"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/index"
	"odoomesh/internal/store"
)

const (
	// markKey is the fact in the cache that tells up to where it shows what is kept.
	markKey = "owned"
	// markEvery is how many writes there are between two notes of it: a start after a
	// kill looks at the records of so many once more.
	markEvery = 100
)

// Writer is the book for those who write: what Set returned for is shown, too.
type Writer struct {
	*Book
	cache store.Cache
	show  func(ctx context.Context, collection string, keys [][]byte) (int, error)

	mu sync.Mutex
	// writing is how many writes are under way; unshown says that one is not shown: nothing
	// is noted from then on, and the next start heals it.
	writing int
	unshown bool
	// late has the writes, by their intents, that are kept and not shown.
	late map[string]bool
	// noted is the position that the cache notes.
	noted uint64
}

// NewWriter makes a writer. show merges records of the copy anew with what the book
// keeps, as capture.Engine's Merge does. Heal comes first.
func NewWriter(b *Book, cache store.Cache, show func(ctx context.Context, collection string, keys [][]byte) (int, error)) *Writer {
	return &Writer{Book: b, cache: cache, show: show, late: map[string]bool{}}
}

// Set is the book's Set; the record shows what was written when it returns, also while
// Odoo is down. Where that fails the revision comes with ErrNotShown. A record that the
// mesh does not have shows it as soon as it is read from Odoo.
func (w *Writer) Set(ctx context.Context, write Write) (uint64, error) {
	w.begin()
	revision, err := w.Book.Set(ctx, write)
	if err != nil {
		return revision, w.end(ctx, err, true)
	}
	// What is durable is shown, whether or not the caller still waits.
	_, err = w.show(context.WithoutCancel(ctx), write.Collection, [][]byte{write.Key})
	if err != nil {
		err = fmt.Errorf("%w: %w", ErrNotShown, err)
	}
	w.shows(write, err)
	return revision, w.end(ctx, err, err == nil)
}

func (w *Writer) begin() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.writing++
}

// end notes now and then, between two writes, that all of them are shown.
func (w *Writer) end(ctx context.Context, err error, shown bool) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.writing--
	w.unshown = w.unshown || !shown
	if head := w.journal.Head(); w.writing == 0 && !w.unshown && head >= w.noted+markEvery {
		// Without the note the next start looks at more records, and changes none.
		_ = w.note(context.WithoutCancel(ctx), head)
	}
	return err
}

func (w *Writer) note(ctx context.Context, position uint64) error {
	raw, err := proto.Marshal(&internalv1.OwnedMark{LogId: w.journal.ID(), Position: position})
	if err != nil {
		return err
	}
	if err := w.cache.SetMeta(ctx, markKey, raw); err != nil {
		return fmt.Errorf("noting up to where owned fields are shown: %w", err)
	}
	w.noted = position
	return nil
}

// Heal lets the copy show what the book keeps, at a start: a write that was broken off
// between the two is shown, and what the book has lost, with its folder, is shown no
// more. It returns how many records differed.
func (w *Writer) Heal(ctx context.Context) (int, error) {
	head := w.journal.Head()
	mark, err := w.mark()
	if err != nil {
		return 0, err
	}
	stale := map[string]map[string]bool{}
	if mark.GetLogId() == w.journal.ID() && mark.GetPosition() <= head {
		err = w.written(ctx, stale, mark.GetPosition()+1)
	} else {
		err = w.everything(stale)
	}
	if err != nil {
		return 0, fmt.Errorf("finding what the copy does not show yet: %w", err)
	}
	healed := 0
	for _, collection := range slices.Sorted(maps.Keys(stale)) {
		var keys [][]byte
		for _, key := range slices.Sorted(maps.Keys(stale[collection])) {
			keys = append(keys, []byte(key))
		}
		n, err := w.show(ctx, collection, keys)
		healed += n
		if err != nil {
			return healed, fmt.Errorf("showing what is kept of %s: %w", collection, err)
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.unshown {
		return healed, nil
	}
	return healed, w.note(ctx, head)
}

func (w *Writer) mark() (*internalv1.OwnedMark, error) {
	raw, err := w.cache.Meta(markKey)
	mark := &internalv1.OwnedMark{}
	if err == nil {
		err = proto.Unmarshal(raw, mark)
	}
	if err != nil {
		return nil, fmt.Errorf("reading up to where owned fields are shown: %w", err)
	}
	return mark, nil
}

// written adds the records that were written from a position on.
func (w *Writer) written(ctx context.Context, stale map[string]map[string]bool, from uint64) error {
	for entry, err := range w.journal.Read(ctx, from) {
		if err != nil {
			return err
		}
		change := &internalv1.OwnedChange{}
		if err := proto.Unmarshal(entry.Payload, change); err != nil {
			return err
		}
		w.add(stale, entry.Collection, change.GetKey())
	}
	return nil
}

// everything adds the records that the book keeps something of, and those that the copy
// shows something of.
func (w *Writer) everything(stale map[string]map[string]bool) error {
	snapshot := w.cache.Snapshot()
	defer snapshot.Close()
	for _, collection := range w.Collections() {
		for key, err := range w.Keys(collection) {
			if err != nil {
				return err
			}
			w.add(stale, collection, key)
		}
		for hit, err := range snapshot.Index(collection, index.Owned, store.Range{Prefix: index.OwnedValue, Exact: true, KeysOnly: true}) {
			if err != nil {
				return err
			}
			w.add(stale, collection, hit.Key)
		}
	}
	return nil
}

// add notes a record. What is of a collection that is not served here stays unshown.
func (w *Writer) add(stale map[string]map[string]bool, collection string, key []byte) {
	if w.kept[collection] == nil {
		w.unshown = true
		return
	}
	if stale[collection] == nil {
		stale[collection] = map[string]bool{}
	}
	stale[collection][string(key)] = true
}
