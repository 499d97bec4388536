package e2e

import (
	"cmp"
	"maps"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/testing/protocmp"

	productv1 "odoomesh/gen/go/mesh/product/v1"
	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
)

// record is what products and suppliers have in common.
type record interface {
	proto.Message
	GetName() string
	GetEtag() string
	GetProvenance() *typesv1.Provenance
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
// from, and up to when it has read.
func asOdoo[T record](desc protoreflect.MessageDescriptor, r T) T {
	c := proto.CloneOf(r)
	for _, name := range []protoreflect.Name{"etag", "provenance", "update_time"} {
		c.ProtoReflect().Clear(desc.Fields().ByName(name))
	}
	return c
}

// difference says how the mesh's records differ from Odoo's; empty if they do not.
func difference[T record](odoo, mesh map[string]T) string {
	shown := map[string]T{}
	for name, r := range mesh {
		shown[name] = asOdoo(r.ProtoReflect().Descriptor(), r)
	}
	return gocmp.Diff(odoo, shown, protocmp.Transform())
}

// equalsOdoo waits until the mesh shows what the oracle reads.
func (m *mesh) equalsOdoo(t testing.TB, p *person) {
	t.Helper()
	eventually(t, func() (bool, any) {
		diff := difference(p.odooProducts(t), m.allProducts(t)) + difference(p.odooSuppliers(t), m.allSuppliers(t))
		return diff == "", shortened(diff)
	})
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
