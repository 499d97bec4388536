package main

import (
	"io"
	"strings"
	"unicode/utf8"
)

const (
	// widestCell bounds a column; what is longer is cut and marked.
	widestCell = 48
	// uncut is for values that have a line of their own.
	uncut = 1 << 20
)

// table writes rows in columns that are as wide as the rows before the first
// flush need them. Later rows keep to that, so that a long list can be shown as
// it comes.
type table struct {
	out    io.Writer
	rows   [][]string
	widths []int
	fixed  bool
	widest int
}

func newTable(out io.Writer, headers ...string) *table {
	t := &table{out: out, widest: widestCell}
	if len(headers) > 0 {
		t.row(headers...)
	}
	return t
}

func (t *table) row(cells ...string) {
	row := make([]string, len(cells))
	for i, cell := range cells {
		row[i] = shorten(clean(cell), t.widest)
	}
	t.rows = append(t.rows, row)
}

// flush writes the rows so far.
func (t *table) flush() error {
	if !t.fixed {
		for _, row := range t.rows {
			for i, cell := range row {
				if i == len(t.widths) {
					t.widths = append(t.widths, 0)
				}
				t.widths[i] = max(t.widths[i], utf8.RuneCountInString(cell))
			}
		}
		t.fixed = true
	}
	var text strings.Builder
	for _, row := range t.rows {
		var line strings.Builder
		for i, cell := range row {
			line.WriteString(cell)
			if i < len(row)-1 {
				line.WriteString(strings.Repeat(" ", max(0, t.widths[i]-utf8.RuneCountInString(cell))+2))
			}
		}
		text.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	t.rows = nil
	_, err := io.WriteString(t.out, text.String())
	return err
}

func shorten(s string, limit int) string {
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	return string([]rune(s)[:limit-1]) + "…"
}
