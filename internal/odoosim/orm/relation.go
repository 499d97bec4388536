package orm

import (
	"slices"
	"strings"
)

// through compiles a condition on the records that a relation points at.
func (e *Env) through(f *Field, domain []any, negate bool) (filter, error) {
	sub := *e
	sub.depth++
	if f.Type == "many2one" {
		sub.ActiveTest = false
	}
	ids, err := sub.match(e.db.models[f.Relation], domain, 0)
	if err != nil {
		return filter{}, err
	}
	out := e.pointing(f, ids)
	if negate {
		out = not(out)
	}
	return out, nil
}

// pointing compiles "the relation holds one of these ids".
func (e *Env) pointing(f *Field, ids []int64) filter {
	set := make(map[int64]struct{}, len(ids))
	for _, id := range ids {
		set[id] = struct{}{}
	}
	if f.class == number || f.Name == "id" {
		out := filter{fits: func(id int64) bool { _, ok := set[e.get(f, id).N]; return ok }}
		switch {
		case f.Name == "id":
			out.candidates, out.known = slices.Sorted(slices.Values(ids)), true
		case f.index != nil:
			out.candidates, out.known = gather(f.index.byID, ids), true
		}
		return out
	}
	out := filter{fits: func(id int64) bool {
		for _, to := range e.get(f, id).L {
			if _, ok := set[to]; ok {
				return true
			}
		}
		return false
	}}
	if f.Type == "one2many" && f.Through == nil {
		out.candidates, out.known = e.parents(f, ids)
	}
	return out
}

// parents are the records that lines belong to; known is false where the lines are
// not simulated.
func (e *Env) parents(f *Field, lines []int64) (ids []int64, known bool) {
	other := e.db.models[f.Relation]
	if other == nil || other.Fields[f.RelationField] == nil {
		return nil, false
	}
	for _, line := range lines {
		if to := e.get(other.Fields[f.RelationField], line).N; to != 0 {
			ids = append(ids, to)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids), true
}

func gather[K comparable](m map[K][]int64, keys []K) []int64 {
	var out []int64
	for _, k := range keys {
		out = append(out, m[k]...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// hierarchy compiles child_of and parent_of over the model's parent field.
func (e *Env) hierarchy(f *Field, op string, v any) (filter, error) {
	m := f.model
	if f.Name != "id" {
		m = e.db.models[f.Relation]
	}
	if m == nil || m.Parent == "" {
		return filter{}, Unforeseen("ValueError", "Invalid leaf (%s, %s, %s)", quote(f.Name), quote(op), pythonic(v))
	}
	roots, ok := asIDs(v)
	if name, isName := v.(string); isName {
		var err error
		if roots, err = e.named(m, name, "ilike"); err != nil {
			return filter{}, err
		}
	} else if !ok {
		return filter{}, Unforeseen("ValueError", "Invalid leaf (%s, %s, %s)", quote(f.Name), quote(op), pythonic(v))
	}
	// Before 19 Odoo looks the rows up to find their way, and refuses one that is gone.
	if e.db.Version < 19 && (op == "parent_of" || m.ParentStored) {
		for _, id := range roots {
			if id != 0 && !e.Exists(m, id) {
				return filter{}, e.missing(m, []int64{id})
			}
		}
	}
	parent := m.Fields[m.Parent]
	seen := map[int64]bool{}
	all := []int64{}
	for queue := slices.Clone(roots); len(queue) > 0; {
		id := queue[0]
		queue = queue[1:]
		if id == 0 || seen[id] || !e.Exists(m, id) {
			continue
		}
		seen[id] = true
		all = append(all, id)
		if op == "child_of" {
			queue = append(queue, e.Referring(parent, id)...)
		} else {
			queue = append(queue, e.get(parent, id).N)
		}
	}
	return e.pointing(f, all), nil
}

// named are the records that a name search finds.
func (e *Env) named(m *Model, name, op string) ([]int64, error) {
	fields := append([]string{m.RecName}, m.SearchNames...)
	negative := strings.HasPrefix(op, "not ") || op == "!="
	var domain []any
	for i, f := range fields {
		if m.Fields[f] == nil {
			continue
		}
		if i > 0 && len(domain) > 0 {
			joint := "|"
			if negative {
				joint = "&"
			}
			domain = append([]any{joint}, domain...)
		}
		domain = append(domain, []any{f, op, name})
	}
	sub := *e
	sub.depth++
	return sub.match(m, domain, 0)
}

// NameSearch answers the records that a name search finds within a domain, in the
// model's order; an empty name finds all.
func (e *Env) NameSearch(m *Model, name, op string, domain []any, limit int) ([]int64, error) {
	found, err := e.Search(m, domain, Page{Limit: 0})
	if err != nil || name == "" && op == "ilike" {
		return found[:min(len(found), limit)], err
	}
	named, err := e.named(m, name, op)
	if err != nil {
		return nil, err
	}
	hits := map[int64]bool{}
	for _, id := range named {
		hits[id] = true
	}
	found = slices.DeleteFunc(found, func(id int64) bool { return !hits[id] })
	return found[:min(len(found), limit)], nil
}
