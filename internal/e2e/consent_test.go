package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	orderv1 "odoomesh/gen/go/mesh/order/v1"
	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
	"odoomesh/internal/config"
)

// consenting is a mesh of two buyers, who may also approve, and one who approves.
type consenting struct {
	*mesh
	t  *testing.T
	on shelf
}

func consents(t *testing.T, p *person, change func(*config.Config)) consenting {
	t.Helper()
	c := settings(t, p)
	c.AccessFile = filepath.Join(t.TempDir(), "access.yaml")
	text := "principals:\n" + tokenOf("ann", "roles: [buyer, order-approver]") + tokenOf("bob", "roles: [buyer, order-approver]") + tokenOf("carl", "roles: [order-approver]") + tokenOf("quinn", "roles: [quality]")
	if err := os.WriteFile(c.AccessFile, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	change(&c)
	return consenting{start(t, c), t, shelfOf(t, p)}
}

// draft is one of ten at a price.
func (c consenting) draft(by, mark string, price int64) string {
	c.t.Helper()
	made, err := c.orders.CreateOrder(as(c.t.Context(), by), &orderv1.CreateOrderRequest{RequestId: mark, Order: &orderv1.Order{Supplier: supplierName(c.on.supplier), Lines: []*orderv1.OrderLine{
		{Product: productName(c.on.product), Quantity: &decimal.Decimal{Value: "10"}, UnitPrice: &money.Money{Units: price}},
	}}})
	if err != nil {
		c.t.Fatal(err)
	}
	return made.GetOrder().GetName()
}

// is says how a command ends: with nothing, or with a reason and words of the refusal.
func (c consenting) is(what string, err error, reason, words string) {
	c.t.Helper()
	if got := refusalOf(err).reason; got != reason || err != nil && !strings.Contains(err.Error(), words) {
		c.t.Errorf("%s: %v, want %s %q", what, err, reason, words)
	}
}

func (c consenting) submit(by, name, id string) error {
	_, err := c.orders.SubmitOrder(as(c.t.Context(), by), &orderv1.SubmitOrderRequest{Name: name, RequestId: id, Comment: "for ward 3"})
	return err
}

func (c consenting) approve(by, name, id string) (*orderv1.Order, error) {
	r, err := c.orders.ApproveOrder(as(c.t.Context(), by), &orderv1.ApproveOrderRequest{Name: name, RequestId: id})
	return r.GetOrder(), err
}

func (c consenting) release(by, name, id string) error {
	_, err := c.orders.ReleaseOrder(as(c.t.Context(), by), &orderv1.ReleaseOrderRequest{Name: name, RequestId: id})
	return err
}

// From the total of the setting on, an order is released when another has approved what it
// says, and is not raised beyond that.
func TestOrdersAreApprovedByAnother(t *testing.T) {
	t.Parallel()
	p := simulated(t, 18, 10)
	c := consents(t, p, func(c *config.Config) { c.ApprovalFrom = "100 EUR" })
	small := c.draft("ann", "small", 5)
	c.is("below the limit", c.release("ann", small, "r0"), "", "")
	raised := &orderv1.AmendOrderRequest{Name: small, RequestId: "a0", Lines: []*orderv1.OrderLine{{Id: c.line(small), Quantity: &decimal.Decimal{Value: "30"}}}}
	_, err := c.orders.AmendOrder(as(t.Context(), "ann"), raised)
	c.is("raised beyond the limit", err, "BUSINESS_RULE", "has not been approved")

	o := c.draft("ann", "great", 20)
	c.is("not approved", c.release("ann", o, "r1"), "BUSINESS_RULE", "orders.submit")
	_, err = c.approve("carl", o, "p0")
	c.is("not submitted", err, "BUSINESS_RULE", "orders.submit")
	for range 2 {
		c.is("submitted", c.submit("bob", o, "s1"), "", "")
	}
	c.is("not approved yet", c.release("ann", o, "r1"), "BUSINESS_RULE", "approved first")
	_, err = c.approve("ann", o, "p1")
	c.is("by who has made it", err, "NOT_PERMITTED", "orders.create")
	_, err = c.approve("bob", o, "p2")
	c.is("by who has submitted it", err, "NOT_PERMITTED", "submit")
	for range 2 {
		approved, err := c.approve("carl", o, "p3")
		c.is("approved", err, "", "")
		if a := approved.GetApproval(); a.GetState() != orderv1.ApprovalState_APPROVAL_STATE_APPROVED || a.GetSubmitter() != "bob" || a.GetApprover() != "carl" || a.GetSubmitComment() != "for ward 3" {
			t.Errorf("%v", a)
		}
	}
	change := &orderv1.UpdateOrderRequest{RequestId: "u1", Etag: "*", UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"lines"}}, Order: &orderv1.Order{Name: o, Lines: []*orderv1.OrderLine{{Id: c.line(o), Quantity: &decimal.Decimal{Value: "12"}}}}}
	if _, err := c.orders.UpdateOrder(as(t.Context(), "ann"), change); err != nil {
		t.Fatal(err)
	}
	c.is("changed since", c.release("ann", o, "r2"), "BUSINESS_RULE", "changed since it was approved")
	_, err = c.approve("carl", o, "p4")
	c.is("changed since", err, "BUSINESS_RULE", "changed since it was submitted")
	c.is("submitted anew", c.submit("bob", o, "s2"), "", "")
	_, err = c.approve("carl", o, "p5")
	c.is("approved anew", err, "", "")
	c.is("released", c.release("ann", o, "r3"), "", "")
	for quantity, reason := range map[string]string{"11": "", "13": "BUSINESS_RULE"} {
		_, err := c.orders.AmendOrder(as(t.Context(), "ann"), &orderv1.AmendOrderRequest{Name: o, RequestId: "a" + quantity, Lines: []*orderv1.OrderLine{{Id: c.line(o), Quantity: &decimal.Decimal{Value: quantity}}}})
		c.is("amended to "+quantity, err, reason, "has not been approved")
	}
	c.is("of what is released", c.submit("bob", o, "s3"), "BUSINESS_RULE", "no draft")
}

