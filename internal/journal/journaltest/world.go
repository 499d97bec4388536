// Package journaltest is the world in which the books kept in a journal are tested:
// what capture has written of Odoo, and the stores that a book follows.
package journaltest

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/clock"
	"odoomesh/internal/resource"
	"odoomesh/internal/store"
	"odoomesh/internal/store/badgerstore"
)

// Noon is when a world begins.
var Noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// T is what a test or a property's draw can do when something fails.
type T interface {
	Fatal(args ...any)
	Fatalf(format string, args ...any)
	Helper()
}

// World is what capture has of Odoo, and a journal beside it.
type World struct {
	Log     *badgerstore.Log
	Cache   *badgerstore.Cache
	Journal *badgerstore.Log
	// Now is the time; it moves when the test moves it.
	Now time.Time
	// Mark names the last load of all records; nil before the first.
	Mark []byte
	dir  string
}

// Open makes a world in a folder.
func Open(t T, dir string) *World {
	t.Helper()
	w := &World{dir: dir, Now: Noon}
	var err error
	if w.Log, err = badgerstore.OpenLog(filepath.Join(dir, "log"), badgerstore.LogOptions{}); err != nil {
		t.Fatal(err)
	}
	if w.Cache, err = badgerstore.OpenCache(filepath.Join(dir, "cache"), badgerstore.CacheOptions{}); err != nil {
		t.Fatal(err)
	}
	w.Reopen(t)
	return w
}

// Reopen opens the journal anew, as after a kill: what only memory knew is gone.
func (w *World) Reopen(t T) {
	t.Helper()
	if w.Journal != nil {
		if err := w.Journal.Close(); err != nil {
			t.Fatal(err)
		}
	}
	var err error
	if w.Journal, err = badgerstore.OpenLog(filepath.Join(w.dir, "journal"), badgerstore.LogOptions{Compress: true}); err != nil {
		t.Fatal(err)
	}
}

// Close closes the stores.
func (w *World) Close() {
	for _, c := range []interface{ Close() error }{w.Journal, w.Cache, w.Log} {
		_ = c.Close() // the test is over
	}
}

// Clock tells the world's time.
func (w *World) Clock() clock.Clock { return clock.Func(func() time.Time { return w.Now }) }

// Tick lets a second pass.
func (w *World) Tick() *timestamppb.Timestamp {
	w.Now = w.Now.Add(time.Second)
	return timestamppb.New(w.Now)
}

// Load tells the mark of the last load, as the cache does.
func (w *World) Load() ([]byte, error) { return w.Mark, nil }

// Loaded says that all records were loaded anew: the change log does not tell what
// happened meanwhile.
func (w *World) Loaded() { w.Mark = fmt.Append(nil, w.Now) }

// Record is a message as the cache keeps it.
func (w *World) Record(t T, m proto.Message) []byte {
	t.Helper()
	body, err := proto.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := proto.Marshal(&internalv1.CacheRecord{Body: body, SourceTime: timestamppb.New(w.Now)})
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// Write puts a record into the cache; nil deletes it. Where seen, capture writes it to
// the log as well, otherwise only a load will show it.
func (w *World) Write(t T, collection string, id int64, record []byte, seen bool, indexes ...store.IndexEntry) {
	t.Helper()
	if seen {
		w.WriteLog(t, collection, id, record, indexes...)()
		return
	}
	mutation := store.Mutation{Collection: collection, Key: resource.Key(id), Value: record, Indexes: indexes}
	if err := w.Cache.Fill(context.Background(), []store.Mutation{mutation}); err != nil {
		t.Fatal(err)
	}
}

// WriteLog writes a record to the log, as capture does first, and leaves the cache to
// what it returns.
func (w *World) WriteLog(t T, collection string, id int64, record []byte, indexes ...store.IndexEntry) (apply func()) {
	t.Helper()
	key, ctx := resource.Key(id), context.Background()
	change := &internalv1.ChangeRecord{Collection: collection, Key: key, Kind: internalv1.ChangeKind_CHANGE_KIND_DELETED}
	if record != nil {
		change.Kind, change.After = internalv1.ChangeKind_CHANGE_KIND_UPDATED, record
	}
	raw, err := proto.Marshal(change)
	if err != nil {
		t.Fatal(err)
	}
	position, err := w.Log.Append(ctx, w.Now, store.Drafts(collection, raw))
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		t.Helper()
		mutation := store.Mutation{Collection: collection, Key: key, Value: record, Indexes: indexes}
		if err := w.Cache.Apply(ctx, position, []store.Mutation{mutation}); err != nil {
			t.Fatal(err)
		}
	}
}

// Keeper is the part of a journal's keeper that a test drives by hand.
type Keeper interface {
	TakeOver(ctx context.Context, mark []byte) error
	Follow(ctx context.Context) error
	Followed() uint64
}

// CatchUp lets a keeper do what there is to do.
func (w *World) CatchUp(t T, k Keeper) {
	t.Helper()
	if w.Mark == nil {
		return
	}
	if err := k.TakeOver(context.Background(), w.Mark); err != nil {
		t.Fatal(err)
	}
	if w.Log.Head() > k.Followed() {
		if err := k.Follow(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
}
