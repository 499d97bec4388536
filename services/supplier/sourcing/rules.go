package sourcing

import (
	"context"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"google.golang.org/genproto/googleapis/type/date"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/fault"
	"odoomesh/internal/owned"
	"odoomesh/internal/read"
	"odoomesh/internal/resource"
	"odoomesh/internal/scope"
	"odoomesh/services/supplier/approved"
)

// Mode is what becomes of what does not fit: "off", "warn" or "refuse".
type Mode string

// The modes.
const (
	Off    Mode = "off"
	Warn   Mode = "warn"
	Refuse Mode = "refuse"
)

// Policy is what orders are held to.
type Policy struct {
	// Approved is for what the supplier is not approved for, and Price for a price that is
	// not that of the list.
	Approved, Price Mode
	// Tolerance is by how many percent a price may differ.
	Tolerance float64
}

// Rooms gives the policy, and what is judged by.
type Rooms interface {
	Owned() *owned.Writer
	// Records are those of a collection; false where it is not served.
	Records(collection string) (read.Deps, bool)
	// Sourcing is the policy in force.
	Sourcing() Policy
}

// Rules judge orders.
type Rules struct {
	Policy
	inForce func() Policy
	book    *owned.Writer
	vendors approved.Register
	// suppliers and products are nil where they are not served.
	suppliers *read.Collection[*supplierv1.Supplier]
	products  *read.Collection[*productv1.Product]
}

// New makes the rules by which orders are judged: see Now.
func New(r Rooms) (*Rules, error) {
	rules := &Rules{inForce: r.Sourcing, book: r.Owned(), vendors: approved.NewRegister(r.Owned())}
	var err error
	if deps, served := r.Records("suppliers"); served {
		if rules.suppliers, err = read.NewCollection[*supplierv1.Supplier](deps); err != nil {
			return nil, err
		}
	}
	if deps, served := r.Records("products"); served {
		rules.products, err = read.NewCollection[*productv1.Product](deps)
	}
	return rules, err
}

// Now are the rules of the policy that is in force.
func (r *Rules) Now() *Rules {
	now := *r
	now.Policy = r.inForce()
	return &now
}

// Compares tells whether there is more to be known of an order than its supplier.
func (r *Rules) Compares() bool { return on(r.Approved) || on(r.Price) }

// Order is what is to be ordered. Ids are Odoo's.
type Order struct {
	// At is where the request says of whom, such as "order.supplier".
	At       string
	Supplier int64
	// Legal is who that is in law, which Odoo knows also of a contact that the copy does
	// not have.
	Legal int64
	// Parent is the partner above the supplier; 0 where there is none. Odoo takes its prices
	// too.
	Parent int64
	// Company is the display name of the company that orders; empty while nobody knows.
	Company string
	// Site is where the goods are to go; nil while nobody knows.
	Site *approved.Site
	// Currency is empty while nobody knows.
	Currency string
	Lines    []Line
	// Measure reads a unit that the copy of a product does not name; nil where nobody can.
	Measure func(ctx context.Context, unit int64) (*typesv1.UnitOfMeasure, error)
}

// Line is one thing that is to be ordered.
type Line struct {
	// At is where the request says it, such as "lines[2]".
	At            string
	Product, Unit int64
	Quantity      *big.Rat
	// Price is that of one unit.
	Price *big.Rat
	// Ordered says that as much of it is ordered already: its price alone is judged.
	Ordered bool

	// in is the unit.
	in *typesv1.UnitOfMeasure
}

// finding is what does not fit, and what is to be done about it.
type finding struct {
	mode                 Mode
	field, problem, todo string
}

// What is to be done.
const (
	haveApproved = "Have the supplier approved (suppliers.proposeApproval, then suppliers.approve by somebody else), or order of another."
	haveListed   = "Have approved what may be bought of it (approvedVendors.create or .update, then .approve by somebody else)."
	beRestored   = "Have the supplier restored (suppliers.restore), or order of another."
	asListed     = "Order at the price of the list, or have the list corrected first (products.setSupplierPrice)."
)

// Check gives what people should know of an order, or refuses it, naming each field that
// does not fit. Day is the one on which it is ordered.
func (r *Rules) Check(ctx context.Context, o Order, day *date.Date) (warnings []string, err error) {
	found, err := r.look(ctx, o, day)
	if err != nil {
		return nil, err
	}
	var refused []fault.Detail
	var texts, todo []string
	for _, f := range found {
		text := f.field + ": " + f.problem
		switch f.mode {
		case Refuse:
			refused = append(refused, fault.Violation(f.field, f.problem), fault.Precondition("mesh", f.field, f.problem))
			texts = append(texts, text)
			if !slices.Contains(todo, f.todo) {
				todo = append(todo, f.todo)
			}
		case Warn:
			warnings = append(warnings, text+".")
		}
	}
	if len(refused) > 0 {
		return nil, fault.New(errorsv1.Reason_REASON_BUSINESS_RULE, strings.Join(texts, "; ")+".", append(refused, fault.Instead(strings.Join(todo, " ")))...)
	}
	return warnings, nil
}

