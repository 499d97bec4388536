package orm

import (
	"strings"
	"time"
)

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
