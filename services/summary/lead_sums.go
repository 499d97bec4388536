package summary

import (
	"math/big"
	"runtime"
	"slices"
	"sync"

	summaryv1 "odoomesh/gen/go/mesh/summary/v1"
)

// Numbers of what lead times are grouped by.
const (
	leadBySupplier = iota
	leadByProduct
	leadByBuyer
)

var leadDimensions = []string{"supplier", "product", "company"}

// leadQuestion is which lead times are asked for.
type leadQuestion struct {
	by                []int
	supplier, product int64
	// met is the supplier that the caller is; 0 for none.
	met       int64
	companies companies
	// from and to are of when the deliveries are, in seconds since 1970.
	from, to int64
	calendar *calendar
	// after are the ids of the last group of the page before.
	after []int64
	size  int
}

// leadIDs are those of supplier, product and company, in the order of the grouping.
type leadIDs [3]int64

// leadGroup is how long the deliveries of a group took, as it is made.
type leadGroup struct {
	ids leadIDs
	leadTally
	// times are sorted only as far as they are told.
	times []uint32
}

// leadTally is how many deliveries there are: with a lead time, without one, with a day on
// which they were due, and later.
type leadTally struct{ timed, untimed, dated, late int64 }

// leads are the groups of a page, in their order, and one more where there are more.
//
// Two walks do: the first counts the deliveries of all groups, and so finds which are on the
// page and how much room their times take; the second puts the times there.
func (d *deliveries) leads(q *leadQuestion) []leadGroup {
	of, ids := d.grouped(q)
	shares := d.shares()
	tallies := make([][]leadTally, len(shares))
	var walks sync.WaitGroup
	for i, share := range shares {
		tallies[i] = make([]leadTally, len(ids))
		walks.Go(func() { tally(q, share, of, tallies[i]) })
	}
	walks.Wait()
	var page []int32
	for g := range ids {
		if q.after != nil && slices.Compare(ids[g][:len(q.by)], q.after) <= 0 {
			continue
		}
		if slices.ContainsFunc(tallies, func(t []leadTally) bool { return t[g].timed+t[g].untimed > 0 }) {
			page = append(page, int32(g))
		}
	}
	slices.SortFunc(page, func(a, b int32) int { return slices.Compare(ids[a][:], ids[b][:]) })
	page = page[:min(len(page), q.size+1)]
	groups := make([]leadGroup, len(page))
	// ends have, by share and group, where the share puts the next time; nil off the page.
	places := make([][][]uint32, len(shares))
	for i := range places {
		places[i] = make([][]uint32, len(ids))
	}
	for p, g := range page {
		group := &groups[p]
		group.ids = ids[g]
		for i := range shares {
			t := tallies[i][g]
			group.timed, group.untimed, group.dated, group.late = group.timed+t.timed, group.untimed+t.untimed, group.dated+t.dated, group.late+t.late
		}
		group.times = make([]uint32, group.timed)
		rest := group.times
		for i := range shares {
			places[i][g], rest = rest[:tallies[i][g].timed], rest[tallies[i][g].timed:]
		}
	}
	for i, share := range shares {
		walks.Go(func() { gather(q, share, of, places[i]) })
	}
	walks.Wait()
	return groups
}

// grouped tells of each kind of delivery which group it belongs to, -1 for none, and the ids
// of the groups.
func (d *deliveries) grouped(q *leadQuestion) (of []int32, ids []leadIDs) {
	of = make([]int32, len(d.kinds))
	known := map[leadIDs]int32{}
	for number := range d.kinds {
		k := &d.kinds[number]
		of[number] = -1
		if !q.companies.passes(k.buyer) || !q.companies.meets(k.receiver) || q.product != 0 && k.product != q.product || !k.ordered.is(q.supplier) || !k.ordered.is(q.met) || !k.comes.is(q.met) {
			continue
		}
		var key leadIDs
		for i, by := range q.by {
			key[i] = [...]int64{leadBySupplier: k.ordered.supplier, leadByProduct: k.product, leadByBuyer: k.buyer}[by]
		}
		group, met := known[key]
		if !met {
			group = int32(len(ids))
			known[key], ids = group, append(ids, key)
		}
		of[number] = group
	}
	return of, ids
}

