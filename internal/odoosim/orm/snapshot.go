package orm

import (
	"maps"
	"slices"
)

// Snapshot is a database at a moment, as a backup holds it.
type Snapshot struct {
	rows    map[*Model][]*row
	last    map[*Model]int64
	numbers map[string]int64
}

// Snapshot takes a backup while nobody writes.
func (db *DB) Snapshot() *Snapshot {
	s := &Snapshot{rows: map[*Model][]*row{}, last: map[*Model]int64{}}
	_ = db.Bulk(func(Bulk) error { // it has no way to fail
		for _, m := range db.models {
			s.rows[m], s.last[m] = slices.Clone(m.table.rows), m.table.last.Load()
		}
		db.numberM.Lock()
		defer db.numberM.Unlock()
		s.numbers = maps.Clone(db.numbers)
		return nil
	})
	return s
}

// Restore puts the database back: rows, the ids that are given next, and numbers. Rows
// keep the stamps that they had.
func (db *DB) Restore(s *Snapshot) {
	_ = db.Bulk(func(Bulk) error { // it has no way to fail
		for _, m := range db.models {
			before := s.rows[m]
			for id := int64(1); id < int64(max(len(m.table.rows), len(before))); id++ {
				var was *row
				if id < int64(len(before)) {
					was = before[id]
				}
				if m.table.at(id) != was {
					m.table.put(id, was)
				}
			}
			m.table.last.Store(s.last[m])
		}
		db.numberM.Lock()
		defer db.numberM.Unlock()
		db.numbers = maps.Clone(s.numbers)
		return nil
	})
}
