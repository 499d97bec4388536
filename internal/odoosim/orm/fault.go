package orm

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Fault is an error as Odoo answers it over XML-RPC.
type Fault struct {
	// Code is 1 for the unforeseen (Text is then the last line of a traceback),
	// 2 for a business rule, 3 for credentials, 4 for access rights.
	Code int
	Text string
	// missing is the required field that had no value; load words that in its own way.
	missing *Field
}

func (f *Fault) Error() string { return fmt.Sprintf("fault %d: %s", f.Code, f.Text) }

// ErrConflict says that another transaction has committed a change of the same row.
var ErrConflict = &Fault{Code: 1, Text: "psycopg2.errors.SerializationFailure: could not serialize access due to concurrent update"}

// Unforeseen is what Python raised: class and message.
func Unforeseen(class, format string, args ...any) *Fault {
	return &Fault{Code: 1, Text: class + ": " + fmt.Sprintf(format, args...)}
}

// Rule is a business rule's refusal (UserError, ValidationError, MissingError).
func Rule(format string, args ...any) *Fault {
	return &Fault{Code: 2, Text: fmt.Sprintf(format, args...)}
}

func asFault(err error) *Fault {
	var f *Fault
	if errors.As(err, &f) {
		return f
	}
	return &Fault{Code: 1, Text: "Exception: " + err.Error()}
}

func (e *Env) missing(m *Model, ids []int64) *Fault {
	return Rule("Record does not exist or has been deleted.\n(Record: %s%s, User: %d)", m.Name, tuple(ids), e.UID)
}

func (e *Env) invalidField(m *Model, name string) *Fault {
	if e.db.Version >= 19 {
		return Unforeseen("ValueError", "Invalid field %s on %s", quote(name), quote(m.Name))
	}
	return Unforeseen("ValueError", "Invalid field %s on model %s", quote(name), quote(m.Name))
}

// Recordset writes records as Python shows them: purchase.order(76, 75).
func Recordset(m *Model, ids []int64) string { return m.Name + tuple(ids) }

// tuple writes ids as Python writes a tuple.
func tuple(ids []int64) string {
	parts := make([]string, len(ids))
	for i, id := range ids {
		parts[i] = strconv.FormatInt(id, 10)
	}
	if len(ids) == 1 {
		return "(" + parts[0] + ",)"
	}
	return "(" + strings.Join(parts, ", ") + ")"
}

// quote writes a string as Python's repr does for the plain cases.
func quote(s string) string {
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		return `"` + s + `"`
	}
	return "'" + strings.ReplaceAll(strings.ReplaceAll(s, `\`, `\\`), "'", `\'`) + "'"
}

// pythonic writes a value as Python's repr does for what a domain can hold.
func pythonic(v any) string {
	switch v := v.(type) {
	case nil:
		return "None"
	case bool:
		if v {
			return "True"
		}
		return "False"
	case string:
		return quote(v)
	case []any:
		parts := make([]string, len(v))
		for i, x := range v {
			parts[i] = pythonic(x)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return fmt.Sprint(v)
}
