package gateway

import (
	"bytes"
	"encoding/json"
	"testing"

	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	productv1 "odoomesh/gen/go/mesh/product/v1"
)

// TestRecordsInsideOtherMessages writes pages and changes twice: the second time
// all records come from what is kept.
func TestRecordsInsideOtherMessages(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newJSONWriter(1 << 20)
		m := rapid.SampledFrom([]proto.Message{
			&productv1.ListProductsResponse{}, &productv1.BatchGetProductsResponse{}, &productv1.WatchProductsResponse{},
		}).Draw(t, "kind").ProtoReflect().New()
		fill(t, m, 3)
		want := wholeJSON(t, m.Interface())
		for range 2 {
			got, err := w.marshal(answer{message: m.Interface()})
			if err != nil {
				t.Fatal(err)
			}
			if !sameJSON(t, got, want) {
				t.Fatalf("got\n%s\nwant\n%s", got, want)
			}
		}
	})
}

// sameJSON compares two objects without regard to the order of their fields.
func sameJSON(t *rapid.T, a, b []byte) bool {
	normal := func(text []byte) string {
		var v map[string]json.RawMessage
		if err := json.Unmarshal(text, &v); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		sorted, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return string(sorted)
	}
	return normal(a) == normal(b) && compactLen(t, a) == compactLen(t, b)
}

// compactLen shows whether a field stands there twice.
func compactLen(t *rapid.T, text []byte) int {
	var out bytes.Buffer
	if err := json.Compact(&out, text); err != nil {
		t.Fatal(err)
	}
	return out.Len()
}

func BenchmarkPage(b *testing.B) {
	page := &productv1.ListProductsResponse{NextPageToken: "x"}
	for i := range 50 {
		page.Products = append(page.Products, &productv1.Product{Name: "products/1", OdooTemplateId: int64(i), SupplierPrices: []*productv1.SupplierPrice{{}, {}, {}}})
	}
	for name, limit := range map[string]int64{"kept": 1 << 20, "made": 0} {
		b.Run(name, func(b *testing.B) {
			w := newJSONWriter(limit)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := w.marshal(answer{message: page}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
