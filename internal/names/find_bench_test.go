package names_test

import (
	"sync/atomic"
	"testing"
	"time"

	orderv1 "odoomesh/gen/go/mesh/order/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/internal/resource"
)

// ofTen is an order with ten lines on a shelf that has its names.
func ofTen(b *testing.B) (*shelf, *orderv1.Order) {
	s := newShelf(b, 32<<20)
	s.supplier(1, 0, "One")
	order := &orderv1.Order{Name: "orders/1", Supplier: "suppliers/1", LegalSupplier: "suppliers/1"}
	for id := int64(1); id <= 10; id++ {
		s.put("products", id, 0, &productv1.Product{Name: resource.Name("products", id), DisplayName: "A product of some length", Sku: "SKU-1"})
		order.Lines = append(order.Lines, &orderv1.OrderLine{Product: resource.Name("products", id)})
	}
	return s, order
}

func BenchmarkFind(b *testing.B) {
	s, order := ofTen(b)
	sight := s.finder.For(as(b.Context(), nil, "*"))
	b.ReportAllocs()
	for b.Loop() {
		if len(sight.Find(order.ProtoReflect(), nil)) != 11 {
			b.Fatal()
		}
	}
}

// BenchmarkShow shows a record that is kept, while nobody writes, and while records are
// written 200 times a second that it cannot name, and that it can.
func BenchmarkShow(b *testing.B) {
	for _, written := range []string{"", "lots", "products"} {
		b.Run("written="+written, func(b *testing.B) {
			s, order := ofTen(b)
			s.put("orders", 1, 0, order)
			raw, err := s.Get("orders", resource.Key(1))
			if err != nil {
				b.Fatal(err)
			}
			kept, err := s.kinds["orders"].Render(raw)
			if err != nil {
				b.Fatal(err)
			}
			sight := s.finder.For(as(b.Context(), nil, "*"))
			if written != "" {
				var done atomic.Bool
				ended := make(chan struct{})
				go func() {
					defer close(ended)
					tick := time.NewTicker(5 * time.Millisecond)
					defer tick.Stop()
					for !done.Load() {
						<-tick.C
						s.put(written, 99, 0, s.kinds[written].New())
					}
				}()
				defer func() { done.Store(true); <-ended }()
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := kept.Show(time.Time{}, sight); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
