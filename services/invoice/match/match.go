package match

import (
	"cmp"
	"math/big"
	"slices"

	invoicev1 "odoomesh/gen/go/mesh/invoice/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	"odoomesh/internal/exact"
)

const (
	matched       = invoicev1.MatchVerdict_MATCH_VERDICT_MATCHED
	quantity      = invoicev1.MatchVerdict_MATCH_VERDICT_QUANTITY_DIFFERS
	price         = invoicev1.MatchVerdict_MATCH_VERDICT_PRICE_DIFFERS
	both          = invoicev1.MatchVerdict_MATCH_VERDICT_QUANTITY_AND_PRICE_DIFFER
	withoutOrder  = invoicev1.MatchVerdict_MATCH_VERDICT_NO_ORDER
	notReceived   = invoicev1.MatchVerdict_MATCH_VERDICT_NOT_RECEIVED
	refundType    = invoicev1.InvoiceType_INVOICE_TYPE_REFUND
	billsProduct  = invoicev1.LineType_LINE_TYPE_PRODUCT
	ordersProduct = orderv1.LineType_LINE_TYPE_PRODUCT
)

// worst orders the verdicts from the best to the worst.
var worst = []invoicev1.MatchVerdict{matched, withoutOrder, price, quantity, notReceived, both}

// Facts is what an invoice is compared with.
type Facts struct {
	Invoice *invoicev1.Invoice
	// Orders are those that its lines belong to.
	Orders []*orderv1.Order
	// Others are the other invoices of these orders; the posted ones count.
	Others []*invoicev1.Invoice
	// AsOrdered has the products that are billed as ordered, also before they come.
	AsOrdered map[string]bool
	Tolerance Tolerance
}

// ordered is a line of an order, with its order.
type ordered struct {
	*orderv1.OrderLine
	order *orderv1.Order
}

// comparison is the sums that the lines of an invoice are judged by.
type comparison struct {
	Facts
	ordered map[string]ordered
	// own is what the invoice bills of each line of an order, in that line's unit; before
	// is what the others have billed of it, and back what they have taken back.
	own, before, back map[string]*big.Rat
}

// Compare tells how an invoice compares with its orders and what has come of them: nil
// for one that is cancelled. The outcome has neither a time nor an override.
func Compare(f Facts) *invoicev1.Match {
	if f.Invoice.GetState() == invoicev1.State_STATE_CANCELLED {
		return nil
	}
	c := comparison{Facts: f, ordered: map[string]ordered{}, own: map[string]*big.Rat{}, before: map[string]*big.Rat{}, back: map[string]*big.Rat{}}
	for _, o := range f.Orders {
		for _, l := range o.GetLines() {
			if l.GetType() == ordersProduct {
				c.ordered[l.GetId()] = ordered{l, o}
			}
		}
	}
	c.add(f.Invoice, c.own)
	for _, other := range f.Others {
		switch {
		case other.GetName() == f.Invoice.GetName() || other.GetState() != invoicev1.State_STATE_POSTED:
		case other.GetType() == refundType && (!c.refund() || c.earlier(other)):
			c.add(other, c.back)
		case other.GetType() != refundType && (c.refund() || c.earlier(other)):
			c.add(other, c.before)
		}
	}
	m := &invoicev1.Match{Verdict: matched}
	for _, l := range f.Invoice.GetLines() {
		if l.GetType() == billsProduct {
			m.Lines = append(m.Lines, c.line(l))
		}
	}
	c.tolerate(m)
	for _, l := range m.GetLines() {
		if slices.Index(worst, l.GetVerdict()) > slices.Index(worst, m.GetVerdict()) {
			m.Verdict = l.GetVerdict()
		}
		m.Blocks = m.GetBlocks() || l.GetBlocks()
	}
	return m
}

func (c *comparison) refund() bool { return c.Invoice.GetType() == refundType }

// earlier tells whether another invoice that is posted counts before this one: all do
// before a draft, and of two posted ones that of the earlier day.
func (c *comparison) earlier(other *invoicev1.Invoice) bool {
	if c.Invoice.GetState() != invoicev1.State_STATE_POSTED {
		return true
	}
	a, b := other.GetAccountingDate(), c.Invoice.GetAccountingDate()
	return cmp.Or(cmp.Compare(a.GetYear(), b.GetYear()), cmp.Compare(a.GetMonth(), b.GetMonth()), cmp.Compare(a.GetDay(), b.GetDay()),
		cmp.Compare(len(other.GetName()), len(c.Invoice.GetName())), cmp.Compare(other.GetName(), c.Invoice.GetName())) < 0
}

