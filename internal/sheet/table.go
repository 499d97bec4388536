package sheet

import "hash/maphash"

// Table keeps rows of a few numbers, one for each key, without a gap between them. A key is
// what Key reads out of a row, so that it is not kept twice; beside the row itself a row
// costs about eight bytes. It is not safe for concurrent use.
type Table[K comparable, R any] struct {
	key  func(*R) K
	seed maphash.Seed
	rows []R
	// slots has, at the place that the hash of a key gives or behind it, the place of its
	// row and 1; 0 is free.
	slots []int32
}

// NewTable makes an empty table.
func NewTable[K comparable, R any](key func(*R) K) *Table[K, R] {
	return &Table[K, R]{key: key, seed: maphash.MakeSeed(), slots: make([]int32, 16)}
}

// Rows are all rows, in no order that lasts: taking one out moves another.
func (t *Table[K, R]) Rows() []R { return t.rows }

// Len is the number of rows.
func (t *Table[K, R]) Len() int { return len(t.rows) }

// Find is the place of a key's row, -1 where it has none.
func (t *Table[K, R]) Find(k K) int {
	if at := t.slots[t.slot(k)]; at > 0 {
		return int(at - 1)
	}
	return -1
}

// Row is the row at a place; it may be changed, but for its key.
func (t *Table[K, R]) Row(at int) *R { return &t.rows[at] }

// Put adds a row, or puts it in place of the one with its key, and answers its place.
func (t *Table[K, R]) Put(r R) int {
	slot := t.slot(t.key(&r))
	if at := t.slots[slot]; at > 0 {
		t.rows[at-1] = r
		return int(at - 1)
	}
	t.rows = append(t.rows, r)
	t.slots[slot] = int32(len(t.rows))
	if 2*len(t.rows) > len(t.slots) {
		t.grow()
	}
	return len(t.rows) - 1
}

// Delete takes a key's row out, if there is one. The last row takes its place.
func (t *Table[K, R]) Delete(k K) {
	slot := t.slot(k)
	at := t.slots[slot]
	if at == 0 {
		return
	}
	if last := len(t.rows); int(at) < last {
		t.slots[t.slot(t.key(&t.rows[last-1]))] = at
		t.rows[at-1] = t.rows[last-1]
	}
	clear(t.rows[len(t.rows)-1:])
	t.rows = t.rows[:len(t.rows)-1]
	t.free(slot)
}

// slot is where a key stands, or where it would.
func (t *Table[K, R]) slot(k K) int {
	mask := len(t.slots) - 1
	for slot := t.home(k); ; slot = (slot + 1) & mask {
		if at := t.slots[slot]; at == 0 || t.key(&t.rows[at-1]) == k {
			return slot
		}
	}
}

func (t *Table[K, R]) home(k K) int {
	return int(maphash.Comparable(t.seed, k) & uint64(len(t.slots)-1))
}

// free empties a slot, and closes the gap that it would leave before others.
func (t *Table[K, R]) free(slot int) {
	mask := len(t.slots) - 1
	for next := (slot + 1) & mask; t.slots[next] != 0; next = (next + 1) & mask {
		home := t.home(t.key(&t.rows[t.slots[next]-1]))
		// It may move where its home does not lie between the gap and itself.
		if (next-home)&mask >= (next-slot)&mask {
			t.slots[slot], slot = t.slots[next], next
		}
	}
	t.slots[slot] = 0
}

func (t *Table[K, R]) grow() {
	t.slots = make([]int32, 2*len(t.slots))
	mask := len(t.slots) - 1
	for i := range t.rows {
		slot := t.home(t.key(&t.rows[i]))
		for t.slots[slot] != 0 {
			slot = (slot + 1) & mask
		}
		t.slots[slot] = int32(i + 1)
	}
}
