package models

import "odoomesh/internal/odoosim/orm"

// DatabaseUUID is the key of the parameter that tells a database from its copies, and
// FirstUUID what it is in a new one.
const (
	DatabaseUUID = "database.uuid"
	FirstUUID    = "5d3a1c52-eb2f-11f0-9a4e-0242ac110002"
)

// identities describes by what a client can know an Odoo again: the numberings of
// documents, and the UUID of the database.
func identities(db *orm.DB) {
	numbering := db.Model("ir.sequence")
	numbering.Label, numbering.Order = "Sequence", "name, id"
	numbering.Defaults(map[string]any{"active": true, "implementation": "standard"})
	numbering.Computed("number_next_actual", func(e *orm.Env, id int64) orm.Value {
		return orm.Int(db.Given(e.Get(numbering, id, "prefix").S) + 1)
	})
	parameter := db.Model("ir.config_parameter")
	parameter.Label, parameter.RecName, parameter.Order = "System Parameter", "key", "key"
}

// identity makes them in a new database.
func (s *seeder) identity() {
	s.add("ir.sequence", map[string]any{"name": "Purchase Order", "code": "purchase.order", "prefix": "P"})
	s.add("ir.sequence", map[string]any{"name": "Receipts", "prefix": "WH/IN/"})
	s.add("ir.config_parameter", map[string]any{"key": DatabaseUUID, "value": FirstUUID})
}
