package match

import (
	"math/big"

	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/genproto/googleapis/type/money"

	invoicev1 "odoomesh/gen/go/mesh/invoice/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
)

// halfACent is what a price that was converted into another unit may be off by: Odoo
// rounds it to two digits.
var halfACent = big.NewRat(5, 1000)

// priced judges the price of a line of a bill, and notes both prices. What the bill as a
// whole is allowed comes later.
func (c *comparison) priced(l *invoicev1.InvoiceLine, line ordered, m *invoicev1.LineMatch) (invoicev1.MatchVerdict, string) {
	if number(l.GetQuantity()).Sign() == 0 {
		return matched, ""
	}
	billed, asked := unitPrices(l, line)
	scale, ok := converted(big.NewRat(1, 1), line.GetUnit(), l.GetUnit())
	if !ok {
		return matched, "" // the quantity says so
	}
	billed.Mul(billed, scale)
	m.OrderedUnitPrice, m.BilledUnitPrice = moneyOf(asked, line.order.GetCurrencyCode()), moneyOf(billed, c.Invoice.GetCurrencyCode())
	if !c.comparable(l) {
		return price, otherCurrency(c.Invoice, line)
	}
	off := new(big.Rat).Sub(billed, asked)
	off.Abs(off)
	if off.Cmp(share(asked, c.Tolerance.Price)) <= 0 {
		return matched, ""
	}
	// Where the unit or the discount is another, the price was worked out, and rounded.
	if l.GetUnit().GetName() != line.GetUnit().GetName() || number(l.GetDiscountPercent()).Cmp(number(line.GetDiscountPercent())) != 0 {
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
		billed, asked = amount(l.GetUntaxedAmount()), amount(line.GetUntaxedAmount())
		for n, by := range map[*big.Rat]*big.Rat{billed: number(l.GetQuantity()), asked: number(line.GetQuantity())} {
			if by.Sign() != 0 {
				n.Quo(n, by)
			}
		}
		return billed, asked
	}
	billed, asked = amount(l.GetUnitPrice()), amount(line.GetUnitPrice())
	billed.Sub(billed, share(billed, number(l.GetDiscountPercent())))
	asked.Sub(asked, share(asked, number(line.GetDiscountPercent())))
	return billed, asked
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
			if more := amount(l.GetUntaxedAmount()); more.Sign() > 0 {
				sum.Add(sum, more)
			}
		case price, both:
			if !c.comparable(l) {
				continue
			}
			off := new(big.Rat).Sub(amount(one.GetBilledUnitPrice()), amount(one.GetOrderedUnitPrice()))
			n, _ := converted(number(l.GetQuantity()), l.GetUnit(), c.ordered[l.GetOrderLineId()].GetUnit())
			sum.Add(sum, off.Mul(off, n).Abs(off))
		}
	}
	allowed := sum.Cmp(c.Tolerance.amountIn(c.Invoice.GetCurrencyCode())) <= 0
	for _, one := range m.GetLines() {
		l := lines[one.GetLineId()]
		switch one.GetVerdict() {
		case matched:
		case withoutOrder:
			one.Blocks = !c.refund() && (ordered && !allowed && amount(l.GetUntaxedAmount()).Sign() > 0 || !ordered && c.Tolerance.OrderOnly)
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

// number is a decimal as an exact number, 0 where there is none.
func number(d *decimal.Decimal) *big.Rat {
	n, ok := new(big.Rat).SetString(d.GetValue())
	if !ok {
		return new(big.Rat)
	}
	return n
}

// amount is money as an exact number.
func amount(m *money.Money) *big.Rat {
	n := new(big.Rat).SetInt64(m.GetUnits())
	return n.Add(n, big.NewRat(int64(m.GetNanos()), 1_000_000_000))
}

// moneyOf is a number as money, rounded to what money can say.
func moneyOf(n *big.Rat, currency string) *money.Money {
	nanos := new(big.Rat).Mul(n, big.NewRat(1_000_000_000, 1))
	half := big.NewRat(int64(nanos.Sign()), 2)
	nanos.Add(nanos, half)
	whole := new(big.Int).Quo(nanos.Num(), nanos.Denom())
	units, rest := new(big.Int).QuoRem(whole, big.NewInt(1_000_000_000), new(big.Int))
	return &money.Money{CurrencyCode: currency, Units: units.Int64(), Nanos: int32(rest.Int64())}
}

// converted is a quantity in another unit. Without units it is what it is; not ok says
// that the units are of different kinds.
func converted(n *big.Rat, from, to *typesv1.UnitOfMeasure) (in *big.Rat, ok bool) {
	if from.GetName() == to.GetName() || from == nil || to == nil {
		return n, true
	}
	a, b := factor(from), factor(to)
	if from.GetReferenceUnit() != to.GetReferenceUnit() || from.GetReferenceUnit() == "" || a.Sign() == 0 || b.Sign() == 0 {
		return new(big.Rat), false
	}
	in = new(big.Rat).Mul(n, a)
	return in.Quo(in, b), true
}

func factor(u *typesv1.UnitOfMeasure) *big.Rat {
	by := number(u.GetFactorDenominator())
	if by.Sign() == 0 {
		return by
	}
	return new(big.Rat).Quo(number(u.GetFactorNumerator()), by)
}

// decimalOf is a number as a decimal, with at most nine digits behind the point.
func decimalOf(n *big.Rat) *decimal.Decimal { return &decimal.Decimal{Value: plain(n)} }
