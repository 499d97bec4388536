package summary

import "slices"

// part is what one walk adds up.
type part struct {
	stock    *stock
	question *stockQuestion
	page     *page
	groups   []group
	products *pairs
	// direct has, by place behind the first of the page, the group and 1, where places tell
	// groups apart and there are not too many; else found has them.
	direct []int32
	found  map[numbers]int
}

func (s *stock) part(q *stockQuestion, p *page) *part {
	t := &part{stock: s, question: q, page: p, products: newPairs(s.product.ids.Len())}
	if len(p.by) == len(q.by) && p.to-p.from < s.bits/16 {
		t.direct = make([]int32, max(p.to-p.from, 0)+1)
	} else {
		t.found = map[numbers]int{}
	}
	return t
}

// find is the group at a place of the page, which is begun; -1 for one of the page before.
func (t *part) find(at int, n numbers) int {
	if len(t.question.after) > 0 && (t.direct == nil || at == t.page.from) && t.stock.before(t.question, n) {
		return -1
	}
	if t.direct != nil {
		slot := &t.direct[at-t.page.from]
		if *slot == 0 {
			t.groups = append(t.groups, group{numbers: n})
			*slot = int32(len(t.groups))
		}
		return int(*slot - 1)
	}
	var of numbers
	for _, d := range t.question.by {
		of[d] = n[d]
	}
	g, known := t.found[of]
	if !known {
		g = len(t.groups)
		t.groups = append(t.groups, group{numbers: n})
		t.found[of] = g
	}
	return g
}

// join adds what another walk has added up.
func (t *part) join(o *part) {
	for i := range o.groups {
		from := &o.groups[i]
		at := t.find(t.page.place(from.numbers), from.numbers)
		to := &t.groups[at]
		if from.mixed {
			to.mixed = true
		} else {
			to.measured(from.unit)
		}
		to.positions, to.free = to.positions+from.positions, to.free+from.free
		to.onHand.Join(&from.onHand)
		to.reserved.Join(&from.reserved)
		to.held.Join(&from.held)
		for _, v := range from.values {
			have := slices.IndexFunc(to.values, func(w value) bool { return w.currency == v.currency })
			if have < 0 {
				to.values = append(to.values, v)
			} else {
				to.values[have].Join(&v.Sum)
			}
		}
		t.products.join(at, o.products, i)
	}
	for _, pair := range o.products.list {
		from := &o.groups[pair>>32]
		at := t.find(t.page.place(from.numbers), from.numbers)
		t.products.list = append(t.products.list, uint64(at)<<32|pair&(1<<32-1))
	}
}
