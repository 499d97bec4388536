package orm

import (
	"time"

	"odoomesh/internal/odoosim/schema"
	"odoomesh/internal/odoosim/xmlrpc"
)

// Page is what search takes beside the domain. A negative Limit is none.
type Page struct {
	Order  string
	Offset int
	Limit  int
}

// Search answers the ids that fit a domain.
func (e *Env) Search(m *Model, domain []any, p Page) ([]int64, error) {
	keys, err := e.order(m, p.Order)
	if err != nil {
		return nil, err
	}
	most := 0
	if byID(keys) && p.Limit > 0 {
		most = p.Offset + p.Limit
	}
	ids, err := e.match(m, domain, most)
	if err != nil {
		return nil, err
	}
	if !byID(keys) {
		e.sort(ids, keys)
	}
	ids = ids[min(max(p.Offset, 0), len(ids)):]
	if p.Limit > 0 && p.Limit < len(ids) {
		ids = ids[:p.Limit]
	}
	return ids, nil
}

// Read answers the records that exist, each with id first and then the fields in
// the order asked for; no fields means all. With names, a many2one comes as
// [id, display name], otherwise as the bare id.
func (e *Env) Read(m *Model, ids []int64, names []string, withNames bool) ([]xmlrpc.Struct, error) {
	if len(names) == 0 {
		names = m.Names
	}
	fields := make([]*Field, 0, len(names))
	seen := map[string]bool{"id": true}
	for _, name := range names {
		f := m.Fields[name]
		if f == nil {
			return nil, e.invalidField(m, name)
		}
		if !seen[name] {
			seen[name] = true
			fields = append(fields, f)
		}
	}
	out := make([]xmlrpc.Struct, 0, len(ids))
	for _, id := range ids {
		if !e.Exists(m, id) {
			continue
		}
		rec := make(xmlrpc.Struct, 1, len(fields)+1)
		rec[0] = xmlrpc.Member{Name: "id", Value: id}
		for _, f := range fields {
			rec = append(rec, xmlrpc.Member{Name: f.Name, Value: e.Answer(f, e.get(f, id), withNames)})
		}
		out = append(out, rec)
	}
	return out, nil
}

// Answer is a value as Odoo's read gives it: false for what is empty, whatever the
// type, except numbers and lists.
func (e *Env) Answer(f *Field, v Value, withNames bool) any {
	switch f.Type {
	case "boolean":
		return v.N != 0
	case "integer":
		return v.N
	case "float", "monetary":
		return v.Float()
	case "one2many", "many2many":
		if v.L == nil {
			return []int64{}
		}
		return v.L
	case "many2one":
		return e.answerRef(f, v.N, withNames)
	case "many2one_reference":
		if v.N == 0 {
			return false
		}
		return v.N
	case "date", "datetime":
		if v.N == 0 {
			return false
		}
		form := timeForm
		if f.Type == "date" {
			form = dateForm
		}
		return time.UnixMicro(v.N).UTC().Format(form)
	}
	if v.S == "" {
		return false
	}
	return v.S
}

func (e *Env) answerRef(f *Field, id int64, withNames bool) any {
	if id == 0 {
		return false
	}
	if !withNames {
		return id
	}
	other := e.db.models[f.Relation]
	if other == nil || !e.Exists(other, id) {
		return []any{id, f.Relation + tuple([]int64{id})}
	}
	return []any{id, e.DisplayName(other, id)}
}

// FieldsGet describes fields as Odoo's fields_get; no names means all fields, no
// attributes all that are simulated.
func (e *Env) FieldsGet(m *Model, names, attributes []string) xmlrpc.Struct {
	if len(names) == 0 {
		names = m.Names
	}
	wanted := map[string]bool{}
	for _, a := range attributes {
		wanted[a] = true
	}
	out := xmlrpc.Struct{}
	for _, name := range names {
		f := m.Fields[name]
		if f == nil {
			continue
		}
		all := xmlrpc.Struct{
			{Name: "type", Value: f.Type},
			{Name: "string", Value: schema.Label(m.Name, name)},
			{Name: "name", Value: name},
			{Name: "store", Value: f.Field.Store},
			{Name: "required", Value: f.Required},
			{Name: "readonly", Value: f.Readonly},
			{Name: "searchable", Value: f.Searchable},
			{Name: "sortable", Value: f.Sortable},
			{Name: "company_dependent", Value: f.CompanyDependent},
		}
		if f.Relation != "" {
			all = append(all, xmlrpc.Member{Name: "relation", Value: f.Relation})
		}
		if f.RelationField != "" {
			all = append(all, xmlrpc.Member{Name: "relation_field", Value: f.RelationField})
		}
		if f.Type == "selection" {
			options := make([]any, len(f.Selection))
			for i, o := range f.Selection {
				options[i] = []any{o[0], o[1]}
			}
			all = append(all, xmlrpc.Member{Name: "selection", Value: options})
		}
		if digits := wholeNumbers(f.Digits); digits != nil {
			all = append(all, xmlrpc.Member{Name: "digits", Value: digits})
		}
		kept := xmlrpc.Struct{}
		for _, a := range all {
			if len(wanted) == 0 || wanted[a.Name] {
				kept = append(kept, a)
			}
		}
		out = append(out, xmlrpc.Member{Name: name, Value: kept})
	}
	return out
}

// wholeNumbers makes the integers of JSON's numbers.
func wholeNumbers(v any) any {
	switch v := v.(type) {
	case float64:
		return int64(v)
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = wholeNumbers(x)
		}
		return out
	}
	return nil
}
