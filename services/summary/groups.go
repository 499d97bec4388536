package summary

import (
	"cmp"
	"math/big"
	"math/bits"
	"slices"

	"odoomesh/internal/exact"
	"odoomesh/internal/sheet"
)

// Numbers of what stock is grouped by.
const (
	byProduct = iota
	byLocation
	byLot
	byCompany
)

var stockDimensions = []string{"product", "location", "lot", "company"}

// numbers are those of product, location, lot and company.
type numbers [4]int32

// stockQuestion is which sums are asked for.
type stockQuestion struct {
	by []int
	// product and lot are numbers, -1 for all.
	product, lot int32
	// places and companies have, by number, whether they are asked for.
	places, companies []bool
	// after are the ids of the last group of the page before.
	after []int64
	size  int
	// priced says that the caller meets costs.
	priced bool
	// since is the time as of which it is asked, in seconds since 1970; never for now.
	since int64
	// unshared says that the caller meets no movement without a company, nor the past of
	// places that all companies share.
	unshared bool
}

// item is something that is added up beside positions: one of these.
type item struct {
	line *openLine
	// movement took away from here where taken, else it brought.
	movement *movement
	taken    bool
}

// group is a sum as it is made.
type group struct {
	numbers
	unit                      uint16
	mixed                     bool
	positions, products, free int64
	onHand, reserved, held    sheet.Sum
	incoming, outgoing        *big.Rat
	values                    []value
}

// value is a sum of money.
type value struct {
	currency uint16
	sheet.Sum
}

// bitsAtMost bounds what is marked at once: eight megabytes.
const bitsAtMost = 1 << 26

// fewGroups are so few that all are added up, and the page cut out of them.
const fewGroups = 2048

// sums adds up one page of groups, in their order, and one more where there are more.
//
// Two walks do: the first marks which groups there are, as far as their number can be told by
// a few million bits, and so finds where the page ends; the second adds up what is on it. Of
// few groups the first is spared.
func (s *stock) sums(q *stockQuestion) []group {
	marked, width := q.by, 1
	for i, d := range q.by {
		if next := width * s.ids(d).Len(); next <= s.bits || i == 0 {
			width = next
			continue
		}
		marked = q.by[:i]
		break
	}
	page := &page{by: marked, offsets: s.offsets(marked), from: s.start(marked, q.after), to: width}
	if len(marked) < len(q.by) || width > s.few {
		// A group of the page before may be the rest of the first.
		page.to = nth(s.mark(q, page, width), page.from, q.size+2)
	}
	groups := s.added(q, page)
	if len(q.by) == 0 && len(groups) == 0 {
		nothing := group{}
		if q.product >= 0 {
			nothing.unit = s.product.known[q.product].unit
		}
		groups = append(groups, nothing)
	}
	slices.SortFunc(groups, func(a, b group) int { return s.compare(q.by, a.numbers, b.numbers) })
	return groups
}

// nth is the place of the nth bit that is set from a place on, or the last of all.
func nth(seen []uint64, from, n int) int {
	for at := from; at < 64*len(seen); {
		word := seen[at>>6] >> (at & 63)
		if word == 0 {
			at = (at>>6 + 1) << 6
			continue
		}
		at += bits.TrailingZeros64(word)
		if n--; n == 0 {
			return at
		}
		at++
	}
	return 64*len(seen) - 1
}

func (s *stock) ids(dimension int) *sheet.Set {
	switch dimension {
	case byProduct:
		return s.product.ids
	case byLocation:
		return s.location.ids
	case byLot:
		return s.lot.ids
	default:
		return s.company.ids
	}
}

// start is the first place that is not before what a page goes on behind.
func (s *stock) start(by []int, after []int64) (at int) {
	exactly := len(after) > 0
	for i, d := range by {
		ids, rank := s.ids(d), 0
		if exactly {
			rank = ids.RankFrom(after[i])
			exactly = rank < ids.Len() && ids.ID(ids.Ranked(rank)) == after[i]
		}
		at = at*ids.Len() + rank
	}
	return at
}

func (s *stock) compare(by []int, a, b numbers) int {
	for _, d := range by {
		ranks := s.ids(d).Ranks()
		if x, y := ranks[a[d]], ranks[b[d]]; x != y {
			return int(x - y)
		}
	}
	return 0
}

// before tells whether a group is the last one of the page before, or before it.
func (s *stock) before(q *stockQuestion, n numbers) bool {
	for i, d := range q.by {
		if id := s.ids(d).ID(n[d]); id != q.after[i] {
			return id < q.after[i]
		}
	}
	return true
}

// add adds a position to a group.
func (s *stock) add(q *stockQuestion, g *group, p *position) {
	g.measured(p.unit)
	g.positions++
	held := p.held
	if p.odd {
		o := s.odd[p.positionKey]
		g.onHand.AddRat(o.quantity)
		g.reserved.AddRat(o.reserved)
		if held {
			g.held.AddRat(o.quantity)
		}
	} else {
		g.onHand.Add(p.quantity)
		if p.reserved != 0 {
			g.reserved.Add(p.reserved)
		}
		if held {
			g.held.Add(p.quantity)
		}
	}
	if !q.priced || p.owner != 0 {
		return
	}
	v := s.value(g, p.product)
	switch {
	case v == nil:
		g.free++
	case p.odd || s.great[p.product] != nil:
		v.AddRat(s.worth(p))
	default:
		v.AddProduct(p.quantity, s.product.known[p.product].nanos)
	}
}

// value is where the worth of a product is added up; nil where its cost is not known.
func (s *stock) value(g *group, product int32) *value {
	cost := &s.product.known[product]
	if cost.currency == 0 {
		return nil
	}
	if len(g.values) > 0 && g.values[0].currency == cost.currency {
		return &g.values[0]
	}
	at := slices.IndexFunc(g.values, func(v value) bool { return v.currency == cost.currency })
	if at < 0 {
		at = len(g.values)
		g.values = append(g.values, value{currency: cost.currency})
	}
	return &g.values[at]
}

// quantity is how much a position has.
func (s *stock) quantity(p *position) *big.Rat {
	if p.odd {
		return s.odd[p.positionKey].quantity
	}
	return big.NewRat(p.quantity, millionths)
}

// worth is what a position is worth; its cost is known.
func (s *stock) worth(p *position) *big.Rat {
	return new(big.Rat).Mul(s.quantity(p), s.cost(p.product))
}

// cost is what one of a product costs, where that is known.
func (s *stock) cost(product int32) *big.Rat {
	if great := s.great[product]; great != nil {
		return great
	}
	return big.NewRat(s.product.known[product].nanos, 1_000_000_000)
}

const millionths = 1_000_000

// await adds what is still to come, or to go back.
func (s *stock) await(g *group, l *openLine) {
	unit := cmp.Or(s.product.known[l.product].unit, l.unit)
	g.measured(unit)
	quantity, same := exact.Converted(l.quantity, s.units.all[l.unit], s.units.all[unit])
	if !same {
		g.mixed = true
		return
	}
	to := &g.incoming
	if l.back {
		to = &g.outgoing
	}
	if *to == nil {
		*to = new(big.Rat)
	}
	(*to).Add(*to, quantity)
}

// measured notes the unit of something in the group.
func (g *group) measured(unit uint16) {
	if unit == g.unit && unit != 0 {
		return
	}
	if g.unit == 0 && !g.mixed {
		g.unit = unit
	}
	g.mixed = g.mixed || unit != g.unit || unit == 0
}
