package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	eventv1 "odoomesh/gen/go/mesh/event/v1"
	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	operationsv1 "odoomesh/gen/go/mesh/operations/v1"
)

// Stock that was changed behind Odoo's back is a drift: asked for, it is shown with
// both numbers; unasked it is a metric, and an exception that is escalated once.
func TestDriftIsFoundAndEscalated(t *testing.T) {
	t.Parallel()
	p := hospitalAtWork(t, 18, 30)
	c := settings(t, p)
	c.ProofInterval = 100 * time.Millisecond
	m := start(t, c)
	m.proven(t)
	quant := p.rows(t, "stock.quant", []any{[]any{"quantity", ">", 5}, []any{"location_id.usage", "=", "internal"}}, []any{"id", "quantity", "product_id", "location_id", "lot_id"})[0]
	p.write(t, "stock.quant", quant.id("id"), map[string]any{"quantity": quant.number("quantity") + 2})
	var drift *inventoryv1.StockDrift
	eventually(t, func() (bool, any) {
		proof, err := m.inventory.VerifyBalances(t.Context(), &inventoryv1.VerifyBalancesRequest{})
		if len(proof.GetDrifts()) == 1 {
			drift = proof.GetDrifts()[0]
		}
		return drift != nil, fmt.Sprint(proof, err)
	})
	if drift.GetProduct() != quant.ref("products", "product_id") || drift.GetLocation() != quant.ref("locations", "location_id") ||
		drift.GetEventsQuantity().GetValue() != quant.decimal("quantity").GetValue() ||
		drift.GetOdooQuantity().GetValue() != decimalOf(quant.number("quantity")+2).GetValue() {
		t.Errorf("the drift is %v, the quant was %v", drift, quant)
	}
	// The bills of the simulated house that do not match are told, too.
	ofStock := fmt.Sprintf(`type = "mesh.exception.escalated.v1" AND subject = %q`, drift.GetStockPosition())
	escalated := &reel{}
	escalated.read(t, m, &eventv1.SubscribeRequest{Filter: ofStock}, func(*eventv1.CloudEvent) bool { return len(escalated.events) == 1 })
	if got := escalated.events[0]; got.GetSubject() != drift.GetStockPosition() {
		t.Errorf("the exception is %v", got)
	}
	eventually(t, func() (bool, any) { n := m.metric(t, "mesh_stock_drift"); return n == "1", n })
	p.write(t, "stock.quant", quant.id("id"), map[string]any{"quantity": quant.number("quantity")})
	eventually(t, func() (bool, any) { n := m.metric(t, "mesh_stock_drift"); return n == "0", n })
	m.proven(t)
	exceptions := operationsv1.NewExceptionServiceClient(m.conn)
	eventually(t, func() (bool, any) {
		r, err := exceptions.ListExceptions(t.Context(), &operationsv1.ListExceptionsRequest{Filter: "kind = STOCK_WITHOUT_MOVEMENT"})
		return len(r.GetExceptions()) == 1 && r.GetExceptions()[0].GetState() == operationsv1.ExceptionState_EXCEPTION_STATE_CLOSED, fmt.Sprint(r, err)
	})
	// What comes back is told once more.
	p.write(t, "stock.quant", quant.id("id"), map[string]any{"quantity": quant.number("quantity") + 2})
	escalated.read(t, m, &eventv1.SubscribeRequest{Filter: ofStock}, func(*eventv1.CloudEvent) bool { return len(escalated.events) == 2 })
	code, body := m.get(t, "/v1/exceptions?filter=state%20%3D%20OPEN", nil)
	if code != http.StatusOK || !strings.Contains(string(body), drift.GetStockPosition()) {
		t.Errorf("REST answers %d %s", code, body)
	}
	// A person takes it as it is: the proof holds, until the difference is another.
	open := func() *operationsv1.Exception {
		r, err := exceptions.ListExceptions(t.Context(), &operationsv1.ListExceptionsRequest{Filter: "kind = STOCK_WITHOUT_MOVEMENT AND state = OPEN"})
		if err != nil || len(r.GetExceptions()) != 1 {
			return nil
		}
		return r.GetExceptions()[0]
	}
	if _, err := exceptions.AcknowledgeException(t.Context(), &operationsv1.AcknowledgeExceptionRequest{Name: open().GetName(), Reason: "counted by hand"}); err != nil {
		t.Fatal(err)
	}
	m.proven(t)
	eventually(t, func() (bool, any) { return open() == nil, open() })
	p.write(t, "stock.quant", quant.id("id"), map[string]any{"quantity": quant.number("quantity") + 3})
	eventually(t, func() (bool, any) { return open() != nil, nil })
}

// What the events are compared with is the copy: while Odoo is down the proof holds
// for the time at which the copy was last known to equal it, and says so.
func TestProofSaysHowFreshItIs(t *testing.T) {
	t.Parallel()
	p := hospitalAtWork(t, 18, 30)
	m := start(t, settings(t, p))
	before := m.provenAfter(t, time.Time{})
	p.sim.Faults().Down(true)
	prove := func() *inventoryv1.VerifyBalancesResponse {
		t.Helper()
		proof, err := m.inventory.VerifyBalances(t.Context(), &inventoryv1.VerifyBalancesRequest{})
		if err != nil {
			t.Fatal(err)
		}
		return proof
	}
	eventually(t, func() (bool, any) { proof := prove(); return !proof.GetFreshness().GetOdooReachable(), proof })
	var dark []time.Time
	for range 2 {
		proof := prove()
		if proof.GetDrifting() != 0 || proof.GetFreshness().GetOdooReachable() {
			t.Errorf("without Odoo: %v", proof)
		}
		dark = append(dark, proof.GetFreshness().GetVerifiedTime().AsTime())
	}
	if dark[0].Before(before) || !dark[1].Equal(dark[0]) {
		t.Errorf("proven as of %v, and without Odoo as of %v", before, dark)
	}
	code, body := m.get(t, "/v1/inventoryEvents:verify", nil)
	var answer struct {
		Freshness struct {
			VerifiedTime  time.Time
			OdooReachable *bool
		}
	}
	if err := json.Unmarshal(body, &answer); err != nil || code != http.StatusOK {
		t.Fatalf("%d %s (%v)", code, body, err)
	}
	if f := answer.Freshness; !f.VerifiedTime.Equal(dark[0]) || f.OdooReachable == nil || *f.OdooReachable {
		t.Errorf("REST answers %s", body)
	}
	p.sim.Faults().Down(false)
	m.await(t, "ready")
	m.provenAfter(t, dark[0])
}

// provenAfter waits for a proof that holds for a time behind another, with Odoo
// answering.
func (m *mesh) provenAfter(t testing.TB, other time.Time) time.Time {
	t.Helper()
	var at time.Time
	eventually(t, func() (bool, any) {
		f := m.proven(t).GetFreshness()
		if f.GetVerifiedTime() != nil && f.GetOdooReachable() {
			at = f.GetVerifiedTime().AsTime()
		}
		return at.After(other), f
	})
	return at
}

// metric is the value of a metric, which is named with its labels.
func (m *mesh) metric(t testing.TB, name string) string {
	t.Helper()
	code, body := m.get(t, "/metrics", nil)
	if code != http.StatusOK {
		t.Fatalf("/metrics: %d", code)
	}
	for line := range strings.Lines(string(body)) {
		if value, found := strings.CutPrefix(line, name+" "); found {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
