package rowfile

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// longestUnreadable bounds what is said of a row that cannot be read, in bytes.
const longestUnreadable = 500

// longestLine is how long a line of NDJSON may be, in bytes.
const longestLine = 1 << 20

// Reader reads rows.
type Reader struct {
	lines *bufio.Scanner
	table *csv.Reader
	// columns are where the cells of a table go, in the order of its first line.
	columns []column
}

// New reads rows of a file whose name ends in ext. In a table the fields of the row itself
// are named as in the message, or as in its field of the given name.
func New(r io.Reader, ext string, row protoreflect.MessageDescriptor, field string) (*Reader, error) {
	switch ext {
	case ".ndjson", ".jsonl":
		return &Reader{lines: scanner(r)}, nil
	case ".csv":
	default:
		return nil, fmt.Errorf("a file whose name ends in %q cannot be read: .csv or .ndjson", ext)
	}
	table, err := newTable(r)
	if err != nil {
		return nil, err
	}
	names, err := table.Read()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("it is empty: the first line names the fields")
	}
	if err != nil {
		return nil, fmt.Errorf("the first line, which names the fields: %w", err)
	}
	t := &Reader{table: table}
	for _, name := range names {
		c, err := columnOf(strings.TrimSpace(name), row, field)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(t.columns, func(other column) bool { return other.name == c.name }) {
			return nil, fmt.Errorf("the first line names %s twice", c.name)
		}
		t.columns = append(t.columns, c)
	}
	return t, nil
}

// Count counts the rows of a file.
func Count(r io.Reader, ext string) (rows int64, err error) {
	if ext != ".csv" {
		lines := scanner(r)
		for lines.Scan() {
			if len(bytes.TrimSpace(lines.Bytes())) > 0 {
				rows++
			}
		}
		return rows, lines.Err()
	}
	table, err := newTable(r)
	if err != nil {
		return 0, err
	}
	for {
		_, err := table.Read()
		var malformed *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			return max(rows-1, 0), nil
		case err != nil && !errors.As(err, &malformed):
			return 0, err
		}
		rows++
	}
}

func scanner(r io.Reader) *bufio.Scanner {
	s := bufio.NewScanner(r)
	s.Buffer(make([]byte, 64<<10), longestLine)
	return s
}

// newTable reads a table whose cells are apart by commas, or where the first line has none
// by semicolons, as where the comma is a decimal point.
func newTable(r io.Reader) (*csv.Reader, error) {
	b := bufio.NewReaderSize(r, 64<<10)
	first, err := b.Peek(3)
	if err == nil && string(first) == "\ufeff" {
		_, _ = b.Discard(3)
	}
	head, err := b.Peek(64 << 10)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	line, _, _ := bytes.Cut(head, []byte("\n"))
	t := csv.NewReader(b)
	t.FieldsPerRecord, t.TrimLeadingSpace = -1, true
	if !bytes.Contains(line, []byte(",")) && bytes.Contains(line, []byte(";")) {
		t.Comma = ';'
	}
	return t, nil
}

// Next reads the next row into an empty message; io.EOF is the end. A row that cannot be
// read is a message whose field unreadable says why.
func (t *Reader) Next(m proto.Message) error {
	var why string
	if t.lines != nil {
		for {
			if !t.lines.Scan() {
				if err := t.lines.Err(); err != nil {
					return err
				}
				return io.EOF
			}
			if len(bytes.TrimSpace(t.lines.Bytes())) > 0 {
				break
			}
		}
		if err := protojson.Unmarshal(t.lines.Bytes(), m); err != nil {
			why = "the line is not the JSON of a row: " + strings.TrimLeft(strings.TrimPrefix(err.Error(), "proto:"), " \u00a0")
		}
	} else {
		cells, err := t.table.Read()
		if errors.Is(err, io.EOF) {
			return io.EOF
		}
		var malformed *csv.ParseError
		switch {
		case errors.As(err, &malformed):
			why = "the line is no row of a table: " + malformed.Err.Error()
		case err != nil:
			return err
		default:
			if why = t.fill(m.ProtoReflect(), cells); why == "" && proto.Size(m) == 0 {
				why = "it is empty"
			}
		}
	}
	if why != "" {
		proto.Reset(m)
		f := m.ProtoReflect().Descriptor().Fields().ByName("unreadable")
		m.ProtoReflect().Set(f, protoreflect.ValueOfString(strings.ToValidUTF8(why[:min(len(why), longestUnreadable)], "")))
	}
	return nil
}

// fill puts cells into a message; it says what is wrong with them.
func (t *Reader) fill(m protoreflect.Message, cells []string) (why string) {
	if len(cells) > len(t.columns) {
		return fmt.Sprintf("it has %d cells, and the first line names %d fields", len(cells), len(t.columns))
	}
	var wrong []string
	for i, cell := range cells {
		if cell = strings.TrimSpace(cell); cell == "" {
			continue
		}
		problem := "it is not UTF-8: save the file as CSV UTF-8"
		if utf8.ValidString(cell) {
			problem = t.columns[i].set(m, cell)
		}
		if problem != "" {
			wrong = append(wrong, fmt.Sprintf("%s: %q: %s", t.columns[i].name, cell, problem))
		}
	}
	return strings.Join(wrong, "; ")
}
