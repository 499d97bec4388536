package e2e

import (
	"context"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/genproto/googleapis/type/money"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	operationsv1 "odoomesh/gen/go/mesh/operations/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	"odoomesh/internal/clock"
)

// orderedBy makes an order through the mesh.
func (m *mesh) orderedBy(ctx context.Context, s shelf, requestID string) (*commandv1.Intent, error) {
	r, err := m.orders.CreateOrder(ctx, &orderv1.CreateOrderRequest{RequestId: requestID, Order: &orderv1.Order{
		Supplier: supplierName(s.supplier), Lines: []*orderv1.OrderLine{{
			Product: productName(s.product), Quantity: &decimal.Decimal{Value: "10"}, UnitPrice: &money.Money{Units: 2},
		}},
	}})
	return r.GetIntent(), err
}

// awaitOrder waits until the copy has an order, or has it not.
func (m *mesh) awaitOrder(t *testing.T, name string, there bool) {
	t.Helper()
	eventually(t, func() (bool, any) {
		o, err := m.orders.GetOrder(t.Context(), &orderv1.GetOrderRequest{Name: name})
		return there && err == nil || !there && refusalOf(err).reason == "NOT_FOUND", []any{o, err}
	})
}

// A person who deletes the newest order stops nothing. A restore stops all writes, also
// over a restart of the mesh, until a person has seen what is gone and says that it is
// right so.
func TestAnOdooThatWasRestoredIsWrittenToByAPersonsWordAlone(t *testing.T) {
	t.Parallel()
	p := simulated(t, 17, 10)
	s := shelfOf(t, p)
	c := settings(t, p)
	m := start(t, c)
	ctx := t.Context()
	must := func(requestID string) *commandv1.Intent {
		t.Helper()
		i, err := m.orderedBy(ctx, s, requestID)
		if err != nil {
			t.Fatalf("%s: %v", requestID, err)
		}
		return i
	}
	deleted := must("deleted")
	p.write(t, "purchase.order", idOf(t, deleted.GetDocument()), map[string]any{"state": "cancel"})
	p.call(t, "purchase.order", "unlink", []any{[]any{idOf(t, deleted.GetDocument())}}, nil)
	looks := p.sim.CallsOf("ir.sequence", "search_read")
	kept := must("kept")
	eventually(t, func() (bool, any) { n := p.sim.CallsOf("ir.sequence", "search_read"); return n > looks, n })
	must("after-the-look")

	backup := p.sim.Backup()
	gone := must("gone")
	m.awaitOrder(t, gone.GetDocument(), true)
	m.stop()
	p.sim.Restore(backup)
	m = launch(t, c, clock.System{})
	eventually(t, func() (bool, any) { r := m.ready(t); return r.Odoo.Reachable, r })

	refused := func(requestID string) {
		t.Helper()
		if _, err := m.orderedBy(ctx, s, requestID); refusalOf(err).reason != "ODOO_CHANGED" {
			t.Errorf("%s: %v", requestID, err)
		}
	}
	refused("next")
	refused("gone")
	if _, err := m.orders.GetOrder(ctx, &orderv1.GetOrderRequest{Name: kept.GetDocument()}); err != nil {
		t.Errorf("reads stop, too: %v", err)
	}
	// The copy is brought to what Odoo holds now.
	m.awaitOrder(t, gone.GetDocument(), false)
	operations := operationsv1.NewOperationsServiceClient(m.conn)
	exceptions := operationsv1.NewExceptionServiceClient(m.conn)
	open := func(want int) {
		t.Helper()
		eventually(t, func() (bool, any) {
			r, err := exceptions.ListExceptions(ctx, &operationsv1.ListExceptionsRequest{Filter: "state != CLOSED AND kind = ODOO_CHANGED"})
			return err == nil && len(r.GetExceptions()) == want, []any{r, err}
		})
	}
	open(1)
	_, page := m.get(t, "/readyz", nil)
	_, metrics := m.get(t, "/metrics", nil)
	if !strings.Contains(string(page), "meshctl odoo reconcile") || !strings.Contains(string(metrics), "mesh_odoo_changed 1") {
		t.Errorf("it is not said: %s", page)
	}
	found, err := operations.CompareLedger(ctx, &operationsv1.CompareLedgerRequest{})
	if err != nil || len(found.GetLost()) != 2 || found.GetCompared() != 4 || found.GetLost()[0].GetIntent().GetName() != gone.GetName() || found.GetChange().GetKind() != operationsv1.OdooChange_KIND_RESTORED {
		t.Fatalf("%v, %v", found, err)
	}
	if l := found.GetLost()[1]; l.GetIntent().GetName() != deleted.GetName() || l.GetLoss() != operationsv1.LostIntent_LOSS_GONE {
		t.Errorf("%v", l)
	}
	if _, err := operations.AcceptOdoo(ctx, &operationsv1.AcceptOdooRequest{Etag: found.GetChange().GetEtag(), Reason: "restored on Sunday"}); err != nil {
		t.Fatal(err)
	}
	open(0)
	if i, err := m.orderedBy(ctx, s, "gone"); refusalOf(err).reason != "ACTION_REQUIRED" || !strings.Contains(err.Error(), "new request_id") {
		t.Errorf("what is lost: %v, %v", i, err)
	}
	again := must("gone-again")
	if again.GetDocument() != gone.GetDocument() {
		t.Errorf("the simulated Odoo gives %s, and not %s again", again.GetDocument(), gone.GetDocument())
	}
	if i := must("kept"); i.GetDocument() != kept.GetDocument() {
		t.Errorf("%v", i)
	}
}
