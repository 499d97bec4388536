package e2e

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	tracev1 "odoomesh/gen/go/mesh/trace/v1"
	"odoomesh/internal/race"
)

// speaksGerman makes German an active language of the Odoo.
func (p *person) speaksGerman(t *testing.T) {
	t.Helper()
	for _, r := range p.rows(t, "res.lang", []any{[]any{"code", "=", "de_DE"}}, []any{"code"}) {
		p.write(t, "res.lang", r.id("id"), map[string]any{"active": true})
	}
}

var german = map[string]any{"context": map[string]any{"lang": "de_DE"}}

// Names are those that people see in the language of the mesh's user, or of the
// setting; a change of either reads all again.
func TestNamesAreInTheLanguageOfPeople(t *testing.T) {
	t.Parallel()
	for _, major := range race.Fewer(16, 17, 18, 19) {
		t.Run(fmt.Sprint(major), func(t *testing.T) {
			p := simulated(t, major, 10)
			p.speaksGerman(t)
			id := p.call(t, "product.product", "create", []any{p.goods(map[string]any{"name": "Kanüle", "weight": 2})}, german).(int64)
			for _, unit := range p.rows(t, "uom.uom", []any{[]any{"name", "=", "kg"}}, []any{"name"}) {
				p.call(t, "uom.uom", "write", []any{[]any{unit.id("id")}, map[string]any{"name": "Kilo"}}, german)
			}
			c := settings(t, p)
			m := start(t, c)
			named := func(want string) {
				t.Helper()
				eventually(t, func() (bool, any) {
					got, err := m.products.GetProduct(t.Context(), &productv1.GetProductRequest{Name: fmt.Sprintf("products/%d", id)})
					return err == nil && got.GetDisplayName() == want && got.GetWeightKg().GetValue() == "2" && len(got.GetProvenance().GetFaults()) == 0,
						[]any{got, err}
				})
			}
			named("Kanüle")
			p.call(t, "product.product", "write", []any{[]any{id}, map[string]any{"name": "Kanüle 20G"}}, german)
			p.write(t, "product.product", id, map[string]any{"name": "Cannula"})
			named("Cannula")
			m.stop()
			c.Language = "de_DE"
			m = start(t, c)
			named("Kanüle 20G")
			p.call(t, "product.product", "write", []any{[]any{id}, map[string]any{"name": "Kanüle 22G"}}, german)
			named("Kanüle 22G")
			m.stop()
			c.Language = ""
			me, _ := p.client.Server()
			p.write(t, "res.users", me.UserID, map[string]any{"lang": "de_DE"})
			m = start(t, c)
			named("Kanüle 22G")
		})
	}
}

// What an import or a scanner left around a code keeps nobody from finding it, and
// an expiry is the same day whether a person typed it or an import wrote it.
func TestCodesAndDaysAreFoundAsPeopleMeanThem(t *testing.T) {
	t.Parallel()
	for _, major := range race.Fewer(16, 17, 18, 19) {
		t.Run(fmt.Sprint(major), func(t *testing.T) {
			p := simulated(t, major, 10)
			product := p.create(t, "product.product", p.goods(map[string]any{
				"name": "Dirty", "tracking": "lot", "barcode": " 4006381333931", "default_code": "NAC-1 ",
				"description": "<p>NaCl 0.<b>9</b>%, H<sub>2</sub>O<sub>2</sub> 3<span>0</span> mg</p><ul><li>a</li><li>b</li></ul>",
			}))
			var lots []string
			for number, expires := range map[string]string{"L123": "2026-12-30 23:00:00", "L123 ": "2026-12-31 00:00:00", "\u00a0L123\t": "2027-01-01 00:00:00", "l123": "2026-12-31 00:00:00"} {
				id := p.create(t, "stock.lot", map[string]any{"name": number, "product_id": product, "company_id": 1, "expiration_date": expires})
				if number != "l123" {
					lots = append(lots, fmt.Sprintf("lots/%d", id))
				}
			}
			slices.Sort(lots)
			m := start(t, settings(t, p))
			ctx := t.Context()
			for _, filter := range []string{`sku = "NAC-1"`, `sku = " NAC-1"`, `gtin = "04006381333931"`, `gtin = "4006381333931 "`, `identifiers.value = "4006381333931"`} {
				got, err := m.products.ListProducts(ctx, &productv1.ListProductsRequest{Filter: filter})
				if err != nil || len(got.GetProducts()) != 1 {
					t.Errorf("%s finds %v, %v", filter, names(got.GetProducts()), err)
					continue
				}
				one := got.GetProducts()[0]
				if one.GetSku() != "NAC-1 " || one.GetGtin() != " 4006381333931" || one.GetDescription() != "NaCl 0.9%, H2O2 30 mg\na\nb" {
					t.Errorf("it is shown with %q, %q, %q", one.GetSku(), one.GetGtin(), one.GetDescription())
				}
			}
			for _, filter := range []string{`lot_number = "L123"`, `lot_number = "L123 "`, "lot_number = \"\u00a0L123\" AND product = \"products/" + fmt.Sprint(product) + `"`} {
				got, err := m.inventory.ListLots(ctx, &inventoryv1.ListLotsRequest{Filter: filter})
				if err != nil || !slices.Equal(names(got.GetLots()), lots) {
					t.Errorf("%s finds %v, %v; want %v", filter, names(got.GetLots()), err, lots)
				}
			}
			got, err := m.inventory.ListLots(ctx, &inventoryv1.ListLotsRequest{Filter: `lot_number = "L123" AND expiration_date = "2026-12-31"`})
			if err != nil || len(got.GetLots()) != 2 {
				t.Errorf("on the last day of the year expire %v, %v", got, err)
			}
			got, err = m.inventory.ListLots(ctx, &inventoryv1.ListLotsRequest{Filter: `lot_number = "L123" AND expiration_date < "2026-12-31"`})
			if err != nil || len(got.GetLots()) != 0 {
				t.Errorf("before the last day of the year expire %v, %v", got, err)
			}
			for _, path := range []string{"/v1/journeys", "/v1/journeys/L123"} {
				query := url.Values{}
				if path == "/v1/journeys" {
					query.Set("number", "L123 ")
				}
				journey := &tracev1.Journey{}
				restInto(t, m, path, query, journey)
				if found := slices.Sorted(slices.Values(journey.GetFound())); !slices.Equal(found, lots) || len(journey.GetChains()) != len(lots) {
					t.Errorf("%s finds %v in %d chains, want %v", path, found, len(journey.GetChains()), lots)
				}
			}
		})
	}
}

