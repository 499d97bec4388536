package e2e

import (
	"slices"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/genproto/googleapis/type/money"

	governancev1 "odoomesh/gen/go/mesh/governance/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
)

const policyKind = governancev1.DocumentKind_DOCUMENT_KIND_POLICIES

// thePolicies are changed by two, and count from the moment on in which they are.
func (c *council) thePolicies() {
	t := c.t
	now := c.rested("/v1/governedDocuments/policies", "olga", "")
	for _, key := range []string{"log-retention: 720h", "audit-payload-retention", "event-max-mib", "match-tolerances"} {
		if !strings.Contains(now, key) {
			t.Errorf("in force is %s", now)
		}
	}
	for text, says := range map[string]string{
		"log-level: debug":                  "no policy",
		"log-retention: 1s":                 "log-retention",
		"order-approval-from: much":         "order-approval-from",
		"match-tolerances: [quantity=many]": "match-tolerances",
		"- a list":                          "one setting a line",
	} {
		_, err := c.client.ProposeDocument(as(t.Context(), "oskar"), &governancev1.ProposeDocumentRequest{Kind: policyKind, Reason: "x", Document: text})
		if c.refused("INVALID_ARGUMENT", err); err != nil && !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", text, err)
		}
	}
	p := c.propose("oskar", policyKind, "audit-payload-retention: 720h\norder-approval-from: 0 EUR\nmatch-tolerances: []\n")
	said := map[string]string{}
	for _, f := range p.GetEffect().GetFields() {
		if f.GetCollection() == "policies" {
			said[f.GetField()] = f.GetExamples()[0].GetBefore() + " → " + f.GetExamples()[0].GetAfter()
		} else if f.GetCollection() != "invoices" || f.GetLookedAt() == 0 || f.GetRecords() == 0 || f.GetExamples()[0].GetAfter() != "is not posted" {
			t.Errorf("%v", f)
		}
	}
	if said["audit-payload-retention"] != "0s → 720h" || said["order-approval-from"] != " → 0 EUR" || said["match-tolerances"] != "quantity=100% price=100% → " || len(said) != 3 {
		t.Errorf("the effect is %v", said)
	}
	c.refused("NOT_PERMITTED", c.approve("oskar", p.GetName()))
	released := c.releases("policies-1")
	if released != nil {
		t.Errorf("before it is in force: %v", released)
	}
	c.enact("olga", p.GetName())
	if err := c.releases("policies-2"); !slices.Contains([]string{"BUSINESS_RULE", "ACTION_REQUIRED"}, refusalOf(err).reason) || !strings.Contains(err.Error(), "approv") {
		t.Errorf("an order that nobody has approved is released: %v", err)
	}
	if _, err := c.client.RevertProposal(as(t.Context(), "olga"), &governancev1.RevertProposalRequest{Name: p.GetName(), Reason: "too strict"}); err != nil {
		t.Fatal(err)
	}
	if err := c.releases("policies-3"); err != nil {
		t.Errorf("after it was put back: %v", err)
	}
}

// releases makes an order, and has another release it.
func (c *council) releases(mark string) error {
	t := c.t
	t.Helper()
	on := shelfOf(t, c.person)
	made, err := c.orders.CreateOrder(as(t.Context(), "dora"), &orderv1.CreateOrderRequest{RequestId: mark, Order: &orderv1.Order{
		Supplier: supplierName(on.supplier), Lines: []*orderv1.OrderLine{{Product: productName(on.product), Quantity: &decimal.Decimal{Value: "2"}, UnitPrice: &money.Money{Units: 5}}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.orders.ReleaseOrder(as(t.Context(), "carl"), &orderv1.ReleaseOrderRequest{RequestId: mark + "-release", Name: made.GetIntent().GetDocument()})
	return err
}

// A policy that is left out of what is governed is what the configuration says; one that
// was approved outlives a restart.
func TestPoliciesOutliveARestart(t *testing.T) {
	t.Parallel()
	p := simulated(t, 18, 3)
	s := settings(t, p)
	s.Governed, s.AccessFile = true, t.TempDir()+"/access.yaml"
	replace(t, s.AccessFile, []byte(twoOfEach(tokenOf("carl", "roles: [buyer]"))))
	c := &council{mesh: start(t, s), t: t, person: p}
	c.client = governancev1.NewGovernanceServiceClient(c.conn)
	c.enact("olga", c.propose("oskar", policyKind, "order-approval-from: 0 EUR\n").GetName())
	c.stop()
	s.ApprovalFrom = "9999999 EUR"
	c.mesh = start(t, s)
	c.client = governancev1.NewGovernanceServiceClient(c.conn)
	if err := c.releases("restarted"); err == nil || !strings.Contains(refusalOf(err).reason+" "+err.Error(), "approv") {
		t.Errorf("%v", err)
	}
	c.enact("olga", c.propose("oskar", policyKind, "approved-suppliers: refuse\n").GetName())
	on := shelfOf(t, p)
	_, err := c.orders.CreateOrder(as(t.Context(), "dora"), &orderv1.CreateOrderRequest{RequestId: "unapproved", Order: &orderv1.Order{
		Supplier: supplierName(on.supplier), Lines: []*orderv1.OrderLine{{Product: productName(on.product), Quantity: &decimal.Decimal{Value: "2"}, UnitPrice: &money.Money{Units: 5}}},
	}})
	if err == nil || !strings.Contains(err.Error(), "not approved") {
		t.Errorf("an order to who is not approved: %v", err)
	}
}
