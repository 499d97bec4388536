package orm

import "strings"

// leaf compiles one condition.
func (e *Env) leaf(m *Model, item any) (filter, error) {
	parts, ok := item.([]any)
	if !ok || len(parts) != 3 {
		return filter{}, Unforeseen("ValueError", "Invalid leaf %s", pythonic(item))
	}
	op, isText := parts[1].(string)
	if n, isInt := parts[0].(int64); isInt && isText && op == "=" {
		// (1, "=", 1) and (0, "=", 1) are Odoo's true and false.
		right, _ := asInt(parts[2])
		return filter{fits: func(int64) bool { return n == right }}, nil
	}
	path, isPath := parts[0].(string)
	if !isPath || !isText {
		return filter{}, Unforeseen("ValueError", "Invalid leaf %s", pythonic(item))
	}
	op = strings.ToLower(op)
	if op == "<>" {
		op = "!="
	}
	if op == "==" {
		op = "="
	}
	name, rest, dotted := strings.Cut(path, ".")
	f := m.Fields[name]
	if f == nil {
		where := "leaf"
		if e.db.Version >= 19 {
			where = "condition"
		}
		return filter{}, Unforeseen("ValueError", "Invalid field %s.%s in %s (%s, %s, %s)",
			m.Name, name, where, pythonic(path), pythonic(parts[1]), pythonic(parts[2]))
	}
	if dotted && e.db.models[f.Relation] == nil {
		return filter{}, Unforeseen("ValueError", "Invalid field %s.%s in leaf (%s, %s, %s)",
			m.Name, name, pythonic(path), pythonic(parts[1]), pythonic(parts[2]))
	}
	if dotted {
		return e.through(f, []any{[]any{rest, op, parts[2]}}, false)
	}
	switch op {
	case "any", "not any":
		sub, isDomain := parts[2].([]any)
		if !isDomain || e.db.models[f.Relation] == nil {
			return filter{}, Unforeseen("ValueError", "Invalid leaf %s", pythonic(item))
		}
		return e.through(f, sub, op == "not any")
	case "=?":
		if parts[2] == nil || parts[2] == false {
			return everything(), nil
		}
		op = "="
	case "child_of", "parent_of":
		return e.hierarchy(f, op, parts[2])
	}
	return e.compare(f, op, parts[2])
}
