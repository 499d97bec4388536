package e2e

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
	"odoomesh/internal/race"
)

// anyResource marks a field that may also name what is no record of the mesh.
const anyResource = "*"

// references calls visit with every name in a message that stands in a field of
// names, and what the contract says that it names.
func references(m protoreflect.Message, path string, visit func(path, name, kind string)) {
	m.Range(func(fd protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		here := path + "." + string(fd.Name())
		each := func(v protoreflect.Value) {
			if fd.Message() != nil {
				references(v.Message(), here, visit)
				return
			}
			r, _ := proto.GetExtension(fd.Options(), annotations.E_ResourceReference).(*annotations.ResourceReference)
			if r.GetType() != "" {
				visit(here, v.String(), r.GetType())
			}
		}
		switch {
		case fd.IsMap():
		case fd.IsList():
			for i := range v.List().Len() {
				each(v.List().Get(i))
			}
		default:
			each(v)
		}
		return true
	})
}

// Whatever a record or an event names is a record, of every collection.
func TestEveryReferenceLeadsToARecord(t *testing.T) {
	t.Parallel()
	for _, major := range race.Fewer(16, 17, 18, 19) {
		t.Run(fmt.Sprint(major), func(t *testing.T) {
			t.Parallel()
			s := hospital(t, major)
			s.equalsOdoo(t, s.person)
			known, collections, from := map[string]bool{}, map[string]bool{}, map[string]proto.Message{}
			for _, d := range domains() {
				collections[d.name] = true
				for name, r := range d.inMesh(t, s.mesh) {
					known[name], from[name] = true, r
				}
			}
			whole := &tape{}
			whole.read(t, s.mesh, &inventoryv1.StreamInventoryEventsRequest{}, quiet())
			for _, e := range whole.events {
				from[e.GetName()] = e
			}
			followed := map[string]int{}
			for _, name := range slices.Sorted(maps.Keys(from)) {
				references(from[name].ProtoReflect(), name, func(path, to, kind string) {
					followed[kind]++
					collection, _, _ := strings.Cut(to, "/")
					switch {
					case collections[collection] && !known[to]:
						t.Errorf("%s names %s, which is no record", path, to)
					case !collections[collection] && kind != anyResource:
						t.Errorf("%s names %s, which is no collection of the mesh", path, to)
					}
				})
			}
			for _, kind := range []string{"mesh/Supplier", "mesh/Product", "mesh/Order", "mesh/Receipt", "mesh/Invoice", "mesh/Lot", "mesh/Location", anyResource} {
				if followed[kind] == 0 {
					t.Errorf("no reference to %s was followed", kind)
				}
			}
		})
	}
}

