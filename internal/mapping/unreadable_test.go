package mapping_test

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"

	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/internal/mapping"
	"odoomesh/internal/odoo"
	"odoomesh/internal/odooproxy"
	"odoomesh/internal/odoosim"
	"odoomesh/internal/resource"
	"odoomesh/services"
)

// A number that is none, in one row, is a fault of that record alone.
func TestANumberThatIsNoneIsAFaultOfItsRecord(t *testing.T) {
	sim, err := odoosim.New(odoosim.Options{Version: 17})
	if err != nil {
		t.Fatal(err)
	}
	if err := sim.LoadClinical(5); err != nil {
		t.Fatal(err)
	}
	proxy := odooproxy.New(sim)
	server := httptest.NewServer(proxy)
	defer server.Close()
	cfg := odoo.DefaultConfig()
	cfg.URL, cfg.Database, cfg.User, cfg.Password = server.URL, "sim", "mesh", "mesh"
	ctx := context.Background()
	client, err := odoo.Connect(ctx, cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	var products services.Collection
	for _, d := range services.All() {
		if d.Name == "product" {
			products = d.Collections[0]
		}
	}
	spec, err := products.Spec()
	if err != nil {
		t.Fatal(err)
	}
	plan, err := mapping.Fit(ctx, spec, 17, products.Record.ProtoReflect().Type(), products.Name, client)
	if err != nil {
		t.Fatal(err)
	}
	ids, err := client.Search(ctx, "product.product", nil, odoo.ReadOptions{Order: "id", Limit: 3})
	if err != nil {
		t.Fatal(err)
	}
	var keys [][]byte
	for _, id := range ids {
		keys = append(keys, resource.Key(id))
	}
	proxy.Always(odooproxy.Model("product.product"), odooproxy.Value(ids[1], "standard_price", "<double>nan</double>"))
	records, err := mapping.NewReader(plan, client).Fetch(ctx, keys)
	if err != nil || len(records) != len(ids) {
		t.Fatalf("%d records, %v", len(records), err)
	}
	for i, r := range records {
		if spoiled := i == 1; (len(r.Faults) > 0) != spoiled {
			t.Errorf("%d: faults %v", ids[i], r.Faults)
		}
		if r.Message.(*productv1.Product).GetDisplayName() == "" {
			t.Errorf("%d has no name", ids[i])
		}
	}
	if text := records[1].Faults[0].String(); !strings.Contains(text, "nan, which is no value") || !strings.Contains(text, "standard_price") {
		t.Errorf("the fault says %s", text)
	}
}
