package trace

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	invoicev1 "odoomesh/gen/go/mesh/invoice/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
	tracev1 "odoomesh/gen/go/mesh/trace/v1"
	"odoomesh/internal/fault"
	"odoomesh/internal/read"
)

// chain is documents that belong together, or at first all that bear a number.
type chain struct {
	found    []string
	orders   map[string]*orderv1.Order
	receipts map[string]*receiptv1.Receipt
	invoices map[string]*invoicev1.Invoice
	// lots are those that have the number.
	lots map[string]*inventoryv1.Lot
	// movements are those of the transfer that has the number, where it is no receipt.
	movements map[string]*inventoryv1.Movement
	// product is the one that was asked for; nil for none.
	product *productv1.Product
	// after is what became of the goods.
	after []*tracev1.Milestone
	// truncated says that there is more than is told.
	truncated bool
}

// chain finds the documents that bear a number, then the orders behind them, and
// then everything that belongs to those orders.
func (s *Service) chain(ctx context.Context, number string) (*chain, error) {
	c := newChain()
	for _, find := range []func(context.Context, *chain, string) error{s.scanned, s.bearers, s.transfer, s.folded, s.sold} {
		if err := find(ctx, c, number); err != nil {
			return nil, err
		}
		if c.found = c.names(); len(c.found) > 0 {
			break
		}
	}
	if len(c.found) == 0 {
		missing := fault.NotFound(number)
		fault.Instead("Check the number. Words of a name are found by a search, GET /v1/search?q=…")(missing)
		return nil, missing
	}
	if err := s.complete(ctx, c); err != nil {
		return nil, err
	}
	return c, nil
}

// bearers finds what has the number as its own, as its partner's, or in its lots.
func (s *Service) bearers(ctx context.Context, c *chain, number string) error {
	for _, path := range []string{"number", "supplier_reference"} {
		if err := collect(ctx, s.orders, c.orders, path, number); err != nil {
			return err
		}
		if err := collect(ctx, s.invoices, c.invoices, path, number); err != nil {
			return err
		}
	}
	for _, path := range []string{"number", "shipment.tracking_number", "lines.lot_lines.lot_number"} {
		if err := collect(ctx, s.receipts, c.receipts, path, number); err != nil {
			return err
		}
	}
	return collect(ctx, s.lots, c.lots, "lot_number", number)
}

// names are those of all that the chain has.
func (c *chain) names() []string {
	all := slices.Concat(names(c.orders), names(c.receipts), names(c.invoices), names(c.lots), names(c.movements))
	if c.product != nil {
		all = append(all, c.product.GetName())
	}
	return all
}

// names are those of the records, by their numbers.
func names[T any](records map[string]T) []string {
	return slices.SortedFunc(maps.Keys(records), compareNames)
}

// complete adds the orders behind what was found, and what belongs to them.
func (s *Service) complete(ctx context.Context, c *chain) error {
	var behind []string
	for _, r := range c.receipts {
		behind = append(behind, r.GetOrders()...)
	}
	for _, i := range c.invoices {
		behind = append(behind, i.GetOrders()...)
	}
	for name := range c.movements {
		behind = append(behind, c.movements[name].GetOrder())
	}
	orders, err := s.orders.Find(ctx, distinct(behind))
	if err != nil {
		return err
	}
	keep(c.orders, orders)
	for name := range c.orders {
		if err := collect(ctx, s.receipts, c.receipts, "orders", name); err != nil {
			return err
		}
		if err := collect(ctx, s.invoices, c.invoices, "orders", name); err != nil {
			return err
		}
	}
	return nil
}

type named interface{ GetName() string }

func keep[T named](to map[string]T, records []T) {
	for _, r := range records {
		to[r.GetName()] = r
	}
}

func collect[T interface {
	named
	proto.Message
}](ctx context.Context, from *read.Collection[T], to map[string]T, path, value string) error {
	records, err := from.Where(ctx, path, value)
	keep(to, records)
	return err
}

// milestones is the chain as one timeline; what has no time comes last.
func (c *chain) milestones() []*tracev1.Milestone {
	var line []*tracev1.Milestone
	for _, o := range c.orders {
		line = append(line, ofOrder(o)...)
	}
	for _, r := range c.receipts {
		line = append(line, ofReceipt(r))
	}
	for _, i := range c.invoices {
		line = append(line, ofInvoice(i))
	}
	line = append(line, c.after...)
	slices.SortFunc(line, func(a, b *tracev1.Milestone) int {
		if a.GetOccurTime() == nil || b.GetOccurTime() == nil {
			return cmp.Or(boolOrder(a.GetOccurTime() == nil, b.GetOccurTime() == nil), cmp.Compare(a.GetType(), b.GetType()), strings.Compare(a.GetDocument(), b.GetDocument()))
		}
		return cmp.Or(a.GetOccurTime().AsTime().Compare(b.GetOccurTime().AsTime()), cmp.Compare(a.GetType(), b.GetType()), strings.Compare(a.GetDocument(), b.GetDocument()))
	})
	return line
}

