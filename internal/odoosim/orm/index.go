package orm

import "slices"

// index finds the committed rows that hold a value in one many2one or char field.
// The ids of a value are sorted.
type index struct {
	field  *Field
	byID   map[int64][]int64
	byText map[string][]int64
}

func newIndex(f *Field) *index {
	return &index{field: f, byID: map[int64][]int64{}, byText: map[string][]int64{}}
}

func (x *index) move(id int64, old, now *row) {
	var from, to Value
	if old != nil {
		from = old.get(x.field)
	}
	if now != nil {
		to = now.get(x.field)
	}
	if from.Equal(to) {
		return
	}
	if x.field.class == text {
		shift(x.byText, from.S, to.S, "", id)
	} else {
		shift(x.byID, from.N, to.N, 0, id)
	}
}

func shift[K comparable](m map[K][]int64, from, to, empty K, id int64) {
	if from != empty {
		ids := m[from]
		if i, found := slices.BinarySearch(ids, id); found {
			// A copy, since a reader may still hold the old slice.
			ids = slices.Delete(slices.Clone(ids), i, i+1)
		}
		if len(ids) == 0 {
			delete(m, from)
		} else {
			m[from] = ids
		}
	}
	if to != empty {
		ids := m[to]
		if n := len(ids); n == 0 || ids[n-1] < id {
			m[to] = append(ids, id)
		} else if i, found := slices.BinarySearch(ids, id); !found {
			m[to] = slices.Insert(slices.Clone(ids), i, id)
		}
	}
}
