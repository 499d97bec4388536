package odoosim

import (
	"slices"

	"odoomesh/internal/odoosim/orm"
	"odoomesh/internal/odoosim/xmlrpc"
)

// handlerOf finds a public method; ok is false where that version has none.
func handlerOf(version int, m *orm.Model, method string) (handler, bool) {
	if act, ok := m.Actions[method]; ok && act.OnModel {
		return handler{writes: true, needs: "read", do: func(r *request, a arguments) (any, error) {
			r.cost.writes = costAction
			return act.Do(r.env, nil, a)
		}}, true
	}
	if act, ok := m.Actions[method]; ok {
		params := append([]string{"*ids"}, act.Params...)
		return handler{writes: true, needs: "write", params: params, do: func(r *request, a arguments) (any, error) {
			ids, err := a.ids()
			if err != nil {
				return nil, err
			}
			if r.cost.writes = costAction * len(ids); method == "message_post" {
				r.cost.writes = costNote
			}
			return act.Do(r.env, ids, a)
		}}, true
	}
	if h, ok := rightsMethod(version, method); ok {
		return h, true
	}
	switch method {
	case "search":
		params := []string{"*domain", "offset", "limit", "order"}
		if version == 16 {
			params = append(params, "count")
		}
		return handler{needs: "read", params: params, do: search}, true
	case "search_count":
		return handler{needs: "read", params: []string{"*domain", "limit"}, do: searchCount}, true
	case "search_read":
		return handler{needs: "read", params: []string{"domain", "fields", "offset", "limit", "order", "load"}, do: searchRead}, true
	case "read":
		return handler{needs: "read", params: []string{"*ids", "fields", "load"}, do: read}, true
	case "fields_get":
		return handler{params: []string{"allfields", "attributes"}, do: fieldsGet}, true
	case "name_search":
		domain := "args"
		if version >= 18 {
			domain = "domain"
		}
		return handler{needs: "read", params: []string{"name", domain, "operator", "limit"}, do: nameSearch}, true
	case "create":
		return handler{writes: true, needs: "create", params: []string{"*vals_list"}, do: create}, true
	case "write":
		return handler{writes: true, needs: "write", params: []string{"*ids", "*vals"}, do: write}, true
	case "unlink":
		return handler{writes: true, needs: "unlink", params: []string{"*ids"}, do: unlink}, true
	case "load":
		return handler{writes: true, params: []string{"*fields", "*data"}, do: load}, true
	case "check_object_reference":
		if m.Name == "ir.model.data" {
			return handler{params: []string{"*module", "*xml_id", "raise_on_access_error"}, do: checkReference}, true
		}
	case "context_get":
		if m.Name == "res.users" {
			return handler{do: contextGet}, true
		}
	case "name_get":
		if version < 18 {
			return handler{needs: "read", params: []string{"*ids"}, do: nameGet}, true
		}
	}
	return handler{}, false
}

func search(r *request, a arguments) (any, error) {
	domain, err := a.domain()
	if err != nil {
		return nil, err
	}
	ids, err := r.env.Search(r.model, domain, a.page())
	r.cost.rows = len(ids)
	if a["count"] == true {
		return len(ids), err
	}
	return ids, err
}

func searchCount(r *request, a arguments) (any, error) {
	domain, err := a.domain()
	if err != nil {
		return nil, err
	}
	limit, _ := a["limit"].(int64)
	ids, err := r.env.Search(r.model, domain, orm.Page{Order: "id", Limit: int(limit)})
	return len(ids), err
}

func searchRead(r *request, a arguments) (any, error) {
	domain, err := a.domain()
	if err != nil {
		return nil, err
	}
	ids, err := r.env.Search(r.model, domain, a.page())
	if err != nil {
		return nil, err
	}
	return r.records(ids, a)
}

func read(r *request, a arguments) (any, error) {
	ids, err := a.ids()
	if err != nil {
		return nil, err
	}
	return r.records(ids, a)
}

