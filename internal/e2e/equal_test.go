package e2e

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	invoicev1 "odoomesh/gen/go/mesh/invoice/v1"
	optionsv1 "odoomesh/gen/go/mesh/options/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/services"
)

// record is what the records of all domains have in common.
type record interface {
	proto.Message
	GetName() string
	GetEtag() string
	GetProvenance() *typesv1.Provenance
	GetUpdateTime() *timestamppb.Timestamp
}

// listed reads all pages of a list over gRPC.
func listed[T record](t testing.TB, page func(token string) ([]T, string, error)) map[string]T {
	t.Helper()
	out := map[string]T{}
	for token := ""; ; {
		records, next, err := page(token)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range records {
			if _, twice := out[r.GetName()]; twice {
				t.Fatalf("%s stands on two pages", r.GetName())
			}
			out[r.GetName()] = r
		}
		if token = next; token == "" {
			return out
		}
	}
}

func (m *mesh) allProducts(t testing.TB) map[string]*productv1.Product {
	t.Helper()
	return listed(t, func(token string) ([]*productv1.Product, string, error) {
		r, err := m.products.ListProducts(t.Context(), &productv1.ListProductsRequest{PageSize: 97, PageToken: token})
		return r.GetProducts(), r.GetNextPageToken(), err
	})
}

func (m *mesh) allSuppliers(t testing.TB) map[string]*supplierv1.Supplier {
	t.Helper()
	return listed(t, func(token string) ([]*supplierv1.Supplier, string, error) {
		r, err := m.suppliers.ListSuppliers(t.Context(), &supplierv1.ListSuppliersRequest{PageSize: 97, PageToken: token})
		return r.GetSuppliers(), r.GetNextPageToken(), err
	})
}

// asOdoo leaves out what only the mesh knows of a record: its etag, where it comes
// from, up to when it has read, and what stands beside it.
func asOdoo[T record](desc protoreflect.MessageDescriptor, r T) T {
	c := proto.CloneOf(r)
	for _, name := range []protoreflect.Name{"etag", "provenance", "update_time", "match", "references"} {
		if f := desc.Fields().ByName(name); f != nil {
			c.ProtoReflect().Clear(f)
		}
	}
	withoutComputed(c.ProtoReflect())
	return c
}

// withoutComputed leaves out what is worked out when a record is answered.
func withoutComputed(m protoreflect.Message) {
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		rule, _ := proto.GetExtension(f.Options(), optionsv1.E_Field).(*optionsv1.FieldRule)
		switch {
		case rule.GetComputed() != optionsv1.Computed_COMPUTED_UNSPECIFIED:
			m.Clear(f)
		case f.Message() != nil && f.IsList():
			for i := range v.List().Len() {
				withoutComputed(v.List().Get(i).Message())
			}
		}
		return true
	})
}

// difference says how the mesh's records differ from Odoo's, of the first few that
// do; empty if none does.
func difference[T record](odoo, mesh map[string]T) string {
	shown := map[string]T{}
	for name, r := range mesh {
		shown[name] = asOdoo(r.ProtoReflect().Descriptor(), r)
	}
	var differ []string
	for name, r := range odoo {
		if have, there := shown[name]; !there || !proto.Equal(r, have) {
			differ = append(differ, name)
		}
	}
	for name := range shown {
		if _, wanted := odoo[name]; !wanted {
			differ = append(differ, name)
		}
	}
	if len(differ) == 0 {
		return ""
	}
	slices.Sort(differ)
	few := func(of map[string]T) map[string]T {
		out := map[string]T{}
		for _, name := range differ[:min(len(differ), 3)] {
			if r, there := of[name]; there {
				out[name] = r
			}
		}
		return out
	}
	return fmt.Sprintf("%d records differ (-Odoo +mesh):\n%s", len(differ), gocmp.Diff(few(odoo), few(shown), protocmp.Transform()))
}

// domain is one collection of records: as Odoo has them, and as the mesh shows them.
type domain struct {
	name   string
	inOdoo func(*books) map[string]record
	inMesh func(testing.TB, *mesh) map[string]record
}

