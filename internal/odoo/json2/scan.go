package json2

import (
	"bufio"
	"bytes"
	"errors"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"odoomesh/internal/odoo/xmlrpc"
	"odoomesh/internal/xmlscan"
)

// raw reads what stands between the quotes of a string, whose opening one has
// been passed. It holds until the next read.
func (d *decoder) raw() ([]byte, error) {
	d.kept = d.kept[:0]
	for {
		part, err := d.in.ReadSlice('"')
		d.offset += int64(len(part))
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return nil, d.broken(err)
		}
		if err == nil && len(d.kept) == 0 && bytes.IndexByte(part, '\\') < 0 {
			return part[:len(part)-1], nil
		}
		d.kept = append(d.kept, part...)
		if err == nil && !escaped(d.kept) {
			return d.kept[:len(d.kept)-1], nil
		}
	}
}

// escaped tells whether the quote at the end stands behind an odd number of
// backslashes.
func escaped(quoted []byte) bool {
	n := 0
	for i := len(quoted) - 2; i >= 0 && quoted[i] == '\\'; i-- {
		n++
	}
	return n%2 == 1
}

// text is the string that stands between quotes, as XML-RPC would give it.
func (d *decoder) text(raw []byte) (string, error) {
	if isPlain(raw) {
		return string(raw), nil
	}
	if !utf8.Valid(raw) {
		return "", d.fail("text that is not UTF-8")
	}
	out := make([]byte, 0, len(raw))
	afterCR := false
	for len(raw) > 0 {
		r, n, ok := character(raw)
		if !ok {
			return "", d.fail("bad text")
		}
		raw = raw[n:]
		switch {
		case r == '\r':
			out = append(out, '\n')
		case r == '\n' && afterCR, !xmlscan.Allowed(r):
		default:
			out = utf8.AppendRune(out, r)
		}
		afterCR = r == '\r'
	}
	return string(out), nil
}

// isPlain tells whether text stands for itself.
func isPlain(raw []byte) bool {
	for _, c := range raw {
		if c < ' ' || c == '\\' || c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// character reads the first character of raw, which is valid UTF-8 and not
// empty, and its length there.
func character(raw []byte) (r rune, n int, ok bool) {
	switch {
	case raw[0] < ' ':
		return 0, 0, false
	case raw[0] != '\\':
		r, n = utf8.DecodeRune(raw)
		return r, n, true
	case len(raw) < 2:
		return 0, 0, false
	}
	switch raw[1] {
	case '"', '\\', '/':
		return rune(raw[1]), 2, true
	case 'b':
		return '\b', 2, true
	case 'f':
		return '\f', 2, true
	case 'n':
		return '\n', 2, true
	case 'r':
		return '\r', 2, true
	case 't':
		return '\t', 2, true
	}
	if r, ok = unit(raw); !ok {
		return 0, 0, false
	}
	if utf16.IsSurrogate(r) {
		low, _ := unit(raw[6:])
		if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
			return r, 12, true
		}
	}
	return r, 6, true
}

// unit reads \uXXXX.
func unit(raw []byte) (rune, bool) {
	if len(raw) < 6 || raw[0] != '\\' || raw[1] != 'u' {
		return 0, false
	}
	code, err := strconv.ParseUint(string(raw[2:6]), 16, 16)
	return rune(code), err == nil
}

// number reads a number that begins with c: an int64 if it has neither a point
// nor an exponent, else a float64. Python writes 3.0 for a float without a
// fraction, so the types of Odoo's fields come through. A number that neither
// holds is Unreadable, and so is what Python writes for a float that is none.
func (d *decoder) number(c byte) (any, error) {
	d.kept = append(d.kept[:0], c)
	for {
		c, err := d.read()
		if err != nil && !d.ended {
			return nil, err
		}
		if err != nil {
			break // a number alone is an answer; what is missing behind others, they notice
		}
		if c == 'I' && len(d.kept) == 1 {
			return d.noNumber("-I", "nfinity")
		}
		if !('0' <= c && c <= '9' || c == '.' || c == 'e' || c == 'E' || c == '+' || c == '-') {
			d.unread()
			break
		}
		d.kept = append(d.kept, c)
	}
	whole, ok := isNumber(d.kept)
	if !ok {
		return nil, d.fail("bad number")
	}
	if whole {
		n, err := strconv.ParseInt(string(d.kept), 10, 64)
		if err != nil {
			return xmlrpc.NewUnreadable(d.kept), nil
		}
		return n, nil
	}
	f, err := strconv.ParseFloat(string(d.kept), 64)
	if err != nil {
		return xmlrpc.NewUnreadable(d.kept), nil
	}
	return f, nil
}

// noNumber passes the rest of NaN, Infinity or -Infinity: no JSON, and what Python
// writes for such a float.
func (d *decoder) noNumber(begun, rest string) (any, error) {
	if err := d.word(rest); err != nil {
		return nil, err
	}
	return xmlrpc.NewUnreadable([]byte(begun + rest)), nil
}

// isNumber tells whether text is a number as RFC 8259 writes it, and whether it
// is a whole one.
func isNumber(text []byte) (whole, ok bool) {
	text = bytes.TrimPrefix(text, []byte("-"))
	n := digits(text)
	if n == 0 || n > 1 && text[0] == '0' {
		return false, false
	}
	text, whole = text[n:], true
	if len(text) > 0 && text[0] == '.' {
		if n = digits(text[1:]); n == 0 {
			return false, false
		}
		text, whole = text[1+n:], false
	}
	if len(text) > 0 && (text[0] == 'e' || text[0] == 'E') {
		text, whole = text[1:], false
		if len(text) > 0 && (text[0] == '+' || text[0] == '-') {
			text = text[1:]
		}
		if n = digits(text); n == 0 {
			return false, false
		}
		text = text[n:]
	}
	return whole, len(text) == 0
}

// digits counts the digits that text begins with.
func digits(text []byte) int {
	n := 0
	for n < len(text) && '0' <= text[n] && text[n] <= '9' {
		n++
	}
	return n
}