func boolOrder(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

func ofOrder(o *orderv1.Order) []*tracev1.Milestone {
	at := func(kind tracev1.MilestoneType, when *timestamppb.Timestamp, summary string) *tracev1.Milestone {
		return &tracev1.Milestone{
			Type: kind, OccurTime: when, Document: o.GetName(), Number: o.GetNumber(), SourceState: o.GetSourceState(),
			Supplier: o.GetSupplier(), Amount: o.GetTotalAmount(), Summary: summary, Company: o.GetCompany(),
		}
	}
	line := []*tracev1.Milestone{at(tracev1.MilestoneType_MILESTONE_TYPE_ORDERED, o.GetOrderTime(), "Order "+o.GetNumber()+" was made")}
	if o.GetConfirmTime() != nil {
		line = append(line, at(tracev1.MilestoneType_MILESTONE_TYPE_ORDER_CONFIRMED, o.GetConfirmTime(), "Order "+o.GetNumber()+" was confirmed"))
	}
	if o.GetState() == orderv1.State_STATE_CANCELLED {
		line = append(line, at(tracev1.MilestoneType_MILESTONE_TYPE_CANCELLED, nil, "Order "+o.GetNumber()+" is cancelled"))
	}
	for _, l := range o.GetLines() {
		if a := l.GetAcknowledgement(); a != nil {
			line = append(line, at(tracev1.MilestoneType_MILESTONE_TYPE_ACKNOWLEDGED, a.GetAcknowledgeTime(), "Line "+l.GetId()+" was acknowledged by the supplier"))
		}
	}
	return line
}

func ofReceipt(r *receiptv1.Receipt) *tracev1.Milestone {
	m := &tracev1.Milestone{
		Type: tracev1.MilestoneType_MILESTONE_TYPE_EXPECTED, OccurTime: r.GetScheduledTime(), Document: r.GetName(), Number: r.GetNumber(),
		SourceState: r.GetSourceState(), Supplier: r.GetSupplier(), Summary: "Goods of " + r.GetNumber() + " are expected",
		Company: r.GetCompany(),
	}
	for _, l := range r.GetLines() {
		for _, lot := range l.GetLotLines() {
			m.LotNumbers = append(m.LotNumbers, lot.GetLotNumber())
		}
	}
	m.LotNumbers = distinct(m.LotNumbers)
	back := r.GetDirection() == receiptv1.Direction_DIRECTION_RETURN
	switch {
	case r.GetState() == receiptv1.State_STATE_CANCELLED:
		m.Type, m.OccurTime, m.Summary = tracev1.MilestoneType_MILESTONE_TYPE_CANCELLED, nil, r.GetNumber()+" is cancelled"
	case r.GetDoneTime() != nil && back:
		m.Type, m.OccurTime, m.Summary = tracev1.MilestoneType_MILESTONE_TYPE_RETURNED, r.GetDoneTime(), "Goods went back with "+r.GetNumber()
	case r.GetDoneTime() != nil:
		m.Type, m.OccurTime, m.Summary = tracev1.MilestoneType_MILESTONE_TYPE_RECEIVED, r.GetDoneTime(), "Goods came with "+r.GetNumber()
	case back:
		m.Summary = "Goods are to go back with " + r.GetNumber()
	}
	return m
}

func ofInvoice(i *invoicev1.Invoice) *tracev1.Milestone {
	m := &tracev1.Milestone{
		Type: tracev1.MilestoneType_MILESTONE_TYPE_BILLED, Document: i.GetName(), Number: i.GetNumber(), SourceState: i.GetSourceState(),
		Supplier: i.GetSupplier(), Amount: i.GetTotalAmount(), Summary: fmt.Sprintf("Bill %s (%s)", i.GetNumber(), i.GetSourceState()),
		Company: i.GetCompany(),
	}
	if d := i.GetInvoiceDate(); d != nil {
		m.OccurTime = &timestamppb.Timestamp{Seconds: dayStart(d.GetYear(), d.GetMonth(), d.GetDay())}
	}
	if i.GetType() == invoicev1.InvoiceType_INVOICE_TYPE_REFUND {
		m.Type, m.Summary = tracev1.MilestoneType_MILESTONE_TYPE_CREDITED, fmt.Sprintf("Credit note %s (%s)", i.GetNumber(), i.GetSourceState())
	}
	return m
}