func (r *Rules) look(ctx context.Context, o Order, day *date.Date) ([]finding, error) {
	supplier, err := r.supplier(ctx, o.Supplier)
	if err != nil {
		return nil, err
	}
	legal := supplier
	if o.Legal != 0 && o.Legal != o.Supplier {
		if legal, err = r.supplier(ctx, o.Legal); err != nil {
			return nil, err
		}
	}
	name := legal.GetName()
	var found []finding
	ordered := !slices.ContainsFunc(o.Lines, func(l Line) bool { return !l.Ordered })
	if !ordered {
		found = append(barred(o.At, supplier), barredToo(o.At, supplier, legal)...)
	}
	if !ordered && len(found) == 0 && on(r.Approved) {
		more, err := r.unapproved(o, name, legal, day)
		if err != nil {
			return nil, err
		}
		found = append(found, more...)
	}
	if on(r.Price) {
		more, err := r.prices(ctx, o, day)
		if err != nil {
			return nil, err
		}
		found = append(found, more...)
	}
	return found, nil
}

// supplier is one with what was decided about it. That goes by the book: the copy does not
// have every contact that Odoo takes an order for.
func (r *Rules) supplier(ctx context.Context, id int64) (*supplierv1.Supplier, error) {
	s := &supplierv1.Supplier{Name: resource.Name("suppliers", id), Active: true}
	copied, err := r.suppliers.Lookup(scope.With(ctx, nil), s.Name)
	if err != nil {
		return nil, err
	}
	if copied.GetName() != "" {
		s.Active = copied.GetActive()
	}
	_, err = r.book.Merge("suppliers", resource.Key(id), s, nil)
	return s, err
}

func on(m Mode) bool { return m == Warn || m == Refuse }

// barred refuses a supplier that may not be bought from.
func barred(at string, s *supplierv1.Supplier) []finding {
	word := map[supplierv1.ApprovalStatus]string{
		supplierv1.ApprovalStatus_APPROVAL_STATUS_SUSPENDED: "suspended", supplierv1.ApprovalStatus_APPROVAL_STATUS_REJECTED: "rejected",
	}[s.GetApprovalStatus()]
	if word == "" {
		return nil
	}
	text := s.GetName() + " is " + word
	if d := decisionOf(s); d.GetComment() != "" {
		text += ", by " + d.GetDecidedBy() + ": " + d.GetComment()
	}
	return []finding{{Refuse, at, text, haveApproved}}
}

// barredToo refuses a contact of a company that may not be bought from.
func barredToo(at string, s, legal *supplierv1.Supplier) []finding {
	if s.GetName() == legal.GetName() {
		return nil
	}
	return barred(at, legal)
}

// decisionOf is the decision about a supplier as a whole.
func decisionOf(s *supplierv1.Supplier) (newest *supplierv1.VendorApproval) {
	for _, a := range s.GetVendorApprovals() {
		if a.GetProduct() == "" && a.GetCategoryPath() == "" && a.GetSite() == "" && a.GetStatus() == s.GetApprovalStatus() {
			newest = a
		}
	}
	return newest
}

// unapproved tells of what a supplier is not approved for, and under which conditions it is.
func (r *Rules) unapproved(o Order, name string, legal *supplierv1.Supplier, day *date.Date) (found []finding, err error) {
	decision := decisionOf(legal)
	if !legal.GetActive() {
		found = append(found, finding{r.Approved, o.At, name + " is archived in Odoo", beRestored})
	}
	switch legal.GetApprovalStatus() {
	case supplierv1.ApprovalStatus_APPROVAL_STATUS_APPROVED, supplierv1.ApprovalStatus_APPROVAL_STATUS_CONDITIONAL:
		if outside := approved.Outside(decision.GetValidFrom(), decision.GetValidUntil(), day); outside != "" {
			found = append(found, finding{r.Approved, o.At, "the approval of " + name + " " + outside, haveApproved})
		} else if legal.GetApprovalStatus() == supplierv1.ApprovalStatus_APPROVAL_STATUS_CONDITIONAL {
			found = append(found, finding{mode: Warn, field: o.At, problem: name + " is approved under conditions: " + decision.GetComment()})
		}
	default:
		found = append(found, finding{r.Approved, o.At, name + " is not approved", haveApproved})
	}
	key, err := resource.KeyOf("suppliers", name)
	if err != nil {
		return nil, err
	}
	for _, l := range o.Lines {
		if l.Ordered {
			continue
		}
		v, err := r.vendors.Ask(l.Product, resource.KeyID(key), o.Site, day)
		switch {
		case err != nil:
			return nil, err
		case !v.Holds:
			found = append(found, finding{r.Approved, l.At + ".product", fmt.Sprintf("%s may not be bought of %s%s: %s", resource.Name("products", l.Product), name, forSite(o.Site), v.Why), haveListed})
		case v.Conditions != "":
			found = append(found, finding{mode: Warn, field: l.At + ".product", problem: v.Entry + " holds under conditions: " + v.Conditions})
		}
	}
	return found, nil
}

func forSite(s *approved.Site) string {
	if s == nil || len(s.Locations) == 0 {
		return ""
	}
	return " for " + resource.Name("locations", s.Locations[len(s.Locations)-1])
}