// add sums up what an invoice bills of the lines of the orders.
func (c *comparison) add(i *invoicev1.Invoice, to map[string]*big.Rat) {
	for _, l := range i.GetLines() {
		of, known := c.ordered[l.GetOrderLineId()]
		if !known || l.GetType() != billsProduct {
			continue
		}
		if to[of.GetId()] == nil {
			to[of.GetId()] = new(big.Rat)
		}
		if n, ok := exact.Converted(exact.Decimal(l.GetQuantity()), l.GetUnit(), of.GetUnit()); ok {
			to[of.GetId()].Add(to[of.GetId()], n)
		}
	}
}

// of is a sum, 0 where there is none.
func of(sums map[string]*big.Rat, id string) *big.Rat {
	if n := sums[id]; n != nil {
		return n
	}
	return new(big.Rat)
}

// line compares one line, before what the invoice as a whole is allowed.
func (c *comparison) line(l *invoicev1.InvoiceLine) *invoicev1.LineMatch {
	m := &invoicev1.LineMatch{LineId: l.GetId(), Verdict: matched}
	line, known := c.ordered[l.GetOrderLineId()]
	if !known {
		m.Verdict, m.Explanation = withoutOrder, c.strange(l)
		return m
	}
	m.OrderedQuantity, m.ReceivedQuantity = line.GetQuantity(), line.GetReceivedQuantity()
	billed := new(big.Rat).Add(of(c.before, line.GetId()), of(c.own, line.GetId()))
	if c.refund() {
		billed = new(big.Rat).Sub(of(c.before, line.GetId()), of(c.own, line.GetId()))
	}
	billed.Sub(billed, of(c.back, line.GetId()))
	m.BilledQuantity = decimalOf(billed)
	counted, text := c.counted(l, line, billed)
	priced, other := matched, ""
	if !c.refund() {
		priced, other = c.priced(l, line, m)
	}
	switch {
	case counted == matched:
		m.Verdict = priced
	case counted == quantity && priced == price:
		m.Verdict = both
	default:
		m.Verdict = counted
	}
	m.Explanation = joined(text, other)
	return m
}

// counted judges the quantity of a line.
func (c *comparison) counted(l *invoicev1.InvoiceLine, line ordered, billed *big.Rat) (invoicev1.MatchVerdict, string) {
	if _, ok := exact.Converted(new(big.Rat), l.GetUnit(), line.GetUnit()); !ok {
		return quantity, unlikeUnits(l, line)
	}
	own := of(c.own, line.GetId())
	if own.Sign() <= 0 {
		return matched, "" // it takes something off
	}
	step := exact.Decimal(line.GetUnit().GetRounding())
	if c.refund() {
		if surely(new(big.Rat).Neg(billed), step) {
			return quantity, tooMuchBack(line, billed, own)
		}
		return matched, ""
	}
	received := exact.Decimal(line.GetReceivedQuantity())
	due := received
	if c.AsOrdered[line.GetProduct()] && line.order.GetState() == orderv1.State_STATE_CONFIRMED && exact.Decimal(line.GetQuantity()).Cmp(due) > 0 {
		due = exact.Decimal(line.GetQuantity())
	}
	allowed := new(big.Rat).Add(due, share(due, c.Tolerance.Quantity))
	if !surely(new(big.Rat).Sub(billed, allowed), step) {
		return matched, ""
	}
	if due.Sign() == 0 {
		return notReceived, tooMuch(line, billed, due, c.AsOrdered[line.GetProduct()])
	}
	return quantity, tooMuch(line, billed, due, c.AsOrdered[line.GetProduct()])
}

// surely tells whether a difference is more than what rounding to a unit's steps makes:
// Odoo rounds each quantity that it converts.
func surely(over, step *big.Rat) bool {
	return new(big.Rat).Add(over, over).Cmp(step) >= 0 && over.Sign() > 0
}

// share is so many percent of a number.
func share(n, percent *big.Rat) *big.Rat {
	if percent == nil {
		return new(big.Rat)
	}
	part := new(big.Rat).Mul(n, percent)
	return part.Quo(part, big.NewRat(100, 1)).Abs(part)
}