// Two suppliers' orders with one reference are two chains, each with its own.
func TestOneNumberOfTwoSuppliersIsTwoChains(t *testing.T) {
	t.Parallel()
	for _, major := range race.Fewer(16, 19) {
		t.Run(fmt.Sprint(major), func(t *testing.T) {
			p := hospitalAtWork(t, major, 30)
			var orders, suppliers []string
			for _, name := range []string{"North Ltd", "South Ltd"} {
				supplier := p.create(t, "res.partner", map[string]any{"name": name, "supplier_rank": 1})
				suppliers = append(suppliers, fmt.Sprintf("suppliers/%d %s", supplier, name))
				orders = append(orders, fmt.Sprintf("orders/%d", p.create(t, "purchase.order", map[string]any{"partner_id": supplier, "partner_ref": "WH/1001"})))
			}
			m := start(t, settings(t, p))
			for _, path := range []string{"/v1/journeys?number=WH%2F1001", "/v1/journeys?number=WH/1001", "/v1/journeys/WH/1001"} {
				journey := &tracev1.Journey{}
				restInto(t, m, path, nil, journey)
				if !slices.Equal(journey.GetFound(), orders) || len(journey.GetChains()) != 2 || len(journey.GetMilestones()) != 0 {
					t.Fatalf("%s: %v", path, journey)
				}
				for i, chain := range journey.GetChains() {
					if !slices.Equal(chain.GetFound(), orders[i:i+1]) || len(chain.GetSuppliers()) != 1 || chain.GetSuppliers()[0]+" "+chain.GetSupplierNames()[0] != suppliers[i] || chain.GetCompany() == "" {
						t.Errorf("%s: chain %d is %v", path, i, chain)
					}
					for _, s := range chain.GetMilestones() {
						if s.GetDocument() != orders[i] || s.GetSupplier() != chain.GetSuppliers()[0] || s.GetCompany() != chain.GetCompany() {
							t.Errorf("%s: chain %d tells %v", path, i, s)
						}
					}
				}
			}
			order, err := m.orders.GetOrder(t.Context(), &orderv1.GetOrderRequest{Name: orders[0]})
			if err != nil {
				t.Fatal(err)
			}
			single := &tracev1.Journey{}
			restInto(t, m, "/v1/journeys", url.Values{"number": {order.GetNumber()}}, single)
			if len(single.GetChains()) != 1 || len(single.GetMilestones()) == 0 || !proto.Equal(single.GetMilestones()[0], single.GetChains()[0].GetMilestones()[0]) {
				t.Errorf("one chain is told as %v", single)
			}
		})
	}
}

// One product with a description of two megabytes stops nothing, in the first load
// and later on.
func TestAVeryLongTextStopsNothing(t *testing.T) {
	t.Parallel()
	p := simulated(t, 18, 10)
	long := "<p>" + strings.Repeat("ä word ", 300_000) + "</p>"
	first := p.create(t, "product.product", map[string]any{"name": "Long from the start", "description": long})
	m := start(t, settings(t, p))
	later := p.create(t, "product.product", map[string]any{"name": "Long later", "description": long})
	after := p.create(t, "product.product", map[string]any{"name": "After it"})
	for _, id := range []int64{first, later, after} {
		eventually(t, func() (bool, any) {
			got, err := m.products.GetProduct(t.Context(), &productv1.GetProductRequest{Name: fmt.Sprintf("products/%d", id)})
			if err != nil || id == after {
				return err == nil, err
			}
			faults := got.GetProvenance().GetFaults()
			return len(got.GetDescription()) > 60_000 && len(got.GetDescription()) <= 65_536 && len(faults) == 1 && faults[0].GetField() == "description", faults
		})
	}
}

// restInto reads an answer of REST.
func restInto(t *testing.T, m *mesh, path string, query url.Values, answer proto.Message) {
	t.Helper()
	code, body := m.get(t, path, query)
	if code != 200 {
		t.Fatalf("%s %v: %d %s", path, query, code, body)
	}
	if err := protojson.Unmarshal(body, answer); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}
