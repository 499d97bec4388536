package summary

import (
	"math/big"
	"slices"
	"strings"

	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/genproto/googleapis/type/money"

	"odoomesh/internal/sheet"
)

func decimalOf(n *big.Rat) *decimal.Decimal {
	if n == nil {
		n = new(big.Rat)
	}
	return &decimal.Decimal{Value: sheet.Text(n)}
}

// moneyOf is money to the billionth, halves away from nought; nil for what is too much.
func moneyOf(n *big.Rat, currency string) *money.Money {
	nanos := new(big.Rat).Mul(n, big.NewRat(1_000_000_000, 1))
	whole, _ := new(big.Int).SetString(nanos.FloatString(0), 10)
	units, rest := new(big.Int).QuoRem(whole, big.NewInt(1_000_000_000), new(big.Int))
	if !units.IsInt64() {
		return nil
	}
	return &money.Money{CurrencyCode: currency, Units: units.Int64(), Nanos: int32(rest.Int64())}
}

// sortMoney puts sums into the order of their currencies.
func sortMoney(all []*money.Money) {
	slices.SortFunc(all, func(a, b *money.Money) int { return strings.Compare(a.GetCurrencyCode(), b.GetCurrencyCode()) })
}
