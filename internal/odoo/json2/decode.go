package json2

import (
	"bufio"
	"errors"
	"fmt"
	"io"
)

const (
	// maxNames bounds how many member names are kept to be shared between rows.
	maxNames = 4096
	// readAhead is how much is held of an answer that is being read.
	readAhead = 64 << 10
)

// SyntaxError says that an answer is not JSON, not even as Python writes it. It
// quotes nothing of the answer, which may be confidential.
type SyntaxError struct {
	// Offset is where reading stopped, in bytes from the start of the answer.
	Offset int64
	Reason string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("not a JSON-2 answer: %s at byte %d", e.Reason, e.Offset)
}

// Decode reads one answer to its end without ever holding its text whole. The
// result is made of nil, bool, int64, float64, string, []any and
// map[string]any, and of xmlrpc.Unreadable in place of a number that none of these
// holds. It fails with *SyntaxError, or with the reader's own error.
func Decode(r io.Reader) (any, error) {
	d := &decoder{in: bufio.NewReaderSize(r, readAhead), names: make(map[string]string, 32)}
	v, err := d.value()
	if err != nil {
		return nil, err
	}
	switch _, err := d.next(); {
	case err == nil:
		return nil, d.fail("something follows the answer")
	case !d.ended:
		return nil, err
	}
	return v, nil
}

// decoder walks over an answer once.
type decoder struct {
	in     *bufio.Reader
	offset int64
	ended  bool // the answer has no more bytes
	depth  int
	width  int
	names  map[string]string
	// kept holds the text of a string or number that does not lie whole in what
	// was read ahead.
	kept []byte
}

func (d *decoder) fail(reason string) error { return &SyntaxError{Offset: d.offset, Reason: reason} }

// read gives the next byte.
func (d *decoder) read() (byte, error) {
	c, err := d.in.ReadByte()
	if err != nil {
		return 0, d.broken(err)
	}
	d.offset++
	return c, nil
}

// unread puts back the byte that was read last.
func (d *decoder) unread() {
	_ = d.in.UnreadByte() // it follows a successful read
	d.offset--
}

// broken is a failed read: an end in the wrong place, or the reader's error.
func (d *decoder) broken(err error) error {
	if errors.Is(err, io.EOF) {
		d.ended = true
		return d.fail("ends too early")
	}
	return err
}

// next gives the next byte that is not white space.
func (d *decoder) next() (byte, error) {
	for {
		c, err := d.read()
		if err != nil || c != ' ' && c != '\n' && c != '\t' && c != '\r' {
			return c, err
		}
	}
}

func (d *decoder) value() (any, error) {
	c, err := d.next()
	if err != nil {
		return nil, err
	}
	switch {
	case c == '"':
		raw, err := d.raw()
		if err != nil {
			return nil, err
		}
		return d.text(raw)
	case c == '{', c == '[':
		if d.depth++; d.depth > maxDepth {
			return nil, d.fail("nested too deep")
		}
		defer func() { d.depth-- }()
		if c == '{' {
			return d.object()
		}
		return d.array()
	case c == 't':
		return true, d.word("rue")
	case c == 'f':
		return false, d.word("alse")
	case c == 'n':
		return nil, d.word("ull")
	case c == '-' || '0' <= c && c <= '9':
		return d.number(c)
	case c == 'N':
		return d.noNumber("N", "aN")
	case c == 'I':
		return d.noNumber("I", "nfinity")
	}
	return nil, d.fail("no value")
}

// word passes the rest of true, false or null.
func (d *decoder) word(rest string) error {
	for i := range len(rest) {
		c, err := d.read()
		if err != nil {
			return err
		}
		if c != rest[i] {
			return d.fail("no value")
		}
	}
	return nil
}

func (d *decoder) array() (any, error) {
	items := []any{}
	for first := true; ; first = false {
		more, err := d.more(first, ']')
		if err != nil {
			return nil, err
		}
		if !more {
			return items, nil
		}
		v, err := d.value()
		if err != nil {
			return nil, err
		}
		items = append(items, v)
	}
}

func (d *decoder) object() (any, error) {
	members := make(map[string]any, d.width)
	for first := true; ; first = false {
		more, err := d.more(first, '}')
		if err != nil {
			return nil, err
		}
		if !more {
			break
		}
		name, err := d.name()
		if err != nil {
			return nil, err
		}
		if members[name], err = d.value(); err != nil {
			return nil, err
		}
	}
	// The rows of one answer are equally wide: size the next map like this one.
	d.width = min(len(members), 64)
	return members, nil
}

// more passes the comma before another element, and tells whether there is one;
// if not, it has passed the end.
func (d *decoder) more(first bool, end byte) (bool, error) {
	c, err := d.next()
	switch {
	case err != nil:
		return false, err
	case c == end:
		return false, nil
	case first:
		d.unread()
		return true, nil
	case c == ',':
		return true, nil
	}
	return false, d.fail("no comma")
}

// name reads a member's name and the colon behind it.
func (d *decoder) name() (string, error) {
	c, err := d.next()
	if err != nil {
		return "", err
	}
	if c != '"' {
		return "", d.fail("no name")
	}
	raw, err := d.raw()
	if err != nil {
		return "", err
	}
	name, known := d.names[string(raw)]
	if !known {
		key := string(raw)
		if name, err = d.text(raw); err != nil {
			return "", err
		}
		if len(d.names) < maxNames {
			d.names[key] = name
		}
	}
	switch c, err := d.next(); {
	case err != nil:
		return "", err
	case c != ':':
		return "", d.fail("no colon")
	}
	return name, nil
}
