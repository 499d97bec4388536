package badgerstore_test

import (
	"encoding/binary"
	"fmt"
	"testing"
	"time"

	"odoomesh/internal/store"
)

var benchTime = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func closing(b testing.TB, s any) {
	b.Cleanup(func() {
		if err := s.(interface{ Close() error }).Close(); err != nil {
			b.Error(err)
		}
	})
}

// record is like a product: 700 bytes under 8 index values, of which some are
// shared by many records.
func record(i int) store.Mutation {
	value := make([]byte, 700)
	for j := 0; j+8 <= len(value); j += 8 {
		binary.BigEndian.PutUint64(value[j:], uint64(i)*0x9E3779B97F4A7C15+uint64(j))
	}
	m := store.Mutation{Collection: "product", Key: fmt.Appendf(nil, "%08d", i), Value: value}
	for _, e := range []struct{ index, value string }{
		{"sku", fmt.Sprintf("SKU-%08d", i)}, {"gtin", fmt.Sprintf("0%013d", i*7)},
		{"name", fmt.Sprintf("Product %d with a name of usual length", i*13%1_000_003)},
		{"category", fmt.Sprint("category ", i%500)}, {"company", fmt.Sprint(i % 3)},
		{"active", "1"}, {"update_time", fmt.Sprintf("%08x", i/50)}, {"supplier", fmt.Sprint("supplier ", i%2_000)},
	} {
		m.Indexes = append(m.Indexes, store.IndexEntry{Index: e.index, Value: []byte(e.value)})
	}
	return m
}

func records(from, to int) []store.Mutation {
	all := make([]store.Mutation, 0, to-from)
	for i := from; i < to; i++ {
		all = append(all, record(i))
	}
	return all
}

func BenchmarkAppend(b *testing.B) {
	for _, size := range []int{1, 10, 100, 1000} {
		b.Run(fmt.Sprintf("batch=%d", size), func(b *testing.B) {
			l := openLog(b, b.TempDir())
			closing(b, l)
			payloads := make([][]byte, size)
			for i := range payloads {
				payloads[i] = make([]byte, 700)
			}
			b.SetBytes(int64(700 * size))
			for b.Loop() {
				if _, err := l.Append(b.Context(), benchTime, store.Drafts("p", payloads...)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("batch=1,appenders=32", func(b *testing.B) {
		l := openLog(b, b.TempDir())
		closing(b, l)
		b.SetParallelism(16)
		b.RunParallel(func(p *testing.PB) {
			for p.Next() {
				if _, err := l.Append(b.Context(), benchTime, store.Drafts("p", make([]byte, 700))); err != nil {
					b.Error(err)
				}
			}
		})
	})
}

func BenchmarkRead(b *testing.B) {
	l := openLog(b, b.TempDir())
	closing(b, l)
	for range 20 {
		payloads := make([][]byte, 1000)
		for i := range payloads {
			payloads[i] = make([]byte, 700)
		}
		if _, err := l.Append(b.Context(), benchTime, store.Drafts("p", payloads...)); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		for _, err := range l.Read(b.Context(), 1) {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/20_000, "ns/entry")
}

func filled(b *testing.B, n int) store.Cache {
	c := openCache(b, b.TempDir())
	closing(b, c)
	if err := c.Fill(b.Context(), records(0, n)); err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	return c
}

func BenchmarkGet(b *testing.B) {
	const n = 20_000
	c := filled(b, n)
	b.ReportAllocs()
	key := make([]byte, 0, 8)
	for i := 0; b.Loop(); i++ {
		key = fmt.Appendf(key[:0], "%08d", i*7919%n)
		if _, err := c.Get("product", key); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkApply(b *testing.B) {
	for _, size := range []int{1, 100, 1000} {
		b.Run(fmt.Sprintf("changed=%d", size), func(b *testing.B) {
			c := filled(b, 20_000)
			for i := 0; b.Loop(); i++ {
				b.StopTimer()
				mutations := records(i*size%19_000, i*size%19_000+size)
				for j := range mutations {
					mutations[j].Value[0] = byte(i) | 1
					mutations[j].Indexes[6].Value = fmt.Appendf(nil, "%08x", i)
				}
				b.StartTimer()
				if err := c.Apply(b.Context(), c.Position()+1, mutations); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkIndex scans a page of 100 records by an index.
func BenchmarkIndex(b *testing.B) {
	c := filled(b, 20_000)
	for _, keysOnly := range []bool{false, true} {
		b.Run(fmt.Sprintf("page=100,keysOnly=%v", keysOnly), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				s := c.Snapshot()
				n := 0
				for _, err := range s.Index("product", "name", store.Range{Prefix: []byte("Product"), AfterValue: []byte("Product 5"), KeysOnly: keysOnly}) {
					if err != nil {
						b.Fatal(err)
					}
					if n++; n == 100 {
						break
					}
				}
				s.Close()
			}
		})
	}
}
