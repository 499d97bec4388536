package sheet

import "slices"

// Set numbers ids by the order in which they were met, so that what is about an id is a
// place in a list, and knows their order. An id keeps its number. It is not safe for
// concurrent use.
type Set struct {
	table *Table[int64, int64]
	// ranks has, by number, the place of an id in the order of ids; it is made by Settle.
	ranks []int32
	// order has the numbers by rank.
	order []int32
	// greatest is that of all ids, and unsorted says that one came that was less.
	greatest int64
	unsorted bool
}

// NewSet makes an empty set.
func NewSet() *Set { return &Set{table: NewTable(func(id *int64) int64 { return *id })} }

// Number is the number of an id, which gets one.
func (s *Set) Number(id int64) int32 {
	if at := s.table.Find(id); at >= 0 {
		return int32(at)
	}
	s.unsorted = s.unsorted || id < s.greatest
	s.greatest = max(s.greatest, id)
	return int32(s.table.Put(id))
}

// Find is the number of an id, -1 where it has none.
func (s *Set) Find(id int64) int32 { return int32(s.table.Find(id)) }

// ID is the id of a number.
func (s *Set) ID(number int32) int64 { return *s.table.Row(int(number)) }

// Len is how many ids there are.
func (s *Set) Len() int { return s.table.Len() }

// Settle brings the order up to date.
func (s *Set) Settle() {
	from := len(s.order)
	for n := from; n < s.Len(); n++ {
		s.order = append(s.order, int32(n))
	}
	if s.unsorted {
		slices.SortFunc(s.order, func(a, b int32) int {
			if s.ID(a) < s.ID(b) {
				return -1
			}
			return 1
		})
		from = 0
		s.unsorted = false
	}
	s.ranks = slices.Grow(s.ranks, s.Len()-len(s.ranks))[:s.Len()]
	for rank := from; rank < len(s.order); rank++ {
		s.ranks[s.order[rank]] = int32(rank)
	}
}

// Ranks are the places of ids in their order, by number, as of the last Settle.
func (s *Set) Ranks() []int32 { return s.ranks }

// Ranked is the number of an id by its rank.
func (s *Set) Ranked(rank int) int32 { return s.order[rank] }

// RankFrom is the rank of the first id that is not less than one.
func (s *Set) RankFrom(id int64) int {
	at, _ := slices.BinarySearchFunc(s.order, id, func(n int32, id int64) int {
		switch have := s.ID(n); {
		case have < id:
			return -1
		case have > id:
			return 1
		}
		return 0
	})
	return at
}
