package invoice

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync/atomic"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	invoicev1 "odoomesh/gen/go/mesh/invoice/v1"
	"odoomesh/gen/go/mesh/invoice/v1/invoiceservice"
	optionsv1 "odoomesh/gen/go/mesh/options/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	"odoomesh/gen/go/mesh/order/v1/orderservice"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/gen/go/mesh/product/v1/productservice"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/clock"
	"odoomesh/internal/domain"
	"odoomesh/internal/fault"
	"odoomesh/internal/follow"
	"odoomesh/internal/owned"
	"odoomesh/internal/read"
	"odoomesh/internal/resource"
	"odoomesh/internal/store"
	"odoomesh/services/invoice/match"
)

// MatcherConfig is what a Matcher needs.
type MatcherConfig struct {
	Rooms domain.Rooms
	// Log and Cache are those of capture; Owned keeps the outcomes.
	Log   store.Log
	Cache store.Cache
	Owned *owned.Writer
	// Followers are who follows the log, whom the matcher joins; nil is nobody.
	Followers *follow.Followers
	// Loaded tells whether invoices, orders and products are loaded.
	Loaded func() (bool, error)
	// Rules are those in force: where they are others, all is compared anew.
	Rules  func() match.Rules
	Clock  clock.Clock
	Logger *slog.Logger
}

// Matcher keeps with each invoice how it compares with its orders and receipts: it follows
// the log, and compares anew what a change concerns. It is safe for concurrent use.
type Matcher struct {
	MatcherConfig
	invoices *read.Collection[*invoicev1.Invoice]
	orders   *read.Collection[*orderv1.Order]
	products *read.Collection[*productv1.Product]
	blocked  blocked
	// followed is the position up to which it has compared.
	followed atomic.Uint64
}

// NewMatcher makes a matcher; it starts nothing.
func NewMatcher(c MatcherConfig) (m *Matcher, err error) {
	m = &Matcher{MatcherConfig: c}
	if m.invoices, err = read.NewCollection[*invoicev1.Invoice](c.Rooms.Read(invoiceservice.Invoices)); err != nil {
		return nil, err
	}
	if m.orders, err = read.NewCollection[*orderv1.Order](c.Rooms.Read(orderservice.Orders)); err != nil {
		return nil, err
	}
	if m.products, err = read.NewCollection[*productv1.Product](c.Rooms.Read(productservice.Products)); err != nil {
		return nil, err
	}
	if c.Followers != nil {
		// It needs nothing of the log after a kill: what does not reach so far has all compared.
		c.Followers.Join("bill_matches", func() follow.Standing { return follow.Standing{Followed: m.followed.Load()} })
	}
	return m, nil
}

// asOdooHas reads a record anew.
var asOdooHas = &typesv1.ReadMode{Mode: &typesv1.ReadMode_Live{Live: true}}

// Outcome compares an invoice, with its orders, their products and other invoices as Odoo
// has them. What is overridden does not block.
func (m *Matcher) Outcome(ctx context.Context, name string) (*invoicev1.Invoice, *invoicev1.Match, error) {
	i, err := m.invoices.Get(ctx, name, asOdooHas, nil)
	if err != nil {
		return nil, nil, err
	}
	outcome, err := m.compared(ctx, i, asOdooHas)
	return i, outcome, err
}

// Would compares an invoice of the copy by the rules in force, and by others.
func (m *Matcher) Would(ctx context.Context, name string, others match.Rules) (is, would *invoicev1.Match, err error) {
	i, err := m.invoices.Get(ctx, name, nil, nil)
	if err != nil {
		return nil, nil, err
	}
	if is, err = m.comparedBy(ctx, i, nil, m.Rules()); err != nil {
		return nil, nil, err
	}
	would, err = m.comparedBy(ctx, i, nil, others)
	return is, would, err
}

// compared compares an invoice by the rules in force; mode says how its orders are read.
func (m *Matcher) compared(ctx context.Context, i *invoicev1.Invoice, mode *typesv1.ReadMode) (*invoicev1.Match, error) {
	return m.comparedBy(ctx, i, mode, m.Rules())
}