// line is the only one of an order.
func (c consenting) line(name string) string {
	c.t.Helper()
	o, err := c.orders.GetOrder(as(c.t.Context(), "ann"), &orderv1.GetOrderRequest{Name: name})
	if err != nil {
		c.t.Fatal(err)
	}
	return o.GetLines()[0].GetId()
}

// Where Odoo wants an order approved, submitting it asks for that, and approving it is done
// when somebody who may has done it there: the user who is configured for it, or a person.
func TestOrdersAreApprovedInOdooToo(t *testing.T) {
	t.Parallel()
	for _, major := range []int{17, 19} {
		t.Run(fmt.Sprint(major), func(t *testing.T) {
			t.Parallel()
			p := simulated(t, major, 10)
			approvesInOdoo(t, p)
		})
	}
}

func TestLiveOrdersAreApprovedInOdooToo(t *testing.T) {
	p := live(t)
	if p.user == "admin" {
		t.Skip("the mesh's user may approve: ODOO_MESH_USER names none that may not")
	}
	approvesInOdoo(t, p)
}

func approvesInOdoo(t *testing.T, p *person) {
	administrator, password := p.user, p.password
	if p.sim != nil {
		p.user, p.password = "mesh", "mesh"
	} else {
		administrator, password = os.Getenv("ODOO_USER"), os.Getenv("ODOO_PASSWORD")
	}
	p.limited(t, "two_step", 100)
	defer p.limited(t, "one_step", 5000)
	state := func(c consenting, name string) orderv1.State {
		o, err := c.orders.GetOrder(as(t.Context(), "ann"), &orderv1.GetOrderRequest{Name: name, ReadMode: liveMode})
		if err != nil {
			t.Fatal(err)
		}
		return o.GetState()
	}

	c := consents(t, p, func(*config.Config) {})
	small := c.draft("ann", p.mark+"-small", 5)
	c.is("submitted", c.submit("ann", small, p.mark+"s0"), "", "")
	if s := state(c, small); s != orderv1.State_STATE_DRAFT {
		t.Errorf("below Odoo's limit it is %v", s)
	}
	o := c.draft("ann", p.mark+"-great", 20)
	c.is("submitted", c.submit("ann", o, p.mark+"s1"), "", "")
	if s := state(c, o); s != orderv1.State_STATE_TO_APPROVE {
		t.Errorf("submitted, it is %v", s)
	}
	for range 2 {
		_, err := c.approve("carl", o, p.mark+"p1")
		c.is("without somebody who may", err, "ACTION_REQUIRED", "in Odoo")
	}
	p.press(t, "purchase.order", "button_approve", idOf(t, o), nil)
	err := insisting(t)(func(ctx context.Context) error {
		_, err := c.approve("carl", o, p.mark+"p1")
		return err
	})
	c.is("a person has approved it", err, "", "")
	if s := state(c, o); s != orderv1.State_STATE_CONFIRMED {
		t.Errorf("approved, it is %v", s)
	}
	c.stop()

	file := filepath.Join(t.TempDir(), "approver")
	if err := os.WriteFile(file, []byte(password), 0o600); err != nil {
		t.Fatal(err)
	}
	c = consents(t, p, func(c *config.Config) { c.ApproverUser, c.ApproverFile = administrator, file })
	o = c.draft("ann", p.mark+"-second", 20)
	c.is("submitted", c.submit("ann", o, p.mark+"s2"), "", "")
	for range 2 {
		approved, err := c.approve("carl", o, p.mark+"p2")
		c.is("by the user for it", err, "", "")
		if approved.GetState() != orderv1.State_STATE_CONFIRMED || len(approved.GetReceipts()) != 1 {
			t.Errorf("%v", approved)
		}
	}
}

