package owned_test

import (
	"fmt"
	"testing"

	"google.golang.org/protobuf/proto"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	"odoomesh/internal/mapping"
	"odoomesh/internal/reconcile"
)

// BenchmarkKept is what a record costs on its way into the stores: without a book, as the
// bare reference; with one that keeps nothing of the record; and with one that does.
func BenchmarkKept(b *testing.B) {
	book := newBook(b)
	collection, err := reconcile.NewCollection("lots", (&inventoryv1.Lot{}).ProtoReflect().Type())
	if err != nil {
		b.Fatal(err)
	}
	kept := func(b *testing.B, keeper reconcile.Owned, id int64) {
		r := reconcile.New(reconcile.Stores{Owned: keeper}, collection, nobody{})
		lot := proto.CloneOf(written["lots"].record)
		book.Clear("lots", lot)
		record := &mapping.Record{Key: key(id), Message: lot, Hash: []byte("odoo")}
		b.ReportAllocs()
		for b.Loop() {
			if _, err := r.Kept(record, 1, noon); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.Run("bare", func(b *testing.B) { kept(b, nil, 1) })
	b.Run("nothing kept at all", func(b *testing.B) { kept(b, book, 1) })
	for id := range int64(1000) {
		if _, err := book.Set(b.Context(), hold(id+1000, "a", "torn")); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("kept of others", func(b *testing.B) { kept(b, book, 1) })
	b.Run("kept of it", func(b *testing.B) { kept(b, book, 1000) })
}

// BenchmarkMerge is the merge alone.
func BenchmarkMerge(b *testing.B) {
	book := newBook(b)
	if _, err := book.Set(b.Context(), hold(1, "a", "torn")); err != nil {
		b.Fatal(err)
	}
	for id, name := range map[int64]string{1: "kept of it", 2: "kept of others"} {
		b.Run(name, func(b *testing.B) {
			lot, at := &inventoryv1.Lot{}, key(id)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := book.Merge("lots", at, lot, []byte("odoo")); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkSet is one durable write.
func BenchmarkSet(b *testing.B) {
	book := newBook(b)
	n := 0
	for b.Loop() {
		n++
		if _, err := book.Set(b.Context(), hold(1, fmt.Sprint(n), "torn")); err != nil {
			b.Fatal(err)
		}
	}
}
