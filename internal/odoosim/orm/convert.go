package orm

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"odoomesh/internal/odoosim/schema"
)

func fieldLabel(f *Field) string { return schema.Label(f.model.Name, f.Name) }

// convert makes the stored value of what a caller passed to create or write.
func (e *Env) convert(f *Field, id int64, v any) (Value, error) {
	if v == nil || v == false && f.class != list {
		return Value{}, nil
	}
	switch f.Type {
	case "boolean":
		return Bool(truthy(v)), nil
	case "integer", "many2one_reference":
		n, ok := asInt(v)
		if !ok {
			return Value{}, Unforeseen("ValueError", "invalid literal for int() with base 10: %s", pythonic(v))
		}
		return Int(n), nil
	case "float", "monetary":
		x, ok := asFloat(v)
		if !ok {
			return Value{}, Unforeseen("ValueError", "could not convert string to float: %s", pythonic(v))
		}
		return Float(x), nil
	case "date", "datetime":
		return e.toTime(f, v)
	case "many2one":
		to, err := e.toID(f, v)
		return Int(to), err
	case "many2many":
		return e.commandSet(f, id, v)
	case "selection":
		s := fmt.Sprint(v)
		for _, option := range f.Selection {
			if option[0] == s {
				return Text(s), nil
			}
		}
		if len(f.Selection) == 0 {
			return Text(s), nil
		}
		return Value{}, Unforeseen("ValueError", "Wrong value for %s.%s: %s", f.model.Name, f.Name, pythonic(v))
	}
	if s, ok := v.(string); ok {
		if f.Type == "char" {
			s = strings.TrimRight(s, "\x00")
		}
		return Text(s), nil
	}
	return Text(fmt.Sprint(v)), nil
}

func (e *Env) toTime(f *Field, v any) (Value, error) {
	if t, ok := v.(time.Time); ok {
		return Int(t.UTC().UnixMicro()), nil
	}
	s, _ := v.(string)
	form := timeForm
	if len(s) == len(dateForm) {
		form = dateForm
	}
	if f.Type == "date" && len(s) > len(dateForm) {
		s = s[:len(dateForm)]
		form = dateForm
	}
	t, err := time.Parse(form, s)
	if err != nil {
		return Value{}, Unforeseen("ValueError", "time data %s does not match format '%%Y-%%m-%%d'", pythonic(v))
	}
	return Time(t), nil
}

// toID reads a many2one's value; the record must exist if the model is simulated.
func (e *Env) toID(f *Field, v any) (int64, error) {
	if v == nil || v == false {
		return 0, nil
	}
	id, ok := asInt(v)
	if !ok {
		if pair, isList := v.([]any); isList && len(pair) > 0 {
			id, ok = asInt(pair[0])
		}
	}
	if !ok {
		return 0, Unforeseen("ValueError", "Wrong value for %s.%s: %s", f.model.Name, f.Name, pythonic(v))
	}
	if other := e.db.models[f.Relation]; id != 0 && other != nil && !e.Exists(other, id) {
		return 0, Rule("The operation cannot be completed: another model requires the record being deleted. If possible, archive it instead.\n\nModel: %s (%s)\nField: %s (%s)\n",
			f.model.Label, f.model.Name, fieldLabel(f), f.Name)
	}
	return id, nil
}

func truthy(v any) bool {
	switch v := v.(type) {
	case bool:
		return v
	case string:
		return v != ""
	case nil:
		return false
	}
	x, ok := asFloat(v)
	return !ok || x != 0
}

func asInt(v any) (int64, bool) {
	switch v := v.(type) {
	case int:
		return int64(v), true
	case int32:
		return int64(v), true
	case int64:
		return v, true
	case float64:
		return int64(v), v == float64(int64(v))
	case bool:
		return Bool(v).N, true
	case string:
		n, err := strconv.ParseInt(strings.TrimSpace(v), 10, 64)
		return n, err == nil
	}
	return 0, false
}

func asFloat(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case string:
		x, err := strconv.ParseFloat(strings.TrimSpace(v), 64)
		return x, err == nil
	}
	n, ok := asInt(v)
	return float64(n), ok
}

// asIDs reads one id or a list of ids.
func asIDs(v any) ([]int64, bool) {
	switch v := v.(type) {
	case []int64:
		return v, true
	case []any:
		ids := make([]int64, 0, len(v))
		for _, x := range v {
			id, ok := asInt(x)
			if !ok {
				return nil, false
			}
			ids = append(ids, id)
		}
		return ids, true
	case nil, string:
		return nil, false
	case bool:
		return nil, !v
	}
	id, ok := asInt(v)
	return []int64{id}, ok
}

// AsIDs reads the ids argument of a call: one id, a list, or nothing.
func AsIDs(v any) ([]int64, bool) { return asIDs(v) }
