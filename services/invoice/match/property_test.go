package match

import (
	"fmt"
	"math/big"
	"reflect"
	"slices"
	"testing"

	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	invoicev1 "odoomesh/gen/go/mesh/invoice/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	"odoomesh/internal/exact"
)

func isNil(v any) bool { return reflect.ValueOf(v).IsNil() }

// facts draws an order of some lines and bills of it, some of them posted.
func facts(t *rapid.T) Facts {
	n := rapid.IntRange(1, 4).Draw(t, "lines")
	order := orderOf()
	for i := range n {
		received := rapid.IntRange(0, 30).Draw(t, "received")
		order.Lines = append(order.Lines, orderLine(fmt.Sprint(i+1), "24", fmt.Sprint(received), piece, int64(rapid.IntRange(0, 300).Draw(t, "price"))))
	}
	bills := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) *invoicev1.Invoice {
		i := bill()
		for k := range rapid.IntRange(1, 5).Draw(t, "billed") {
			of, id := rapid.IntRange(0, n).Draw(t, "of"), fmt.Sprint(k+1)
			cents := int64(rapid.IntRange(0, 300).Draw(t, "cents"))
			u, by := piece, rapid.IntRange(0, 24).Draw(t, "n")
			if rapid.Bool().Draw(t, "dozens") {
				u, by, cents = dozen, by/12, cents*12
			}
			l := billLine(id, "", fmt.Sprint(by), u, cents)
			if of > 0 {
				l.OrderLineId = fmt.Sprint(of)
				if rapid.Bool().Draw(t, "at the order's price") {
					l.UnitPrice = eur(order.GetLines()[of-1].GetUnitPrice().GetUnits()*100 + int64(order.GetLines()[of-1].GetUnitPrice().GetNanos())/10_000_000)
					if u == dozen {
						l.UnitPrice = proto.CloneOf(exact.AsMoney(new(big.Rat).Mul(exact.Money(l.GetUnitPrice()), big.NewRat(12, 1)), "EUR"))
					}
				}
			}
			i.Lines = append(i.Lines, l)
		}
		return i
	}), 1, 4).Draw(t, "bills")
	for k, b := range bills[1:] {
		b.Name = fmt.Sprintf("invoices/%d", k+1)
		if rapid.Bool().Draw(t, "posted") {
			posted(b, b.GetName(), int32(rapid.IntRange(1, 28).Draw(t, "day")))
		}
	}
	return Facts{Invoice: bills[0], Others: bills[1:], Orders: []*orderv1.Order{order}, AsOrdered: map[string]bool{"products/1": rapid.Bool().Draw(t, "as ordered")}, Tolerance: Tolerance{
		Quantity: big.NewRat(int64(rapid.IntRange(0, 20).Draw(t, "quantity %")), 1), Price: big.NewRat(int64(rapid.IntRange(0, 20).Draw(t, "price %")), 1),
		Amount: big.NewRat(int64(rapid.IntRange(0, 20).Draw(t, "amount")), 1), Currency: "EUR",
	}}
}

// The verdict does not depend on the order in which lines, orders and other bills come.
func TestTheOrderOfLinesDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := facts(t)
		want := byLine(Compare(f))
		g := f
		g.Invoice = proto.CloneOf(f.Invoice)
		g.Invoice.Lines = rapid.Permutation(g.Invoice.GetLines()).Draw(t, "lines")
		g.Others = rapid.Permutation(slices.Clone(f.Others)).Draw(t, "others")
		order := proto.CloneOf(f.Orders[0])
		order.Lines = rapid.Permutation(order.GetLines()).Draw(t, "ordered")
		g.Orders = []*orderv1.Order{order}
		if got := byLine(Compare(g)); !proto.Equal(got, want) {
			t.Fatalf("%v\nand %v", got, want)
		}
	})
}

func byLine(m *invoicev1.Match) *invoicev1.Match {
	slices.SortFunc(m.GetLines(), func(a, b *invoicev1.LineMatch) int {
		return exact.Decimal(dec(a.GetLineId())).Cmp(exact.Decimal(dec(b.GetLineId())))
	})
	return m
}

