package orm

import "slices"

// Env is what a call sees: the committed rows, the own changes of its transaction,
// the user and the context. One Env serves one goroutine.
type Env struct {
	db *DB
	tx *Tx // nil: reading only
	// UID is the user, Company the first of the allowed companies.
	UID, Company int64
	// ActiveTest hides archived records; TZ is the time zone in which load reads times,
	// Lang the language in which translated texts are read and written.
	ActiveTest bool
	TZ, Lang   string
	// Context is what else the caller passed.
	Context map[string]any
	// depth bounds domains inside domains.
	depth int
}

// DB is the database.
func (e *Env) DB() *DB { return e.db }

// Stamp is the beginning of the transaction in microseconds since 1970.
func (e *Env) Stamp() int64 {
	if e.tx == nil {
		return e.db.Now().UnixMicro()
	}
	return e.tx.stamp
}

// All is the same environment that also sees archived records.
func (e *Env) All() *Env {
	c := *e
	c.ActiveTest = false
	return &c
}

func (e *Env) row(m *Model, id int64) *row {
	if e.tx != nil {
		if c, ok := e.tx.changes[m][id]; ok {
			return c.now
		}
	}
	return m.table.at(id)
}

// Exists says whether the record is there for this environment.
func (e *Env) Exists(m *Model, id int64) bool { return e.row(m, id) != nil }

// Get reads a field by name; an unknown field is empty.
func (e *Env) Get(m *Model, id int64, name string) Value {
	if f := m.Fields[name]; f != nil {
		return e.get(f, id)
	}
	return Value{}
}

// Ref follows a many2one and answers the id, 0 where there is none.
func (e *Env) Ref(m *Model, id int64, name string) int64 { return e.Get(m, id, name).N }

func (e *Env) get(f *Field, id int64) Value {
	switch {
	case f.Compute != nil:
		return f.Compute(e, id)
	case f.Through != nil:
		if to := e.get(f.Through, id).N; to != 0 {
			return e.get(f.Target, to)
		}
		return Value{}
	case f.Type == "one2many":
		return IDs(e.inverse(f, id))
	}
	r := e.row(f.model, id)
	if r == nil {
		return Value{}
	}
	if f.CompanyDependent && e.Company > 1 {
		return r.other[companySlot{f, e.Company}]
	}
	if e.translates(f) {
		return e.translated(r, f)
	}
	v := r.get(f)
	if f.Type == "many2many" && e.ActiveTest {
		v.L = e.activeOnly(e.db.models[f.Relation], v.L)
	}
	return v
}

// inverse are the ids of a one2many, in the comodel's order.
func (e *Env) inverse(f *Field, id int64) []int64 {
	other := e.db.models[f.Relation]
	if other == nil || !f.Store {
		return nil
	}
	back := other.Fields[f.RelationField]
	if back == nil || back.index == nil {
		return nil
	}
	ids := e.Referring(back, id)
	if e.ActiveTest {
		ids = e.activeOnly(other, ids)
	}
	if len(ids) > 1 && other.Order != "" {
		ids = slices.Clone(ids)
		if keys, err := e.order(other, ""); err == nil {
			e.sort(ids, keys)
		}
	}
	return ids
}

// Referring are the ids of the records whose many2one points at the id, sorted.
func (e *Env) Referring(back *Field, id int64) []int64 {
	var ids []int64
	if back.index != nil {
		ids = back.index.byID[id]
	}
	if e.tx == nil || len(e.tx.changes[back.model]) == 0 {
		return ids
	}
	return e.overlaid(back.model, ids, func(r *row) bool { return r.get(back).N == id })
}

// overlaid corrects ids found among the committed rows by the transaction's changes.
func (e *Env) overlaid(m *Model, ids []int64, fits func(*row) bool) []int64 {
	changes := e.tx.changes[m]
	out := make([]int64, 0, len(ids)+1)
	for _, id := range ids {
		if _, changed := changes[id]; !changed {
			out = append(out, id)
		}
	}
	for id, c := range changes {
		if c.now != nil && (fits == nil || fits(c.now)) {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}

func (e *Env) activeOnly(m *Model, ids []int64) []int64 {
	if m == nil || m.Fields["active"] == nil || len(ids) == 0 {
		return ids
	}
	active := m.Fields["active"]
	out := make([]int64, 0, len(ids))
	for _, id := range ids {
		if e.get(active, id).N != 0 {
			out = append(out, id)
		}
	}
	return out
}

// DisplayName is the record's display_name.
func (e *Env) DisplayName(m *Model, id int64) string {
	if m.Display != nil {
		return m.Display(e, id)
	}
	f := m.Fields[m.RecName]
	if f == nil {
		return m.Name + tuple([]int64{id})
	}
	if f.Type == "many2one" {
		if other := e.db.models[f.Relation]; other != nil {
			return e.DisplayName(other, e.get(f, id).N)
		}
	}
	return e.get(f, id).S
}
