package odoo

import (
	"context"
	"errors"
	"maps"
	"slices"
)

// More than one row in unreadableShare, but at least unreadableFloor, is no fault of
// some rows any more: the model cannot be read.
const (
	unreadableFloor = 20
	unreadableShare = 10
	// rowsAtOnce bounds one answer: a document has twenty thousand lines at most, and
	// Odoo answers a thousand rows in a quarter of a second.
	rowsAtOnce = 2000
)

// Refused stands in a Row for a field that Odoo refused to give of it: one whose
// computation raises, or whose value Odoo cannot send. Every accessor of the field
// gives a *RefusedError.
type Refused struct{ Problem string }

// RefusedError says which field Odoo refused to give, and with which words.
type RefusedError struct {
	Model string
	ID    int64
	Field string
	// Problem is what Odoo said.
	Problem string
}

func (e *RefusedError) Error() string { return "Odoo cannot give it: " + e.Problem }

// ReadRows reads fields of rows by their ids. Rows that are gone are left out. One
// row that Odoo cannot answer makes it refuse the whole call; so a refused call is
// halved until the row is alone, and then its fields, until what cannot be read is
// a Refused in a row that has all the others. A model that cannot be read at
// all, and more rows than a fault of some would explain, stay an error.
func ReadRows(ctx context.Context, r Reader, model string, ids []int64, fields []string, o ReadOptions) ([]Row, error) {
	var all []Row
	for chunk := range slices.Chunk(ids, rowsAtOnce) {
		rows, err := readRows(ctx, r, model, chunk, fields, o)
		if err != nil {
			return nil, err
		}
		all = append(all, rows...)
	}
	return all, nil
}

// SearchRows is ReadRows for the rows that a domain finds.
func SearchRows(ctx context.Context, r Reader, model string, domain Domain, fields []string, o ReadOptions) ([]Row, error) {
	rows, err := r.SearchRead(ctx, model, domain, fields, o)
	if err == nil || !ofRow(err) {
		return rows, err
	}
	ids, unfound := r.Search(ctx, model, domain, o)
	if unfound != nil {
		return nil, err
	}
	return ReadRows(ctx, r, model, ids, fields, o)
}

func readRows(ctx context.Context, r Reader, model string, ids []int64, fields []string, o ReadOptions) ([]Row, error) {
	rows, err := r.SearchRead(ctx, model, Where("id", "in", ids), fields, o)
	if err == nil || !ofRow(err) {
		return rows, err
	}
	if _, unreadable := r.SearchRead(ctx, model, Where("id", "in", ids), []string{"id"}, o); unreadable != nil {
		return nil, err
	}
	i := &isolation{reader: r, model: model, fields: fields, options: o, left: max(unreadableFloor, len(ids)/unreadableShare), cause: err}
	i.options.Order = "id"
	if err := i.halve(ctx, slices.Sorted(slices.Values(ids))); err != nil {
		return nil, err
	}
	return i.rows, nil
}

// ofRow tells whether a fault may lie in a single row or field: everything that
// Odoo answers but what concerns the call, the user or the whole model, and an
// answer that is too long.
func ofRow(err error) bool {
	var t *TransportError
	if errors.As(err, &t) {
		return t.Kind == TooLarge
	}
	var f *Fault
	if !errors.As(err, &f) {
		return false
	}
	switch f.Kind {
	case Credentials, UnknownDatabase, UnknownModel, UnknownMethod, UnknownField, Contention:
		return false
	}
	return true
}

// isolation finds what cannot be read among rows.
type isolation struct {
	reader  Reader
	model   string
	fields  []string
	options ReadOptions
	rows    []Row
	// left is how many unreadable rows are still borne, cause the first refusal.
	left  int
	cause error
}

// halve reads the rows in two halves, and a row that is alone field by field.
func (i *isolation) halve(ctx context.Context, ids []int64) error {
	if len(ids) == 1 {
		return i.alone(ctx, ids[0])
	}
	for half := range slices.Chunk(ids, (len(ids)+1)/2) {
		rows, err := i.reader.SearchRead(ctx, i.model, Where("id", "in", half), i.fields, i.options)
		switch {
		case err == nil:
			i.rows = append(i.rows, rows...)
		case !ofRow(err):
			return err
		default:
			if err := i.halve(ctx, half); err != nil {
				return err
			}
		}
	}
	return nil
}

func (i *isolation) alone(ctx context.Context, id int64) error {
	if i.left--; i.left < 0 {
		return i.cause
	}
	values := map[string]any{}
	if err := i.read(ctx, id, i.fields, values); err != nil {
		return err
	}
	if _, there := values["id"]; there {
		i.rows = append(i.rows, NewRow(i.model, values))
	}
	return nil
}

// read puts what a row holds in some fields into values.
func (i *isolation) read(ctx context.Context, id int64, fields []string, values map[string]any) error {
	rows, err := i.reader.SearchRead(ctx, i.model, Where("id", "=", id), fields, i.options)
	if err == nil {
		for _, r := range rows {
			maps.Copy(values, r.values)
		}
		return nil
	}
	if !ofRow(err) {
		return err
	}
	if len(fields) == 1 {
		values[fields[0]] = Refused{Problem: problemOf(err)}
		return nil
	}
	for half := range slices.Chunk(fields, (len(fields)+1)/2) {
		if err := i.read(ctx, id, half, values); err != nil {
			return err
		}
	}
	return nil
}

func problemOf(err error) string {
	var f *Fault
	if errors.As(err, &f) {
		return f.Message
	}
	return err.Error()
}
