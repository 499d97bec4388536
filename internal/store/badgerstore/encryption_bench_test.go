package badgerstore_test

import (
	"bytes"
	"fmt"
	"testing"

	"odoomesh/internal/store"
	"odoomesh/internal/store/badgerstore"
)

// BenchmarkEncryption is what a key costs: records that are read from all over a cache
// whose blocks do not all fit, and changes that are appended one by one, which wait for
// the disk.
func BenchmarkEncryption(b *testing.B) {
	const n = 60_000
	for _, keys := range []badgerstore.Keys{{}, {Now: bytes.Repeat([]byte("k"), 32)}} {
		b.Run(fmt.Sprintf("get,key=%v", keys.Now != nil), func(b *testing.B) {
			c, err := badgerstore.OpenCache(b.TempDir(), badgerstore.CacheOptions{Keys: keys})
			if err != nil {
				b.Fatal(err)
			}
			closing(b, c)
			if err := c.Fill(b.Context(), records(0, n)); err != nil {
				b.Fatal(err)
			}
			key := make([]byte, 0, 8)
			b.ResetTimer()
			for i := 0; b.Loop(); i++ {
				key = fmt.Appendf(key[:0], "%08d", i*7919%n)
				if _, err := c.Get("product", key); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprintf("append,key=%v", keys.Now != nil), func(b *testing.B) {
			l, err := badgerstore.OpenLog(b.TempDir(), badgerstore.LogOptions{Keys: keys})
			if err != nil {
				b.Fatal(err)
			}
			closing(b, l)
			payload := store.Drafts("p", make([]byte, 700))
			for b.Loop() {
				if _, err := l.Append(b.Context(), benchTime, payload); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
