package main

import (
	"io"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

const (
	// widestCell bounds a column; what is longer is cut and marked.
	widestCell = 48
	// uncut is for values that have a line of their own.
	uncut = 1 << 20
)

// table writes rows in columns that are as wide as the rows so far need them, so
// that a long list can be shown as it comes: what is written stays as it is, and a
// wider row makes room for those behind it.
type table struct {
	out    io.Writer
	rows   [][]string
	widths []int
	widest int
	// quiet says that the header waits for the first row.
	quiet bool
}

func newTable(out io.Writer, headers ...string) *table {
	t := &table{out: out, widest: widestCell}
	if len(headers) > 0 {
		t.row(headers...)
	}
	return t
}

// newStream is a table for rows that come one by one: its columns have room for the
// usual, and it is silent until there is something to show.
func newStream(out io.Writer, headers []string, usual []int) *table {
	t := newTable(out, headers...)
	t.widths, t.quiet = usual, true
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
	if t.quiet && len(t.rows) < 2 {
		return nil
	}
	t.quiet = false
	for _, row := range t.rows {
		for i, cell := range row {
			if i == len(t.widths) {
				t.widths = append(t.widths, 0)
			}
			t.widths[i] = max(t.widths[i], columnsIn(cell))
		}
	}
	var text strings.Builder
	for _, row := range t.rows {
		var line strings.Builder
		for i, cell := range row {
			line.WriteString(cell)
			if i < len(row)-1 {
				line.WriteString(strings.Repeat(" ", t.widths[i]-columnsIn(cell)+2))
			}
		}
		text.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	t.rows = nil
	_, err := io.WriteString(t.out, text.String())
	return err
}

func shorten(s string, limit int) string {
	if columnsIn(s) <= limit {
		return s
	}
	var short strings.Builder
	left := limit - 1
	for _, r := range s {
		if left -= columnsOfRune(r); left < 0 {
			break
		}
		short.WriteRune(r)
	}
	return short.String() + "…"
}

// columnsIn is how many columns of a terminal a text takes.
func columnsIn(s string) int {
	n := 0
	for _, r := range s {
		n += columnsOfRune(r)
	}
	return n
}

func columnsOfRune(r rune) int {
	if unicode.Is(unicode.Mn, r) {
		return 0
	}
	if k := width.LookupRune(r).Kind(); k == width.EastAsianWide || k == width.EastAsianFullwidth {
		return 2
	}
	return 1
}
