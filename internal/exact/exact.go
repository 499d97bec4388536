// Package exact counts with the contract's decimals, money and units as with fractions, so
// that a third of a dozen, and a price to the cent, are what they are. It knows nothing of
// Odoo, whose floats internal/command turns into exact numbers.
package exact

import (
	"math/big"
	"strings"

	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/genproto/googleapis/type/money"

	typesv1 "odoomesh/gen/go/mesh/types/v1"
)

// Decimal is a decimal as an exact number, 0 where there is none.
func Decimal(d *decimal.Decimal) *big.Rat { return Number(d.GetValue()) }

// Number is the text of a decimal as an exact number, 0 where it is none.
func Number(text string) *big.Rat {
	n, ok := new(big.Rat).SetString(text)
	if !ok {
		return new(big.Rat)
	}
	return n
}

// Money is money as an exact number.
func Money(m *money.Money) *big.Rat {
	n := new(big.Rat).SetInt64(m.GetUnits())
	return n.Add(n, big.NewRat(int64(m.GetNanos()), 1_000_000_000))
}

// AsMoney is a number as money, to the billionth, halves away from nought; nil for more
// than money can say.
func AsMoney(n *big.Rat, currency string) *money.Money {
	nanos := new(big.Rat).Mul(n, big.NewRat(1_000_000_000, 1))
	whole, _ := new(big.Int).SetString(nanos.FloatString(0), 10)
	units, rest := new(big.Int).QuoRem(whole, big.NewInt(1_000_000_000), new(big.Int))
	if !units.IsInt64() {
		return nil
	}
	return &money.Money{CurrencyCode: currency, Units: units.Int64(), Nanos: int32(rest.Int64())}
}

// Less is a price less a discount in percent.
func Less(price, discount *big.Rat) *big.Rat {
	part := new(big.Rat).Quo(discount, big.NewRat(100, 1))
	return part.Mul(price, part.Sub(big.NewRat(1, 1), part))
}

// Converted is a quantity in another unit. Without units it is what it is; not ok says
// that the units are of different kinds.
func Converted(n *big.Rat, from, to *typesv1.UnitOfMeasure) (in *big.Rat, ok bool) {
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
	by := Decimal(u.GetFactorDenominator())
	if by.Sign() == 0 {
		return by
	}
	return new(big.Rat).Quo(Decimal(u.GetFactorNumerator()), by)
}

// Text writes a number without exponent, with at most nine digits behind the point, and
// without noughts at its end.
func Text(n *big.Rat) string { return text(n, mostDigits) }

// InFull is Text with all digits that a number has; with nine of one that has no end, such
// as a third of a dozen.
func InFull(n *big.Rat) string {
	digits, ends := n.FloatPrec()
	if !ends {
		digits = mostDigits
	}
	return text(n, digits)
}

// mostDigits is how many digits behind the point are written of most numbers.
const mostDigits = 9

func text(n *big.Rat, digits int) string {
	text := n.FloatString(digits)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	if text == "-0" {
		return "0"
	}
	return text
}