func (r *request) records(ids []int64, a arguments) (any, error) {
	load, given := a["load"]
	fields := a.names("fields")
	recs, err := r.env.Read(r.model, ids, fields, !given || load == "_classic_read")
	if err != nil {
		return nil, err
	}
	r.cost.rows = len(recs)
	if len(recs) > 0 {
		r.cost.values = len(recs) * (len(recs[0]) - 1)
	}
	return recs, nil
}

func fieldsGet(r *request, a arguments) (any, error) {
	return r.env.FieldsGet(r.model, a.names("allfields"), a.names("attributes")), nil
}

func nameSearch(r *request, a arguments) (any, error) {
	if d, ok := a["args"]; ok {
		a["domain"] = d
	}
	domain, err := a.domain()
	if err != nil {
		return nil, err
	}
	op, limit := a.text("operator"), 100
	if op == "" {
		op = "ilike"
	}
	if n, ok := a["limit"].(int64); ok {
		limit = int(n)
	}
	ids, err := r.env.NameSearch(r.model, a.text("name"), op, domain, limit)
	if err != nil {
		return nil, err
	}
	return r.pairs(ids), nil
}

func nameGet(r *request, a arguments) (any, error) {
	ids, err := a.ids()
	return r.pairs(ids), err
}

func (r *request) pairs(ids []int64) []any {
	out := make([]any, len(ids))
	for i, id := range ids {
		out[i] = []any{id, r.env.DisplayName(r.model, id)}
	}
	r.cost.rows = len(ids)
	return out
}

func create(r *request, a arguments) (any, error) {
	switch vals := a["vals_list"].(type) {
	case map[string]any:
		r.cost.writes = 1
		return r.env.New(r.model, vals)
	case []any:
		ids := make([]int64, 0, len(vals))
		for _, item := range vals {
			one, ok := item.(map[string]any)
			if !ok {
				return nil, orm.Unforeseen("TypeError", "'%T' object does not support item assignment", item)
			}
			id, err := r.env.New(r.model, one)
			if err != nil {
				return nil, err
			}
			ids = append(ids, id)
		}
		r.cost.writes = len(ids)
		return ids, nil
	}
	return nil, orm.Unforeseen("AttributeError", "'str' object has no attribute 'items'")
}

func write(r *request, a arguments) (any, error) {
	ids, err := a.ids()
	if err != nil {
		return nil, err
	}
	vals, ok := a["vals"].(map[string]any)
	if !ok {
		return nil, orm.Unforeseen("AttributeError", "'list' object has no attribute 'items'")
	}
	r.cost.writes = len(ids)
	return true, r.env.Write(r.model, ids, vals)
}

func unlink(r *request, a arguments) (any, error) {
	ids, err := a.ids()
	if err != nil {
		return nil, err
	}
	r.cost.writes = len(ids)
	if err := r.env.Present(r.model, ids); err != nil {
		return nil, err
	}
	return true, r.env.Unlink(r.model, ids)
}

func checkReference(r *request, a arguments) (any, error) {
	model, id, err := r.env.CheckReference(a.text("module"), a.text("xml_id"))
	if err != nil {
		return nil, err
	}
	return []any{model, id}, nil
}

func contextGet(r *request, _ arguments) (any, error) {
	user := r.sim.db.Model("res.users")
	lang := r.env.Get(user, r.env.UID, "lang").S
	if active := r.sim.languages(r.env); !slices.Contains(active, lang) {
		lang = orm.SourceLanguage
		if len(active) > 0 && !slices.Contains(active, lang) {
			lang = active[0]
		}
	}
	var zone any = false
	if tz := r.env.Get(user, r.env.UID, "tz").S; tz != "" {
		zone = tz
	}
	return xmlrpc.Struct{{Name: "lang", Value: lang}, {Name: "tz", Value: zone}, {Name: "uid", Value: r.env.UID}}, nil
}
