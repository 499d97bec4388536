package orm

import (
	"slices"
	"strings"
	"time"
)

// compare compiles one operator on one field.
func (e *Env) compare(f *Field, op string, v any) (filter, error) {
	switch op {
	case "in", "not in":
		return e.membership(f, op, v)
	case "=", "!=":
		if list, ok := v.([]any); ok {
			return e.membership(f, map[string]string{"=": "in", "!=": "not in"}[op], list)
		}
		return e.membership(f, map[string]string{"=": "in", "!=": "not in"}[op], []any{v})
	case "<", "<=", ">", ">=":
		return e.inequality(f, op, v)
	case "like", "ilike", "not like", "not ilike", "=like", "=ilike", "not =like", "not =ilike":
		return e.pattern(f, op, v)
	}
	return filter{}, Unforeseen("ValueError", "Invalid operator in %s",
		"("+quote(f.Name)+", "+quote(op)+", "+pythonic(v)+")")
}

func isRelation(f *Field) bool { return e2m(f) || f.Type == "many2one" }
func e2m(f *Field) bool        { return f.Type == "one2many" || f.Type == "many2many" }

// membership compiles in, not in, = and !=.
func (e *Env) membership(f *Field, op string, v any) (filter, error) {
	items, err := listOf(v)
	if err != nil {
		return filter{}, err
	}
	var out filter
	switch {
	case isRelation(f) || f.Name == "id":
		out, err = e.relationIn(f, items)
	case f.class == text:
		out = e.textIn(f, items)
	default:
		out, err = e.numberIn(f, items)
	}
	if err != nil {
		return filter{}, err
	}
	if op == "not in" {
		out = not(out)
	}
	return out, nil
}

func listOf(v any) ([]any, error) {
	switch v := v.(type) {
	case []any:
		return v, nil
	case []int64:
		out := make([]any, len(v))
		for i, id := range v {
			out[i] = id
		}
		return out, nil
	case bool, nil:
		return []any{v}, nil
	}
	return nil, Unforeseen("ValueError", "Invalid value %s for operator 'in'", pythonic(v))
}

func (e *Env) relationIn(f *Field, items []any) (filter, error) {
	var ids []int64
	empty := false
	for _, item := range items {
		switch x := item.(type) {
		case nil:
			empty = true
		case bool:
			empty = empty || !x
		case string:
			if n, ok := asInt(x); ok && f.Name == "id" {
				ids = append(ids, n)
				continue
			}
			if other := e.db.models[f.Relation]; other != nil {
				found, err := e.named(other, x, "=")
				if err != nil {
					return filter{}, err
				}
				ids = append(ids, found...)
			}
		default:
			n, ok := asInt(item)
			if !ok {
				return filter{}, Unforeseen("ValueError", "Invalid leaf (%s, 'in', %s)", quote(f.Name), pythonic(items))
			}
			ids = append(ids, n)
		}
	}
	out := e.pointing(f, ids)
	if empty {
		out = or(out, filter{fits: func(id int64) bool { return e.get(f, id).Empty() }})
	}
	return out, nil
}

func (e *Env) textIn(f *Field, items []any) filter {
	set := map[string]bool{}
	for _, item := range items {
		switch x := item.(type) {
		case nil, bool:
			set[""] = true
		case string:
			set[x] = true
		default:
			set[pythonic(item)] = true
		}
	}
	out := filter{fits: func(id int64) bool { return set[e.get(f, id).S] }}
	if f.index != nil && !set[""] {
		keys := make([]string, 0, len(set))
		for k := range set {
			keys = append(keys, k)
		}
		out.candidates, out.known = gather(f.index.byText, keys), true
	}
	return out
}

func (e *Env) numberIn(f *Field, items []any) (filter, error) {
	set := map[int64]bool{}
	for _, item := range items {
		if item == nil || item == false {
			set[0] = true
			continue
		}
		v, err := e.operand(f, "=", item)
		if err != nil {
			return filter{}, err
		}
		set[v] = true
	}
	if f.Type == "datetime" && e.db.Version >= 19 {
		return filter{fits: func(id int64) bool { n := e.get(f, id).N; return set[n-n%second] }}, nil
	}
	return filter{fits: func(id int64) bool { return set[e.get(f, id).N] }}, nil
}

// operand makes the comparable number of a domain's value for the field.
func (e *Env) operand(f *Field, op string, v any) (int64, error) {
	bad := Unforeseen("ValueError", "Invalid leaf (%s, %s, %s)", quote(f.Name), quote(op), pythonic(v))
	switch f.Type {
	case "boolean":
		return Bool(truthy(v)).N, nil
	case "float", "monetary":
		x, ok := asFloat(v)
		if !ok {
			return 0, bad
		}
		return Float(x).N, nil
	case "date", "datetime":
		s, ok := v.(string)
		if !ok {
			return 0, bad
		}
		return parseMoment(f, op, s)
	}
	n, ok := asInt(v)
	if !ok {
		return 0, bad
	}
	return n, nil
}

