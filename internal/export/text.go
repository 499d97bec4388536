package export

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"strconv"
	"time"
)

// csvEncoder writes as RFC 4180 says: a header, lines that end in CR LF. No value
// is an empty field.
type csvEncoder struct {
	out     io.Writer
	columns []Column
	fields  []string
	line    bytes.Buffer
	quoting *csv.Writer
}

func newCSV(out io.Writer, t Table) (encoder, error) {
	columns := t.Columns
	c := &csvEncoder{out: out, columns: columns, fields: make([]string, len(columns))}
	c.quoting = csv.NewWriter(&c.line)
	for i, col := range columns {
		c.fields[i] = col.Name
	}
	return c, c.record()
}

func (c *csvEncoder) write(rows [][]Value) error {
	for _, r := range rows {
		for i, v := range r {
			c.fields[i] = plainText(c.columns[i].Kind, v)
		}
		if err := c.record(); err != nil {
			return err
		}
	}
	return nil
}

// record writes one line. The library's own CR LF would change the ends of lines
// within values too.
func (c *csvEncoder) record() error {
	c.line.Reset()
	if err := c.quoting.Write(c.fields); err != nil {
		return err
	}
	c.quoting.Flush()
	c.line.Truncate(c.line.Len() - 1)
	c.line.WriteString("\r\n")
	_, err := c.out.Write(c.line.Bytes())
	return err
}

func (c *csvEncoder) close() error { return nil }

func plainText(kind Kind, v Value) string {
	switch {
	case !v.Set:
		return ""
	case kind == Integer:
		return strconv.FormatInt(v.Number, 10)
	case kind == Flag:
		return strconv.FormatBool(v.Number != 0)
	case kind == Time:
		return v.time().Format(time.RFC3339Nano)
	case kind == Day:
		return v.day().Format(time.DateOnly)
	}
	return v.Text
}

// ndjsonEncoder writes one JSON object a line. No value is null. A quantity is a
// text: most readers would round a number.
type ndjsonEncoder struct {
	out     io.Writer
	columns []Column
	keys    [][]byte
	line    bytes.Buffer
	texts   *json.Encoder
}

func newNDJSON(out io.Writer, t Table) (encoder, error) {
	columns := t.Columns
	n := &ndjsonEncoder{out: out, columns: columns}
	n.texts = json.NewEncoder(&n.line)
	n.texts.SetEscapeHTML(false) // supplier>internal is no HTML
	for i, c := range columns {
		key := strconv.Quote(c.Name) + ":"
		if i > 0 {
			key = "," + key
		}
		n.keys = append(n.keys, []byte(key))
	}
	return n, nil
}

func (n *ndjsonEncoder) write(rows [][]Value) error {
	for _, r := range rows {
		n.line.Reset()
		n.line.WriteByte('{')
		for i, v := range r {
			n.line.Write(n.keys[i])
			if err := n.value(n.columns[i].Kind, v); err != nil {
				return err
			}
		}
		n.line.WriteString("}\n")
		if _, err := n.out.Write(n.line.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

func (n *ndjsonEncoder) value(kind Kind, v Value) error {
	switch {
	case !v.Set:
		n.line.WriteString("null")
	case kind == Integer, kind == JSON, kind == Flag:
		n.line.WriteString(plainText(kind, v))
	default:
		if err := n.texts.Encode(plainText(kind, v)); err != nil {
			return err
		}
		n.line.Truncate(n.line.Len() - 1) // the encoder ends each text with a newline
	}
	return nil
}

func (n *ndjsonEncoder) close() error { return nil }
