package orm

import (
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // load reads times by zone wherever it runs

	"odoomesh/internal/odoosim/xmlrpc"
)

// value converts one cell; ok is false where it has been complained about. An empty
// cell empties the field.
func (l *loader) value(f *Field, sub []string, from Cell) (v any, ok bool) {
	cell := from.Text
	if cell == "" {
		return false, true
	}
	if from.Class != "" && (f.Type == "boolean" || e2m(f)) {
		// Odoo takes the text of these cells apart without asking whether it is one.
		method := map[bool]string{true: "lower", false: "split"}[f.Type == "boolean"]
		l.fault = Unforeseen("AttributeError", "'%s' object has no attribute '%s'", from.Class, method)
		return nil, false
	}
	if isRelation(f) {
		return l.reference(f, sub, cell)
	}
	switch f.Type {
	case "boolean":
		switch strings.ToLower(cell) {
		case "1", "true", "yes", "t", "y":
			return true, true
		}
		return false, true
	case "integer":
		n, err := strconv.ParseInt(cell, 10, 64)
		if err != nil {
			l.complain(f, nil, "'%s' does not seem to be an integer for field", cell)
		}
		return n, err == nil
	case "float", "monetary":
		x, err := strconv.ParseFloat(cell, 64)
		if err != nil {
			l.complain(f, nil, "'%s' does not seem to be a number for field", cell)
		}
		return x, err == nil
	case "date":
		if _, err := time.Parse(dateForm, cell); err != nil {
			l.complain(f, "Use the format '2012-12-31'", "'%s' does not seem to be a valid date for field", cell)
			return nil, false
		}
		return cell, true
	case "datetime":
		return l.localTime(f, cell)
	case "selection":
		if f.Selection == nil {
			return cell, true // what there is, such as the languages, is not recorded
		}
		for _, option := range f.Selection {
			if strings.EqualFold(option[0], cell) || strings.EqualFold(option[1], cell) {
				return option[0], true
			}
		}
		l.complain(f, nil, "Value '%s' not found in selection field", cell)
		return nil, false
	}
	return cell, true
}

// localTime reads a time in the zone of the context or the user, as load alone does. A
// date alone is its midnight.
func (l *loader) localTime(f *Field, cell string) (any, bool) {
	zone, err := time.LoadLocation(l.e.TZ)
	if err != nil {
		zone = time.UTC
	}
	form := timeForm
	if len(cell) == len(dateForm) {
		form = dateForm
	}
	t, err := time.ParseInLocation(form, cell, zone)
	if err != nil {
		l.complain(f, "Use the format '2012-12-31 23:59:59'", "'%s' does not seem to be a valid datetime for field", cell)
		return nil, false
	}
	return t.UTC(), true
}

// reference finds what a cell points at: field/id by external id, field/.id by
// database id, the bare field by display name. A many2many takes several, parted
// by commas.
func (l *loader) reference(f *Field, sub []string, cell string) (any, bool) {
	parts := []string{cell}
	if e2m(f) {
		parts = strings.Split(cell, ",")
	}
	how := ""
	if len(sub) > 0 {
		how = sub[0]
	}
	ids := make([]int64, 0, len(parts))
	for _, part := range parts {
		id, ok := l.find(f, how, strings.TrimSpace(part))
		if !ok {
			return nil, false
		}
		ids = append(ids, id)
	}
	if e2m(f) {
		return ids, true
	}
	return ids[0], true
}

func (l *loader) find(f *Field, how, cell string) (int64, bool) {
	other := l.e.db.models[f.Relation]
	kind := "name"
	if other != nil {
		switch how {
		case ".id":
			kind = "database id"
			if id, ok := asInt(cell); ok && l.e.Exists(other, id) && (l.e.db.Version > 16 || l.shown(other, id)) {
				return id, true
			}
		case "id":
			kind = "external id"
			module, name := splitExternalID(cell)
			if _, model, id, ok := l.e.externalID(module, name); ok && model == other.Name && l.e.Exists(other, id) {
				return id, true
			}
		default:
			ids, err := l.e.named(other, cell, "=")
			if err == nil && len(ids) > 0 {
				return ids[0], true
			}
			if id, ok := l.displayed(other, cell); ok {
				return id, true
			}
		}
	}
	l.complain(f, l.possible(f, how), "No matching record found for %s '%s' in field", kind, cell)
	return 0, false
}

// shown says whether a record is not archived: up to 16 a database id finds no other.
func (l *loader) shown(m *Model, id int64) bool {
	return len(l.e.activeOnly(m, []int64{id})) > 0 || !l.e.ActiveTest
}

// displayed finds a record by the name that is shown for it.
func (l *loader) displayed(m *Model, name string) (int64, bool) {
	ids, err := l.e.match(m, nil, 0)
	if err != nil {
		return 0, false
	}
	for _, id := range ids {
		if l.e.DisplayName(m, id) == name {
			return id, true
		}
	}
	return 0, false
}

// possible is the action that Odoo's screen offers beside the complaint.
func (l *loader) possible(f *Field, how string) xmlrpc.Struct {
	list := "list"
	if l.e.db.Version < 18 {
		list = "tree"
	}
	offer := xmlrpc.Struct{
		{Name: "name", Value: "Possible Values"}, {Name: "type", Value: "ir.actions.act_window"},
		{Name: "target", Value: "new"}, {Name: "view_mode", Value: list + ",form"},
		{Name: "views", Value: []any{[]any{false, "list"}, []any{false, "form"}}},
		{Name: "context", Value: xmlrpc.Struct{{Name: "create", Value: false}}},
		{Name: "help", Value: "See all possible values"},
	}
	if how == "" {
		return append(offer, xmlrpc.Member{Name: "res_model", Value: f.Relation})
	}
	return append(offer, xmlrpc.Member{Name: "res_model", Value: modelData},
		xmlrpc.Member{Name: "domain", Value: []any{[]any{"model", "=", f.Relation}}})
}
