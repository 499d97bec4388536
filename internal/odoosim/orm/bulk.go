package orm

// Bulk inserts rows past the ORM, for volumes that nobody would enter by hand: no
// defaults, no rules, stamps as given. All is visible at once at the end.
type Bulk struct{ db *DB }

// Bulk runs fn while nobody else reads or writes.
func (db *DB) Bulk(fn func(b Bulk) error) error {
	db.commit.Lock()
	defer db.commit.Unlock()
	db.mu.Lock()
	defer db.mu.Unlock()
	return fn(Bulk{db})
}

// Sheet takes rows of one model with the same fields. The rows lie in few large
// pieces of memory.
type Sheet struct {
	m      *Model
	fields []*Field
	log    []*Field
	width  [none]int

	rows []row
	n    []int64
	s    []string
}

// Sheet prepares for n rows with these fields; a field that the version does not
// store takes a place among the values and is dropped.
func (b Bulk) Sheet(model string, n int, fields ...string) *Sheet {
	m := b.db.models[model]
	sh := &Sheet{m: m, rows: make([]row, n)}
	use := func(name string) *Field {
		f := m.Fields[name]
		if f == nil || !f.stored() || f.class == list {
			return nil
		}
		if f.slot.Load() == 0 {
			m.table.giveSlot(f)
		}
		sh.width[f.class] = max(sh.width[f.class], int(f.slot.Load()))
		return f
	}
	for _, name := range fields {
		sh.fields = append(sh.fields, use(name))
	}
	for _, name := range []string{"create_date", "write_date", "create_uid", "write_uid"} {
		sh.log = append(sh.log, use(name))
	}
	sh.n = make([]int64, n*sh.width[number])
	sh.s = make([]string, n*sh.width[text])
	rows := make([]*row, len(m.table.rows), len(m.table.rows)+n+1)
	copy(rows, m.table.rows)
	m.table.rows = rows
	stamps := make([]stamped, len(m.table.stamps), len(m.table.stamps)+n)
	copy(stamps, m.table.stamps)
	m.table.stamps = stamps
	return sh
}

// Add inserts a row with a stamp in microseconds since 1970 and answers its id. More
// rows than were prepared for are refused with 0.
func (s *Sheet) Add(stamp int64, vals ...Value) int64 {
	if len(s.rows) == 0 {
		return 0
	}
	r := &s.rows[0]
	s.rows = s.rows[1:]
	w := s.width[number]
	r.n, s.n = s.n[:w:w], s.n[w:]
	w = s.width[text]
	r.s, s.s = s.s[:w:w], s.s[w:]
	r.stamp = stamp
	for i, f := range s.fields {
		if f != nil && i < len(vals) {
			r.set(f, vals[i])
		}
	}
	for i, v := range []int64{stamp, stamp, 1, 1} {
		r.set(s.log[i], Int(v))
	}
	id := s.m.table.last.Add(1)
	s.m.table.put(id, r)
	return id
}

// Repeat inserts n rows that hold what a row of the model holds, under its stamp. It
// answers whether there is such a row.
func (b Bulk) Repeat(model string, id int64, n int) bool {
	t := b.db.models[model].table
	like := t.at(id)
	if like == nil {
		return false
	}
	for range n {
		t.put(t.last.Add(1), like.clone())
	}
	return true
}
