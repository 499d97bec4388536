package e2e

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"

	productv1 "odoomesh/gen/go/mesh/product/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
)

// filtersFind asks with filters, over gRPC and over REST, and looks which of the
// two products of the cast come.
func filtersFind(t *testing.T, s *stage) {
	c := perform(t, s.person)
	s.equalsOdoo(t, s.person)
	names := map[string]string{productName(c.product): "saline", productName(c.second): "gauze"}
	sku := func(prefix string) string { return fmt.Sprintf("sku = %q", prefix+s.mark) }
	for _, f := range []struct{ rule, filter, want string }{
		{"a sku as a whole", sku("SAL-"), "saline"},
		{"a gtin", fmt.Sprintf("gtin = %q", code13(s.mark, 0)), "saline"},
		{"a gtin with a leading zero more than Odoo has", fmt.Sprintf("gtin = %q", "0"+code13(s.mark, 0)), "saline"},
		{"a gtin with a leading zero less than Odoo has", fmt.Sprintf("gtin = %q", code13(s.mark, 1)), "gauze"},
		{"an identifier", fmt.Sprintf("identifiers.value = %q", code13(s.mark, 0)), "saline"},
		{"a part of the name whatever the case", `active = true AND display_name : "sALIne"`, "saline"},
		{"any of the supplier prices", fmt.Sprintf("supplier_prices.supplier = %q", supplierName(c.supplier)), "saline"},
		{"a supplier's part number", fmt.Sprintf("supplier_prices.part_number = %q", "X-"+s.mark), "saline"},
		{"an enum value by its short name", "tracking = LOT", "saline"},
		{"an enum value by its full name", "kind = KIND_GOODS", "gauze saline"},
		{"AND NOT", "kind = GOODS AND NOT tracking = NONE", "saline"},
		{"OR", sku("SAL-") + " OR " + sku("GAU-"), "gauze saline"},
		{"NOT of what both are", "NOT kind = GOODS", ""},
		{"an amount of money between two decimals", "cost > 3.29 AND cost < 3.31", "saline"},
		{"an amount of money exactly", "sales_price = 12", "gauze"},
		{"a decimal", "weight_kg >= 0.52", "saline"},
		{"a date", `supplier_prices.valid_until >= "2027-12-31"`, "saline"},
		{"a time that has passed", `update_time >= "2020-01-01T00:00:00Z"`, "gauze saline"},
		{"a time long ago", `update_time < "2020-01-01T00:00:00Z"`, ""},
		{"that there is a value", "description:*", "saline"},
		{"a number", fmt.Sprintf("odoo_template_id = %d", c.template), "saline"},
	} {
		t.Run(f.rule, func(t *testing.T) {
			for way, page := range map[string]func(token string) ([]*productv1.Product, string, error){
				"gRPC": func(token string) ([]*productv1.Product, string, error) {
					r, err := s.products.ListProducts(t.Context(), &productv1.ListProductsRequest{Filter: f.filter, PageSize: 500, PageToken: token})
					return r.GetProducts(), r.GetNextPageToken(), err
				},
				"REST": func(token string) ([]*productv1.Product, string, error) { return s.restPage(t, f.filter, token) },
			} {
				var got []string
				for name := range listed(t, page) {
					if names[name] != "" {
						got = append(got, names[name])
					}
				}
				slices.Sort(got)
				if have := strings.Join(got, " "); have != f.want {
					t.Errorf("%s: %s found %q, want %q", way, f.filter, have, f.want)
				}
			}
		})
	}
}

func (s *stage) restPage(t testing.TB, filter, token string) ([]*productv1.Product, string, error) {
	code, body := s.get(t, "/v1/products", url.Values{"filter": {filter}, "page_size": {"500"}, "page_token": {token}})
	if code != http.StatusOK {
		return nil, "", fmt.Errorf("%d: %s", code, body)
	}
	var r productv1.ListProductsResponse
	err := protojson.Unmarshal(body, &r)
	return r.GetProducts(), r.GetNextPageToken(), err
}

