package names_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	optionsv1 "odoomesh/gen/go/mesh/options/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
	"odoomesh/internal/access"
	"odoomesh/internal/names"
	"odoomesh/internal/record"
	"odoomesh/internal/resource"
	"odoomesh/internal/scope"
	"odoomesh/internal/store"
	"odoomesh/internal/store/badgerstore"
)

// shelf is a cache with a finder of what its records are called.
type shelf struct {
	t      testing.TB
	finder *names.Finder
	store.Cache
	position uint64
	kinds    map[string]*record.Kind
	broken   *broken
}

// broken is a cache that does not find what it has while it is broken.
type broken struct {
	store.Cache
	now atomic.Bool
}

var errBroken = errors.New("the disk is gone")

func (b *broken) Get(collection string, key []byte) ([]byte, error) {
	if b.now.Load() && collection != "orders" {
		return nil, errBroken
	}
	return b.Cache.Get(collection, key)
}

func newShelf(t testing.TB, limit int) *shelf {
	t.Helper()
	cache, err := badgerstore.OpenCache(t.TempDir(), badgerstore.CacheOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cache.Close() })
	kinds := map[string]*record.Kind{}
	for collection, m := range map[string]proto.Message{
		"products": &productv1.Product{}, "suppliers": &supplierv1.Supplier{}, "orders": &orderv1.Order{}, "lots": &inventoryv1.Lot{}, "movements": &inventoryv1.Movement{},
	} {
		if kinds[collection], err = record.NewKind(collection, m.ProtoReflect().Type(), "test"); err != nil {
			t.Fatal(err)
		}
	}
	breaks := &broken{Cache: cache}
	finder, err := names.New(breaks, kinds, limit)
	if err != nil {
		t.Fatal(err)
	}
	return &shelf{t: t, finder: finder, Cache: finder.Follow(cache), kinds: kinds, broken: breaks}
}

// put writes records, and takes out those that are nil.
func (s *shelf) put(collection string, id, company int64, m proto.Message) {
	s.t.Helper()
	mutation := store.Mutation{Collection: collection, Key: resource.Key(id)}
	if m != nil {
		body, err := proto.Marshal(m)
		if err != nil {
			s.t.Fatal(err)
		}
		if mutation.Value, err = proto.Marshal(&internalv1.CacheRecord{Body: body, CompanyId: company, ContentHash: make([]byte, 16)}); err != nil {
			s.t.Fatal(err)
		}
	}
	s.position++
	if err := s.Apply(s.t.Context(), s.position, []store.Mutation{mutation}); err != nil {
		s.t.Fatal(err)
	}
}

func (s *shelf) supplier(id, company int64, name string) {
	s.put("suppliers", id, company, &supplierv1.Supplier{Name: resource.Name("suppliers", id), DisplayName: name, TaxId: "AT1"})
}

// as is a call of a principal that may read some domains.
func as(ctx context.Context, s *scope.Scope, domains ...string) context.Context {
	rights := map[string][]optionsv1.Access{}
	for _, domain := range domains {
		rights[domain] = []optionsv1.Access{optionsv1.Access_ACCESS_READ}
	}
	return scope.With(access.WithPrincipal(ctx, access.NewPrincipal("p", rights)), s)
}

// called is what a caller is told that the supplier of an order is called; "-" for nothing.
func (s *shelf) called(ctx context.Context, supplier string) string {
	order := &orderv1.Order{Name: "orders/1", Supplier: supplier, Lines: []*orderv1.OrderLine{{Product: "products/404"}, {Product: "movements/1"}, {Product: "no name"}}}
	found := s.finder.For(ctx).Find(order.ProtoReflect(), nil).Map()
	if found[supplier] == nil || len(found) != 1 {
		return "-" + strings.Repeat("!", len(found))
	}
	return found[supplier].GetDisplayName() + "/" + found[supplier].GetCode()
}

func TestNames(t *testing.T) {
	t.Parallel()
	s := newShelf(t, 1<<20)
	s.supplier(1, 0, "Äpfel  & Söhne 🩺")
	s.supplier(2, 2, "\u202eof two")
	s.supplier(3, 0, "")
	all := as(t.Context(), nil, "supplier", "product")
	want := func(ctx context.Context, supplier, want string) {
		t.Helper()
		for range 2 { // looked up, and kept
			if got := s.called(ctx, supplier); got != want {
				t.Errorf("%s is called %q, want %q", supplier, got, want)
			}
		}
	}
	want(all, "suppliers/1", "Äpfel  & Söhne 🩺/AT1")
	want(all, "suppliers/2", "\u202eof two/AT1")
	want(all, "suppliers/3", "/AT1")
	want(all, "suppliers/9", "-")
	// What comes, changes and goes.
	s.supplier(9, 0, "Nine")
	want(all, "suppliers/9", "Nine/AT1")
	s.supplier(9, 0, "Ninety")
	want(all, "suppliers/9", "Ninety/AT1")
	s.put("suppliers", 9, 0, nil)
	want(all, "suppliers/9", "-")
	// Who may not read suppliers, and who is nobody.
	want(as(t.Context(), nil, "order"), "suppliers/1", "-")
	want(as(t.Context(), nil), "suppliers/1", "-")
	want(t.Context(), "suppliers/1", "-")
	// Whoever is narrowed.
	first := &scope.Scope{Companies: []int64{1}}
	want(as(t.Context(), first, "supplier"), "suppliers/1", "Äpfel  & Söhne 🩺/AT1")
	want(as(t.Context(), first, "supplier"), "suppliers/2", "-")
	want(as(t.Context(), &scope.Scope{Supplier: "suppliers/1"}, "*"), "suppliers/1", "Äpfel  & Söhne 🩺/AT1")
	want(as(t.Context(), &scope.Scope{Supplier: "suppliers/1"}, "*"), "suppliers/2", "-")
	want(as(t.Context(), &scope.Scope{Carrier: "DHL"}, "*"), "suppliers/1", "-")
	// One look of a narrowed caller goes on over a rename.
	sight := s.finder.For(as(t.Context(), first, "supplier"))
	order := (&orderv1.Order{Supplier: "suppliers/1"}).ProtoReflect()
	sight.Find(order, nil)
	s.supplier(1, 0, "Renamed")
	if got := sight.Find(order, nil).Map()["suppliers/1"].GetDisplayName(); got != "Renamed" {
		t.Errorf("after a rename it is called %q", got)
	}
	if err := s.Clear(t.Context()); err != nil {
		t.Fatal(err)
	}
	want(all, "suppliers/1", "-")
}

