package read_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	"odoomesh/internal/clock"
	"odoomesh/internal/index"
	"odoomesh/internal/read"
	"odoomesh/internal/record"
	"odoomesh/internal/resource"
	"odoomesh/internal/scope"
	"odoomesh/internal/store"
	"odoomesh/internal/store/badgerstore"
	"odoomesh/internal/token"
)

var start = time.Date(2026, 11, 27, 23, 30, 0, 0, time.UTC)

// positions fills a cache with n positions, of which every second one expires on the day
// behind the first, and half belong to company 2.
func positions(t testing.TB, n int, now func() time.Time) *read.Collection[*inventoryv1.StockPosition] {
	t.Helper()
	cache, err := badgerstore.OpenCache(t.TempDir(), badgerstore.CacheOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cache.Close() })
	fields, err := index.Fields((&inventoryv1.StockPosition{}).ProtoReflect().Descriptor())
	if err != nil {
		t.Fatal(err)
	}
	var fill []store.Mutation
	for id := int64(1); id <= int64(n); id++ {
		position := &inventoryv1.StockPosition{
			Name: resource.Name("stockPositions", id, 8, 0, 0, 0), Product: resource.Name("products", id%7+1), Location: "locations/8",
			Quantity: &decimal.Decimal{Value: fmt.Sprintf("%d.%d", (id*37)%50-10, id%10)}, ReservedQuantity: &decimal.Decimal{Value: fmt.Sprint((id * 13) % 29)},
			ExpirationTime: timestamppb.New(start.Add(time.Duration(id%2) * 12 * time.Hour)),
		}
		body, err := proto.Marshal(position)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := proto.Marshal(&internalv1.CacheRecord{Body: body, ContentHash: make([]byte, 16), CompanyId: id%2 + 1})
		if err != nil {
			t.Fatal(err)
		}
		m := store.Mutation{Collection: "stockPositions", Key: resource.Key(id, 8, 0, 0, 0), Value: raw}
		for _, f := range fields {
			m.Indexes = append(m.Indexes, store.IndexEntry{Index: f.Path, Value: f.Values(position.ProtoReflect())[0]})
		}
		fill = append(fill, m)
	}
	if err := cache.Fill(t.Context(), fill); err != nil {
		t.Fatal(err)
	}
	kind, err := record.NewKind("stockPositions", (&inventoryv1.StockPosition{}).ProtoReflect().Type(), "test")
	if err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation("Europe/Vienna")
	if err != nil {
		t.Fatal(err)
	}
	tokens, err := token.NewMaker("test", make([]byte, token.KeySize))
	if err != nil {
		t.Fatal(err)
	}
	c, err := read.NewCollection[*inventoryv1.StockPosition](read.Deps{Kind: kind, Cache: cache, StoreID: "test", Tokens: tokens, Freshness: copied{}, Clock: clock.Func(now), Zone: func() *time.Location { return zone }})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// pages reads a list to its end.
func pages(t *testing.T, c *read.Collection[*inventoryv1.StockPosition], r *inventoryv1.ListStockPositionsRequest, between func()) []*inventoryv1.StockPosition {
	t.Helper()
	var all []*inventoryv1.StockPosition
	for {
		page, err := c.List(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		if all = append(all, page.Records...); page.NextToken == "" {
			return all
		}
		r.PageToken = page.NextToken
		between()
	}
}

// All pages answer for the moment at which the first was asked for.
func TestPagesHaveOneNow(t *testing.T) {
	now := start.Add(time.Minute)
	c := positions(t, 40, func() time.Time { return now })
	r := &inventoryv1.ListStockPositionsRequest{Filter: "expiration_time < now()", PageSize: 7}
	if got := len(pages(t, c, r, func() { now = now.Add(24 * time.Hour) })); got != 20 {
		t.Errorf("%d positions on all pages have expired, want 20", got)
	}
	if got := len(pages(t, c, &inventoryv1.ListStockPositionsRequest{Filter: "expiration_time < now()", PageSize: 7}, func() {})); got != 40 {
		t.Errorf("%d positions have expired days later, want 40", got)
	}
	// Midnight comes an hour earlier in Vienna.
	now = start.Add(time.Minute)
	if got := len(pages(t, c, &inventoryv1.ListStockPositionsRequest{Filter: `expiration_time >= today() AND expirationTime < "2026-11-28"`}, func() {})); got != 0 {
		t.Errorf("%d positions expire before a day that has begun", got)
	}
}

// Whether an index has the order or not, each record comes once, in it.
func TestListsInEveryOrder(t *testing.T) {
	c := positions(t, 60, func() time.Time { return start })
	number := func(d *decimal.Decimal) (f float64) { _, _ = fmt.Sscan(d.GetValue(), &f); return f }
	for by, value := range map[string]func(*inventoryv1.StockPosition) float64{
		"quantity": func(p *inventoryv1.StockPosition) float64 { return number(p.GetQuantity()) },
		// Without an index.
		"reserved_quantity": func(p *inventoryv1.StockPosition) float64 { return number(p.GetReservedQuantity()) },
		"reservedQuantity":  func(p *inventoryv1.StockPosition) float64 { return number(p.GetReservedQuantity()) },
	} {
		for _, way := range []string{"", " asc", " DESC"} {
			all := pages(t, c, &inventoryv1.ListStockPositionsRequest{OrderBy: by + way, PageSize: 7}, func() {})
			seen := map[string]bool{}
			for _, p := range all {
				seen[p.GetName()] = true
			}
			sorted := slices.IsSortedFunc(all, func(a, b *inventoryv1.StockPosition) int {
				if way == " DESC" {
					a, b = b, a
				}
				return cmp.Compare(value(a), value(b))
			})
			if !sorted || len(seen) != 60 || len(all) != 60 {
				t.Errorf("%s%s: sorted is %t, %d records of 60, %d of them other ones", by, way, sorted, len(all), len(seen))
			}
		}
	}
	for by, want := range map[string]string{
		"quantty": "did you mean quantity?", "unit": "cannot be ordered", "attributes": "cannot be ordered", "quantity, quantity": "twice", "quantity up": "well formed",
	} {
		if _, err := c.List(t.Context(), &inventoryv1.ListStockPositionsRequest{OrderBy: by}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", by, err, want)
		}
	}
}

// A total counts what the caller meets, on all pages, up to its bound.
func TestTotals(t *testing.T) {
	c := positions(t, 10_001, func() time.Time { return start })
	narrow := scope.With(t.Context(), &scope.Scope{Companies: []int64{1}})
	for _, test := range []struct {
		filter string
		narrow bool
		want   int32
		capped bool
	}{
		{"", false, 10_000, true}, {"", true, 5000, false}, {`product = "products/1"`, false, 1428, false}, {`product = "products/1"`, true, 714, false},
		{"quantity > -1000", false, 10_000, true}, {"quantity > 1000", false, 0, false},
	} {
		ctx := t.Context()
		if test.narrow {
			ctx = narrow
		}
		page, err := c.List(ctx, &inventoryv1.ListStockPositionsRequest{Filter: test.filter, PageSize: 3, IncludeTotalSize: true})
		if err != nil {
			t.Fatal(err)
		}
		if page.Total == nil || *page.Total != test.want || *page.Capped != test.capped {
			t.Errorf("%q, narrowed %t: %+v", test.filter, test.narrow, page)
		}
	}
	if page, err := c.List(t.Context(), &inventoryv1.ListStockPositionsRequest{}); err != nil || page.Total != nil || page.Capped != nil {
		t.Errorf("a total that nobody asked for: %+v, %v", page, err)
	}
}