// ordersAreTotal pages through all products in several orders.
func ordersAreTotal(t *testing.T, s *stage) {
	all := s.allProducts(t)
	id := func(p *productv1.Product) string {
		return fmt.Sprintf("%020s", strings.TrimPrefix(p.GetName(), "products/"))
	}
	// People type blanks around codes, which count for nothing.
	bySKU := func(a, b *productv1.Product) int {
		return cmp.Compare(strings.TrimSpace(a.GetSku()), strings.TrimSpace(b.GetSku()))
	}
	for orderBy, compare := range map[string]func(a, b *productv1.Product) int{
		"": func(a, b *productv1.Product) int { return cmp.Compare(id(a), id(b)) },
		"sku": func(a, b *productv1.Product) int {
			return cmp.Or(bySKU(a, b), cmp.Compare(id(a), id(b)))
		},
		"display_name desc": func(a, b *productv1.Product) int { return cmp.Compare(b.GetDisplayName(), a.GetDisplayName()) },
		"active desc, sku": func(a, b *productv1.Product) int {
			return cmp.Or(-boolean(a.GetActive(), b.GetActive()), bySKU(a, b))
		},
		"odoo_template_id, sku ": func(a, b *productv1.Product) int { return cmp.Compare(a.GetOdooTemplateId(), b.GetOdooTemplateId()) },
	} {
		t.Run("by "+orderBy, func(t *testing.T) {
			var got []*productv1.Product
			listed(t, func(token string) ([]*productv1.Product, string, error) {
				r, err := s.products.ListProducts(t.Context(), &productv1.ListProductsRequest{OrderBy: orderBy, PageSize: 7, PageToken: token})
				got = append(got, r.GetProducts()...)
				return r.GetProducts(), r.GetNextPageToken(), err
			})
			if len(got) != len(all) {
				t.Errorf("%d products came, and there are %d", len(got), len(all))
			}
			if !slices.IsSortedFunc(got, compare) {
				t.Errorf("not in order %q", orderBy)
			}
		})
	}
}

func boolean(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// pagesHoldStill reads page by page while records come, go and change their place.
func pagesHoldStill(t *testing.T, s *stage) {
	before := s.allProducts(t)
	moved := map[string]bool{}
	names := listed(t, func(token string) ([]*productv1.Product, string, error) {
		r, err := s.products.ListProducts(t.Context(), &productv1.ListProductsRequest{OrderBy: "sku", PageSize: 9, PageToken: token})
		if n := len(moved); err == nil && n < 6 {
			id := s.create(t, "product.product", s.goods(map[string]any{"name": "Between pages " + s.mark, "default_code": fmt.Sprintf("%c-%s-%d", 'A'+4*n, s.mark, n)}))
			moved[productName(id)] = true
			s.awaitProduct(t, id)
			if n%2 == 1 {
				s.unlink(t, "product.product", id)
			}
		}
		return r.GetProducts(), r.GetNextPageToken(), err
	})
	for name := range before {
		if _, shown := names[name]; !shown {
			t.Errorf("%s was there all the time, and on no page", name)
		}
	}
}

// awaitProduct waits until the mesh has a product.
func (s *stage) awaitProduct(t testing.TB, id int64) {
	t.Helper()
	eventually(t, func() (bool, any) {
		_, err := s.products.GetProduct(t.Context(), &productv1.GetProductRequest{Name: productName(id)})
		return err == nil, err
	})
}

// liveReads ask Odoo whatever the age of the copy.
func liveReads(t *testing.T, s *stage) {
	c := perform(t, s.person)
	s.awaitProduct(t, c.product)
	for i, mode := range []*typesv1.ReadMode{
		{Mode: &typesv1.ReadMode_Live{Live: true}},
		{Mode: &typesv1.ReadMode_MaxStaleness{}},
	} {
		want := int64(20 + i)
		s.write(t, "product.product", c.product, map[string]any{"standard_price": float64(want)})
		p, err := s.products.GetProduct(t.Context(), &productv1.GetProductRequest{Name: productName(c.product), ReadMode: mode})
		if err != nil || i == 0 && p.GetCost().GetUnits() != want {
			t.Errorf("%v shows %v, want %d (%v)", mode, p.GetCost(), want, err)
		}
	}
	_, err := s.products.ListProducts(t.Context(), &productv1.ListProductsRequest{ReadMode: &typesv1.ReadMode{Mode: &typesv1.ReadMode_Live{Live: true}}})
	if r := refusalOf(err); r.reason != "NOT_SUPPORTED" || !slices.Equal(r.fields, []string{"read_mode.live"}) {
		t.Errorf("a live list: %+v", r)
	}
	got, err := s.products.BatchGetProducts(t.Context(), &productv1.BatchGetProductsRequest{
		Names:    []string{productName(c.second), "products/999999999", productName(c.product)},
		ReadMode: &typesv1.ReadMode{Mode: &typesv1.ReadMode_Live{Live: true}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(got.GetProducts()) != 2 || got.GetProducts()[0].GetName() != productName(c.second) || !slices.Equal(got.GetMissing(), []string{"products/999999999"}) {
		t.Errorf("a batch came as %v, missing %v", got.GetProducts(), got.GetMissing())
	}
	if !got.GetFreshness().GetOdooReachable() || got.GetFreshness().GetVerifiedTime() == nil {
		t.Errorf("freshness: %v", got.GetFreshness())
	}
}