func (m *Matcher) comparedBy(ctx context.Context, i *invoicev1.Invoice, mode *typesv1.ReadMode, rules match.Rules) (*invoicev1.Match, error) {
	f := match.Facts{Invoice: i, AsOrdered: map[string]bool{}, Tolerance: rules.For(i)}
	var products []string
	for _, name := range i.GetOrders() {
		o, err := m.orders.Get(ctx, name, mode, nil)
		if fault.ReasonOf(err) == errorsv1.Reason_REASON_NOT_FOUND {
			continue
		}
		if err != nil {
			return nil, err
		}
		f.Orders = append(f.Orders, o)
		for _, l := range o.GetLines() {
			if l.GetProduct() != "" {
				products = append(products, l.GetProduct())
			}
		}
		if f.Others, err = m.billing(ctx, f.Others, o, mode); err != nil {
			return nil, err
		}
	}
	slices.Sort(products)
	found, err := m.products.FindIn(ctx, slices.Compact(products), mode)
	if err != nil {
		return nil, err
	}
	for _, p := range found {
		f.AsOrdered[p.GetName()] = p.GetBilledAsOrdered()
	}
	outcome := match.Compare(f)
	if match.Covered(i.GetMatch().GetOverride(), outcome) && outcome != nil {
		outcome.Blocks = false
	}
	return outcome, nil
}

// billing adds the invoices of an order to those of others, each once.
func (m *Matcher) billing(ctx context.Context, all []*invoicev1.Invoice, o *orderv1.Order, mode *typesv1.ReadMode) ([]*invoicev1.Invoice, error) {
	known := map[string]bool{}
	for _, i := range all {
		known[i.GetName()] = true
	}
	var found []*invoicev1.Invoice
	if mode == nil {
		var err error
		if found, err = m.invoices.Where(ctx, "orders", o.GetName()); err != nil {
			return nil, err
		}
	} else if names := o.GetInvoices(); len(names) > 0 {
		batch, err := m.invoices.BatchGet(ctx, names, mode, nil)
		if err != nil {
			return nil, err
		}
		found = batch.Found
	}
	for _, i := range found {
		if !known[i.GetName()] {
			all = append(all, i)
		}
	}
	return all, nil
}

// settled tells whether an invoice is out of the books or paid: what nobody has compared
// before is not compared then.
func settled(i *invoicev1.Invoice) bool {
	switch i.GetPaymentState() {
	case invoicev1.PaymentState_PAYMENT_STATE_IN_PAYMENT, invoicev1.PaymentState_PAYMENT_STATE_PAID, invoicev1.PaymentState_PAYMENT_STATE_REVERSED, invoicev1.PaymentState_PAYMENT_STATE_LEGACY:
		return i.GetState() == invoicev1.State_STATE_POSTED
	}
	return i.GetState() == invoicev1.State_STATE_CANCELLED
}

// Refresh compares an invoice as the copy has it, and keeps the outcome where it is
// another; mode says how its orders are read. One that is gone is no error.
func (m *Matcher) Refresh(ctx context.Context, name string, mode *typesv1.ReadMode) error {
	return m.refresh(ctx, name, mode, m.Rules())
}

func (m *Matcher) refresh(ctx context.Context, name string, mode *typesv1.ReadMode, rules match.Rules) error {
	key, err := resource.KeyOf(invoiceservice.Invoices, name)
	if err != nil {
		return err
	}
	// Before the record, so that who writes between the two is noticed.
	kept, err := m.Owned.Get(invoiceservice.Invoices, key)
	if err != nil {
		return err
	}
	i, err := m.invoices.Get(ctx, name, nil, nil)
	if fault.ReasonOf(err) == errorsv1.Reason_REASON_NOT_FOUND || err == nil && settled(i) && i.GetMatch().GetVerdict() == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	outcome, err := m.comparedBy(ctx, i, mode, rules)
	if err != nil || match.Same(outcome, i.GetMatch()) {
		return err
	}
	return m.keep(ctx, key, kept.Revision, i, outcome)
}

// keep writes an outcome into the book of what Odoo does not own. What somebody else has
// written since revision is an *owned.RevisionError.
func (m *Matcher) keep(ctx context.Context, key []byte, revision uint64, i *invoicev1.Invoice, outcome *invoicev1.Match) (err error) {
	says := &invoicev1.Match{Verdict: outcome.GetVerdict(), Lines: outcome.GetLines(), Blocks: outcome.GetBlocks()}
	before := i.GetMatch()
	if says.MatchTime = before.GetMatchTime(); says.MatchTime == nil || before.GetVerdict() != says.GetVerdict() || before.GetBlocks() != says.GetBlocks() {
		says.MatchTime = timestamppb.New(m.Clock.Now())
	}
	if outcome == nil {
		says.MatchTime = nil
	}
	write := owned.Write{
		Collection: invoiceservice.Invoices, Key: key, Owner: optionsv1.Owner_OWNER_MESH, Author: "mesh", Seen: &revision,
		// The revision tells one outcome from the same one that comes back later.
		Intent: fmt.Sprintf("match/%d", revision+1),
	}
	write.Fields, err = owned.FieldsOf(&invoicev1.Invoice{Match: proto.CloneOf(says)}, "match.verdict", "match.match_time", "match.lines", "match.blocks")
	if err != nil {
		return err
	}
	_, err = m.Owned.Set(ctx, write)
	return err
}
