package receipt

import (
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"

	"google.golang.org/genproto/googleapis/type/date"

	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
	"odoomesh/services/inventory/goods"
)

// mostSums bounds how many sums of notices are tried.
const mostSums = 1024

// goodsOf are the goods of one line of an order, or of one product where there is none: a
// receipt of the rest has lines of its own.
type goodsOf string

func goodsIn(l *receiptv1.ReceiptLine) goodsOf {
	if l.GetOrderLineId() != "" {
		return goodsOf("order line " + l.GetOrderLineId() + ", " + l.GetProduct())
	}
	return goodsOf(l.GetProduct())
}

// lotOf is one lot of goods; no number stands for whatever lots there are.
type lotOf struct {
	goods goodsOf
	lot   string
}

// tally is what was announced and what has come.
type tally struct {
	announced map[lotOf][]*big.Rat
	came      map[lotOf]*big.Rat
	days      map[lotOf]*date.Date
	cameDays  map[lotOf]*date.Date
	// unsaid are goods that were announced without lots.
	unsaid map[goodsOf]bool
}

// differences tell, for people, what of a receipt that is done has come otherwise than its
// notices say; none where there are no notices. The rest are the receipts that expect, or
// have brought, what did not come with it: what they still expect may come yet, and what
// they have notices of their own for is theirs.
func differences(r *receiptv1.Receipt, rest []*receiptv1.Receipt) []string {
	if r.GetState() != receiptv1.State_STATE_DONE {
		return nil
	}
	own, later := standing(r), map[string]bool{}
	var receipts []*receiptv1.Receipt
	open := false
	for _, next := range rest {
		theirs := standing(next)
		for _, a := range theirs {
			later[a.GetReference()] = true
		}
		if len(theirs) > 0 {
			continue
		}
		switch next.GetState() {
		case receiptv1.State_STATE_DONE:
			receipts = append(receipts, next)
		case receiptv1.State_STATE_CANCELLED:
		default:
			open = true
		}
	}
	own = slices.DeleteFunc(own, func(a *receiptv1.Announcement) bool { return later[a.GetReference()] })
	if len(own) == 0 {
		return nil
	}
	return count(r, own, append(receipts, r)).tell(open)
}

// count adds up what notices announce, and what receipts have brought.
func count(r *receiptv1.Receipt, notices []*receiptv1.Announcement, receipts []*receiptv1.Receipt) tally {
	t := tally{map[lotOf][]*big.Rat{}, map[lotOf]*big.Rat{}, map[lotOf]*date.Date{}, map[lotOf]*date.Date{}, map[goodsOf]bool{}}
	of := map[string]goodsOf{}
	for _, l := range r.GetLines() {
		of[l.GetId()] = goodsIn(l)
	}
	for _, a := range notices {
		sums := map[lotOf]*big.Rat{}
		for _, l := range a.GetLines() {
			what, known := of[l.GetLineId()]
			if !known {
				what = goodsOf("line " + l.GetLineId() + ", which is gone")
			}
			key := lotOf{what, l.GetLotNumber()}
			addTo(sums, key, l.GetQuantity().GetValue())
			t.unsaid[what] = t.unsaid[what] || key.lot == ""
			if l.GetExpirationDate() != nil {
				t.days[key] = l.GetExpirationDate()
			}
		}
		for key, n := range sums {
			t.announced[key] = append(t.announced[key], n)
		}
	}
	for _, one := range receipts {
		for _, l := range one.GetLines() {
			t.bring(l)
		}
	}
	return t
}

// bring adds what a line has brought. A lot that no notice names counts as one of those
// that were announced without lots, where there are any.
func (t *tally) bring(l *receiptv1.ReceiptLine) {
	of := goodsIn(l)
	if len(l.GetLotLines()) == 0 {
		addTo(t.came, lotOf{of, ""}, l.GetAcceptedQuantity().GetValue())
		return
	}
	for _, lot := range l.GetLotLines() {
		key := lotOf{of, strings.TrimSpace(lot.GetLotNumber())}
		if _, named := t.announced[key]; !named && t.unsaid[of] {
			key.lot = ""
		}
		addTo(t.came, key, lot.GetAcceptedQuantity().GetValue())
		if lot.GetExpirationDate() != nil {
			t.cameDays[key] = lot.GetExpirationDate()
		}
	}
}

// tell puts the differences into words. While something is still expected, what one notice
// or several announce may have come and the others be on their way.
func (t tally) tell(open bool) (all []string) {
	keys := slices.Collect(maps.Keys(t.announced))
	for key := range t.came {
		if _, named := t.announced[key]; !named {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, func(a, b lotOf) int {
		return strings.Compare(string(a.goods)+" "+a.lot, string(b.goods)+" "+b.lot)
	})
	for _, key := range keys {
		said, came := new(big.Rat), new(big.Rat)
		for _, n := range t.announced[key] {
			said.Add(said, n)
		}
		if t.came[key] != nil {
			came = t.came[key]
		}
		what := string(key.goods)
		if key.lot != "" {
			what = fmt.Sprintf("lot %q of %s", key.lot, what)
		}
		switch {
		case said.Cmp(came) == 0:
		case open && came.Cmp(said) < 0 && sumOf(t.announced[key], came):
		case said.Sign() == 0:
			all = append(all, fmt.Sprintf("%s of %s have come that were not announced", goods.Text(came), what))
		default:
			all = append(all, fmt.Sprintf("of %s %s were announced, and %s have come", what, goods.Text(said), goods.Text(came)))
		}
		if said, came := t.days[key], t.cameDays[key]; key.lot != "" && !sameDay(said, came) {
			all = append(all, fmt.Sprintf("%s was announced with the expiry %s, and has %s", what, dayText(said), dayText(came)))
		}
	}
	return all
}

// sumOf tells whether some of the numbers, or none, add up to a sum.
func sumOf(numbers []*big.Rat, sum *big.Rat) bool {
	sums := map[string]*big.Rat{"0": new(big.Rat)}
	for _, n := range numbers {
		for _, s := range slices.Collect(maps.Values(sums)) {
			next := new(big.Rat).Add(s, n)
			sums[next.RatString()] = next
		}
		if len(sums) > mostSums {
			return false
		}
	}
	return sums[sum.RatString()] != nil
}
