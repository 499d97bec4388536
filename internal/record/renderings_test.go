package record

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func kindOf(t *testing.T, collection string, m proto.Message) *Kind {
	t.Helper()
	k, err := NewKind(collection, m.ProtoReflect().Type(), "hospital")
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func rawOf(t *testing.T, m proto.Message) []byte {
	t.Helper()
	body, err := proto.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := proto.Marshal(&internalv1.CacheRecord{Body: body, ContentHash: make([]byte, 16), ObservedTime: timestamppb.New(noon), Rows: make([]*internalv1.SourceRow, 3)})
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func glove(t *testing.T, name string) []byte {
	return rawOf(t, &productv1.Product{Name: "products/7", DisplayName: name})
}

// all makes every form of a record.
func all(t *testing.T, r *Rendered, err error) *Rendered {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	shown, err := r.Show(noon, nil)
	if err == nil {
		_, err = shown.AppendJSON(nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Whatever was kept before, a record is found again only by what the cache holds.
func TestRenderingsFollowTheCache(t *testing.T) {
	k := kindOf(t, "products", &productv1.Product{})
	c := NewRenderings(1 << 20)
	var last *Rendered
	for i, step := range []struct {
		name  string
		again bool
	}{{"Glove", false}, {"Glove", true}, {"Mask", false}, {"Mask", true}, {"Glove", false}} {
		r, err := c.Of(k, []byte("7"), glove(t, step.name), 1)
		all(t, r, err)
		if again := r == last; again != step.again {
			t.Errorf("step %d: the same %v, want %v", i, again, step.again)
		}
		if shown, err := r.Show(noon, nil); err != nil || shown.Message.(*productv1.Product).GetDisplayName() != step.name {
			t.Errorf("step %d: shown %v (%v)", i, shown.Message, err)
		}
		last = r
	}
}

// A record is found without the cache only while the cache is as it was.
func TestRenderingsAreBoundToTheStateOfTheCache(t *testing.T) {
	k, other := kindOf(t, "products", &productv1.Product{}), kindOf(t, "suppliers", &supplierv1.Supplier{})
	c := NewRenderings(1 << 20)
	raw := glove(t, "Glove")
	if _, err := c.Of(k, []byte("7"), raw, 3); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Of(k, []byte("7"), raw, UnknownState); err != nil { // as a page finds it
		t.Fatal(err)
	}
	for _, q := range []struct {
		name  string
		kind  *Kind
		key   string
		state uint64
		want  bool
	}{
		{"the same", k, "7", 3, true}, {"a later state", k, "7", 4, false}, {"no state", k, "7", UnknownState, false},
		{"another record", k, "8", 3, false}, {"another collection", other, "7", 3, false},
	} {
		if found := c.Same(q.kind, []byte(q.key), q.state) != nil; found != q.want {
			t.Errorf("%s: found %v", q.name, found)
		}
	}
	var none *Renderings
	if r, err := none.Of(k, []byte("7"), raw, 3); err != nil || none.Same(k, []byte("7"), 3) != nil {
		t.Errorf("without a cache: %v (%v)", r, err)
	}
}

// The bound is one for all collections: what is kept of them together, in every form,
// stays below it by its own count, and by that of the heap.
func TestOneBoundHoldsForAllCollections(t *testing.T) {
	const limit = 4 << 20
	kinds := map[string]*Kind{
		"products": kindOf(t, "products", &productv1.Product{}), "suppliers": kindOf(t, "suppliers", &supplierv1.Supplier{}),
		"orders": kindOf(t, "orders", &orderv1.Order{}), "requisitions": kindOf(t, "requisitions", &orderv1.Requisition{}),
	}
	raws := map[string][]byte{
		"products": rawOf(t, &productv1.Product{
			DisplayName: "Glove", Attributes: map[string]string{"x_shelf": "B4", "x_row": "12"}, SupplierPrices: []*productv1.SupplierPrice{{Id: "1"}, {Id: "2"}},
		}),
		"suppliers":    rawOf(t, &supplierv1.Supplier{DisplayName: strings.Repeat("x", 2000)}),
		"orders":       rawOf(t, &orderv1.Order{Lines: lines(40)}),
		"requisitions": rawOf(t, &orderv1.Requisition{Number: "R1"}),
	}
	before := heap()
	c := NewRenderings(limit)
	for n := range 500 {
		for name, k := range kinds {
			r, err := c.Of(k, fmt.Appendf(nil, "%d", n), append([]byte(nil), raws[name]...), 1)
			all(t, r, err)
			if c.size > limit {
				t.Fatalf("%d bytes are kept after %d records, the limit is %d", c.size, n, limit)
			}
		}
	}
	if c.size < limit*9/10 {
		t.Errorf("%d bytes are kept: the bound of %d was not reached", c.size, limit)
	}
	if grown := heap() - before; grown > limit*11/10 {
		t.Errorf("the heap has grown by %d bytes, the limit is %d", grown, limit)
	}
	sum := 0
	for e := c.recent.Front(); e != nil; e = e.Next() {
		sum += e.Value.(*Rendered).place.size
	}
	if sum != c.size || c.recent.Len() != len(c.byKey) {
		t.Errorf("the records add up to %d, counted are %d; %d in the list, %d by key", sum, c.size, c.recent.Len(), len(c.byKey))
	}
}

func lines(n int) (lines []*orderv1.OrderLine) {
	for i := range n {
		lines = append(lines, &orderv1.OrderLine{Id: fmt.Sprint(i), Product: "products/1"})
	}
	return lines
}

func heap() int {
	var s runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&s)
	return int(s.HeapAlloc)
}

// The record used longest ago makes way; one that is too large drives out none.
func TestTheOldestRenderingMakesWay(t *testing.T) {
	k := kindOf(t, "products", &productv1.Product{})
	c := NewRenderings(1 << 20)
	r, err := c.Of(k, []byte("0"), glove(t, "Glove"), 1)
	room := (1 << 20) / all(t, r, err).place.size
	for n := range room + 5 {
		if n%10 == 0 && c.Same(k, []byte("0"), 1) == nil {
			t.Fatalf("the record that is used has made way after %d", n)
		}
		r, err := c.Of(k, fmt.Append(nil, n), glove(t, "Glove"), 1)
		all(t, r, err)
	}
	if c.Same(k, []byte("1"), 1) != nil {
		t.Error("the record used longest ago is kept")
	}
	kept := c.recent.Len()
	r, err = c.Of(k, []byte("giant"), glove(t, strings.Repeat("x", 1<<18)), 1)
	all(t, r, err)
	if c.Same(k, []byte("giant"), 1) != nil || c.recent.Len() < kept-1 {
		t.Errorf("a giant is kept, or has driven out others: %d of %d are left", c.recent.Len(), kept)
	}
}
