package orm

import (
	"maps"
	"slices"
)

// New is the public method create.
func (e *Env) New(m *Model, vals map[string]any) (int64, error) {
	if m.Make != nil {
		return m.Make(e, vals)
	}
	return e.Create(m, vals)
}

// Create makes one record and answers its id.
func (e *Env) Create(m *Model, given map[string]any) (int64, error) {
	vals := maps.Clone(given)
	if vals == nil {
		vals = map[string]any{}
	}
	if err := e.known(m, vals); err != nil {
		return 0, err
	}
	e.applyDefaults(m, vals)
	if m.BeforeCreate != nil {
		if err := m.BeforeCreate(e, vals); err != nil {
			return 0, err
		}
	}
	if m.Inherits != "" {
		if err := e.createParent(m, vals); err != nil {
			return 0, err
		}
	}
	id, r := e.tx.insert(m)
	e.log(m, id, r, true)
	if err := e.assign(m, id, vals, true); err != nil {
		return 0, err
	}
	if err := e.required(m, id); err != nil {
		return 0, err
	}
	return id, e.after(m, []int64{id}, vals, true)
}

func (e *Env) applyDefaults(m *Model, vals map[string]any) {
	for name, f := range m.Fields {
		if _, ok := vals[name]; ok || f.Default == nil {
			continue
		}
		if v := f.Default(e); v != nil {
			vals[name] = v
		}
	}
}

// createParent makes the record that this one inherits from, unless one is given.
func (e *Env) createParent(m *Model, vals map[string]any) error {
	through := m.Fields[m.Inherits]
	parent := e.db.models[through.Relation]
	theirs := map[string]any{}
	for name, v := range vals {
		if f := m.Fields[name]; f.Through == through {
			theirs[f.Target.Name] = v
			delete(vals, name)
		}
	}
	if to, err := e.toID(through, vals[m.Inherits]); err != nil {
		return err
	} else if to != 0 {
		if len(theirs) > 0 {
			return e.Write(parent, []int64{to}, theirs)
		}
		return nil
	}
	quiet := *e
	quiet.Context = maps.Clone(e.Context)
	if quiet.Context == nil {
		quiet.Context = map[string]any{}
	}
	quiet.Context["inherited_by"] = m.Name
	id, err := quiet.Create(parent, theirs)
	vals[m.Inherits] = id
	return err
}

// Write changes records; writing nothing new still moves write_date.
func (e *Env) Write(m *Model, ids []int64, given map[string]any) error {
	if err := e.present(m, ids); err != nil {
		return err
	}
	if err := e.known(m, given); err != nil {
		return err
	}
	vals := maps.Clone(given)
	if m.BeforeWrite != nil {
		if err := m.BeforeWrite(e, ids, vals); err != nil {
			return err
		}
	}
	for _, id := range ids {
		e.log(m, id, e.tx.edit(m, id), false)
		if err := e.assign(m, id, vals, false); err != nil {
			return err
		}
		if err := e.required(m, id); err != nil {
			return err
		}
	}
	return e.after(m, ids, vals, false)
}

func (e *Env) after(m *Model, ids []int64, vals map[string]any, created bool) error {
	for _, id := range ids {
		if _, moved := vals[m.Parent]; moved && e.circular(m, id) {
			return Rule("Recursion Detected.")
		}
		if m.AfterWrite != nil {
			if err := m.AfterWrite(e, id, vals, created); err != nil {
				return err
			}
		}
		if m.Check != nil {
			if err := m.Check(e, id); err != nil {
				return err
			}
		}
	}
	return nil
}

func (e *Env) present(m *Model, ids []int64) error {
	var gone []int64
	for _, id := range ids {
		if !e.Exists(m, id) {
			gone = append(gone, id)
		}
	}
	if len(gone) > 0 {
		return e.missing(m, gone)
	}
	return nil
}

// Present refuses an action on records of which one is gone, naming the first.
func (e *Env) Present(m *Model, ids []int64) error {
	for _, id := range ids {
		if !e.Exists(m, id) {
			return e.missing(m, []int64{id})
		}
	}
	return nil
}

// circular says whether a record has become its own ancestor.
func (e *Env) circular(m *Model, id int64) bool {
	seen := map[int64]bool{}
	for up := id; up != 0; up = e.Ref(m, up, m.Parent) {
		if seen[up] {
			return true
		}
		seen[up] = true
	}
	return false
}

// Touch moves the write stamp of a record to the transaction's, never back.
func (e *Env) Touch(m *Model, id int64) {
	if r := e.row(m, id); r == nil || r.stamp >= e.tx.stamp {
		return
	}
	r := e.tx.edit(m, id)
	r.stamp = e.tx.stamp
	r.set(m.Fields["write_date"], Int(r.stamp))
}

func (e *Env) log(m *Model, id int64, r *row, created bool) {
	if e.tx.saved[m] == nil {
		if e.tx.saved == nil {
			e.tx.saved = map[*Model]map[int64]bool{}
		}
		e.tx.saved[m] = map[int64]bool{}
	}
	e.tx.saved[m][id] = e.tx.saved[m][id] || created
	r.stamp = e.tx.stamp
	r.set(m.Fields["write_date"], Int(r.stamp))
	r.set(m.Fields["write_uid"], Int(e.UID))
	if created {
		r.set(m.Fields["create_date"], Int(r.stamp))
		r.set(m.Fields["create_uid"], Int(e.UID))
	}
}

func (e *Env) known(m *Model, vals map[string]any) error {
	for _, name := range slices.Sorted(maps.Keys(vals)) {
		if m.Fields[name] == nil {
			if e.db.Version >= 19 {
				return Unforeseen("ValueError", "Invalid field %s in %s", quote(name), quote(m.Name))
			}
			return e.invalidField(m, name)
		}
	}
	return nil
}

func logField(name string) bool {
	switch name {
	case "id", "create_date", "create_uid", "write_date", "write_uid", "__last_update":
		return true
	}
	return false
}