// shares cuts the rows into a share for each core.
func (d *deliveries) shares() (shares [][]delivery) {
	rows := d.rows.Rows()
	size := max(d.share, (len(rows)+runtime.GOMAXPROCS(0)-1)/runtime.GOMAXPROCS(0))
	for ; len(rows) > size; rows = rows[size:] {
		shares = append(shares, rows[:size])
	}
	return append(shares, rows)
}

func tally(q *leadQuestion, rows []delivery, of []int32, into []leadTally) {
	for i := range rows {
		r := &rows[i]
		g := of[r.kind]
		if g < 0 || r.at < q.from || r.at >= q.to {
			continue
		}
		t := &into[g]
		if r.lead == untimed {
			t.untimed++
		} else {
			t.timed++
		}
		if r.over != undated {
			if t.dated++; r.over > 0 && q.calendar.later(r.at, r.at-int64(r.over)) {
				t.late++
			}
		}
	}
}

// gather puts the lead times of each group on the page in its place.
func gather(q *leadQuestion, rows []delivery, of []int32, places [][]uint32) {
	for i := range rows {
		r := &rows[i]
		g := of[r.kind]
		if g < 0 || r.lead == untimed || r.at < q.from || r.at >= q.to {
			continue
		}
		if place := places[g]; len(place) > 0 {
			place[0] = r.lead
			places[g] = place[1:]
		}
	}
}

// sumOf is a group as it is answered, without what people call what it is about.
func (d *deliveries) sumOf(q *leadQuestion, g *leadGroup) *summaryv1.LeadTimeSum {
	sum := &summaryv1.LeadTimeSum{DeliveryCount: g.timed, UntimedCount: g.untimed, DatedCount: g.dated, LateCount: g.late}
	for i, by := range q.by {
		switch by {
		case leadBySupplier:
			sum.Supplier = named("suppliers", g.ids[i])
		case leadByProduct:
			sum.Product = named(products, g.ids[i])
		default:
			sum.CompanyId, sum.Company = g.ids[i], d.companies[g.ids[i]]
		}
	}
	if g.dated > 0 {
		sum.LateShare = rounded(big.NewRat(g.late, g.dated), 4)
	}
	n := len(g.times)
	if n == 0 {
		return sum
	}
	days := func(seconds int64, of int64) *big.Rat { return big.NewRat(seconds, of*24*3600) }
	middle := nthOf(g.times, n/2)
	sum.MedianDays = rounded(days(int64(middle), 1), 2)
	if n%2 == 0 {
		below := slices.Max(g.times[:n/2])
		sum.MedianDays = rounded(days(int64(middle)+int64(below), 2), 2)
	}
	// The times up to the middle one are before it by now, and the others behind.
	sum.ShortestDays = rounded(days(int64(slices.Min(g.times[:n/2+1])), 1), 2)
	upper := g.times[n/2:]
	sum.NinetiethPercentileDays = rounded(days(int64(nthOf(upper, (9*n+9)/10-1-n/2)), 1), 2)
	sum.LongestDays = rounded(days(int64(slices.Max(upper)), 1), 2)
	return sum
}

// nthOf is the value that would stand at a place if all were sorted. What is less or equal
// stands before it then, and what is greater or equal behind it.
func nthOf(all []uint32, n int) uint32 {
	for low, high := 0, len(all)-1; low < high; {
		pivot := median(all[low], all[low+(high-low)/2], all[high])
		i, j := low, high
		for i <= j {
			for all[i] < pivot {
				i++
			}
			for all[j] > pivot {
				j--
			}
			if i <= j {
				all[i], all[j] = all[j], all[i]
				i, j = i+1, j-1
			}
		}
		switch {
		case n <= j:
			high = j
		case n >= i:
			low = i
		default:
			return all[n]
		}
	}
	return all[n]
}

func median(a, b, c uint32) uint32 {
	return max(min(a, b), min(max(a, b), c))
}
