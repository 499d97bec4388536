package scope_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/testing/protocmp"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	invoicev1 "odoomesh/gen/go/mesh/invoice/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/scope"
)

var update = flag.Bool("update", false, "write docs/access.md anew")

var messages = map[string]proto.Message{
	"products": &productv1.Product{}, "suppliers": &supplierv1.Supplier{}, "orders": &orderv1.Order{},
	"requisitions": &orderv1.Requisition{}, "receipts": &receiptv1.Receipt{}, "invoices": &invoicev1.Invoice{},
	"locations": &inventoryv1.Location{}, "lots": &inventoryv1.Lot{}, "movements": &inventoryv1.Movement{},
	"stockPositions": &inventoryv1.StockPosition{}, "inventoryEvents": &inventoryv1.InventoryEvent{},
}

func descriptor(collection string) protoreflect.MessageDescriptor {
	return messages[collection].ProtoReflect().Descriptor()
}

func viewOf(t *testing.T, s *scope.Scope, collection string) *scope.View {
	t.Helper()
	v, err := s.View(collection, descriptor(collection))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// Every path of the table exists, for every kind of principal.
func TestTheTableFitsTheContract(t *testing.T) {
	if len(scope.Table()) != len(messages) {
		t.Errorf("%d collections, want %d", len(scope.Table()), len(messages))
	}
	for _, row := range scope.Table() {
		for _, s := range []*scope.Scope{
			{Companies: []int64{1}, HidePrices: true}, {Companies: []int64{1}, HidePrices: true, Supplier: "suppliers/1"},
			{Companies: []int64{1}, HidePrices: true, Carrier: "x"}, {Companies: []int64{1}, HidePrices: true, Finance: true},
		} {
			viewOf(t, s, row.Collection)
		}
	}
}

// No amount of money escapes those without prices.
func TestEveryPriceIsHidden(t *testing.T) {
	for collection := range messages {
		view := viewOf(t, &scope.Scope{HidePrices: true}, collection)
		var walk func(protoreflect.MessageDescriptor, string, int)
		walk = func(m protoreflect.MessageDescriptor, at string, depth int) {
			for i := range m.Fields().Len() {
				f := m.Fields().Get(i)
				path := at + string(f.Name())
				name := string(f.Name())
				priced := f.Message() != nil && f.Message().FullName() == "google.type.Money" ||
					strings.Contains(name, "price") || strings.Contains(name, "amount") || strings.Contains(name, "discount") || name == "attributes"
				if priced && f.Kind() != protoreflect.BoolKind && !view.HidesPath(path) {
					t.Errorf("%s: %s is shown", collection, path)
				}
				if f.Message() != nil && !f.IsMap() && depth < 4 && strings.HasPrefix(string(f.Message().FullName()), "mesh.") {
					walk(f.Message(), path+".", depth+1)
				}
			}
		}
		walk(descriptor(collection), "", 0)
	}
}

func TestWhoIsNotNamedMeetsNothing(t *testing.T) {
	for _, row := range scope.Table() {
		for _, c := range []struct {
			scope *scope.Scope
			meets bool
		}{
			{&scope.Scope{Supplier: "suppliers/1"}, len(row.Supplier) > 0},
			{&scope.Scope{Carrier: "x"}, len(row.Carrier) > 0},
			{&scope.Scope{Finance: true}, row.Finance},
			{&scope.Scope{Companies: []int64{1}}, true},
		} {
			if got := !viewOf(t, c.scope, row.Collection).Refused(); got != c.meets {
				t.Errorf("%s for %q: %v", row.Collection, c.scope.Kind(), got)
			}
		}
	}
	view, err := (&scope.Scope{Companies: []int64{1}}).View("newcomers", descriptor("lots"))
	if err != nil || !view.Refused() {
		t.Errorf("a collection that the table does not name is met: %v", err)
	}
}

func TestACompanyMeetsItsOwnAndWhatAllShare(t *testing.T) {
	for _, c := range []struct {
		collection string
		company    int64
		want       bool
	}{
		{"orders", 1, true}, {"orders", 2, false}, {"orders", 3, true}, {"products", 0, true}, {"movements", 0, false}, {"inventoryEvents", 3, true},
	} {
		view := viewOf(t, &scope.Scope{Companies: []int64{1, 3}}, c.collection)
		if got := view.Sees(c.company, messages[c.collection].ProtoReflect()); got != c.want {
			t.Errorf("%s of company %d: %v", c.collection, c.company, got)
		}
	}
}

func TestASupplierMeetsItsOwnPricesAlone(t *testing.T) {
	view := viewOf(t, &scope.Scope{Supplier: "suppliers/7"}, "products")
	product := &productv1.Product{
		Name: "products/1", Etag: `"x"`, Cost: &money.Money{Units: 3}, Provenance: &typesv1.Provenance{Revision: 9, CompanyId: 1},
		SupplierPrices: []*productv1.SupplierPrice{{Id: "1", LegalSupplier: "suppliers/8"}, {Id: "2", LegalSupplier: "suppliers/7"}, {Id: "3", Supplier: "suppliers/7"}},
	}
	if !view.Sees(0, product.ProtoReflect()) || view.Sees(0, (&productv1.Product{SupplierPrices: product.SupplierPrices[:1]}).ProtoReflect()) {
		t.Error("a supplier meets products that it does not supply, or misses its own")
	}
	before := proto.CloneOf(product)
	got := view.Show(product).(*productv1.Product)
	want := &productv1.Product{Name: "products/1", Provenance: &typesv1.Provenance{CompanyId: 1}, SupplierPrices: product.SupplierPrices[1:]}
	if diff := cmp.Diff(want, got, protocmp.Transform(), protocmp.IgnoreFields(want, "etag")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(before, product, protocmp.Transform()); diff != "" {
		t.Errorf("the shared record was changed: %s", diff)
	}
	product.Cost.Units, product.SupplierPrices[0].Sequence = 4, 2
	if again := view.Show(product).(*productv1.Product); again.GetEtag() != got.GetEtag() || !view.Equal(got, again) {
		t.Error("a change of what is hidden made another etag")
	}
	product.Sku = "new"
	if again := view.Show(product).(*productv1.Product); again.GetEtag() == got.GetEtag() || view.Equal(got, again) {
		t.Error("a change of what is met made no other etag")
	}
}

const intro = `# Who meets what

Generated from internal/scope by ` + "`go test ./internal/scope -run Documentation -update`" + `.

[roles.md](roles.md) says who may call what. A principal of the access file can be narrowed down, too. What it does not meet is to it as if it did not exist: in reads, lists and their pages, watches,
streams and exports, traces and journeys, and also in filters, orders, read masks and etags.

` + "```yaml" + `
principals:
  - name: clinic-north
    token_sha256: 0f0c…64 hexadecimal digits…
    rights: {"*": [read]}
    companies: [1, 3]     # Odoo's ids; beside what all companies share
    hide_prices: true     # neither prices nor costs nor amounts
  - name: portal-medline
    token_sha256: 7c9e…
    rights: {order: [read], receipt: [read]}
    supplier: suppliers/7 # only what concerns this supplier
` + "```" + `

In place of ` + "`supplier`" + ` a principal can have ` + "`carrier`" + `, the name that shipments give it, or ` + "`finance: true`" + `. A principal with none of
these keys meets everything that its rights open. ` + "`companies` and `hide_prices`" + ` can stand beside each of them.

A principal that is narrowed in any way meets the collections of this table alone. It is refused (NOT_PERMITTED) what is about the mesh or about all
companies: business events and their consumers, the proof of stock, status, verification and exceptions. Suppliers, carriers and finance platforms are refused
traces of lots, too.

Of the commands, a narrowed principal may give three, where it has the right: ` + "`orders.acknowledge`, `receipts.announce` and `receipts.reportMilestone`" + `, of records that
it meets, and of whose fields it meets those that the command is about ([what partners say](commands.md#what-partners-say)). What is foreign is answered as what does not exist. Of intents it
meets its own, without evidence and calls.

Fields that are hidden are left out, cannot be asked for in a read mask or an order, and are empty to a filter. Where something is hidden, the etag tells of
the rest alone, a watch tells no change of hidden fields alone, and ` + "`provenance.revision` and `provenance.faults`" + ` are empty. The times of the last
change, in ` + "`update_time` and `provenance`" + `, move with hidden fields too.

Page tokens and positions of a narrowed principal are sealed: they tell neither how much there is that it does not meet nor whether that grows, and are worth nothing to
anybody who meets something else (FOREIGN_TOKEN), itself included once its scope has changed. ` + "`provenance.revision`" + ` is 0 to suppliers, carriers and finance platforms. What is Odoo's own stays as it is: its ids are
dense, and names are made of them, so that a supplier that sees ` + "`orders/4711` and later `orders/4790`" + ` can tell how many orders lie between. Inventory events, which no supplier meets, are numbered over all companies.

Which records of a collection a principal meets:

| collection | companies | supplier | carrier | finance |
|---|---|---|---|---|
`

func TestDocumentation(t *testing.T) {
	var b strings.Builder
	b.WriteString(intro)
	code := func(paths []string, empty string) string {
		if len(paths) == 0 {
			return empty
		}
		return "`" + strings.Join(paths, "`, `") + "`"
	}
	named := func(paths []string) string {
		if len(paths) == 0 {
			return "none"
		}
		return "named in " + strings.ReplaceAll(code(paths, ""), ", ", " or ")
	}
	for _, row := range scope.Table() {
		companies, finance := "its own and shared", "none"
		if row.Unshared {
			companies = "its own"
		}
		if row.Finance {
			finance = "all"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", row.Collection, companies, named(row.Supplier), named(row.Carrier), finance)
	}
	b.WriteString("\nWhich fields are hidden from whom. Of the lists of supplier prices, companies meet the elements without a company, and a supplier its own:\n\n| collection | `hide_prices` | companies | supplier | carrier | lists met in part |\n|---|---|---|---|---|---|\n")
	for _, row := range scope.Table() {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s | %s |\n", row.Collection, code(row.Prices, "–"), code(row.CompanyHides, "–"),
			code(row.SupplierHides, "–"), code(row.CarrierHides, "–"), code(row.Own, "–"))
	}
	path := filepath.Join("..", "..", "docs", "access.md")
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	was, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(b.String(), string(was)); diff != "" {
		t.Errorf("docs/access.md is not what the table says; run it with -update:\n%s", diff)
	}
}