func domains() []domain {
	return []domain{
		{"products", of((*books).products), in((*mesh).allProducts)},
		{"suppliers", of((*books).suppliers), in((*mesh).allSuppliers)},
		{"orders", of((*books).orders), paged(func(ctx context.Context, m *mesh, token string) ([]*orderv1.Order, string, error) {
			r, err := m.orders.ListOrders(ctx, &orderv1.ListOrdersRequest{PageSize: 997, PageToken: token})
			return r.GetOrders(), r.GetNextPageToken(), err
		})},
		{"requisitions", of((*books).requisitions), paged(func(ctx context.Context, m *mesh, token string) ([]*orderv1.Requisition, string, error) {
			r, err := m.orders.ListRequisitions(ctx, &orderv1.ListRequisitionsRequest{PageSize: 997, PageToken: token})
			return r.GetRequisitions(), r.GetNextPageToken(), err
		})},
		{"receipts", of((*books).receipts), paged(func(ctx context.Context, m *mesh, token string) ([]*receiptv1.Receipt, string, error) {
			r, err := m.receipts.ListReceipts(ctx, &receiptv1.ListReceiptsRequest{PageSize: 997, PageToken: token})
			return r.GetReceipts(), r.GetNextPageToken(), err
		})},
		{"invoices", of((*books).invoices), paged(func(ctx context.Context, m *mesh, token string) ([]*invoicev1.Invoice, string, error) {
			r, err := m.invoices.ListInvoices(ctx, &invoicev1.ListInvoicesRequest{PageSize: 997, PageToken: token})
			return r.GetInvoices(), r.GetNextPageToken(), err
		})},
		{"locations", of((*books).locations), paged(func(ctx context.Context, m *mesh, token string) ([]*inventoryv1.Location, string, error) {
			r, err := m.inventory.ListLocations(ctx, &inventoryv1.ListLocationsRequest{PageSize: 997, PageToken: token})
			return r.GetLocations(), r.GetNextPageToken(), err
		})},
		{"lots", of((*books).lots), paged(func(ctx context.Context, m *mesh, token string) ([]*inventoryv1.Lot, string, error) {
			r, err := m.inventory.ListLots(ctx, &inventoryv1.ListLotsRequest{PageSize: 997, PageToken: token})
			return r.GetLots(), r.GetNextPageToken(), err
		})},
		{"stockPositions", of((*books).stockPositions), paged(func(ctx context.Context, m *mesh, token string) ([]*inventoryv1.StockPosition, string, error) {
			r, err := m.inventory.ListStockPositions(ctx, &inventoryv1.ListStockPositionsRequest{PageSize: 997, PageToken: token})
			return r.GetStockPositions(), r.GetNextPageToken(), err
		})},
		{"movements", of((*books).movements), paged(func(ctx context.Context, m *mesh, token string) ([]*inventoryv1.Movement, string, error) {
			r, err := m.inventory.ListMovements(ctx, &inventoryv1.ListMovementsRequest{PageSize: 997, PageToken: token})
			return r.GetMovements(), r.GetNextPageToken(), err
		})},
	}
}

func records[T record](typed map[string]T) map[string]record {
	out := make(map[string]record, len(typed))
	for name, r := range typed {
		out[name] = r
	}
	return out
}

func of[T record](oracle func(*books) map[string]T) func(*books) map[string]record {
	return func(b *books) map[string]record { return records(oracle(b)) }
}

func in[T record](list func(*mesh, testing.TB) map[string]T) func(testing.TB, *mesh) map[string]record {
	return func(t testing.TB, m *mesh) map[string]record { return records(list(m, t)) }
}

func paged[T record](page func(ctx context.Context, m *mesh, token string) ([]T, string, error)) func(testing.TB, *mesh) map[string]record {
	return func(t testing.TB, m *mesh) map[string]record {
		return records(listed(t, func(token string) ([]T, string, error) { return page(t.Context(), m, token) }))
	}
}

// equalsOdoo waits until the mesh shows what the oracles read, in every domain:
// the same records, and each of them field by field. It gives how many there are.
func (m *mesh) equalsOdoo(t testing.TB, p *person) map[string]int {
	t.Helper()
	counts := map[string]int{}
	open := domains()
	eventually(t, func() (bool, any) {
		diff, b := "", p.books(t)
		open = slices.DeleteFunc(open, func(d domain) bool {
			odoo := d.inOdoo(b)
			counts[d.name] = len(odoo)
			here := difference(odoo, d.inMesh(t, m))
			if here != "" {
				diff += d.name + ":\n" + shortened(here)
			}
			return here == ""
		})
		return len(open) == 0, diff
	})
	return counts
}

// shortened keeps a long difference readable.
func shortened(s string) string {
	const most = 6000
	if len(s) > most {
		return s[:most] + "\n…"
	}
	return s
}

// byName gives records in the order of their names' numbers.
func byName[T record](records map[string]T) []T {
	return slices.SortedFunc(maps.Values(records), func(a, b T) int {
		return cmp.Or(cmp.Compare(len(a.GetName()), len(b.GetName())), cmp.Compare(a.GetName(), b.GetName()))
	})
}

// Whatever the mesh serves is compared with Odoo by an oracle.
func TestEveryCollectionIsCompared(t *testing.T) {
	t.Parallel()
	compared := map[string]bool{}
	for _, d := range domains() {
		compared[d.name] = true
	}
	for _, domain := range services.All() {
		for _, c := range domain.Collections {
			if !compared[c.Name] {
				t.Errorf("no oracle says what the %s should be", c.Name)
			}
		}
	}
}
