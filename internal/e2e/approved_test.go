package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/genproto/googleapis/type/money"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/config"
	"odoomesh/internal/resource"
)

// buying is a mesh in which sue proposes, quinn approves, and dora orders.
type buying struct {
	*mesh
	t       *testing.T
	person  *person
	on      shelf
	vendors supplierv1.ApprovedVendorServiceClient
	// sent counts requests.
	sent int
}

func (b *buying) started(c config.Config) {
	b.mesh = start(b.t, c)
	b.vendors = supplierv1.NewApprovedVendorServiceClient(b.conn)
}

func (b *buying) id() string {
	b.sent++
	return "r" + strings.Repeat("x", b.sent)
}

func (b *buying) want(what, reason string, err error, says ...string) {
	b.t.Helper()
	r := refusalOf(err)
	if r.reason != reason {
		b.t.Errorf("%s: %q, want %q: %v", what, r.reason, reason, err)
	}
	for _, s := range says {
		if err != nil && !strings.Contains(err.Error(), s) {
			b.t.Errorf("%s: %v does not say %q", what, err, s)
		}
	}
}

func (b *buying) draft(price int64) (*orderv1.CreateOrderResponse, error) {
	return b.draftFor(b.on.supplier, price)
}

func (b *buying) draftFor(supplier, price int64) (*orderv1.CreateOrderResponse, error) {
	return b.orders.CreateOrder(as(b.t.Context(), "dora"), &orderv1.CreateOrderRequest{RequestId: b.id(), Order: &orderv1.Order{
		Supplier: supplierName(supplier), Lines: []*orderv1.OrderLine{{
			Product: productName(b.on.product), Quantity: &decimal.Decimal{Value: "10"}, UnitPrice: &money.Money{Units: price},
		}},
	}})
}

func (b *buying) release(name string) (*orderv1.ReleaseOrderResponse, error) {
	return b.orders.ReleaseOrder(as(b.t.Context(), "dora"), &orderv1.ReleaseOrderRequest{RequestId: b.id(), Name: name})
}

func (b *buying) proposeSupplier(by string) error {
	_, err := b.suppliers.ProposeSupplierApproval(as(b.t.Context(), by), &supplierv1.ProposeSupplierApprovalRequest{
		RequestId: b.id(), Name: supplierName(b.on.supplier), Reason: "audited", Evidence: []string{"https://docs.example/audit/7"},
	})
	return err
}

func (b *buying) approveSupplier(by string) error {
	_, err := b.suppliers.ApproveSupplier(as(b.t.Context(), by), &supplierv1.ApproveSupplierRequest{RequestId: b.id(), Name: supplierName(b.on.supplier), Reason: "the audit is sound"})
	return err
}

func (b *buying) suspendSupplier() error {
	_, err := b.suppliers.SuspendSupplier(as(b.t.Context(), "quinn"), &supplierv1.SuspendSupplierRequest{RequestId: b.id(), Name: supplierName(b.on.supplier), Reason: "particles in three lots"})
	return err
}

func (b *buying) status() *supplierv1.Supplier {
	b.t.Helper()
	s, err := b.suppliers.GetSupplier(as(b.t.Context(), "sue"), &supplierv1.GetSupplierRequest{Name: supplierName(b.on.supplier)})
	if err != nil {
		b.t.Fatal(err)
	}
	return s
}

func (b *buying) propose(by, site string) (*supplierv1.ApprovedVendor, error) {
	r, err := b.vendors.CreateApprovedVendor(as(b.t.Context(), by), &supplierv1.CreateApprovedVendorRequest{RequestId: b.id(), ApprovedVendor: &supplierv1.ApprovedVendor{
		Product: productName(b.on.product), Supplier: supplierName(b.on.supplier), Site: site, Reason: "tested", Evidence: []string{"PRT-17"},
	}})
	return r.GetApprovedVendor(), err
}

func (b *buying) approve(by, name string) (*supplierv1.ApprovedVendor, error) {
	r, err := b.vendors.ApproveApprovedVendor(as(b.t.Context(), by), &supplierv1.ApproveApprovedVendorRequest{RequestId: b.id(), Name: name})
	return r.GetApprovedVendor(), err
}