// born waits until a watch has told that suppliers came into being.
func born(t *testing.T, m *mesh, do func(), names func() []string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	w, err := m.suppliers.WatchSuppliers(ctx, &supplierv1.WatchSuppliersRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Header(); err != nil {
		t.Fatal(err)
	}
	do()
	open := map[string]bool{}
	for _, name := range names() {
		open[name] = true
	}
	for len(open) > 0 {
		message, err := w.Recv()
		if err != nil {
			t.Fatalf("waiting for %v: %v", slices.Sorted(maps.Keys(open)), err)
		}
		if message.GetChangeType() == created {
			delete(open, message.GetSupplier().GetName())
		}
	}
}

// A partner becomes a supplier with the first document that names it as one, long
// before Odoo counts it as one; and its company with it.
func TestWhoeverADocumentNamesIsASupplier(t *testing.T) {
	t.Parallel()
	for _, major := range race.Fewer(16, 17, 18, 19) {
		t.Run(fmt.Sprint(major), func(t *testing.T) {
			t.Parallel()
			p := simulated(t, major, 10)
			m := start(t, settings(t, p))
			partner := func(name string, parent int64) int64 {
				vals := map[string]any{"name": name, "is_company": parent == 0}
				if parent != 0 {
					vals["parent_id"] = parent
				}
				return p.create(t, "res.partner", vals)
			}
			billed, received, company := partner("Billed", 0), partner("Received", 0), partner("Company", 0)
			branch := partner("Branch", company)
			contact, other := partner("Contact", branch), partner("Other contact", company)
			customer := partner("Customer", 0)
			born(t, m, func() {
				p.enter(t, "account.move", map[string]any{"move_type": "in_invoice", "partner_id": billed}, nil)
				p.enter(t, "account.move", map[string]any{"move_type": "out_invoice", "partner_id": customer}, nil)
				kind := p.rows(t, "stock.picking.type", []any{[]any{"code", "=", "incoming"}}, []any{"id"})[0].id("id")
				from := p.rows(t, "stock.location", []any{[]any{"usage", "=", "supplier"}}, []any{"id"})[0].id("id")
				p.enter(t, "stock.picking", map[string]any{"picking_type_id": kind, "location_id": from, "partner_id": received}, nil)
				p.enter(t, "purchase.order", map[string]any{"partner_id": contact}, nil)
			}, func() []string { return refs("suppliers", []int64{billed, received, contact, branch, company}) })
			m.equalsOdoo(t, p)
			for _, name := range refs("suppliers", []int64{other, customer}) {
				if _, err := m.suppliers.GetSupplier(t.Context(), &supplierv1.GetSupplierRequest{Name: name}); err == nil {
					t.Errorf("%s is a supplier, and no document names it as one", name)
				}
			}
			// Orders of one company are found by it, whichever contact was chosen.
			second := p.enter(t, "purchase.order", map[string]any{"partner_id": company}, nil)
			m.equalsOdoo(t, p)
			list, err := m.orders.ListOrders(t.Context(), &orderv1.ListOrdersRequest{Filter: fmt.Sprintf(`legal_supplier = "suppliers/%d"`, company)})
			if err != nil || len(list.GetOrders()) != 2 {
				t.Fatalf("%d orders of the company, want 2: %v", len(list.GetOrders()), err)
			}
			list, err = m.orders.ListOrders(t.Context(), &orderv1.ListOrdersRequest{Filter: fmt.Sprintf(`supplier = "suppliers/%d"`, company)})
			if err != nil || len(list.GetOrders()) != 1 || list.GetOrders()[0].GetName() != fmt.Sprintf("orders/%d", second) {
				t.Fatalf("orders at the company itself: %v, %v", list.GetOrders(), err)
			}
			// The branch moves to another company, and the contact's order with it.
			elsewhere := partner("Elsewhere", 0)
			p.write(t, "res.partner", branch, map[string]any{"parent_id": elsewhere})
			m.equalsOdoo(t, p)
		})
	}
}

// What names a supplier that is merged into another names that one within seconds,
// though Odoo moves the links by SQL, and the merged one is gone.
func TestMergedSuppliersAreOne(t *testing.T) {
	t.Parallel()
	for _, major := range race.Fewer(16, 19) {
		t.Run(fmt.Sprint(major), func(t *testing.T) {
			t.Parallel()
			s := hospital(t, major)
			s.equalsOdoo(t, s.person)
			// The supplier of the first order that has come and was billed.
			var from int64
			for _, o := range byName(domains()[2].inMesh(t, s.mesh)) {
				if o := o.(*orderv1.Order); len(o.GetInvoices()) > 0 {
					if _, err := fmt.Sscanf(o.GetLegalSupplier(), "suppliers/%d", &from); err != nil {
						t.Fatal(err)
					}
					break
				}
			}
			to := s.create(t, "res.partner", map[string]any{"name": "The one that stays", "is_company": true, "supplier_rank": 1})
			wizard := s.enter(t, "base.partner.merge.automatic.wizard", map[string]any{"partner_ids": []any{[]any{6, 0, []any{from, to}}}, "dst_partner_id": to}, nil)
			s.press(t, "base.partner.merge.automatic.wizard", "action_merge", wizard, nil)
			s.equalsOdoo(t, s.person)
			gone := fmt.Sprintf("suppliers/%d", from)
			for _, d := range domains() {
				for name, r := range d.inMesh(t, s.mesh) {
					references(r.ProtoReflect(), name, func(path, to, _ string) {
						if to == gone {
							t.Errorf("%s still names %s", path, gone)
						}
					})
				}
			}
		})
	}
}
