package orm

import "strings"

const modelData = "ir.model.data"

// externalID finds what an external id names; ok is false where nothing does.
func (e *Env) externalID(module, name string) (dataID int64, model string, resID int64, ok bool) {
	m := e.db.models[modelData]
	ids, err := e.All().match(m, []any{[]any{"name", "=", name}, []any{"module", "=", module}}, 1)
	if err != nil || len(ids) == 0 {
		return 0, "", 0, false
	}
	return ids[0], e.Get(m, ids[0], "model").S, e.Get(m, ids[0], "res_id").N, true
}

// CheckReference is ir.model.data's check_object_reference.
func (e *Env) CheckReference(module, name string) (model string, id int64, err error) {
	_, model, id, ok := e.externalID(module, name)
	if !ok {
		return "", 0, Unforeseen("ValueError", "External ID not found in the system: %s.%s", module, name)
	}
	return model, id, nil
}

// NameRecord gives a record an external id.
func (e *Env) NameRecord(m *Model, id int64, module, name string) error {
	_, err := e.Create(e.db.models[modelData], map[string]any{
		"module": module, "name": name, "model": m.Name, "res_id": id, "noupdate": false,
	})
	return err
}

// splitExternalID parts "mesh.order_7"; without a module Odoo takes __import__.
func splitExternalID(xid string) (module, name string) {
	module, name, found := strings.Cut(xid, ".")
	if !found {
		return "__import__", xid
	}
	return module, name
}

func (e *Env) forgetExternalIDs(m *Model, id int64) error {
	data := e.db.models[modelData]
	if m == data {
		return nil
	}
	back := data.Fields["res_id"]
	for _, ref := range e.Referring(back, id) {
		if e.Get(data, ref, "model").S == m.Name {
			e.tx.remove(data, ref)
		}
	}
	return nil
}
