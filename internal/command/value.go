package command

import (
	"html"
	"strconv"
	"strings"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
)

// Value is what a field of a row is to say.
type Value struct {
	// At is where the request says it, such as "product.sku"; Field is what Odoo calls it.
	At, Field string
	// Is is a string, a Number, a bool, a Ref, or Rich.
	Is any
}

type (
	// Number is a number as a text.
	Number string
	// Ref is another row, by its id, of the collection in which callers name it; 0 is none.
	Ref struct {
		Collection string
		ID         int64
	}
	// Rich is a plain text that Odoo keeps as HTML.
	Rich string
)

// Columns are values as load takes them.
func Columns(values []Value) (names, cells []string) {
	for _, v := range values {
		name := v.Field
		if _, refers := v.Is.(Ref); refers {
			name += "/.id"
		}
		names, cells = append(names, name), append(cells, v.cell())
	}
	return names, cells
}

func (v Value) cell() string {
	switch is := v.Is.(type) {
	case string:
		return is
	case Number:
		return string(is)
	case bool:
		if is {
			return "1"
		}
		return "0"
	case Ref:
		if is.ID == 0 {
			return ""
		}
		return strconv.FormatInt(is.ID, 10)
	case Rich:
		return is.HTML()
	}
	return ""
}

// Written are values as write takes them.
func Written(values []Value) map[string]any {
	vals := map[string]any{}
	for _, v := range values {
		vals[v.Field] = v.written()
	}
	return vals
}

func (v Value) written() any {
	switch is := v.Is.(type) {
	case string:
		if is == "" {
			return false
		}
		return is
	case Number:
		f, _ := strconv.ParseFloat(string(is), 64)
		return f
	case Ref:
		if is.ID == 0 {
			return false
		}
		return is.ID
	case Rich:
		if is == "" {
			return false
		}
		return is.HTML()
	}
	return v.Is
}

// Deviations are what a row says otherwise than it was asked. HTML is not compared: Odoo
// writes it anew.
func Deviations(row Row, values []Value) (all []*commandv1.Deviation, err error) {
	for _, v := range values {
		asked, says, err := v.compared(row)
		if err != nil {
			return nil, err
		}
		if asked != says {
			all = append(all, &commandv1.Deviation{Field: v.At, Asked: asked, Found: says})
		}
	}
	return all, nil
}

// compared is what was asked and what a row says, for people.
func (v Value) compared(row Row) (asked, says string, err error) {
	switch is := v.Is.(type) {
	case string:
		says, err = row.String(v.Field)
		return is, says, err
	case Number:
		f, err := row.Float(v.Field)
		if err == nil && Same(string(is), f) {
			return "", "", nil
		}
		return string(is), Float(f), err
	case bool:
		b, err := row.Bool(v.Field)
		return strconv.FormatBool(is), strconv.FormatBool(b), err
	case Ref:
		ref, _, err := row.Many2One(v.Field)
		return is.name(is.ID), is.name(ref.ID), err
	}
	return "", "", nil
}

func (r Ref) name(id int64) string {
	if id == 0 {
		return "none"
	}
	return r.Collection + "/" + strconv.FormatInt(id, 10)
}

// HTML is the text as Odoo keeps it.
func (r Rich) HTML() string {
	if r == "" {
		return ""
	}
	return "<p>" + strings.ReplaceAll(html.EscapeString(string(r)), "\n", "<br>") + "</p>"
}

// Cell is an id as load takes it; empty for none.
func Cell(id int64) string {
	if id == 0 {
		return ""
	}
	return strconv.FormatInt(id, 10)
}