// Nothing is ordered of whom two persons have not approved for it, and nothing at all of
// who is suspended; who proposes does not approve, and all of it survives a restart.
func TestOrdersGoToApprovedSuppliers(t *testing.T) {
	t.Parallel()
	p := simulated(t, 18, 10)
	c := settings(t, p)
	c.ApprovedSuppliers, c.PriceCheck, c.PriceTolerance = config.Refuse, config.Warn, 5
	c.AccessFile = filepath.Join(t.TempDir(), "access.yaml")
	both := "roles: [steward, quality]"
	access := "principals:\n" + tokenOf("sue", both) + tokenOf("quinn", both) + tokenOf("dora", "roles: [buyer]") + tokenOf("ward", "roles: [reader], companies: [99]") +
		tokenOf("med", "roles: [partner], supplier: "+supplierName(1)) + tokenOf("ann", "roles: [administrator]")
	if err := os.WriteFile(c.AccessFile, []byte(access), 0o600); err != nil {
		t.Fatal(err)
	}
	b := &buying{t: t, person: p, on: shelfOf(t, p)}
	b.started(c)
	_, err := b.draft(10)
	b.want("an order of nobody approved", "BUSINESS_RULE", err, "order.supplier: "+supplierName(b.on.supplier)+" is not approved", "order.lines[0].product")
	if todo := refusalOf(err).whatToDo; !strings.Contains(todo, "suppliers.proposeApproval") || !strings.Contains(todo, "approvedVendors.create") {
		t.Errorf("what to do is %q", todo)
	}

	b.theSupplier()
	_, err = b.draft(10)
	b.want("a product that nobody approved", "BUSINESS_RULE", err, "order.lines[0].product")
	entry := b.theVendor()
	b.theOrders(entry)
	b.theArchived(entry)
	b.stop()

	b.started(c)
	kept, err := b.vendors.GetApprovedVendor(as(t.Context(), "dora"), &supplierv1.GetApprovedVendorRequest{Name: entry})
	if err != nil || kept.GetWithdrawReason() != "the maker has changed" || len(kept.GetEvidence()) != 1 {
		t.Errorf("after a restart: %v %v", kept, err)
	}
	if s := b.status(); s.GetApprovalStatus() != supplierv1.ApprovalStatus_APPROVAL_STATUS_SUSPENDED {
		t.Errorf("after a restart: %v", s.GetApprovalStatus())
	}
}

func (b *buying) theSupplier() {
	t := b.t
	b.want("an approval of what nobody proposed", "BUSINESS_RULE", b.approveSupplier("quinn"), "proposeApproval")
	b.want("a proposal by a buyer", "NOT_PERMITTED", b.proposeSupplier("dora"))
	if err := b.proposeSupplier("sue"); err != nil {
		t.Fatal(err)
	}
	if s := b.status(); s.GetApprovalStatus() != supplierv1.ApprovalStatus_APPROVAL_STATUS_PENDING || s.GetApprovalProposal().GetProposedBy() != "sue" {
		t.Errorf("proposed, it shows %v %v", s.GetApprovalStatus(), s.GetApprovalProposal())
	}
	b.want("an approval by who has proposed it", "NOT_PERMITTED", b.approveSupplier("sue"), "does not approve")
	if err := b.approveSupplier("quinn"); err != nil {
		t.Fatal(err)
	}
	s := b.status()
	if a := s.GetVendorApprovals(); s.GetApprovalStatus() != supplierv1.ApprovalStatus_APPROVAL_STATUS_APPROVED || s.GetApprovalProposal() != nil ||
		len(a) != 1 || a[0].GetDecidedBy() != "quinn" || a[0].GetProposedBy() != "sue" || len(a[0].GetEvidence()) != 1 {
		t.Errorf("approved, it shows %v", s)
	}
	if _, err := b.suppliers.ProposeSupplierApproval(as(t.Context(), "sue"), &supplierv1.ProposeSupplierApprovalRequest{
		RequestId: b.id(), Name: supplierName(b.on.supplier), Reason: "renewed", ValidFrom: &date.Date{Year: 2099, Month: 1, Day: 1},
	}); err != nil {
		t.Fatal(err)
	}
	b.want("a renewal that begins later", "BUSINESS_RULE", b.approveSupplier("quinn"), "valid_from")
}

