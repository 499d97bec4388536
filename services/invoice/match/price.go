package match

import (
	"math/big"

	"google.golang.org/genproto/googleapis/type/decimal"

	invoicev1 "odoomesh/gen/go/mesh/invoice/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/exact"
)

// halfACent is what a price that was converted into another unit may be off by: Odoo
// rounds it to two digits.
var halfACent = big.NewRat(5, 1000)

// priced judges the price of a line of a bill, and notes both prices. What the bill as a
// whole is allowed comes later.
func (c *comparison) priced(l *invoicev1.InvoiceLine, line ordered, m *invoicev1.LineMatch) (invoicev1.MatchVerdict, string) {
	if exact.Decimal(l.GetQuantity()).Sign() == 0 {
		return matched, ""
	}
	billed, asked := unitPrices(l, line)
	scale, ok := exact.Converted(big.NewRat(1, 1), line.GetUnit(), l.GetUnit())
	if !ok {
		return matched, "" // the quantity says so
	}
	billed.Mul(billed, scale)
	m.OrderedUnitPrice, m.BilledUnitPrice = exact.AsMoney(asked, line.order.GetCurrencyCode()), exact.AsMoney(billed, c.Invoice.GetCurrencyCode())
	if !c.comparable(l) {
		return price, otherCurrency(c.Invoice, line)
	}
	off := new(big.Rat).Sub(billed, asked)
	off.Abs(off)
	if off.Cmp(share(asked, c.Tolerance.Price)) <= 0 {
		return matched, ""
	}
	// Where the unit or the discount is another, the price was worked out, and rounded.
	if l.GetUnit().GetName() != line.GetUnit().GetName() || exact.Decimal(l.GetDiscountPercent()).Cmp(exact.Decimal(line.GetDiscountPercent())) != 0 {
		if new(big.Rat).Quo(off, scale).Cmp(halfACent) <= 0 {
			return matched, ""
		}
	}
	return price, otherPrice(m, line)
}

// unitPrices are the price on the bill, of one unit of the bill's line, and that on the
// order, of one of the order's: after discount, and both with taxes or both without.
func unitPrices(l *invoicev1.InvoiceLine, line ordered) (billed, asked *big.Rat) {
	if included(l.GetTaxes()) != included(line.GetTaxes()) {
		billed, asked = exact.Money(l.GetUntaxedAmount()), exact.Money(line.GetUntaxedAmount())
		for n, by := range map[*big.Rat]*big.Rat{billed: exact.Decimal(l.GetQuantity()), asked: exact.Decimal(line.GetQuantity())} {
			if by.Sign() != 0 {
				n.Quo(n, by)
			}
		}
		return billed, asked
	}
	return exact.Less(exact.Money(l.GetUnitPrice()), exact.Decimal(l.GetDiscountPercent())), exact.Less(exact.Money(line.GetUnitPrice()), exact.Decimal(line.GetDiscountPercent()))
}

func included(taxes []*typesv1.Tax) bool {
	for _, t := range taxes {
		if t.GetIncludedInPrice() {
			return true
		}
	}
	return false
}

// tolerate lets pass what differs by less money than the bill as a whole may, and says of
// the rest that it blocks. What lines without an order add counts with it.
func (c *comparison) tolerate(m *invoicev1.Match) {
	lines := map[string]*invoicev1.InvoiceLine{}
	for _, l := range c.Invoice.GetLines() {
		lines[l.GetId()] = l
	}
	ordered, sum := false, new(big.Rat)
	for _, one := range m.GetLines() {
		l := lines[one.GetLineId()]
		ordered = ordered || one.GetVerdict() != withoutOrder
		switch one.GetVerdict() {
		case withoutOrder:
			if more := exact.Money(l.GetUntaxedAmount()); more.Sign() > 0 {
				sum.Add(sum, more)
			}
		case price, both:
			if !c.comparable(l) {
				continue
			}
			off := new(big.Rat).Sub(exact.Money(one.GetBilledUnitPrice()), exact.Money(one.GetOrderedUnitPrice()))
			n, _ := exact.Converted(exact.Decimal(l.GetQuantity()), l.GetUnit(), c.ordered[l.GetOrderLineId()].GetUnit())
			sum.Add(sum, off.Mul(off, n).Abs(off))
		}
	}
	allowed := sum.Cmp(c.Tolerance.amountIn(c.Invoice.GetCurrencyCode())) <= 0
	for _, one := range m.GetLines() {
		l := lines[one.GetLineId()]
		switch one.GetVerdict() {
		case matched:
		case withoutOrder:
			one.Blocks = !c.refund() && (ordered && !allowed && exact.Money(l.GetUntaxedAmount()).Sign() > 0 || !ordered && c.Tolerance.OrderOnly)
		case price:
			if c.comparable(l) && allowed {
				one.Verdict, one.Explanation = matched, ""
				continue
			}
			one.Blocks = true
		default:
			one.Blocks = true
		}
	}
}

// comparable tells whether a line is billed in the currency of its order.
func (c *comparison) comparable(l *invoicev1.InvoiceLine) bool {
	return c.ordered[l.GetOrderLineId()].order.GetCurrencyCode() == c.Invoice.GetCurrencyCode()
}

// decimalOf is a number as a decimal, with at most nine digits behind the point.
func decimalOf(n *big.Rat) *decimal.Decimal { return &decimal.Decimal{Value: exact.Text(n)} }
