package odoo

import (
	"fmt"
	"regexp"
	"time"

	"odoomesh/internal/odoo/xmlrpc"
)

// Unreadable stands in a row for a value that no type holds, such as nan; its
// accessors give a *ShapeError for it.
type Unreadable = xmlrpc.Unreadable

// ShapeError is a value that is not what its field should hold.
type ShapeError struct {
	Model string
	ID    int64
	Field string
	Want  string
	// Got is the type that came. The value itself is told only where it is a number
	// or a time that cannot be.
	Got string
}

func (e *ShapeError) Error() string {
	return fmt.Sprintf("odoo: %s(%d).%s is %s, want %s", e.Model, e.ID, e.Field, e.Got, e.Want)
}

// timeLike is a text that Odoo may have meant as a time: nothing confidential.
var timeLike = regexp.MustCompile(`^[0-9]{1,5}-[0-9]{1,2}-[0-9]{1,2}([ T][0-9:.]{1,20})?$`)

// shape is the error of a value that is not what its field should hold: a
// *RefusedError or a *ShapeError.
func (r Row) shape(field, want string) error {
	v, ok := r.values[field]
	if refused, is := v.(Refused); is {
		return &RefusedError{Model: r.model, ID: r.ID(), Field: field, Problem: refused.Problem}
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
		if timeLike.MatchString(v) {
			e.Got = "the text " + v
		}
	case time.Time:
		e.Got = "the time " + v.Format(xmlrpc.DateTime)
	case Unreadable:
		e.Got = v.Text + ", which is no value"
	case []any:
		e.Got = fmt.Sprintf("a list of %d", len(v))
	case map[string]any:
		e.Got = "a dictionary"
	default:
		e.Got = fmt.Sprintf("%T", v)
	}
	return e
}
