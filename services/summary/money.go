package summary

import (
	"math/big"
	"odoomesh/internal/exact"
	"slices"
	"strings"

	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/genproto/googleapis/type/money"
)

func decimalOf(n *big.Rat) *decimal.Decimal {
	if n == nil {
		n = new(big.Rat)
	}
	return &decimal.Decimal{Value: exact.InFull(n)}
}

// sortMoney puts sums into the order of their currencies.
func sortMoney(all []*money.Money) {
	slices.SortFunc(all, func(a, b *money.Money) int { return strings.Compare(a.GetCurrencyCode(), b.GetCurrencyCode()) })
}
