package orm

import (
	"maps"
	"slices"
)

// Keep stores recomputed values: no rule runs, and write_date moves only if a value
// is new, as when Odoo flushes stored computed fields. Fields that this version does
// not have are left out.
func (e *Env) Keep(m *Model, id int64, vals map[string]any) error {
	old := e.row(m, id)
	if old == nil {
		return nil
	}
	fresh := map[*Field]Value{}
	for _, name := range slices.Sorted(maps.Keys(vals)) {
		f := m.Fields[name]
		if f == nil || !f.stored() {
			continue
		}
		v, err := e.convert(f, id, vals[name])
		if err != nil {
			return err
		}
		if !old.get(f).Equal(v) {
			fresh[f] = v
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	r := e.tx.edit(m, id)
	e.log(m, id, r, false)
	for f, v := range fresh {
		r.set(f, v)
	}
	return nil
}

// Raw stores values as an SQL statement past the ORM does: write_date stays.
func (e *Env) Raw(m *Model, id int64, vals map[string]any) error {
	for _, name := range slices.Sorted(maps.Keys(vals)) {
		f := m.Fields[name]
		if f == nil || !f.stored() || !e.Exists(m, id) {
			continue
		}
		v, err := e.convert(f, id, vals[name])
		if err != nil {
			return err
		}
		e.tx.edit(m, id).set(f, v)
	}
	return nil
}

// Drop deletes a row as an SQL statement past the ORM does.
func (e *Env) Drop(m *Model, id int64) { e.tx.remove(m, id) }

// With is the same environment with more context.
func (e *Env) With(more map[string]any) *Env {
	c := *e
	c.Context = maps.Clone(e.Context)
	if c.Context == nil {
		c.Context = map[string]any{}
	}
	maps.Copy(c.Context, more)
	return &c
}

// Says tells whether the context has the key with a true value.
func (e *Env) Says(key string) bool { return truthy(e.Context[key]) }
