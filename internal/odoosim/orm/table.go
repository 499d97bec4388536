package orm

import (
	"maps"
	"slices"
	"sort"
	"sync"
	"sync/atomic"
)

// row is one committed record. Rows are never changed after commit, only replaced.
type row struct {
	n []int64
	s []string
	l [][]int64
	// of other companies than the first: company-dependent values
	other map[companySlot]Value
	// in other languages than the source's: translated texts
	langs map[langSlot]string
	// write_date, kept apart for the index by stamp
	stamp int64
}

type companySlot struct {
	field   *Field
	company int64
}

func (r *row) clone() *row {
	c := &row{n: slices.Clone(r.n), s: slices.Clone(r.s), l: slices.Clone(r.l), stamp: r.stamp}
	if r.other != nil {
		c.other = make(map[companySlot]Value, len(r.other))
		for k, v := range r.other {
			c.other[k] = v
		}
	}
	c.langs = maps.Clone(r.langs)
	return c
}

func (r *row) get(f *Field) Value {
	i := int(f.slot.Load()) - 1
	if i < 0 {
		return Value{}
	}
	switch {
	case f.class == number && i < len(r.n):
		return Value{N: r.n[i]}
	case f.class == text && i < len(r.s):
		return Value{S: r.s[i]}
	case f.class == list && i < len(r.l):
		return Value{L: r.l[i]}
	}
	return Value{}
}

func (r *row) set(f *Field, v Value) {
	if f.slot.Load() == 0 {
		if v.Empty() {
			return
		}
		f.model.table.giveSlot(f)
	}
	i := int(f.slot.Load()) - 1
	switch f.class {
	case number:
		r.n = grown(r.n, i)
		r.n[i] = v.N
	case text:
		r.s = grown(r.s, i)
		r.s[i] = v.S
	case list:
		r.l = grown(r.l, i)
		r.l[i] = v.L
	}
}

func grown[T any](s []T, i int) []T {
	if i < len(s) {
		return s
	}
	t := make([]T, i+1)
	copy(t, s)
	return t
}

// table is a model's committed rows, found by id, with the look-ups that make
// frequent domains fast.
type table struct {
	rows  []*row // at their id
	count int
	last  atomic.Int64 // the sequence of ids; a rolled back creation leaves a gap
	// stamps is sorted by (stamp, id); an entry whose row has moved on is stale.
	stamps  []stamped
	indexes []*index

	slots [none]int32
	slotM sync.Mutex
}

type stamped struct{ stamp, id int64 }

func (t *table) giveSlot(f *Field) {
	t.slotM.Lock()
	defer t.slotM.Unlock()
	if f.slot.Load() == 0 {
		t.slots[f.class]++
		f.slot.Store(t.slots[f.class])
	}
}

func (t *table) at(id int64) *row {
	if id <= 0 || id >= int64(len(t.rows)) {
		return nil
	}
	return t.rows[id]
}

// put replaces the row of an id; nil deletes it.
func (t *table) put(id int64, r *row) {
	for int64(len(t.rows)) <= id {
		t.rows = append(t.rows, nil)
	}
	old := t.rows[id]
	t.rows[id] = r
	for _, x := range t.indexes {
		x.move(id, old, r)
	}
	switch {
	case old == nil && r != nil:
		t.count++
	case old != nil && r == nil:
		t.count--
	}
	if r != nil && (old == nil || old.stamp != r.stamp) {
		t.stampAt(stamped{r.stamp, id})
	}
}

func (t *table) stampAt(s stamped) {
	if len(t.stamps) > 1024 && len(t.stamps) > 2*t.count {
		t.stamps = slices.DeleteFunc(t.stamps, func(x stamped) bool {
			r := t.rows[x.id]
			return r == nil || r.stamp != x.stamp || x == s
		})
	}
	i := len(t.stamps)
	if i > 0 && less(s, t.stamps[i-1]) {
		i = sort.Search(i, func(j int) bool { return !less(t.stamps[j], s) })
		if t.stamps[i] == s {
			return
		}
	}
	t.stamps = slices.Insert(t.stamps, i, s)
}

func less(a, b stamped) bool {
	return a.stamp < b.stamp || a.stamp == b.stamp && a.id < b.id
}

// span is where the stamps of a window begin and end.
func (t *table) span(w window) (from, to int) {
	at := func(stamp int64) int {
		return sort.Search(len(t.stamps), func(j int) bool { return t.stamps[j].stamp >= stamp })
	}
	from = at(w.since)
	return from, max(from, at(w.until))
}

// stampedIn are the ids of the rows whose stamp lies in the span, sorted.
func (t *table) stampedIn(from, to int) []int64 {
	ids := make([]int64, 0, to-from)
	for _, s := range t.stamps[from:to] {
		if r := t.rows[s.id]; r != nil && r.stamp == s.stamp {
			ids = append(ids, s.id)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// all are the ids of all rows from a lowest id on, sorted.
func (t *table) all(from int64) []int64 {
	ids := make([]int64, 0, t.count)
	for id := max(from, 1); id < int64(len(t.rows)); id++ {
		if t.rows[id] != nil {
			ids = append(ids, id)
		}
	}
	return ids
}
