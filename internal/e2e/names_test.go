package e2e

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	eventv1 "odoomesh/gen/go/mesh/event/v1"
	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
)

// Beside each reference stands what people call the record, as it is called now and as far
// as the caller may know it, and filters go through references.
func TestNamesBesideReferences(t *testing.T) {
	t.Parallel()
	p := hospitalAtWork(t, 18, 20)
	alpha := p.create(t, "res.partner", map[string]any{"name": "Nordmédica  Großhandel 🩺", "ref": "NM-1", "supplier_rank": 1})
	beta := p.create(t, "res.partner", map[string]any{"name": "Betaforeign", "vat": "BE0477472701", "supplier_rank": 1})
	long := p.create(t, "res.partner", map[string]any{"name": strings.Repeat("ü", 64<<10), "supplier_rank": 1})
	saline := p.create(t, "product.product", p.goods(map[string]any{"name": "Saline 500", "default_code": "SAL-500"}))
	secret := p.create(t, "product.product", p.goods(map[string]any{"name": "Secret article", "default_code": "SEC-1"}))
	template := p.row(t, "product.product", saline, "product_tmpl_id").id("product_tmpl_id")
	p.create(t, "product.supplierinfo", map[string]any{"partner_id": alpha, "product_tmpl_id": template, "price": 4.5})
	orders := map[int64]string{}
	for _, partner := range []int64{alpha, beta, long} {
		line := func(product int64, quantity float64) []any {
			return []any{int64(0), int64(0), map[string]any{"product_id": product, "product_qty": quantity, "price_unit": 7.0}}
		}
		orders[partner] = fmt.Sprintf("orders/%d", p.create(t, "purchase.order", map[string]any{"partner_id": partner, "order_line": []any{
			line(saline, 2), line(secret, 9), line(saline, 3)}}))
	}
	c := settings(t, p)
	c.AccessFile = filepath.Join(t.TempDir(), "access.yaml")
	file := "principals:\n"
	for name, keys := range map[string]string{
		"whole": `rights: {"*": [read, operate]}`, "orders-only": "rights: {order: [read]}", "carrier": "rights: {\"*\": [read]}\n  carrier: DHL",
		"alpha": fmt.Sprintf("rights: {\"*\": [read]}\n  supplier: suppliers/%d", alpha),
	} {
		file += fmt.Sprintf("- name: %s\n  token_sha256: %x\n  %s\n", name, sha256.Sum256([]byte(name)), keys)
	}
	if err := os.WriteFile(c.AccessFile, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	m := start(t, c)
	as := func(name string) context.Context {
		return metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+name)
	}
	client := orderv1.NewOrderServiceClient(m.conn)
	order := func(name, caller string, paths ...string) *orderv1.Order {
		t.Helper()
		got, err := client.GetOrder(as(caller), &orderv1.GetOrderRequest{Name: name, ReadMask: &fieldmaskpb.FieldMask{Paths: paths}})
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	list := func(caller, filter string) (names []string, err error) {
		r := &orderv1.ListOrdersRequest{Filter: filter, PageSize: 1, IncludeTotalSize: true}
		for {
			page, err := client.ListOrders(as(caller), r)
			if err != nil {
				return nil, err
			}
			for _, o := range page.GetOrders() {
				names = append(names, o.GetName())
			}
			if r.PageToken = page.GetNextPageToken(); r.PageToken == "" {
				if int(page.GetTotalSize()) != len(names) {
					t.Errorf("%s: %d orders, of %d", filter, len(names), page.GetTotalSize())
				}
				return names, nil
			}
		}
	}
	supplier := func(id int64) string { return fmt.Sprintf("suppliers/%d", id) }
	product := func(id int64) string { return fmt.Sprintf("products/%d", id) }
	var first *orderv1.Order
	eventually(t, func() (bool, any) {
		found, err := list("whole", fmt.Sprintf("supplier = %q", supplier(long)))
		return err == nil && len(found) == 1, err
	})

	t.Run("in every way of reading", func(t *testing.T) {
		first = order(orders[alpha], "whole")
		want := map[string]*typesv1.Reference{
			supplier(alpha): {DisplayName: "Nordmédica  Großhandel 🩺", Code: "NM-1"},
			product(saline): {DisplayName: "Saline 500", Code: "SAL-500"},
			product(secret): {DisplayName: "Secret article", Code: "SEC-1"},
		}
		same := func(way string, got map[string]*typesv1.Reference) {
			t.Helper()
			if !proto.Equal(&orderv1.Order{References: got}, &orderv1.Order{References: want}) {
				t.Errorf("%s: %v", way, got)
			}
		}
		same("Get", first.GetReferences())
		same("Get again", order(orders[alpha], "whole").GetReferences())
		batch, err := client.BatchGetOrders(as("whole"), &orderv1.BatchGetOrdersRequest{Names: []string{orders[alpha], orders[beta]}})
		if err != nil {
			t.Fatal(err)
		}
		same("BatchGet", batch.GetOrders()[0].GetReferences())
		if got := batch.GetOrders()[1].GetReferences()[supplier(beta)].GetCode(); got != "BE0477472701" {
			t.Errorf("a supplier without a reference has the code %q", got)
		}
		page, err := client.ListOrders(as("whole"), &orderv1.ListOrdersRequest{Filter: fmt.Sprintf("supplier = %q", supplier(alpha))})
		if err != nil {
			t.Fatal(err)
		}
		same("List", page.GetOrders()[0].GetReferences())
		for _, path := range []string{"/v1/" + orders[alpha], "/v1/orders?filter=" + url.QueryEscape(fmt.Sprintf("supplier = %q", supplier(alpha)))} {
			for range 2 { // made, and kept
				text := m.asked(t, path, "whole")
				if !strings.Contains(text, `"references":{"products/`) || !strings.Contains(text, fmt.Sprintf(`"%s":{"displayName":"Nordmédica  Großhandel 🩺","code":"NM-1"}`, supplier(alpha))) || !json.Valid([]byte(text)) {
					t.Errorf("%s: %s", path, text)
				}
			}
		}
		watch, err := client.WatchOrders(as("whole"), &orderv1.WatchOrdersRequest{IncludeCurrent: true, Filter: fmt.Sprintf("supplier = %q", supplier(alpha))})
		if err != nil {
			t.Fatal(err)
		}
		got, err := watch.Recv()
		if err != nil {
			t.Fatal(err)
		}
		same("Watch", got.GetOrder().GetReferences())
		if got := order(orders[long], "whole").GetReferences()[supplier(long)].GetDisplayName(); got != strings.Repeat("ü", 199)+"…" {
			t.Errorf("a long name is shown with %d bytes", len(got))
		}
	})
	t.Run("what a mask wants", func(t *testing.T) {
		for _, tt := range []struct {
			paths []string
			names []string
		}{
			{[]string{"supplier"}, nil},
			{[]string{"supplier", "references"}, []string{supplier(alpha)}},
			{[]string{"number", "references"}, []string{supplier(alpha), product(saline), product(secret)}},
			{[]string{"references"}, []string{supplier(alpha), product(saline), product(secret)}},
			{[]string{"references." + product(saline)}, []string{product(saline)}},
			{[]string{"receipts", "references"}, nil},
			{[]string{"lines.product", "references." + product(saline)}, []string{product(saline)}},
		} {
			got := order(orders[alpha], "whole", tt.paths...).GetReferences()
			if len(got) != len(tt.names) || len(got) > 0 && got[tt.names[0]] == nil {
				t.Errorf("%v: %v", tt.paths, got)
			}
			page, err := client.ListOrders(as("whole"), &orderv1.ListOrdersRequest{Filter: fmt.Sprintf("supplier = %q", supplier(alpha)), ReadMask: &fieldmaskpb.FieldMask{Paths: tt.paths}})
			if err != nil || !proto.Equal(&orderv1.Order{References: page.GetOrders()[0].GetReferences()}, &orderv1.Order{References: got}) {
				t.Errorf("%v: a list has %v, %v", tt.paths, page, err)
			}
		}
		if got := order(orders[alpha], "alpha", "references").GetReferences(); len(got) != 2 || got[product(secret)] != nil {
			t.Errorf("a supplier who asks for names alone is told %v", got)
		}
	})
	t.Run("as far as the caller may know it", func(t *testing.T) {
		if got := order(orders[alpha], "orders-only").GetReferences(); len(got) > 0 {
			t.Errorf("who may read neither suppliers nor products is told %v", got)
		}
		got := order(orders[alpha], "alpha").GetReferences()
		if len(got) != 2 || got[supplier(alpha)] == nil || got[product(saline)] == nil {
			t.Errorf("a supplier is told %v", got)
		}
		for caller, filter := range map[string]string{"orders-only": `supplier.display_name : "nord"`, "carrier": `supplier.display_name : "nord"`} {
			if _, err := list(caller, filter); refusalOf(err).reason != "INVALID_FILTER" && refusalOf(err).reason != "NOT_PERMITTED" {
				t.Errorf("%s: %v", caller, err)
			}
		}
		if found, err := list("alpha", `lines.product.sku = "SEC-1"`); err != nil || len(found) > 0 {
			t.Errorf("a supplier finds by an article that it does not meet: %v, %v", found, err)
		}
	})
	t.Run("filters", func(t *testing.T) {
		all := []string{orders[alpha], orders[beta], orders[long]}
		slices.Sort(all)
		for filter, want := range map[string][]string{
			`supplier.display_name : "nordmedica"`:                               {orders[alpha]},
			`supplier.displayName : "grosshandel NORD"`:                          {orders[alpha]},
			`supplier.reference = "NM-1" AND lines.product.sku = "SAL-500"`:      {orders[alpha]},
			`lines.product.sku = "SEC-1"`:                                        all,
			`lines.any(product.sku = "SEC-1" AND quantity > 8)`:                  all,
			`lines.any(product.sku = "SAL-500" AND quantity > 8)`:                nil,
			`supplier.any(display_name : "beta" AND tax_id = "BE0477472701")`:    {orders[beta]},
			`supplier.tax_id = "BE0477472701" OR supplier.reference = "NM-1"`:    {orders[alpha], orders[beta]},
			`NOT supplier.display_name : "beta" AND lines.product.sku = "SEC-1"`: {orders[alpha], orders[long]},
			`lines.product.supplier_prices.supplier.reference = "NM-1"`:          all,
			`supplier.display_name = "nobody"`:                                   nil,
		} {
			got, err := list("whole", filter)
			got = slices.DeleteFunc(got, func(name string) bool { return !slices.Contains(all, name) })
			slices.Sort(got)
			slices.Sort(want)
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("%s: %v, %v, want %v", filter, got, err, want)
			}
		}
		for filter, want := range map[string]string{
			`supplier.display_nam : "x"`:                                "did you mean display_name?",
			`lines.product.skuu = "x"`:                                  "did you mean sku?",
			`supplier.active > 3`:                                       "true or false",
			`supplier.display_name = origin`:                            "two records",
			`receipts.orders.lines.product.sku = "x"`:                   "at most 2 references",
			`references : "suppliers/1"`:                                "ask for the field that names it",
			`number.display_name = "x"`:                                 "compare it with a value",
			`invoices.orders.late = true`:                               "worked out",
			`lines.any(product.supplier_prices.nosuch = 1)`:             "no field",
			`supplier.any(supplier.display_name : "x")`:                 "no field",
			`lines.product = "` + product(saline) + `" AND lines.x = 1`: "no field",
		} {
			if _, err := list("whole", filter); refusalOf(err).reason != "INVALID_FILTER" || !strings.Contains(fmt.Sprint(err), want) {
				t.Errorf("%s: %v, want %q", filter, err, want)
			}
		}
	})
	t.Run("of events", func(t *testing.T) {
		stock := inventoryv1.NewInventoryServiceClient(m.conn)
		var page *inventoryv1.ListInventoryEventsResponse
		eventually(t, func() (bool, any) {
			var err error
			page, err = stock.ListInventoryEvents(as("whole"), &inventoryv1.ListInventoryEventsRequest{PageSize: 20})
			return err == nil && len(page.GetInventoryEvents()) > 0, err
		})
		e := page.GetInventoryEvents()[0]
		article, err := m.products.GetProduct(as("whole"), &productv1.GetProductRequest{Name: e.GetProduct()})
		if err != nil || e.GetReferences()[e.GetProduct()].GetDisplayName() != article.GetDisplayName() || e.GetReferences()[e.GetDestinationLocation()].GetDisplayName() == "" {
			t.Errorf("%v, %v", e, err)
		}
		stream, err := stock.StreamInventoryEvents(as("whole"), &inventoryv1.StreamInventoryEventsRequest{})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := stream.Recv(); err != nil || got.GetReferences()[e.GetProduct()].GetDisplayName() != article.GetDisplayName() || len(got.GetInventoryEvents()[0].GetReferences()) > 0 {
			t.Errorf("%v, %v", got, err)
		}
		filtered, err := stock.ListInventoryEvents(as("whole"), &inventoryv1.ListInventoryEventsRequest{Filter: fmt.Sprintf("product.display_name = %q", article.GetDisplayName())})
		if err != nil || len(filtered.GetInventoryEvents()) == 0 {
			t.Errorf("%v, %v", filtered, err)
		}
		alone := &fieldmaskpb.FieldMask{Paths: []string{"references"}}
		named, err := stock.ListInventoryEvents(as("whole"), &inventoryv1.ListInventoryEventsRequest{PageSize: 1, ReadMask: alone})
		if err != nil || !proto.Equal(named.GetInventoryEvents()[0], &inventoryv1.InventoryEvent{References: e.GetReferences()}) {
			t.Errorf("%v, %v", named, err)
		}
		stream, err = stock.StreamInventoryEvents(as("whole"), &inventoryv1.StreamInventoryEventsRequest{BatchSize: 1, ReadMask: alone})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := stream.Recv(); err != nil || !proto.Equal(&inventoryv1.InventoryEvent{References: got.GetReferences()}, named.GetInventoryEvents()[0]) {
			t.Errorf("%v, %v", got, err)
		}
		for filter, want := range map[string]string{
			`product.display_name : "saline"`: "list the records that are meant",
			`partner.display_name : "nord"`:   `as in partner = "suppliers/7"`,
		} {
			stream, err := stock.StreamInventoryEvents(as("whole"), &inventoryv1.StreamInventoryEventsRequest{Filter: filter})
			if err == nil {
				_, err = stream.Recv()
			}
			if refusalOf(err).reason != "INVALID_FILTER" || !strings.Contains(fmt.Sprint(err), want) {
				t.Errorf("a stream of %s: %v", filter, err)
			}
		}
		eventually(t, func() (bool, any) {
			told, err := m.events().ListEvents(as("whole"), &eventv1.ListEventsRequest{PageSize: 100})
			return err == nil && len(told.GetReferences()) > 0, err
		})
	})
	t.Run("a rename is no change of what names it", func(t *testing.T) {
		// So a watch would not be told of what leaves a filter by one.
		for _, filter := range []string{`supplier.display_name : "nord"`, `number : "P" AND NOT lines.product.sku = "SEC-1"`, `supplier.any(active = true)`} {
			refused, err := client.WatchOrders(as("whole"), &orderv1.WatchOrdersRequest{Filter: filter})
			if err == nil {
				_, err = refused.Recv()
			}
			if refusalOf(err).reason != "INVALID_FILTER" || !strings.Contains(fmt.Sprint(err), "list the records that are meant") {
				t.Errorf("a watch of %s: %v", filter, err)
			}
		}
		watch, err := client.WatchOrders(as("whole"), &orderv1.WatchOrdersRequest{})
		if err != nil {
			t.Fatal(err)
		}
		messages := make(chan *orderv1.WatchOrdersResponse, 100)
		go func() {
			defer close(messages)
			for {
				got, err := watch.Recv()
				if err != nil {
					return
				}
				messages <- got
			}
		}()
		<-messages // It has begun.
		p.write(t, "res.partner", alpha, map[string]any{"name": "Südmedica", "active": true})
		eventually(t, func() (bool, any) {
			got := order(orders[alpha], "whole")
			return got.GetReferences()[supplier(alpha)].GetDisplayName() == "Südmedica", got.GetReferences()
		})
		now := order(orders[alpha], "whole")
		if now.GetEtag() != first.GetEtag() || now.GetProvenance().GetRevision() != first.GetProvenance().GetRevision() {
			t.Errorf("the order changed: %v, was %v", now, first)
		}
		if found, err := list("whole", `supplier.display_name : "sudmedica"`); err != nil || !slices.Equal(found, []string{orders[alpha]}) {
			t.Errorf("%v, %v", found, err)
		}
		if !strings.Contains(m.asked(t, "/v1/"+orders[alpha], "whole"), "Südmedica") {
			t.Error("over REST it has the name that it had")
		}
		p.write(t, "purchase.order", idOf(t, orders[beta]), map[string]any{"partner_ref": "THE-NEXT"})
		for got := range messages {
			if got.GetOrder() == nil {
				continue
			}
			if got.GetOrder().GetName() != orders[beta] {
				t.Errorf("the watch was told %v", got)
			}
			break
		}
		// One that is archived has a name, and one that is gone has none.
		p.write(t, "res.partner", alpha, map[string]any{"active": false})
		suppliers := supplierv1.NewSupplierServiceClient(m.conn)
		eventually(t, func() (bool, any) {
			got, err := suppliers.GetSupplier(as("whole"), &supplierv1.GetSupplierRequest{Name: supplier(alpha)})
			return err == nil && !got.GetActive(), err
		})
		if got := order(orders[alpha], "whole").GetReferences()[supplier(alpha)]; got.GetDisplayName() != "Südmedica" {
			t.Errorf("an archived supplier is called %v", got)
		}
	})
}

// asked is what REST answers a caller.
func (m *mesh) asked(t testing.TB, path, caller string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, m.rest+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+caller)
	answer, err := (&http.Client{Timeout: 10 * time.Second}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
