package folder

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"maps"
	"os"
	"slices"

	"odoomesh/internal/export"
	"odoomesh/internal/export/flat"
)

const (
	// rowsAtOnce are gathered before they are encoded.
	rowsAtOnce = 256
	// unfitShown is how many values that do not fit a manifest lists.
	unfitShown = 100
	writeSize  = 256 << 10
)

// output is a file whose content is summed up as it is written.
type output struct {
	file   *os.File
	buffer *bufio.Writer
	sum    hash.Hash
	bytes  int64
}

func create(path string) (*output, error) {
	file, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	return &output{file: file, buffer: bufio.NewWriterSize(file, writeSize), sum: sha256.New()}, nil
}

// Write implements io.Writer.
func (o *output) Write(b []byte) (int, error) {
	o.sum.Write(b)
	o.bytes += int64(len(b))
	return o.buffer.Write(b)
}

// finish brings the file to the disk, and tells what it is.
func (o *output) finish(name string, rows int64) (Stored, error) {
	err := errors.Join(o.buffer.Flush(), o.file.Sync(), o.file.Close())
	return Stored{File: name, Rows: rows, Bytes: o.bytes, SHA256: hex.EncodeToString(o.sum.Sum(nil))}, err
}

// tableFile is a table that is being written.
type tableFile struct {
	*output
	entry  Entry
	width  int
	rows   *export.Rows
	waits  [][]export.Value
	filled int
	count  int64
}

// Begin begins the files of tables. What of is told of all of them.
func (f *Folder) Begin(tables []*flat.Table, of Entry) error {
	for _, t := range tables {
		file := t.Name + "." + f.format
		out, err := create(f.aside(file))
		if err != nil {
			return err
		}
		entry := of
		entry.Name, entry.File, entry.Collection, entry.Columns = t.Name, file, t.Collection, ColumnsOf(t.Columns)
		rows, err := export.NewRows(f.format, out, export.Table{Name: t.Name, Columns: t.Columns, Unfit: f.noteUnfit(t)})
		if err != nil {
			return err
		}
		f.tables[t.Name] = &tableFile{output: out, entry: entry, width: len(t.Columns), rows: rows}
	}
	return nil
}

// noteUnfit lets values be left out that a column cannot hold, and notes them.
func (f *Folder) noteUnfit(t *flat.Table) func([]export.Value, export.Column, error) error {
	key := max(0, slices.IndexFunc(t.Columns, func(c export.Column) bool { return c.Name == "name" }))
	return func(row []export.Value, c export.Column, _ error) error {
		f.unfits++
		if len(f.unfit) < unfitShown {
			i := slices.IndexFunc(t.Columns, func(other export.Column) bool { return other.Name == c.Name })
			f.unfit = append(f.unfit, Unfit{Table: t.Name, Record: row[key].Text, Column: c.Name, Value: shortened(row[i].Text)})
		}
		return nil
	}
}

// shortened bounds what a manifest says of a value.
func shortened(text string) string {
	if len(text) > 100 {
		return text[:100] + "…"
	}
	return text
}

// Row implements flat.Sink.
func (f *Folder) Row(t *flat.Table) ([]export.Value, error) { return f.row(t.Name) }

// Shared implements flat.Sink.
func (f *Folder) Shared(name string) ([]export.Value, error) { return f.row(name) }

func (f *Folder) row(name string) ([]export.Value, error) {
	t := f.tables[name]
	if t == nil {
		return nil, fmt.Errorf("the table %s was not begun", name)
	}
	if t.filled == rowsAtOnce {
		if err := t.flush(); err != nil {
			return nil, fmt.Errorf("writing %s: %w", t.entry.File, err)
		}
	}
	if t.filled == len(t.waits) {
		t.waits = append(t.waits, make([]export.Value, t.width))
	}
	row := t.waits[t.filled]
	clear(row)
	t.filled++
	return row, nil
}

func (t *tableFile) flush() error {
	err := t.rows.Write(t.waits[:t.filled])
	t.count += int64(t.filled)
	t.filled = 0
	return err
}

// End ends the files of tables.
func (f *Folder) End(tables []*flat.Table) error {
	for _, t := range tables {
		if err := f.closeTable(f.tables[t.Name]); err != nil {
			return err
		}
	}
	return nil
}

func (f *Folder) closeTable(t *tableFile) error {
	if err := errors.Join(t.flush(), t.rows.Close()); err != nil {
		return fmt.Errorf("writing %s: %w", t.entry.File, err)
	}
	stored, err := t.finish(t.entry.File, t.count)
	if err != nil {
		return fmt.Errorf("writing %s: %w", t.entry.File, err)
	}
	t.entry.Stored = stored
	f.done = append(f.done, t.entry)
	delete(f.tables, t.entry.Name)
	return nil
}

// Written is how many rows of all tables there are so far.
func (f *Folder) Written() (rows int64) {
	for _, t := range f.done {
		rows += t.Rows
	}
	for _, t := range f.tables {
		rows += t.count + int64(t.filled)
	}
	return rows
}

// SetProof puts what the comparison with Odoo's stock found beside the tables.
func (f *Folder) SetProof(p Proof, document []byte) error {
	out, err := create(f.aside(proofFile))
	if err != nil {
		return err
	}
	if _, err := io.WriteString(out, string(document)+"\n"); err != nil {
		return err
	}
	if p.Stored, err = out.finish(proofFile, 1); err != nil {
		return err
	}
	f.proof = &p
	return nil
}

const proofFile = "proof.json"

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
