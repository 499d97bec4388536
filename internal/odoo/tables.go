package odoo

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Reader asks Odoo for rows; *Client is one.
type Reader interface {
	SearchRead(ctx context.Context, model string, domain Domain, fields []string, opts ReadOptions) ([]Row, error)
	Search(ctx context.Context, model string, domain Domain, opts ReadOptions) ([]int64, error)
	SearchCount(ctx context.Context, model string, domain Domain, opts ReadOptions) (int64, error)
}

// Tables answers what a model's table holds, whatever anybody makes of its rows:
// which rows were written, which there are, how many.
type Tables struct{ reader Reader }

// NewTables gives the tables that a reader sees.
func NewTables(r Reader) Tables { return Tables{reader: r} }

// Stamp is a row and the start of the transaction that wrote it last.
type Stamp struct {
	ID int64
	// Written is Odoo's write_date, which it answers in whole seconds; the zero time
	// where the row has none that can be read.
	Written time.Time
}

const stampField = "write_date"

// Stamps lists up to limit rows of a model that were written at or after a time,
// with an id above the given one, in the order of their ids. `>=` is the one
// comparison of datetimes that means the same in every release.
func (t Tables) Stamps(ctx context.Context, model string, from time.Time, after int64, limit int) ([]Stamp, error) {
	domain := Where(stampField, ">=", from.UTC().Truncate(time.Second)).And("id", ">", after)
	rows, err := t.reader.SearchRead(ctx, model, domain, []string{stampField}, ReadOptions{Order: "id", Limit: limit})
	if err != nil {
		return nil, fmt.Errorf("reading what changed in %s: %w", model, err)
	}
	return stamps(rows), nil
}

// Newest lists up to limit rows of a model by descending id, with their stamps: what
// was inserted last, whatever any clock says.
func (t Tables) Newest(ctx context.Context, model string, limit int) ([]Stamp, error) {
	rows, err := t.reader.SearchRead(ctx, model, Domain{}, []string{stampField}, ReadOptions{Order: "id desc", Limit: limit})
	if err != nil {
		return nil, fmt.Errorf("reading the newest rows of %s: %w", model, err)
	}
	return stamps(rows), nil
}

// stamps takes the stamps out of rows. One that cannot be read, such as one of the
// year 26, is no reason not to see the others.
func stamps(rows []Row) []Stamp {
	out := make([]Stamp, len(rows))
	for i, r := range rows {
		at, err := r.Time(stampField)
		if err != nil {
			at = time.Time{}
		}
		out[i] = Stamp{ID: r.ID(), Written: at}
	}
	return out
}

// Contents tells what rows hold in some fields, as a text that is equal while
// they hold the same. Rows that are gone have none.
func (t Tables) Contents(ctx context.Context, model string, fields []string, ids []int64) (map[int64]string, error) {
	rows, err := ReadRows(ctx, t.reader, model, ids, fields, ReadOptions{Order: "id"})
	if err != nil {
		return nil, fmt.Errorf("reading what %d rows of %s hold: %w", len(ids), model, err)
	}
	contents := make(map[int64]string, len(rows))
	for _, r := range rows {
		contents[r.ID()] = Content(r, fields)
	}
	return contents, nil
}

// Content is what a row holds in some fields, as a text. It leaves the stamp out: a
// save that changes nothing moves it.
func Content(r Row, fields []string) string {
	var b strings.Builder
	for _, f := range fields {
		if v, ok := r.Raw(f); ok && f != stampField {
			fmt.Fprintf(&b, "%s=%#v;", f, v)
		}
	}
	return b.String()
}

// Count is the number of a model's rows with an id above one and up to another,
// archived ones included. Ids only grow, so that the number falls when rows are
// deleted and at no other time.
func (t Tables) Count(ctx context.Context, model string, after, upTo int64) (int64, error) {
	n, err := t.reader.SearchCount(ctx, model, Between(after, upTo), ReadOptions{})
	if err != nil {
		return 0, fmt.Errorf("counting %s: %w", model, err)
	}
	return n, nil
}

// Between is the domain of the rows with an id above one and up to another.
func Between(after, upTo int64) Domain {
	domain := Where("id", "<=", upTo)
	if after > 0 {
		domain = slices.Concat(domain, Where("id", ">", after))
	}
	return domain
}

// RowIDs lists up to limit ids of a model above the given one, ascending.
func (t Tables) RowIDs(ctx context.Context, model string, after int64, limit int) ([]int64, error) {
	ids, err := t.reader.Search(ctx, model, Where("id", ">", after), ReadOptions{Order: "id", Limit: limit})
	if err != nil {
		return nil, fmt.Errorf("listing %s: %w", model, err)
	}
	return ids, nil
}

// LastID is the greatest id of a model; 0 where it has no rows.
func (t Tables) LastID(ctx context.Context, model string) (int64, error) {
	ids, err := t.reader.Search(ctx, model, Domain{}, ReadOptions{Order: "id desc", Limit: 1})
	if err != nil {
		return 0, fmt.Errorf("looking for the last row of %s: %w", model, err)
	}
	if len(ids) == 0 {
		return 0, nil
	}
	return ids[0], nil
}
