package summary

import (
	"runtime"
	"sync"
)

// page is which groups are on a page: by some of what they are grouped by they have places
// among all that could be, in their order, and those from one place to another are on it.
type page struct {
	by       []int
	from, to int
	// offsets have, by dimension and number, what is added up to a place; nil for none.
	offsets [4][]int32
}

// offsets are those of the places of groups.
func (s *stock) offsets(by []int) (offsets [4][]int32) {
	step := 1
	for i := len(by) - 1; i >= 0; i-- {
		ids := s.ids(by[i])
		offsets[by[i]] = make([]int32, ids.Len())
		for number, rank := range ids.Ranks() {
			offsets[by[i]][number] = int32(step) * rank
		}
		step *= ids.Len()
	}
	return offsets
}

// place is the place of a group.
func (p *page) place(n numbers) (at int) {
	for d, offsets := range p.offsets {
		if offsets != nil {
			at += int(offsets[n[d]])
		}
	}
	return at
}

// each hands on what of the rows is on the page. It is what takes the time: it looks into
// millions of rows.
func (p *page) each(q *stockQuestion, rows []position, do func(at int, r *position)) {
	byProduct, byLocation, byLot, byCompany := p.offsets[byProduct], p.offsets[byLocation], p.offsets[byLot], p.offsets[byCompany]
	for i := range rows {
		r := &rows[i]
		if !q.places[r.location] || !q.companies[r.company] || q.product >= 0 && r.product != q.product || q.lot >= 0 && r.lot != q.lot {
			continue
		}
		at := 0
		if byProduct != nil {
			at = int(byProduct[r.product])
		}
		if byLocation != nil {
			at += int(byLocation[r.location])
		}
		if byLot != nil {
			at += int(byLot[r.lot])
		}
		if byCompany != nil {
			at += int(byCompany[r.company])
		}
		if at >= p.from && at <= p.to {
			do(at, r)
		}
	}
}

// rest walks over what is asked for beside the positions.
func (s *stock) rest(q *stockQuestion, do func(numbers, item)) {
	if q.since != never {
		s.eachSince(q, do)
		return
	}
	if q.lot >= 0 {
		return
	}
	for _, lines := range s.open {
		for i := range lines {
			l := &lines[i]
			if q.places[l.location] && q.companies[l.company] && (q.product < 0 || l.product == q.product) {
				do(numbers{l.product, l.location, 0, l.company}, item{line: l})
			}
		}
	}
}

// shares cuts the positions into a share for each core.
func (s *stock) shares() (shares [][]position) {
	rows := s.positions.Rows()
	size := max(s.share, (len(rows)+runtime.GOMAXPROCS(0)-1)/runtime.GOMAXPROCS(0))
	for ; len(rows) > size; rows = rows[size:] {
		shares = append(shares, rows[:size])
	}
	return append(shares, rows)
}

// rowsAtLeast is how many rows are worth another goroutine.
const rowsAtLeast = 50_000

// mark marks the places of all groups from the first of the page on.
func (s *stock) mark(q *stockQuestion, p *page, width int) []uint64 {
	all := *p
	all.to = width
	shares := s.shares()
	marks := make([][]uint64, len(shares))
	var walks sync.WaitGroup
	for i, share := range shares {
		marks[i] = make([]uint64, width/64+1)
		walks.Go(func() {
			seen := marks[i]
			all.each(q, share, func(at int, _ *position) { seen[at>>6] |= 1 << (at & 63) })
		})
	}
	walks.Wait()
	seen := marks[0]
	for _, other := range marks[1:] {
		for i, word := range other {
			seen[i] |= word
		}
	}
	s.rest(q, func(n numbers, _ item) {
		if at := p.place(n); at >= p.from {
			seen[at>>6] |= 1 << (at & 63)
		}
	})
	return seen
}

// added adds up the groups of a page, in no order.
func (s *stock) added(q *stockQuestion, p *page) []group {
	shares := s.shares()
	parts := make([]*part, len(shares))
	var walks sync.WaitGroup
	for i, share := range shares {
		parts[i] = s.part(q, p)
		walks.Go(func() {
			part := parts[i]
			p.each(q, share, func(at int, r *position) {
				if g := part.find(at, numbers{r.product, r.location, r.lot, r.company}); g >= 0 {
					part.products.add(g, r.product)
					s.add(q, &part.groups[g], r)
				}
			})
		})
	}
	walks.Wait()
	whole := parts[0]
	for _, other := range parts[1:] {
		whole.join(other)
	}
	s.rest(q, func(n numbers, of item) {
		at := p.place(n)
		if at < p.from || at > p.to {
			return
		}
		g := whole.find(at, n)
		if g < 0 {
			return
		}
		whole.products.add(g, n[byProduct])
		if of.line != nil {
			s.await(&whole.groups[g], of.line)
		} else {
			s.undo(q, &whole.groups[g], of)
		}
	})
	whole.products.count(whole.groups)
	return whole.groups
}