func parseMoment(f *Field, op, s string) (int64, error) {
	if f.Type == "date" && len(s) > len(dateForm) {
		s = s[:len(dateForm)]
	}
	if len(s) == len(dateForm) {
		t, err := time.Parse(dateForm, s)
		if err != nil {
			return 0, Unforeseen("ValueError", "time data %s does not match format '%%Y-%%m-%%d'", quote(s))
		}
		if f.Type == "datetime" && (op == ">" || op == "<=") {
			t = t.Add(24*time.Hour - time.Second)
		}
		return t.UnixMicro(), nil
	}
	t, err := time.Parse(timeForm, strings.Replace(s, "T", " ", 1)) // fractions are accepted
	if err != nil {
		return 0, Unforeseen("ValueError", "time data %s does not match format '%%Y-%%m-%%d %%H:%%M:%%S'", quote(s))
	}
	return t.UnixMicro(), nil
}

// inequality compiles the order comparisons. An empty text, date or relation is
// SQL's NULL and fits none of them.
func (e *Env) inequality(f *Field, op string, v any) (filter, error) {
	if f.class == text {
		s, _ := v.(string)
		return filter{fits: func(id int64) bool {
			have := e.get(f, id).S
			return have != "" && holds(op, strings.Compare(have, s))
		}}, nil
	}
	if e2m(f) {
		return filter{}, Unforeseen("ValueError", "Invalid leaf (%s, %s, %s)", quote(f.Name), quote(op), pythonic(v))
	}
	if v == nil || v == false {
		return filter{fits: func(int64) bool { return false }}, nil
	}
	right, err := e.operand(f, op, v)
	if err != nil {
		return filter{}, err
	}
	switch f.Type {
	case "float", "monetary":
		want := Value{N: right}.Float()
		return filter{fits: func(id int64) bool {
			have := e.get(f, id).Float()
			switch {
			case have < want:
				return holds(op, -1)
			case have > want:
				return holds(op, 1)
			}
			return holds(op, 0)
		}}, nil
	case "datetime":
		// From 18.4 on, > and <= compare whole seconds.
		if e.db.Version >= 19 && op == ">" {
			op, right = ">=", right-right%second+second
		} else if e.db.Version >= 19 && op == "<=" {
			op, right = "<", right-right%second+second
		}
	}
	nullable := f.Type == "date" || f.Type == "datetime" || f.Type == "many2one"
	out := filter{fits: func(id int64) bool {
		have := e.get(f, id).N
		if nullable && have == 0 {
			return false
		}
		return holds(op, compareInts(have, right))
	}}
	switch {
	case f.Name == "id" && op == ">":
		out.from = right + 1
	case f.Name == "id" && op == ">=":
		out.from = right
	case f.Name == "write_date" && f.stored() && (op == ">" || op == ">="):
		out.candidates, out.known = f.model.table.since(right), true
	}
	return out, nil
}

func compareInts(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func holds(op string, c int) bool {
	return op == "<" && c < 0 || op == "<=" && c <= 0 || op == ">" && c > 0 || op == ">=" && c >= 0
}

// pattern compiles the like family.
func (e *Env) pattern(f *Field, op string, v any) (filter, error) {
	s, ok := v.(string)
	if !ok {
		if v == nil || v == false {
			s = ""
		} else {
			s = strings.Trim(pythonic(v), "'")
		}
	}
	bare := strings.TrimPrefix(op, "not ")
	negative := bare != op
	if isRelation(f) {
		other := e.db.models[f.Relation]
		if other == nil {
			return filter{fits: func(int64) bool { return negative }}, nil
		}
		ids, err := e.named(other, s, bare)
		if err != nil {
			return filter{}, err
		}
		out := e.pointing(f, slices.Clone(ids))
		if negative {
			out = not(out)
		}
		return out, nil
	}
	fold := strings.HasSuffix(bare, "ilike")
	pat := s
	if !strings.HasPrefix(bare, "=") {
		pat = "%" + s + "%"
	}
	p := newPattern(pat, fold)
	return filter{fits: func(id int64) bool {
		have := e.get(f, id)
		text := have.S
		if f.class == number {
			text = plain(f, have)
		}
		if text == "" && s != "" {
			return negative
		}
		return p.match(text) != negative
	}}, nil
}
