package orm

import "slices"

// assign puts values into one record: own fields first, then what goes elsewhere.
func (e *Env) assign(m *Model, id int64, vals map[string]any, created bool) error {
	var later []string
	for name, v := range vals {
		f := m.Fields[name]
		if logField(name) {
			continue
		}
		if !f.stored() {
			later = append(later, name)
			continue
		}
		if err := e.store(f, id, v); err != nil {
			return err
		}
	}
	slices.Sort(later)
	through := map[*Field]map[string]any{}
	for _, name := range later {
		f, v := m.Fields[name], vals[name]
		switch {
		case f.Inverse != nil:
			if err := f.Inverse(e, id, v); err != nil {
				return err
			}
		case f.Through != nil:
			if through[f.Through] == nil {
				through[f.Through] = map[string]any{}
			}
			through[f.Through][f.Target.Name] = v
		case f.Type == "one2many":
			if err := e.commandLines(f, id, v); err != nil {
				return err
			}
		}
	}
	for f, theirs := range through {
		if to := e.get(f, id).N; to != 0 {
			if err := e.Write(e.db.models[f.Relation], []int64{to}, theirs); err != nil {
				return err
			}
		}
	}
	return nil
}

func (e *Env) store(f *Field, id int64, v any) error {
	val, err := e.convert(f, id, v)
	if err != nil {
		return err
	}
	r := e.tx.edit(f.model, id)
	if f.CompanyDependent && e.Company > 1 {
		if r.other == nil {
			r.other = map[companySlot]Value{}
		}
		r.other[companySlot{f, e.Company}] = val
		return nil
	}
	if f.Translate && (e.translates(f) || val.Empty()) {
		r.translate(f, e.Lang, val)
		return nil
	}
	r.set(f, val)
	return nil
}

func (e *Env) required(m *Model, id int64) error {
	r := e.row(m, id)
	for _, name := range m.Names {
		f := m.Fields[name]
		if !f.Required || f.CompanyDependent || !f.stored() || f.class == number && f.Type != "many2one" || !r.get(f).Empty() {
			continue
		}
		if f.Type == "many2one" && e.db.models[f.Relation] == nil {
			continue // nothing simulated could be put there
		}
		return e.missingValue(f)
	}
	return nil
}

// missingValue refuses a record for a required field that has no value.
func (e *Env) missingValue(f *Field) *Fault {
	label, m := fieldLabel(f), f.model
	fault := Rule("The operation cannot be completed:\n- Create/update: a mandatory field is not set.\n"+
		"- Delete: another model requires the record being deleted. If possible, archive it instead.\n\n"+
		"Model: %s (%s)\nField: %s (%s)\n", m.Label, m.Name, label, f.Name)
	if e.db.Version >= 18 {
		fault = Rule("The operation cannot be completed: Missing required value for the field '%s' (%s)", label, f.Name)
	}
	fault.missing = f
	return fault
}

// missingText is how load says the same.
func (e *Env) missingText(f *Field) string {
	text := "Missing required value for the field '" + fieldLabel(f) + "' (" + f.Name + ")"
	if e.db.Version >= 19 {
		text += ".\nModel: '" + f.model.Label + "' (" + f.model.Name + ")\n- create/update: a mandatory field is not set\n" +
			"- delete: another model requires the record being deleted, you can archive it instead\n"
	}
	return text
}
