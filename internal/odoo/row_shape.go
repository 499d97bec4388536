package odoo

import "fmt"

// ShapeError is a value that is not what its field should hold.
type ShapeError struct {
	Model string
	ID    int64
	Field string
	Want  string
	// Got is the type that came, never the value.
	Got string
}

func (e *ShapeError) Error() string {
	return fmt.Sprintf("odoo: %s(%d).%s is %s, want %s", e.Model, e.ID, e.Field, e.Got, e.Want)
}

// shape is the error of a value that is not what its field should hold: an
// *UnreadableError or a *ShapeError.
func (r Row) shape(field, want string) error {
	v, ok := r.values[field]
	if u, unreadable := v.(Unreadable); unreadable {
		return &UnreadableError{Model: r.model, ID: r.ID(), Field: field, Problem: u.Problem}
	}
	e := &ShapeError{Model: r.model, ID: r.ID(), Field: field, Want: want}
	if !ok {
		e.Got = "absent"
		return e
	}
	switch v := v.(type) {
	case nil:
		e.Got = "null"
	case bool:
		e.Got = fmt.Sprintf("boolean %t", v)
	case int64:
		e.Got = "an integer"
	case float64:
		e.Got = "a float"
	case string:
		e.Got = "text"
	case []any:
		e.Got = fmt.Sprintf("a list of %d", len(v))
	case map[string]any:
		e.Got = "a dictionary"
	default:
		e.Got = fmt.Sprintf("%T", v)
	}
	return e
}