func (b *buying) theVendor() (name string) {
	t := b.t
	one, err := b.propose("sue", "")
	if err != nil {
		t.Fatal(err)
	}
	name = one.GetName()
	_, err = b.propose("sue", "")
	b.want("a second entry for the same", "ALREADY_EXISTS", err)
	_, err = b.propose("sue", "companies/99999999999")
	b.want("a company that Odoo cannot have", "INVALID_ARGUMENT", err, "approved_vendor.site")
	_, err = b.propose("sue", "locations/2000000000")
	b.want("a site that is not there", "INVALID_ARGUMENT", err, "approved_vendor.site")
	_, err = b.draft(10)
	b.want("what is only proposed", "BUSINESS_RULE", err, "waits to be approved")
	_, err = b.approve("sue", name)
	b.want("an approval by who has proposed it", "NOT_PERMITTED", err)
	if one, err = b.approve("quinn", name); err != nil || one.GetInForce().GetApprovedBy() != "quinn" {
		t.Fatal(one, err)
	}
	// A change waits, and what was approved holds meanwhile.
	last := &date.Date{Year: 2020, Month: 1, Day: 31}
	update := &supplierv1.UpdateApprovedVendorRequest{RequestId: b.id(), ApprovedVendor: &supplierv1.ApprovedVendor{Name: name, ValidUntil: last, Reason: "it ended"}, Etag: `"stale"`}
	_, err = b.vendors.UpdateApprovedVendor(as(t.Context(), "quinn"), update)
	b.want("an entry that has changed since", "STALE_ETAG", err)
	update.Etag = one.GetEtag()
	changed, err := b.vendors.UpdateApprovedVendor(as(t.Context(), "quinn"), update)
	if v := changed.GetApprovedVendor(); err != nil || v.GetStatus() != supplierv1.ApprovedVendorStatus_APPROVED_VENDOR_STATUS_PROPOSED || v.GetInForce().GetValidUntil() != nil {
		t.Fatal(v, err)
	}
	list := func(by, filter string) (names []string) {
		t.Helper()
		r, err := b.vendors.ListApprovedVendors(as(t.Context(), by), &supplierv1.ListApprovedVendorsRequest{Filter: filter, OrderBy: "valid_until desc, product"})
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range r.GetApprovedVendors() {
			names = append(names, v.GetName())
		}
		return names
	}
	if got := list("dora", `status = PROPOSED AND supplier = "`+supplierName(b.on.supplier)+`"`); len(got) != 1 || got[0] != name {
		t.Errorf("the list of what is proposed is %v", got)
	}
	if got := list("dora", `status = PROPOSED AND supplier.active = true`); len(got) != 1 || got[0] != name {
		t.Errorf("the list of what is proposed of suppliers that are active is %v", got)
	}
	if got := list("dora", "status = WITHDRAWN"); len(got) != 0 {
		t.Errorf("the list of what is withdrawn is %v", got)
	}
	_, err = b.vendors.ListApprovedVendors(as(t.Context(), "med"), &supplierv1.ListApprovedVendorsRequest{})
	b.want("a supplier", "NOT_PERMITTED", err)
	return name
}

