package orm

// Unlink deletes records with their external ids and with what cannot be without them.
func (e *Env) Unlink(m *Model, ids []int64) error {
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
		if err := e.forgetExternalIDs(m, id); err != nil {
			return err
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
			if f.Required || f.Cascade {
				if err := e.Unlink(f.model, []int64{from}); err != nil {
					return err
				}
				continue
			}
			e.tx.edit(f.model, from).set(f, Value{})
		}
	}
	return nil
}