// A line that is written as two bills the same.
func TestALineInTwoIsThatLine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := facts(t)
		want := Compare(f)
		g := f
		g.Invoice = proto.CloneOf(f.Invoice)
		first := g.Invoice.GetLines()[0]
		n := exact.Decimal(first.GetQuantity())
		if n.Cmp(big.NewRat(2, 1)) < 0 {
			t.Skip("too little to be split")
		}
		cents := first.GetUnitPrice().GetUnits()*100 + int64(first.GetUnitPrice().GetNanos())/10_000_000
		part := rapid.IntRange(1, int(n.Num().Int64())-1).Draw(t, "part")
		rest := int(n.Num().Int64()) - part
		g.Invoice.Lines[0] = billLine("1", first.GetOrderLineId(), fmt.Sprint(part), first.GetUnit(), cents)
		g.Invoice.Lines = append(g.Invoice.Lines, billLine("77", first.GetOrderLineId(), fmt.Sprint(rest), first.GetUnit(), cents))
		if got := Compare(g); got.GetVerdict() != want.GetVerdict() || got.GetBlocks() != want.GetBlocks() {
			t.Fatalf("%v\nand %v", got, want)
		}
	})
}

// What is let pass is never more than the tolerances together: over all bills of a line no
// more than the percentage, and on a bill no more money than the amount beside the
// percentage of each price. A wider tolerance lets pass no less.
func TestTolerancesAddUpToNoMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := facts(t)
		m := Compare(f)
		wider := f
		wider.Tolerance.Quantity = new(big.Rat).Add(f.Tolerance.Quantity, big.NewRat(5, 1))
		wider.Tolerance.Amount = new(big.Rat).Add(f.Tolerance.Amount, big.NewRat(5, 1))
		if !m.GetBlocks() && Compare(wider).GetBlocks() {
			t.Fatal("a wider tolerance blocks what a narrower one lets pass")
		}
		if m.GetBlocks() {
			return
		}
		beyond, ordered := new(big.Rat), map[string]*orderv1.OrderLine{}
		for _, l := range f.Orders[0].GetLines() {
			ordered[l.GetId()] = l
		}
		billed, any := map[string]*big.Rat{}, false
		for _, i := range append(slices.Clone(f.Others), f.Invoice) {
			for _, l := range i.GetLines() {
				if line := ordered[l.GetOrderLineId()]; line != nil && (i == f.Invoice || i.GetState() == invoicev1.State_STATE_POSTED) {
					n, _ := exact.Converted(exact.Decimal(l.GetQuantity()), l.GetUnit(), line.GetUnit())
					billed[line.GetId()] = new(big.Rat).Add(of(billed, line.GetId()), n)
				}
			}
		}
		for _, l := range f.Invoice.GetLines() {
			line := ordered[l.GetOrderLineId()]
			if line == nil {
				beyond.Add(beyond, exact.Money(l.GetUntaxedAmount()))
				continue
			}
			any = true
			own := exact.Decimal(l.GetQuantity())
			due := exact.Decimal(line.GetReceivedQuantity())
			if f.AsOrdered[line.GetProduct()] && due.Cmp(exact.Decimal(line.GetQuantity())) < 0 {
				due = exact.Decimal(line.GetQuantity())
			}
			most := new(big.Rat).Add(due, share(due, f.Tolerance.Quantity))
			if own.Sign() > 0 && new(big.Rat).Sub(billed[line.GetId()], most).Cmp(big.NewRat(5, 1000)) >= 0 {
				t.Fatalf("of line %s %s are billed, and %s may be", line.GetId(), exact.Text(billed[line.GetId()]), exact.Text(most))
			}
			n, _ := exact.Converted(own, l.GetUnit(), line.GetUnit())
			price, _ := exact.Converted(exact.Money(l.GetUnitPrice()), line.GetUnit(), l.GetUnit())
			off := new(big.Rat).Sub(price, exact.Money(line.GetUnitPrice()))
			off.Abs(off)
			rounding := new(big.Rat)
			if l.GetUnit() != line.GetUnit() {
				rounding = halfACent
			}
			if off.Sub(off, share(exact.Money(line.GetUnitPrice()), f.Tolerance.Price)).Cmp(rounding) > 0 {
				beyond.Add(beyond, off.Mul(off, n))
			}
		}
		if any && beyond.Cmp(f.Tolerance.Amount) > 0 {
			t.Fatalf("%s are let pass beyond the percentages, and %s may be", exact.Text(beyond), exact.Text(f.Tolerance.Amount))
		}
	})
}
