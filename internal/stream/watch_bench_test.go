package stream_test

import (
	"errors"
	"log/slog"
	"sync"
	"syscall"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/internal/clock"
	"odoomesh/internal/record"
	"odoomesh/internal/store"
	"odoomesh/internal/store/badgerstore"
	"odoomesh/internal/stream"
)

// BenchmarkWatchesOfAnotherCollection is what two hundred watches of products cost
// while a thousand changes of stock positions are appended; the reference is the same
// without a watch.
func BenchmarkWatchesOfAnotherCollection(b *testing.B) {
	for name, watches := range map[string]int{"none": 0, "200": 200} {
		b.Run(name, func(b *testing.B) {
			log, err := badgerstore.OpenLog(b.TempDir(), badgerstore.LogOptions{Logger: slog.New(slog.DiscardHandler)})
			if err != nil {
				b.Fatal(err)
			}
			defer log.Close()
			cache, err := badgerstore.OpenCache(b.TempDir(), badgerstore.CacheOptions{Logger: slog.New(slog.DiscardHandler)})
			if err != nil {
				b.Fatal(err)
			}
			defer cache.Close()
			kind, err := record.NewKind("products", (&productv1.Product{}).ProtoReflect().Type(), "test")
			if err != nil {
				b.Fatal(err)
			}
			w, err := stream.NewWatcher[*productv1.Product](stream.Deps{
				Kind: kind, Log: log, Cache: cache, Clock: clock.System{},
				Loaded: func() bool { return true }, Heartbeat: time.Hour, Closing: make(chan struct{}),
			})
			if err != nil {
				b.Fatal(err)
			}
			change := func(collection string, side []byte) []byte {
				payload, err := proto.Marshal(&internalv1.ChangeRecord{Collection: collection, Before: side, After: side})
				if err != nil {
					b.Fatal(err)
				}
				return payload
			}
			body, err := proto.Marshal(&productv1.Product{Name: "products/1"})
			if err != nil {
				b.Fatal(err)
			}
			side, err := proto.Marshal(&internalv1.CacheRecord{Body: body, ContentHash: make([]byte, 16)})
			if err != nil {
				b.Fatal(err)
			}
			other, last := change("stockPositions", make([]byte, 1000)), change("products", side)
			spent, rounds := time.Duration(0), 0
			for b.Loop() {
				var began, ended sync.WaitGroup
				began.Add(watches)
				enough := errors.New("enough")
				for range watches {
					ended.Go(func() {
						first := true
						err := w.Watch(b.Context(), &productv1.WatchProductsRequest{}, func(m stream.Message[*productv1.Product]) error {
							if first {
								first = false
								began.Done()
								return nil
							}
							return enough
						})
						if !errors.Is(err, enough) {
							b.Error(err)
						}
					})
				}
				began.Wait()
				before := used(b)
				for range 1000 {
					if _, err := log.Append(b.Context(), time.Unix(1, 0), store.Drafts("stockPositions", other)); err != nil {
						b.Fatal(err)
					}
				}
				if _, err := log.Append(b.Context(), time.Unix(1, 0), store.Drafts("products", last)); err != nil {
					b.Fatal(err)
				}
				ended.Wait()
				spent += used(b) - before
				rounds++
			}
			b.ReportMetric(spent.Seconds()/float64(rounds), "cpu-s/op")
		})
	}
}

// used is the processor time that this process has taken.
func used(b *testing.B) time.Duration {
	b.Helper()
	var all syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &all); err != nil {
		b.Fatal(err)
	}
	return time.Duration(all.Utime.Nano() + all.Stime.Nano())
}
