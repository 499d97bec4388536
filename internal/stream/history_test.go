package stream

import (
	"fmt"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	changev1 "odoomesh/gen/go/mesh/change/v1"
	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/internal/record"
	"odoomesh/internal/resource"
	"odoomesh/internal/store"
	"odoomesh/internal/token"
)

// BenchmarkHistoryOfADeletedRecord searches the whole of a log backwards for a record that
// was deleted at its beginning, a page of the search after the other.
func BenchmarkHistoryOfADeletedRecord(b *testing.B) {
	log, w := WatchProducts(b, time.Hour)
	kinds := map[string]*record.Kind{"products": w.Kind}
	tokens, err := token.NewMaker("test", make([]byte, token.KeySize))
	if err != nil {
		b.Fatal(err)
	}
	put := func(id int64, n int) {
		var drafts []store.Draft
		for range n {
			payload, err := proto.Marshal(&internalv1.ChangeRecord{Collection: "products", Key: resource.Key(id), Before: ProductSide(b, fmt.Sprintf("%01500d", id))})
			if err != nil {
				b.Fatal(err)
			}
			drafts = append(drafts, store.Draft{Collection: "products", Payload: payload})
		}
		if _, err := log.Append(b.Context(), time.Unix(id, 0), drafts); err != nil {
			b.Fatal(err)
		}
	}
	put(1, 1)
	for i := range 250 {
		put(int64(i+2), 1000)
	}
	l := NewRecorded(RecordedDeps{Kinds: kinds, Log: log, Cache: w.Cache, Tokens: tokens})
	for b.Loop() {
		calls, found := 0, 0
		for r := (&changev1.GetHistoryRequest{Name: "products/1"}); ; calls++ {
			page, err := l.History(b.Context(), "products", r)
			if err != nil {
				b.Fatal(err)
			}
			found += len(page.Changes)
			if r.PageToken = page.Next; r.PageToken == "" {
				break
			}
		}
		if found != 1 {
			b.Fatal(found, calls)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/250_000, "ns/entry")
}

// What differs is named by paths that a read mask takes; of a list with ids the elements
// that differ are shown.
func TestWhatTwoRecordsDifferIn(t *testing.T) {
	price := func(id, supplier string, days int32) *productv1.SupplierPrice {
		return &productv1.SupplierPrice{Id: id, Supplier: supplier, LeadTimeDays: days}
	}
	product := func(active bool, attributes map[string]string, prices ...*productv1.SupplierPrice) *productv1.Product {
		return &productv1.Product{Name: "products/1", Etag: fmt.Sprint(active, len(prices)), Active: active, Attributes: attributes, SupplierPrices: prices}
	}
	for _, tt := range []struct {
		name             string
		before, after    *productv1.Product
		paths            []string
		previous, behind string
	}{
		{"nothing but the etag", product(true, nil), func() *productv1.Product { p := product(true, nil); p.Etag = "other"; return p }(), nil, "", ""},
		{"what became false", product(true, nil), product(false, nil), []string{"active"}, "map[active:true]", "map[active:false]"},
		{"an attribute", product(true, map[string]string{"a": "1", "b": "2"}), product(true, map[string]string{"a": "1", "b": "3"}), []string{"attributes"},
			"map[attributes:map[b:2]]", "map[attributes:map[b:3]]"},
		{"within an element", product(true, nil, price("1", "suppliers/1", 1), price("2", "suppliers/2", 2)), product(true, nil, price("2", "suppliers/2", 5), price("1", "suppliers/1", 1)),
			[]string{"supplier_prices.lead_time_days"}, "", ""},
		{"an element more", product(true, nil, price("1", "suppliers/1", 1)), product(true, nil, price("1", "suppliers/1", 1), price("2", "suppliers/2", 2)), []string{"supplier_prices"}, "map[supplierPrices:[]]", ""},
		{"another order", product(true, nil, price("1", "", 1), price("2", "", 2)), product(true, nil, price("2", "", 2), price("1", "", 1)), []string{"supplier_prices"}, "", ""},
		{"ids twice", product(true, nil, price("1", "", 1), price("1", "", 2)), product(true, nil, price("1", "", 2)), []string{"supplier_prices"}, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := differenceOf(tt.before, tt.after)
			if fmt.Sprint(d.paths) != fmt.Sprint(tt.paths) {
				t.Errorf("they differ in %v", d.paths)
			}
			for want, m := range map[string]proto.Message{tt.previous: d.before.Interface(), tt.behind: d.after.Interface()} {
				form, err := formOf(m, d.shown)
				if err != nil || want != "" && fmt.Sprint(form.AsMap()) != want {
					t.Errorf("%v, %v", form, err)
				}
			}
		})
	}
}
