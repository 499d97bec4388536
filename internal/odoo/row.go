package odoo

import "strings"

// Row is one record as Odoo answered it. Its accessors take Odoo's false, which
// stands for an empty value of any type, and give a *ShapeError for anything
// else that is not of the wanted type, a field that was not read included. A Row
// is a name and a map: pass it by value. It must not be changed.
type Row struct {
	model  string
	values map[string]any
}

// NewRow makes a row of a record's values.
func NewRow(model string, values map[string]any) Row { return Row{model: model, values: values} }

// Model is the record's model.
func (r Row) Model() string { return r.model }

// ID is the record's id, 0 if there is none.
func (r Row) ID() int64 {
	id, _ := r.values["id"].(int64)
	return id
}

// Raw is the field's value as it came, and whether it came at all.
func (r Row) Raw(field string) (any, bool) {
	v, ok := r.values[field]
	return v, ok
}

// isEmpty tells whether a value is Odoo's empty one: false, or null in JSON-2.
func isEmpty(v any) bool {
	b, isBool := v.(bool)
	return v == nil || isBool && !b
}

// get is the field's value, whether it is empty, and whether it came at all.
func (r Row) get(field string) (v any, empty, ok bool) {
	v, ok = r.values[field]
	return v, ok && isEmpty(v), ok
}

// String is the text of a char, text, html or selection field as Odoo holds it.
func (r Row) String(field string) (string, error) {
	v, empty, _ := r.get(field)
	if s, isString := v.(string); isString || empty {
		return s, nil
	}
	return "", r.shape(field, "text")
}

// Text is String without the white space around it: people leave it in names
// and codes, where it means nothing.
func (r Row) Text(field string) (string, error) {
	s, err := r.String(field)
	return strings.TrimSpace(s), err
}

// Bool is a boolean field; one that is not set is false, as Odoo has it.
func (r Row) Bool(field string) (bool, error) {
	v, empty, _ := r.get(field)
	if b, isBool := v.(bool); isBool || empty {
		return b, nil
	}
	return false, r.shape(field, "a boolean")
}

// Int is an integer field.
func (r Row) Int(field string) (int64, error) {
	v, empty, _ := r.get(field)
	if n, isInt := v.(int64); isInt || empty {
		return n, nil
	}
	return 0, r.shape(field, "an integer")
}

// Float is a float or monetary field with the binary noise that Odoo keeps; see
// Decimal.
func (r Row) Float(field string) (float64, error) {
	v, empty, _ := r.get(field)
	switch n := v.(type) {
	case float64:
		return n, nil
	case int64:
		return float64(n), nil
	}
	if empty {
		return 0, nil
	}
	return 0, r.shape(field, "a number")
}

// Ref points at a record.
type Ref struct {
	ID int64
	// Name is the record's display name, empty if it was not read.
	Name string
}

// Many2One is the record that a field points at; false if it points at none.
func (r Row) Many2One(field string) (Ref, bool, error) {
	v, empty, _ := r.get(field)
	switch pair := v.(type) {
	case int64:
		if pair > 0 {
			return Ref{ID: pair}, true, nil
		}
	case []any:
		if len(pair) != 2 {
			break
		}
		id, isID := pair[0].(int64)
		name, isName := pair[1].(string)
		if isID && id > 0 && (isName || isEmpty(pair[1])) {
			return Ref{ID: id, Name: name}, true, nil
		}
	}
	if empty {
		return Ref{}, false, nil
	}
	return Ref{}, false, r.shape(field, "a pair of id and name")
}

// IDs are the records that a one2many or many2many field holds.
func (r Row) IDs(field string) ([]int64, error) {
	v, empty, _ := r.get(field)
	list, isList := v.([]any)
	if !isList && !empty {
		return nil, r.shape(field, "a list of ids")
	}
	ids := make([]int64, len(list))
	for i, item := range list {
		id, isID := item.(int64)
		if !isID {
			return nil, r.shape(field, "a list of ids")
		}
		ids[i] = id
	}
	return ids, nil
}