// An approval that Odoo has not been given yet is not given any more once the supplier is
// suspended: it would place the order.
func TestWhatIsSuspendedMeanwhileIsNotPlaced(t *testing.T) {
	t.Parallel()
	p := simulated(t, 18, 10)
	administrator, password := p.user, p.password
	p.user, p.password = "mesh", "mesh"
	p.limited(t, "two_step", 100)
	var kept config.Config
	c := consents(t, p, func(c *config.Config) { kept = *c })
	o := c.draft("ann", "great", 20)
	c.is("submitted", c.submit("bob", o, "s1"), "", "")
	_, err := c.approve("carl", o, "p1")
	c.is("without somebody who may", err, "ACTION_REQUIRED", "in Odoo")
	_, err = c.suppliers.SuspendSupplier(as(t.Context(), "quinn"), &supplierv1.SuspendSupplierRequest{RequestId: "x", Name: supplierName(c.on.supplier), Reason: "particles"})
	c.is("suspended", err, "", "")
	c.stop()

	kept.ApproverUser, kept.ApproverFile = administrator, filepath.Join(t.TempDir(), "approver")
	if err := os.WriteFile(kept.ApproverFile, []byte(password), 0o600); err != nil {
		t.Fatal(err)
	}
	c.mesh = start(t, kept)
	_, err = c.approve("carl", o, "p1")
	c.is("suspended meanwhile", err, "BUSINESS_RULE", "is suspended")
	live, err := c.orders.GetOrder(as(t.Context(), "ann"), &orderv1.GetOrderRequest{Name: o, ReadMode: liveMode})
	if err != nil || live.GetState() != orderv1.State_STATE_TO_APPROVE {
		t.Errorf("%v, %v", live.GetState(), err)
	}
}