// A finder keeps no more than it may, and answers what it does not keep.
func TestAFinderIsBounded(t *testing.T) {
	t.Parallel()
	s := newShelf(t, 4000)
	ctx := as(t.Context(), nil, "supplier")
	for id := int64(1); id <= 50; id++ {
		s.supplier(id, 0, fmt.Sprint("Supplier ", id))
	}
	for range 3 {
		for id := int64(1); id <= 50; id++ {
			if got := s.called(ctx, resource.Name("suppliers", id)); got != fmt.Sprintf("Supplier %d/AT1", id) {
				t.Fatal(got)
			}
		}
	}
}

// What a lookup that failed leaves without a name has it as soon as the store answers, also
// where it is kept.
func TestALookupThatFailsIsMadeAgain(t *testing.T) {
	t.Parallel()
	s := newShelf(t, 1<<20)
	s.supplier(1, 0, "One")
	s.put("orders", 1, 0, &orderv1.Order{Name: "orders/1", Supplier: "suppliers/1"})
	raw, err := s.Get("orders", resource.Key(1))
	if err != nil {
		t.Fatal(err)
	}
	kept, err := s.kinds["orders"].Render(raw)
	if err != nil {
		t.Fatal(err)
	}
	whole, narrowed := s.finder.For(as(t.Context(), nil, "*")), s.finder.For(as(t.Context(), &scope.Scope{Companies: []int64{1}}, "*"))
	for _, want := range []string{"", "One", "One"} {
		s.broken.now.Store(want == "")
		shown, err := kept.Show(time.Time{}, whole)
		if err != nil {
			t.Fatal(err)
		}
		order := shown.Message.(*orderv1.Order)
		if got := order.GetReferences()["suppliers/1"].GetDisplayName(); got != want {
			t.Errorf("it is shown with %q, want %q", got, want)
		}
		if got := narrowed.Find(order.ProtoReflect(), nil).Map()["suppliers/1"].GetDisplayName(); got != want {
			t.Errorf("a narrowed caller is told %q, want %q", got, want)
		}
	}
}

// What was made of names holds over writes of records that it cannot name.
func TestWhatIsNamedIsAsOldAsWhatItCanName(t *testing.T) {
	t.Parallel()
	s := newShelf(t, 1<<20)
	all, few := s.finder.For(as(t.Context(), nil, "*")), s.finder.For(as(t.Context(), nil, "supplier"))
	order, lot, movement := s.kinds["orders"].Descriptor(), s.kinds["lots"].Descriptor(), s.kinds["movements"].Descriptor()
	for _, tt := range []struct {
		of      *names.Sight
		desc    protoreflect.MessageDescriptor
		written string
		changes bool
	}{
		{all, order, "suppliers", true},
		{all, order, "products", true},
		{all, order, "lots", false},
		{all, order, "movements", false},
		{few, order, "suppliers", true},
		{few, order, "products", false},
		{all, lot, "products", true},
		{all, lot, "suppliers", false},
		{all, movement, "suppliers", true}, // Its partner can be of any kind.
	} {
		before := tt.of.State(tt.desc)
		s.put(tt.written, 1, 0, s.kinds[tt.written].New())
		if changed := tt.of.State(tt.desc) != before; changed != tt.changes {
			t.Errorf("%s after a write of %s: changed is %t", tt.desc.Name(), tt.written, changed)
		}
	}
}

// While records are renamed, whoever reads after a rename is told it.
func TestNamesAreNeverOlderThanWhatWasWritten(t *testing.T) {
	t.Parallel()
	s := newShelf(t, 1<<20)
	ctx := as(t.Context(), nil, "supplier")
	done := make(chan struct{})
	var readers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
					s.called(ctx, "suppliers/1")
				}
			}
		})
	}
	for n := range 300 {
		s.supplier(1, 0, fmt.Sprint(n))
		if got := s.called(ctx, "suppliers/1"); got != fmt.Sprintf("%d/AT1", n) {
			t.Errorf("after it was called %d it is called %s", n, got)
			break
		}
	}
	close(done)
	readers.Wait()
}
