package stream_test

import (
	"errors"
	"sync"
	"syscall"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/internal/store"
	"odoomesh/internal/stream"
)

// BenchmarkWatchesOfAnotherCollection is what two hundred watches of products cost
// while a thousand changes of stock positions are appended; the reference is the same
// without a watch.
func BenchmarkWatchesOfAnotherCollection(b *testing.B) {
	for name, watches := range map[string]int{"none": 0, "200": 200} {
		b.Run(name, func(b *testing.B) {
			log, w := stream.WatchProducts(b, time.Hour)
			change := func(collection string, side []byte) []byte {
				payload, err := proto.Marshal(&internalv1.ChangeRecord{Collection: collection, Before: side, After: side})
				if err != nil {
					b.Fatal(err)
				}
				return payload
			}
			other, last := change("stockPositions", make([]byte, 1000)), change("products", stream.ProductSide(b, ""))
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
