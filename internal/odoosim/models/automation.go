package models

import (
	"maps"
	"slices"

	"odoomesh/internal/odoosim/orm"
)

// automations describes automation rules and their actions as far as they send
// webhooks, and the models and fields that they name.
func automations(db *orm.DB) {
	m := db.Model("ir.model")
	m.Label, m.Order = "Models", "model"
	m.Indexed("model")
	f := db.Model("ir.model.fields")
	f.Label, f.Order = "Fields", "name"
	f.Indexed("name", "model_id", "model")

	rule := db.Model("base.automation")
	rule.Label, rule.Order = "Automation Rule", "id"
	rule.Defaults(map[string]any{"active": true})
	for _, name := range []string{"action_server_id", "binding_type", "type", "state", "usage"} {
		if field := rule.Field(name); field != nil {
			field.Required = false
		}
	}
	if actions := rule.Field("action_server_ids"); actions != nil {
		rule.Computed("model_name", func(e *orm.Env, id int64) orm.Value { return e.Get(m, e.Ref(rule, id, "model_id"), "model") })
	}
	action := db.Model("ir.actions.server")
	action.Label, action.Order = "Server Action", "sequence,name,id"
	action.Indexed("base_automation_id")
	action.Defaults(map[string]any{"type": "ir.actions.server", "binding_type": "action", "usage": "ir_actions_server", "sequence": 5})
	action.BeforeCreate = func(e *orm.Env, vals map[string]any) error {
		if id(vals["model_id"]) == 0 {
			vals["model_id"] = orNone(rec(e, rule.Name, id(vals["base_automation_id"])).int("model_id"))
		}
		return nil
	}
	action.Computed("model_name", func(e *orm.Env, id int64) orm.Value { return e.Get(m, e.Ref(action, id, "model_id"), "model") })
}

// describe lists the models and their fields as records.
func describe(db *orm.DB, b orm.Bulk) {
	all, total := db.Models(), 0
	slices.SortFunc(all, func(a, b *orm.Model) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	for _, m := range all {
		total += len(m.Fields)
	}
	stamp := db.Now().UnixMicro()
	models := b.Sheet("ir.model", len(all), "name", "model")
	fields := b.Sheet("ir.model.fields", total, "name", "model", "model_id", "field_description", "ttype")
	for _, m := range all {
		id := models.Add(stamp, orm.Text(m.Label), orm.Text(m.Name))
		for _, name := range slices.Sorted(maps.Keys(m.Fields)) {
			fields.Add(stamp, orm.Text(name), orm.Text(m.Name), orm.Int(id), orm.Text(name), orm.Text(m.Fields[name].Type))
		}
	}
}
