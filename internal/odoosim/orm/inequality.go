package orm

import (
	"math"
	"strings"
)

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
	case f.Name == "write_date" && f.stored():
		out.window = windowOf(op, right)
	}
	return out, nil
}

// windowOf are the stamps that a comparison of write_date allows.
func windowOf(op string, right int64) *window {
	w := &window{math.MinInt64, math.MaxInt64}
	switch op {
	case ">":
		w.since = right + 1
	case ">=":
		w.since = right
	case "<":
		w.until = right
	case "<=":
		w.until = right + 1
	}
	return w
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
