package backup_test

import (
	"context"
	"crypto/sha512"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"odoomesh/internal/backup"
	"odoomesh/internal/clock"
	"odoomesh/internal/store"
	"odoomesh/internal/store/badgerstore"
)

// intents is how many intents the ledger of the benchmark has: two entries and three
// facts each, as one that was accepted and done.
const intents = 100_000

// ledgerOf fills a ledger with intents of some 500 bytes.
func ledgerOf(b *testing.B) *badgerstore.Log {
	b.Helper()
	dir := filepath.Join(b.TempDir(), "ledger")
	options := badgerstore.LogOptions{Name: "ledger", Compress: true}
	fill, err := badgerstore.NewLogFill(dir, options, 1)
	if err != nil {
		b.Fatal(err)
	}
	wait := func(err error) {
		if err != nil {
			b.Fatal(err)
		}
	}
	for n := range intents {
		// Half of it says the same in every intent, half nothing can foresee.
		random := sha512.Sum512(binary.AppendUvarint(nil, uint64(n)))
		payload := fmt.Appendf(nil, "intents/%x orders/%d %0300d %x", random[:16], n, n, random)
		for half := range 2 {
			wait(fill.Entry(store.Entry{Position: uint64(2*n + half + 1), Time: noon, Collection: "intents", Payload: payload}))
		}
		wait(fill.Fact(store.Fact{Key: fmt.Appendf(nil, "i%x", random[:16]), Value: payload}))
		wait(fill.Fact(store.Fact{Key: fmt.Appendf(nil, "n%016x", n), Value: payload[8:40]}))
	}
	wait(fill.Complete())
	log, err := badgerstore.OpenLog(dir, options)
	wait(err)
	b.Cleanup(func() { wait(log.Close()) })
	return log
}

// BenchmarkWrite tells how long a backup of 100,000 intents takes and how large it is, and
// beside it how long a synced write takes meanwhile and without one.
func BenchmarkWrite(b *testing.B) {
	ledger := ledgerOf(b)
	source := backup.Source{Time: noon, Instance: "erp", Parts: []backup.Part{{Name: "ledger", Journal: ledger}}}
	b.Run("alone", func(b *testing.B) {
		var size int64
		for b.Loop() {
			size = 0
			if err := backup.Write(b.Context(), writing(func(p []byte) (int, error) { size += int64(len(p)); return len(p), nil }), source, unheard); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(size)/(1<<20), "MiB")
	})
	for _, beside := range []bool{false, true} {
		b.Run(fmt.Sprintf("append/backup=%v", beside), func(b *testing.B) {
			ctx, cancel := context.WithCancel(b.Context())
			var backups sync.WaitGroup
			if beside {
				backups.Go(func() {
					for ctx.Err() == nil {
						_ = backup.Write(ctx, io.Discard, source, unheard) // it ends with the context
					}
				})
			}
			var took []time.Duration
			for b.Loop() {
				began := clock.System{}.Now()
				if _, err := ledger.Append(b.Context(), noon, store.Drafts("intents", make([]byte, 600))); err != nil {
					b.Fatal(err)
				}
				took = append(took, clock.System{}.Now().Sub(began))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds()), "µs-median")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "µs-p99")
			cancel()
			backups.Wait()
		})
	}
}

// BenchmarkVerify reads a backup of 100,000 intents.
func BenchmarkVerify(b *testing.B) {
	name := filepath.Join(b.TempDir(), "mesh.backup")
	file, err := os.Create(name)
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	source := backup.Source{Time: noon, Parts: []backup.Part{{Name: "ledger", Journal: ledgerOf(b)}}}
	if err := backup.Write(b.Context(), file, source, unheard); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := file.Seek(0, io.SeekStart); err != nil {
			b.Fatal(err)
		}
		if _, err := backup.Verify(file); err != nil {
			b.Fatal(err)
		}
	}
}
