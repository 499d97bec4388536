package export

import (
	"fmt"
	"io"
	"strings"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
)

// encoder writes rows in one format.
type encoder interface {
	write(rows [][]Value) error
	// close writes what a format has at its end.
	close() error
}

func encoders() map[string]func(io.Writer, []Column) (encoder, error) {
	return map[string]func(io.Writer, []Column) (encoder, error){
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

// Writer writes events in one format.
type Writer struct {
	columns []Column
	encoder encoder
	rows    [][]Value
}

// NewWriter begins a file of a format, which is one of Formats.
func NewWriter(format string, out io.Writer) (*Writer, error) {
	begin, known := encoders()[format]
	if !known {
		return nil, &FormatError{Asked: format}
	}
	w := &Writer{columns: Columns()}
	var err error
	w.encoder, err = begin(out, w.columns)
	return w, err
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
	return w.encoder.write(w.rows[:len(events)])
}

// Close writes what belongs at the end; what is written to stays open.
func (w *Writer) Close() error { return w.encoder.close() }
