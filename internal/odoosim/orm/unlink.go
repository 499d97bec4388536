package orm

import "strings"

// Unlink deletes records with their external ids and with what cannot be without them.
func (e *Env) Unlink(m *Model, ids []int64) error { return e.unlink(m, ids, true) }

// unlink deletes records; where PostgreSQL deletes them with another, their external ids
// stay behind and name nothing.
func (e *Env) unlink(m *Model, ids []int64, forget bool) error {
	present := make([]int64, 0, len(ids))
	for _, id := range ids {
		if e.Exists(m, id) {
			present = append(present, id)
		}
	}
	if len(present) == 0 {
		return nil
	}
	var then func() error
	if m.BeforeUnlink != nil {
		var err error
		if then, err = m.BeforeUnlink(e, present); err != nil {
			return err
		}
	}
	for _, id := range present {
		// The record goes first, so that records which delete each other end.
		e.tx.remove(m, id)
		if err := e.detach(m, id); err != nil {
			return err
		}
		if forget {
			e.forgetExternalIDs(m, id)
		}
	}
	if then != nil {
		return then()
	}
	return nil
}

// detach does what the foreign keys of PostgreSQL do: a line that cannot be without
// the record is deleted, another reference is emptied.
func (e *Env) detach(m *Model, id int64) error {
	for _, f := range e.db.refs[m.Name] {
		if f.index == nil {
			continue
		}
		for _, from := range e.Referring(f, id) {
			if !e.Exists(f.model, from) {
				continue
			}
			if f.Restrict {
				return e.stillUsed(f)
			}
			if f.Required || f.Cascade {
				if err := e.unlink(f.model, []int64{from}, f.OwnedLines); err != nil {
					return err
				}
				continue
			}
			e.tx.edit(f.model, from).set(f, Value{})
		}
	}
	return nil
}

// stillUsed is what PostgreSQL's foreign key says through Odoo.
func (e *Env) stillUsed(f *Field) *Fault {
	if e.db.Version >= 19 {
		return Rule("The operation cannot be completed: Another model is using the record you are trying to delete.\n\n"+
			"The troublemaker is: '%s' (%s)\nThanks to the following constraint: '%s' (%s)\nHow about archiving the record instead?",
			f.model.Label, f.model.Name, fieldLabel(f), f.Name)
	}
	return Rule("The operation cannot be completed: another model requires the record being deleted. If possible, archive it instead.\n\n"+
		"Model: %s (%s)\nConstraint: %s_%s_fkey\n", f.model.Label, f.model.Name, strings.ReplaceAll(f.model.Name, ".", "_"), f.Name)
}
