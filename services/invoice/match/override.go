package match

import (
	"math/big"

	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/protobuf/proto"

	invoicev1 "odoomesh/gen/go/mesh/invoice/v1"
)

// Blocking are the lines that keep an invoice from being posted.
func Blocking(m *invoicev1.Match) (lines []*invoicev1.LineMatch) {
	for _, l := range m.GetLines() {
		if l.GetBlocks() {
			lines = append(lines, l)
		}
	}
	return lines
}

// Covered tells whether an override lets pass all that blocks: each line was let pass
// when it billed no less, at the same price, and no more had come.
func Covered(o *invoicev1.MatchOverride, m *invoicev1.Match) bool {
	if o == nil {
		return false
	}
	passed := map[string]*invoicev1.LineMatch{}
	for _, l := range o.GetLines() {
		passed[l.GetLineId()] = l
	}
	for _, l := range Blocking(m) {
		then := passed[l.GetLineId()]
		if then == nil || !noWorse(l, then) {
			return false
		}
	}
	return true
}

func noWorse(now, then *invoicev1.LineMatch) bool {
	// What a refund takes back too much is below 0.
	return abs(now.GetBilledQuantity()).Cmp(abs(then.GetBilledQuantity())) <= 0 &&
		number(now.GetReceivedQuantity()).Cmp(number(then.GetReceivedQuantity())) >= 0 &&
		proto.Equal(now.GetBilledUnitPrice(), then.GetBilledUnitPrice()) && proto.Equal(now.GetOrderedUnitPrice(), then.GetOrderedUnitPrice()) &&
		(now.GetVerdict() != withoutOrder || now.GetExplanation() == then.GetExplanation())
}

// Same tells whether two outcomes say the same, whenever they were found and whoever has
// overridden them.
func Same(a, b *invoicev1.Match) bool {
	return proto.Equal(bare(a), bare(b))
}

func bare(m *invoicev1.Match) *invoicev1.Match {
	return &invoicev1.Match{Verdict: m.GetVerdict(), Lines: m.GetLines(), Blocks: m.GetBlocks()}
}

func abs(d *decimal.Decimal) *big.Rat {
	n := number(d)
	return n.Abs(n)
}
