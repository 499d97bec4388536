package orm

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
