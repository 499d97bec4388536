package odoosim

import (
	"fmt"
	"sync"

	"odoomesh/internal/odoosim/orm"
)

// Tx is the transaction of a person who works in Odoo: stamped when it began, seen
// by others only after Commit, and blocking nobody while it is open.
type Tx struct {
	sim *Sim
	tx  *orm.Tx
	env *orm.Env
	mu  sync.Mutex
}

// Begin opens a transaction of the administrator.
func (s *Sim) Begin() *Tx {
	tx := s.db.Begin()
	return &Tx{sim: s, tx: tx, env: tx.Env(2)}
}

// Do runs fn in a transaction and commits it; an error of fn rolls it back. Other
// writers wait meanwhile, so fn must not write by any other way than its Tx.
func (s *Sim) Do(fn func(tx *Tx) error) error {
	return s.db.Exclusive(func(inner *orm.Tx) error {
		return fn(&Tx{sim: s, tx: inner, env: inner.Env(2)})
	})
}

// run does one step of the transaction on rows that stand still.
func (t *Tx) run(model string, fn func(m *orm.Model) error) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	m := t.sim.model(model)
	if m == nil {
		return orm.Rule("Object %s doesn't exist", model)
	}
	if t.tx.Ended() {
		return orm.ErrDone
	}
	return t.sim.db.View(func() error { return fn(m) })
}

// change is run for a step that writes: if it fails, the transaction cannot be
// committed any more.
func (t *Tx) change(model string, fn func(m *orm.Model) error) error {
	err := t.run(model, fn)
	if err != nil {
		t.tx.Fail(err)
	}
	return err
}

// Create makes a record and answers its id.
func (t *Tx) Create(model string, vals map[string]any) (id int64, err error) {
	err = t.change(model, func(m *orm.Model) error {
		id, err = t.env.New(m, vals)
		return err
	})
	return id, err
}

// Write changes records.
func (t *Tx) Write(model string, ids []int64, vals map[string]any) error {
	return t.change(model, func(m *orm.Model) error { return t.env.Write(m, ids, vals) })
}

// Unlink deletes records.
func (t *Tx) Unlink(model string, ids []int64) error {
	return t.change(model, func(m *orm.Model) error { return t.env.Unlink(m, ids) })
}

// Call presses a button: a public method of the model on records, with a context. It
// answers what Odoo answers; nil is None.
func (t *Tx) Call(model, method string, ids []int64, context map[string]any) (answer any, err error) {
	err = t.change(model, func(m *orm.Model) error {
		act, ok := m.Actions[method]
		if !ok {
			return orm.Unforeseen("AttributeError", "The method '%s' does not exist on the model '%s'", method, model)
		}
		answer, err = act.Do(t.env.With(context), ids, nil)
		return err
	})
	return answer, err
}

// Search answers the ids that fit a domain, in order of id; archived records are
// left out unless the domain names the field active.
func (t *Tx) Search(model string, domain []any) (ids []int64, err error) {
	err = t.run(model, func(m *orm.Model) error {
		ids, err = t.env.Search(m, domain, orm.Page{Order: "id"})
		return err
	})
	return ids, err
}

// Read answers the records that exist as Odoo's read does: false for what is empty,
// a many2one as []any{id, name}, to-many as []int64. No fields means all.
func (t *Tx) Read(model string, ids []int64, fields []string) ([]map[string]any, error) {
	var out []map[string]any
	err := t.run(model, func(m *orm.Model) error {
		recs, err := t.env.Read(m, ids, fields, true)
		for _, rec := range recs {
			row := make(map[string]any, len(rec))
			for _, member := range rec {
				row[member.Name] = member.Value
			}
			out = append(out, row)
		}
		return err
	})
	return out, err
}

// Commit makes the changes visible with the stamp of Begin. It fails with
// orm.ErrConflict if somebody has changed the same records since.
func (t *Tx) Commit() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.tx.Commit(); err != nil {
		return fmt.Errorf("committing: %w", err)
	}
	return nil
}

// Rollback drops the changes; after Commit it does nothing.
func (t *Tx) Rollback() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.tx.Rollback()
}
