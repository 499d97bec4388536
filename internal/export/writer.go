package export

import (
	"fmt"
	"io"
	"strings"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	"odoomesh/internal/resource"
)

// encoder writes rows in one format.
type encoder interface {
	write(rows [][]Value) error
	// close writes what a format has at its end.
	close() error
}

func encoders() map[string]func(io.Writer, Table) (encoder, error) {
	return map[string]func(io.Writer, Table) (encoder, error){
		"parquet": newParquet, "csv": newCSV, "ndjson": newNDJSON,
	}
}

// Formats are the names of the formats.
func Formats() []string { return []string{"parquet", "csv", "ndjson"} }

// FormatError says that there is no such format.
type FormatError struct{ Asked string }

func (e *FormatError) Error() string {
	return fmt.Sprintf("there is no format %q; there are %s", e.Asked, strings.Join(Formats(), ", "))
}

// Table is what the rows of a file are.
type Table struct {
	Name    string
	Columns []Column
	// Unfit is told of a value that the format cannot hold; where it returns no error, the
	// value is left out.
	Unfit func(row []Value, c Column, err error) error
}

// Rows writes rows in one format.
type Rows struct{ encoder encoder }

// NewRows begins a file of a format, which is one of Formats.
func NewRows(format string, out io.Writer, t Table) (*Rows, error) {
	begin, known := encoders()[format]
	if !known {
		return nil, &FormatError{Asked: format}
	}
	encoder, err := begin(out, t)
	return &Rows{encoder}, err
}

// Write adds rows, each with a value for each column. They are not kept.
func (r *Rows) Write(rows [][]Value) error { return r.encoder.write(rows) }

// Close writes what belongs at the end; what is written to stays open.
func (r *Rows) Close() error { return r.encoder.close() }

// Writer writes events in one format.
type Writer struct {
	columns []Column
	encoder *Rows
	rows    [][]Value
}

// eventTable is the table of inventory events.
func eventTable() Table {
	return Table{Name: "inventory_event", Columns: Columns(), Unfit: func(row []Value, c Column, err error) error {
		return &ValueError{Event: resource.Name("inventoryEvents", row[0].Number), Column: c.Name, Err: err}
	}}
}

// NewWriter begins a file of a format, which is one of Formats.
func NewWriter(format string, out io.Writer) (*Writer, error) {
	rows, err := NewRows(format, out, eventTable())
	return &Writer{columns: Columns(), encoder: rows}, err
}

// Write adds events. A *ValueError says that one of them does not fit; the file
// is of no use then.
func (w *Writer) Write(events []*inventoryv1.InventoryEvent) error {
	for len(w.rows) < len(events) {
		w.rows = append(w.rows, make([]Value, len(w.columns)))
	}
	for i, e := range events {
		if err := row(w.columns, e, w.rows[i]); err != nil {
			return err
		}
	}
	return w.encoder.Write(w.rows[:len(events)])
}

// Close writes what belongs at the end; what is written to stays open.
func (w *Writer) Close() error { return w.encoder.Close() }
