package stream

import (
	"log/slog"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/internal/clock"
	"odoomesh/internal/record"
	"odoomesh/internal/store/badgerstore"
)

// OpenLog opens a log for a test.
func OpenLog(t testing.TB) *badgerstore.Log {
	t.Helper()
	log, err := badgerstore.OpenLog(t.TempDir(), badgerstore.LogOptions{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := log.Close(); err != nil {
			t.Error(err)
		}
	})
	return log
}

// WatchProducts makes a watcher of products, and the log that it follows.
func WatchProducts(t testing.TB, heartbeat time.Duration) (*badgerstore.Log, *Watcher[*productv1.Product]) {
	t.Helper()
	log := OpenLog(t)
	cache, err := badgerstore.OpenCache(t.TempDir(), badgerstore.CacheOptions{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cache.Close(); err != nil {
			t.Error(err)
		}
	})
	kind, err := record.NewKind("products", (&productv1.Product{}).ProtoReflect().Type(), "test")
	if err != nil {
		t.Fatal(err)
	}
	w, err := NewWatcher[*productv1.Product](Deps{
		Kind: kind, Log: log, Cache: cache, Clock: clock.System{},
		Loaded: func() bool { return true }, Heartbeat: heartbeat, Closing: make(chan struct{}),
	})
	if err != nil {
		t.Fatal(err)
	}
	return log, w
}

// ProductSide is one side of a change: products/1 with a description.
func ProductSide(t testing.TB, description string) []byte {
	t.Helper()
	body, err := proto.Marshal(&productv1.Product{Name: "products/1", Description: description})
	if err != nil {
		t.Fatal(err)
	}
	raw, err := proto.Marshal(&internalv1.CacheRecord{Body: body, ContentHash: make([]byte, 16)})
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