func (b *buying) theOrders(entry string) {
	t := b.t
	made, err := b.draft(10)
	if err != nil || len(made.GetIntent().GetWarnings()) != 0 {
		t.Fatal(made.GetIntent(), err)
	}
	steps, err := b.draft(10)
	if err != nil {
		t.Fatal(err)
	}
	dear, err := b.draft(11)
	if w := strings.Join(dear.GetIntent().GetWarnings(), " "); err != nil || !strings.Contains(w, "order.lines[0].unit_price: 11 is not the 9.99") {
		t.Error(w, err)
	}
	dozens := b.person.rows(t, "uom.uom", []any{[]any{"name", "=", "Dozens"}}, []any{"id"})[0].id("id")
	many, err := b.orders.CreateOrder(as(t.Context(), "dora"), &orderv1.CreateOrderRequest{RequestId: b.id(), ValidateOnly: true, Order: &orderv1.Order{
		Supplier: supplierName(b.on.supplier), Lines: []*orderv1.OrderLine{{
			Product: productName(b.on.product), Unit: &typesv1.UnitOfMeasure{Name: resource.Name("units", dozens)}, Quantity: &decimal.Decimal{Value: "1"}, UnitPrice: &money.Money{Units: 900},
		}},
	}})
	if w := strings.Join(many.GetIntent().GetWarnings(), " "); err != nil || !strings.Contains(w, "order.lines[0].unit_price: 900 is not the 119.88") {
		t.Error("in a unit that the product does not name:", w, err)
	}
	name := made.GetIntent().GetDocument()
	if _, err := b.approve("sue", entry); err != nil {
		t.Fatal(err)
	}
	_, err = b.release(name)
	b.want("a product whose approval has ended", "BUSINESS_RULE", err, "lines[0].product", "has ended on 2020-01-31")
	if _, err := b.vendors.WithdrawApprovedVendor(as(t.Context(), "quinn"), &supplierv1.WithdrawApprovedVendorRequest{RequestId: b.id(), Name: entry, Reason: "the maker has changed"}); err != nil {
		t.Fatal(err)
	}
	b.theSteps(steps.GetIntent().GetDocument())
	// One for the place to which the goods go, which only Odoo knows.
	place := b.destination(name)
	one, err := b.propose("sue", place)
	if err == nil {
		_, err = b.approve("quinn", one.GetName())
	}
	if err != nil {
		t.Fatal(err)
	}
	_, err = b.vendors.GetApprovedVendor(as(t.Context(), "ward"), &supplierv1.GetApprovedVendorRequest{Name: one.GetName()})
	b.want("a caller of another company", "NOT_FOUND", err)
	if _, err := b.vendors.UpdateApprovedVendor(as(t.Context(), "sue"), &supplierv1.UpdateApprovedVendorRequest{
		RequestId: b.id(), ApprovedVendor: &supplierv1.ApprovedVendor{Name: one.GetName(), ValidFrom: &date.Date{Year: 2099, Month: 1, Day: 1}, Reason: "renewed"},
	}); err != nil {
		t.Fatal(err)
	}
	_, err = b.approve("quinn", one.GetName())
	b.want("a renewal that begins later", "BUSINESS_RULE", err, "valid_from")
	r, err := b.release(name)
	if err != nil || r.GetIntent().GetState() != commandv1.State_STATE_DONE {
		t.Error(r, err)
	}
	line := r.GetOrder().GetLines()[0]
	if a, err := b.amend(name, line, "20", 11); err != nil || !strings.Contains(strings.Join(a.GetIntent().GetWarnings(), " "), "lines[0].unit_price: 11 is not") {
		t.Error("more, and dearer:", a, err)
	}
	if err := b.suspendSupplier(); err != nil {
		t.Fatal(err)
	}
	_, err = b.release(dear.GetIntent().GetDocument())
	b.want("an order from who is suspended", "BUSINESS_RULE", err, "supplier: "+supplierName(b.on.supplier)+" is suspended, by quinn: particles in three lots")
	desk := b.person.create(t, "res.partner", map[string]any{"name": "Orders " + b.person.mark, "parent_id": b.on.supplier})
	_, err = b.draftFor(desk, 10)
	b.want("an order of a contact that the copy does not have", "BUSINESS_RULE", err, "order.supplier: "+supplierName(b.on.supplier)+" is suspended")
	_, err = b.amend(name, line, "30", 11)
	b.want("more from who is suspended", "BUSINESS_RULE", err, "is suspended")
	_, err = b.orders.SubmitOrder(as(t.Context(), "dora"), &orderv1.SubmitOrderRequest{RequestId: b.id(), Name: dear.GetIntent().GetDocument()})
	b.want("a submission of who is suspended", "BUSINESS_RULE", err, "is suspended")
	if a, err := b.amend(name, line, "5", 10); err != nil {
		t.Error("less from who is suspended:", a, err)
	}
	if err := b.proposeSupplier("sue"); err != nil {
		t.Fatal(err)
	}
	_, err = b.draft(10)
	b.want("while it is proposed anew", "BUSINESS_RULE", err, "is suspended")
}
