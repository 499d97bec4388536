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

// CheckReference is ir.model.data's check_object_reference: the model and the id of
// what an external id names, or the model and false where that is gone, or archived
// and archived records are hidden.
func (e *Env) CheckReference(module, name string) (model string, id any, err error) {
	_, model, found, ok := e.externalID(module, name)
	if !ok {
		if model, ok = e.db.remembered(module, name); ok {
			return model, false, nil
		}
		return "", nil, Unforeseen("ValueError", "External ID not found in the system: %s.%s", module, name)
	}
	m := e.db.models[model]
	if m == nil || !e.Exists(m, found) || e.ActiveTest && len(e.activeOnly(m, []int64{found})) == 0 {
		return model, false, nil
	}
	return model, found, nil
}

// externalName is an external id with the model of what it names.
type externalName struct{ module, name, model string }

// remember keeps the external ids of a load that was refused. From 17 on Odoo puts what
// it names into the memory of its process, and the rollback does not reach that: until
// an external id is deleted, which clears that memory, it answers them as dangling.
func (db *DB) remember(names []externalName) {
	if db.Version < 17 {
		return
	}
	db.numberM.Lock()
	defer db.numberM.Unlock()
	for _, n := range names {
		db.stale[n.module+"."+n.name] = n.model
	}
}

func (db *DB) remembered(module, name string) (model string, ok bool) {
	db.numberM.Lock()
	defer db.numberM.Unlock()
	model, ok = db.stale[module+"."+name]
	return model, ok
}

func (db *DB) forgetNames() {
	db.numberM.Lock()
	defer db.numberM.Unlock()
	clear(db.stale)
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

func (e *Env) forgetExternalIDs(m *Model, id int64) {
	data := e.db.models[modelData]
	if m == data {
		return
	}
	back := data.Fields["res_id"]
	for _, ref := range e.Referring(back, id) {
		if e.Get(data, ref, "model").S == m.Name {
			e.tx.remove(data, ref)
			e.db.forgetNames()
		}
	}
}
