package match

import (
	"fmt"
	"math/big"
	"strings"

	invoicev1 "odoomesh/gen/go/mesh/invoice/v1"
)

// plain writes a number without exponent, and without noughts at its end.
func plain(n *big.Rat) string {
	text := n.FloatString(9)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	if text == "-0" {
		return "0"
	}
	return text
}

func joined(a, b string) string { return strings.TrimSpace(a + " " + b) }

func tooMuch(line ordered, billed, due *big.Rat, asOrdered bool) string {
	what := "have come"
	if asOrdered {
		what = "have come or, as it is billed as ordered, are ordered"
	}
	return fmt.Sprintf("%s %s are billed with this, and %s %s.", plain(billed), unitOf(line), plain(due), what)
}

func tooMuchBack(line ordered, left, own *big.Rat) string {
	return fmt.Sprintf("%s %s are taken back, and %s are billed and not taken back yet.", plain(own), unitOf(line), plain(new(big.Rat).Add(left, own)))
}

func unlikeUnits(l *invoicev1.InvoiceLine, line ordered) string {
	return fmt.Sprintf("It is billed in %s and ordered in %s, which cannot be compared.", l.GetUnit().GetDisplayName(), unitOf(line))
}

func otherCurrency(i *invoicev1.Invoice, line ordered) string {
	return fmt.Sprintf("It is billed in %s and ordered in %s.", i.GetCurrencyCode(), line.order.GetCurrencyCode())
}

func otherPrice(m *invoicev1.LineMatch, line ordered) string {
	return fmt.Sprintf("The price of one of %s is %s on the bill, and %s on the order (%s).", unitOf(line),
		plain(amount(m.GetBilledUnitPrice())), plain(amount(m.GetOrderedUnitPrice())), line.order.GetCurrencyCode())
}

// strange says why a line is compared with nothing.
func (c *comparison) strange(l *invoicev1.InvoiceLine) string {
	if l.GetOrderLineId() != "" {
		return fmt.Sprintf("The line %s of %s, which it bills, is not there.", l.GetOrderLineId(), l.GetOrder())
	}
	return fmt.Sprintf("It belongs to no order, and bills %s %s.", plain(amount(l.GetUntaxedAmount())), c.Invoice.GetCurrencyCode())
}

func unitOf(line ordered) string {
	if name := line.GetUnit().GetDisplayName(); name != "" {
		return name
	}
	return "units"
}
