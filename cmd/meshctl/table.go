package main

import (
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

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
	// columns are those of the terminal; 0 where nobody looks on.
	columns int
	// prose tells of which columns cells may be shortened further, to fit a terminal.
	prose []bool
	// headed says that the first row is the header, quiet that it waits for the next.
	headed, quiet bool
}

// display is an output that knows how tables are wanted.
type display struct {
	io.Writer
	// columns are those of the terminal; 0 for a file or a pipe.
	columns  int
	headless bool
}

func newTable(out io.Writer, headers ...string) *table {
	t := &table{out: out, widest: widestCell}
	seen, _ := out.(*display)
	if len(headers) == 0 { // a value a line, which may be as long as it is
		return t
	}
	if seen != nil {
		t.columns = seen.columns
	}
	if seen == nil || !seen.headless {
		t.row(headers...)
		t.headed = true
	}
	return t
}

// newStream is a table for rows that come one by one: its columns have room for the
// usual, and it is silent until there is something to show.
func newStream(out io.Writer, headers []string, usual []int) *table {
	t := newTable(out, headers...)
	t.widths, t.quiet = usual, t.headed
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
	t.measure()
	if t.columns > 0 && t.widest < uncut {
		t.narrow()
	}
	t.headed, t.quiet = false, false
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

// measure makes the columns as wide as the rows need them.
func (t *table) measure() {
	for r, row := range t.rows {
		for i, cell := range row {
			if i == len(t.widths) {
				t.widths = append(t.widths, 0)
			}
			if i == len(t.prose) {
				t.prose = append(t.prose, false)
			}
			t.widths[i] = max(t.widths[i], columnsIn(cell))
			t.prose[i] = t.prose[i] || isProse(cell) && (r > 0 || !t.headed)
		}
	}
}

// isProse tells whether a cell can be understood without its end: words can, and numbers,
// times, amounts and names of records cannot.
func isProse(cell string) bool {
	first, _ := utf8.DecodeRuneInString(cell)
	return unicode.IsLetter(first) && strings.Contains(cell, " ")
}

// narrowest is what a column of texts keeps on a narrow terminal; together they keep three
// times as much.
const narrowest = 8

// narrow shortens the longest texts so far that a row fits the terminal, or as far as it
// goes.
func (t *table) narrow() {
	room, limit, texts := t.columns-2*(len(t.widths)-1), 0, 0
	for i, width := range t.widths {
		if i < len(t.prose) && t.prose[i] {
			limit = max(limit, width)
			texts++
		}
	}
	least := max(narrowest, 3*narrowest/max(texts, 1))
	for ; limit > least && t.total(limit) > room; limit-- {
	}
	for i := range t.prose {
		if !t.prose[i] || t.widths[i] <= limit {
			continue
		}
		t.widths[i] = limit
		for _, row := range t.rows {
			if i < len(row) {
				row[i] = shorten(row[i], limit)
			}
		}
	}
}

// total is how wide all columns are where texts have so many at most.
func (t *table) total(limit int) (sum int) {
	for i, width := range t.widths {
		if i < len(t.prose) && t.prose[i] {
			width = min(width, limit)
		}
		sum += width
	}
	return sum
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
