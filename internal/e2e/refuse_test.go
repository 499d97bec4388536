package e2e

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"testing"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	productv1 "odoomesh/gen/go/mesh/product/v1"
	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
)

// refusal is what a caller can read out of an error.
type refusal struct {
	code   codes.Code
	reason string
	fields []string
	// intent is the one that it is about; empty where there is none.
	intent   string
	whatToDo string
}

func refusalOf(err error) refusal {
	s := status.Convert(err)
	r := refusal{code: s.Code()}
	for _, d := range s.Details() {
		switch d := d.(type) {
		case *errdetails.ErrorInfo:
			r.reason, r.intent, r.whatToDo = d.GetReason(), d.GetMetadata()["intent"], d.GetMetadata()["what_to_do"]
		case *errdetails.BadRequest:
			for _, v := range d.GetFieldViolations() {
				r.fields = append(r.fields, v.GetField())
			}
		}
	}
	return r
}

// wantInvalid checks that a call was refused because of one field.
func wantInvalid(t *testing.T, err error, field string) {
	t.Helper()
	r := refusalOf(err)
	if r.code != codes.InvalidArgument || len(r.fields) == 0 || r.fields[0] != field || r.reason == "" {
		t.Errorf("got %v with reason %q for %v, want INVALID_ARGUMENT for %s: %v", r.code, r.reason, r.fields, field, err)
	}
}

