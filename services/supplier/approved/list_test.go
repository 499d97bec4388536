package approved

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	optionsv1 "odoomesh/gen/go/mesh/options/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
	"odoomesh/internal/clock"
	"odoomesh/internal/fault"
	"odoomesh/internal/owned"
	"odoomesh/internal/read"
	"odoomesh/internal/record"
	"odoomesh/internal/resource"
	"odoomesh/internal/scope"
	"odoomesh/internal/store"
	"odoomesh/internal/store/badgerstore"
	"odoomesh/internal/token"
)

// copied is a copy that is complete and fresh.
type copied struct{}

func (copied) Status() read.Status                     { return read.Status{Loaded: true, Reachable: true} }
func (copied) Refresh(context.Context, [][]byte) error { return nil }

// collectionOf fills a collection with records of companies, by id.
func collectionOf[T proto.Message](t *testing.T, name string, one func(id int64) T, companies map[int64]int64) *read.Collection[T] {
	t.Helper()
	cache, err := badgerstore.OpenCache(t.TempDir(), badgerstore.CacheOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cache.Close() })
	var fill []store.Mutation
	for id, company := range companies {
		body, err := proto.Marshal(one(id))
		if err != nil {
			t.Fatal(err)
		}
		raw, err := proto.Marshal(&internalv1.CacheRecord{Body: body, ContentHash: make([]byte, 16), CompanyId: company})
		if err != nil {
			t.Fatal(err)
		}
		fill = append(fill, store.Mutation{Collection: name, Key: resource.Key(id), Value: raw})
	}
	if err := cache.Fill(t.Context(), fill); err != nil {
		t.Fatal(err)
	}
	kind, err := record.NewKind(name, one(0).ProtoReflect().Type(), "test")
	if err != nil {
		t.Fatal(err)
	}
	c, err := read.NewCollection[T](read.Deps{Kind: kind, Cache: cache, StoreID: "test", Freshness: copied{}, Clock: clock.System{}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// serviceOf makes a service of some entries. products/1 and suppliers/1 are shared,
// products/2 and suppliers/2 belong to company 2.
func serviceOf(t *testing.T, entries map[string]*supplierv1.ApprovedVendor) *Service {
	t.Helper()
	journal, err := badgerstore.OpenLog(t.TempDir(), badgerstore.LogOptions{Name: "owned"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = journal.Close() })
	book, err := owned.New(owned.Config{
		Journal: journal, Records: map[string]protoreflect.MessageType{Collection: (&supplierv1.ApprovedVendor{}).ProtoReflect().Type()}, Clock: clock.Func(time.Now),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := book.Fitted(t.Context(), Collection, nil); err != nil {
		t.Fatal(err)
	}
	w := owned.NewWriter(book, nil, func(context.Context, string, [][]byte) (int, error) { return 0, nil })
	for name, v := range entries {
		key, err := resource.KeyOf(Collection, name)
		if err != nil {
			t.Fatal(err)
		}
		ids := resource.IDs(key)
		v.Product, v.Supplier = resource.Name("products", ids[0]), resource.Name("suppliers", ids[1])
		v.Status = max(v.Status, supplierv1.ApprovedVendorStatus_APPROVED_VENDOR_STATUS_PROPOSED)
		fields, err := owned.FieldsOf(v, fields...)
		if err == nil {
			_, err = w.Set(t.Context(), owned.Write{Collection: Collection, Key: key, Owner: optionsv1.Owner_OWNER_MESH, Author: "sue", Intent: name, Fields: fields})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	maker, err := token.NewMaker("test", make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	return &Service{
		Register: NewRegister(w), store: "test", tokens: maker.For, clock: clock.System{}, zone: func() *time.Location { return time.UTC },
		products: collectionOf(t, "products", func(id int64) *productv1.Product {
			return &productv1.Product{Name: resource.Name("products", id), Active: true}
		}, map[int64]int64{1: 0, 2: 2}),
		suppliers: collectionOf(t, "suppliers", func(id int64) *supplierv1.Supplier {
			return &supplierv1.Supplier{Name: resource.Name("suppliers", id), Active: true}
		}, map[int64]int64{1: 0, 2: 2}),
	}
}

// pages lists all entries, some at a time.
func pages(t *testing.T, ctx context.Context, s *Service, size int32, filter, order string) (names []string) {
	t.Helper()
	r := &supplierv1.ListApprovedVendorsRequest{PageSize: size, Filter: filter, OrderBy: order}
	for {
		page, err := s.ListApprovedVendors(ctx, r)
		if err != nil {
			t.Fatal(err)
		}
		if n := len(page.GetApprovedVendors()); n > int(size) || n == 0 && len(names) > 0 {
			t.Fatalf("a page of %d", n)
		}
		for _, v := range page.GetApprovedVendors() {
			names = append(names, v.GetName())
		}
		if r.PageToken = page.GetNextPageToken(); r.PageToken == "" {
			return names
		}
	}
}

// Who is narrowed down to a company meets what is about products and suppliers that it
// meets, whatever the entry itself says of its site.
func TestAnEntryIsMetWithWhatItIsAbout(t *testing.T) {
	s := serviceOf(t, map[string]*supplierv1.ApprovedVendor{
		"approvedVendors/1-1-0-0": {}, "approvedVendors/2-1-0-0": {}, "approvedVendors/1-2-0-0": {}, "approvedVendors/1-1-2-0": {CompanyId: 2}, "approvedVendors/1-1-1-0": {CompanyId: 1},
	})
	for company, want := range map[int64][]string{
		1: {"approvedVendors/1-1-0-0", "approvedVendors/1-1-1-0"},
		2: {"approvedVendors/1-1-0-0", "approvedVendors/1-1-2-0", "approvedVendors/1-2-0-0", "approvedVendors/2-1-0-0"},
	} {
		ctx := scope.With(t.Context(), &scope.Scope{Companies: []int64{company}})
		for _, filter := range []string{"", "status = PROPOSED"} {
			got := pages(t, ctx, s, 1, filter, "")
			if slices.Sort(got); !slices.Equal(got, want) {
				t.Errorf("company %d meets %v, want %v", company, got, want)
			}
		}
		for _, name := range pages(t, t.Context(), s, 50, "", "") {
			_, err := s.GetApprovedVendor(ctx, &supplierv1.GetApprovedVendorRequest{Name: name})
			if met := slices.Contains(want, name); met != (err == nil) || !met && fault.ReasonOf(err) != errorsv1.Reason_REASON_NOT_FOUND {
				t.Errorf("company %d gets %s: %v", company, name, err)
			}
		}
	}
	if got := pages(t, scope.With(t.Context(), &scope.Scope{Companies: []int64{1}}), s, 50, `product = "products/2"`, ""); len(got) != 0 {
		t.Errorf("by a filter company 1 meets %v", got)
	}
}

// However they are ordered, pages follow each other without a gap and without a twin.
func TestPagesFollowEachOther(t *testing.T) {
	entries := map[string]*supplierv1.ApprovedVendor{}
	for i := range int64(7) {
		v := &supplierv1.ApprovedVendor{}
		if i%3 != 0 {
			v.ValidUntil = day(2027, 1, int32(1+i%3))
		}
		entries[fmt.Sprintf("approvedVendors/1-1-0-%d", i+8)] = v
	}
	s := serviceOf(t, entries)
	for _, order := range []string{"", "valid_until", "valid_until desc", "product desc, valid_until desc"} {
		whole := pages(t, t.Context(), s, 50, "", order)
		if got := pages(t, t.Context(), s, 2, "", order); len(whole) != len(entries) || !slices.Equal(got, whole) {
			t.Errorf("by %q: %v, want %v", order, strings.Join(got, " "), strings.Join(whole, " "))
		}
	}
}

// A page ends below what a client takes, and has an entry in any case.
func TestPagesHaveALimitOfBytes(t *testing.T) {
	large := row{entry: &supplierv1.ApprovedVendor{Reason: strings.Repeat("x", 1000)}}
	rows := []row{large, large, large}
	for _, tt := range []struct{ size, limit, want int }{{50, 1 << 20, 3}, {2, 1 << 20, 2}, {50, 2500, 2}, {50, 10, 1}} {
		if got := len(fit(rows, tt.size, tt.limit)); got != tt.want {
			t.Errorf("%d of them in %d bytes: %d, want %d", tt.size, tt.limit, got, tt.want)
		}
	}
}