// refuses asks what cannot be answered, over gRPC and over REST.
func refuses(t *testing.T, s *stage) {
	first, err := s.products.ListProducts(t.Context(), &productv1.ListProductsRequest{PageSize: 1})
	if err != nil {
		t.Fatal(err)
	}
	token := first.GetNextPageToken()
	damaged := "B" + token[1:len(token)-1]
	ofSuppliers, err := s.suppliers.ListSuppliers(t.Context(), &supplierv1.ListSuppliersRequest{PageSize: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		rule, field string
		query       url.Values
	}{
		{"a filter that breaks off", "filter", url.Values{"filter": {"sku ="}}},
		{"a filter with a word alone", "filter", url.Values{"filter": {"saline"}}},
		{"a filter on no field", "filter", url.Values{"filter": {`colour = "red"`}}},
		{"a filter that orders what has no order", "filter", url.Values{"filter": {"kind > GOODS"}}},
		{"a filter with an unknown enum value", "filter", url.Values{"filter": {"kind = GOLD"}}},
		{"a filter with text for a number", "filter", url.Values{"filter": {`odoo_template_id = "x"`}}},
		{"a filter with an impossible time", "filter", url.Values{"filter": {`update_time > "yesterday"`}}},
		{"an order by no field", "order_by", url.Values{"order_by": {"colour"}}},
		{"an order by a field of many values", "order_by", url.Values{"order_by": {"supplier_prices.supplier"}}},
		{"an order twice by a field", "order_by", url.Values{"order_by": {"sku, sku desc"}}},
		{"an order that is none", "order_by", url.Values{"order_by": {"sku upwards"}}},
		{"a mask with no field", "read_mask", url.Values{"read_mask": {"colour"}}},
		{"a page of less than nothing", "page_size", url.Values{"page_size": {"-1"}}},
		{"a page too large", "page_size", url.Values{"page_size": {"1001"}}},
		{"a page token that is none", "page_token", url.Values{"page_token": {"next please"}}},
		{"a damaged page token", "page_token", url.Values{"page_token": {damaged}}},
		{"a page token of another call", "page_token", url.Values{"page_token": {token}, "filter": {"active = true"}}},
		{"a page token of another collection", "page_token", url.Values{"page_token": {ofSuppliers.GetNextPageToken()}}},
	} {
		t.Run(c.rule, func(t *testing.T) {
			r := &productv1.ListProductsRequest{Filter: c.query.Get("filter"), OrderBy: c.query.Get("order_by"), PageToken: c.query.Get("page_token")}
			if mask := c.query.Get("read_mask"); mask != "" {
				r.ReadMask = &fieldmaskpb.FieldMask{Paths: []string{mask}}
			}
			if size := c.query.Get("page_size"); size != "" {
				n, err := strconv.ParseInt(size, 10, 32)
				if err != nil {
					t.Fatal(err)
				}
				r.PageSize = int32(n)
			}
			_, err := s.products.ListProducts(t.Context(), r)
			wantInvalid(t, err, c.field)
			s.wantInvalidREST(t, "/v1/products", c.query, c.field)
		})
	}
	for _, name := range []string{"products/0", "products/x", "suppliers/1", "42", ""} {
		_, err := s.products.GetProduct(t.Context(), &productv1.GetProductRequest{Name: name})
		wantInvalid(t, err, "name")
	}
	s.wantInvalidREST(t, "/v1/products/x", nil, "name")
	_, err = s.products.GetProduct(t.Context(), &productv1.GetProductRequest{Name: "products/999999999"})
	if r := refusalOf(err); r.code != codes.NotFound || r.reason != "NOT_FOUND" {
		t.Errorf("a product that does not exist: %v %q", r.code, r.reason)
	}
}

func (m *mesh) wantInvalidREST(t *testing.T, path string, query url.Values, field string) {
	t.Helper()
	code, body := m.get(t, path, query)
	var answer struct {
		Error struct {
			Code    int
			Status  string
			Details []struct {
				FieldViolations []struct{ Field string }
			}
		}
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	named := ""
	for _, d := range answer.Error.Details {
		for _, v := range d.FieldViolations {
			named = v.Field
		}
	}
	if code != http.StatusBadRequest || answer.Error.Code != code || answer.Error.Status != "INVALID_ARGUMENT" || named != field {
		t.Errorf("REST answers %d for %q, want 400 for %q: %s", code, named, field, body)
	}
}

// refusesForeignPositions resumes watches where they did not come from.
func refusesForeignPositions(t *testing.T, s *stage) {
	w := s.overGRPC(t, watch{collection: "products"})
	position := w.until(t, "a position", func(m message) bool { return m.position != "" }).position
	for rule, q := range map[string]watch{
		"of another collection": {collection: "suppliers", position: position},
		"of another filter":     {collection: "products", position: position, filter: "active = true"},
		"damaged":               {collection: "products", position: position[:len(position)-2]},
		"no position at all":    {collection: "products", position: "here"},
	} {
		t.Run(rule, func(t *testing.T) {
			wantInvalid(t, s.overGRPC(t, q).refusedWith(t), "position")
			s.wantInvalidREST(t, "/v1/"+q.collection+":watch", url.Values{"position": {q.position}, "filter": {q.filter}}, "position")
		})
	}
}

// A token or position of one store is refused by another, which could not tell
// what had been sent already.
func TestAnotherStoreRefusesTokensAndPositions(t *testing.T) {
	t.Parallel()
	p := simulated(t, 18, 20)
	one, other := start(t, settings(t, p)), start(t, settings(t, p))
	page, err := one.products.ListProducts(t.Context(), &productv1.ListProductsRequest{PageSize: 1})
	if err != nil {
		t.Fatal(err)
	}
	_, err = other.products.ListProducts(t.Context(), &productv1.ListProductsRequest{PageSize: 1, PageToken: page.GetNextPageToken()})
	if r := refusalOf(err); r.reason != "FOREIGN_TOKEN" || len(r.fields) != 1 || r.fields[0] != "page_token" {
		t.Errorf("a foreign page token: %+v (%v)", r, err)
	}
	position := one.overGRPC(t, watch{collection: "products"}).until(t, "a position", func(m message) bool { return m.position != "" }).position
	err = other.overGRPC(t, watch{collection: "products", position: position}).refusedWith(t)
	if r := refusalOf(err); r.reason != "FOREIGN_TOKEN" || len(r.fields) != 1 || r.fields[0] != "position" {
		t.Errorf("a foreign position: %+v (%v)", r, err)
	}
}
