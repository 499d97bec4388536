package xmlrpc

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"
)

// decoder walks over a body once. It reads the XML that XML-RPC needs: elements
// without attributes, text, and the predefined and numeric references. Document
// types, comments and CDATA sections, which no XML-RPC library writes, are
// refused, and with them every way to make a small body large.
type decoder struct {
	data  []byte
	pos   int
	depth int
	width int
	names map[string]string
}

// tag is one start or end tag.
type tag struct {
	name    []byte
	closing bool // </name>
	empty   bool // <name/>
}

func (d *decoder) fail(reason string) error { return &SyntaxError{Offset: d.pos, Reason: reason} }

func (d *decoder) at(s string) bool {
	return len(d.data)-d.pos >= len(s) && string(d.data[d.pos:d.pos+len(s)]) == s
}

func (d *decoder) space() {
	for d.pos < len(d.data) && isSpace(d.data[d.pos]) {
		d.pos++
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

// prolog passes a byte order mark and the XML declaration. Only UTF-8 is read;
// Python's xmlrpc.client, which Odoo answers with, writes nothing else.
func (d *decoder) prolog() error {
	if d.at("\xef\xbb\xbf") {
		d.pos += 3
	}
	d.space()
	if !d.at("<?xml") {
		return nil
	}
	end := bytes.Index(d.data[d.pos:], []byte("?>"))
	if end < 0 || end > 200 {
		return d.fail("unfinished XML declaration")
	}
	declaration := strings.ToLower(string(d.data[d.pos : d.pos+end]))
	if _, encoding, found := strings.Cut(declaration, "encoding"); found {
		encoding = strings.Trim(encoding, " =\t\r\n")
		if !strings.HasPrefix(encoding, `"utf-8"`) && !strings.HasPrefix(encoding, `'utf-8'`) {
			return d.fail("encoding other than UTF-8")
		}
	}
	d.pos += end + 2
	return nil
}

// tag reads the next tag, after white space.
func (d *decoder) tag() (tag, error) {
	d.space()
	if d.pos >= len(d.data) {
		return tag{}, d.fail("ends too early")
	}
	if d.data[d.pos] != '<' {
		return tag{}, d.fail("text where a tag belongs")
	}
	p := d.pos + 1
	var t tag
	if p < len(d.data) && d.data[p] == '/' {
		t.closing = true
		p++
	}
	start := p
	for p < len(d.data) && isNameByte(d.data[p]) {
		p++
	}
	t.name = d.data[start:p]
	for p < len(d.data) && isSpace(d.data[p]) {
		p++
	}
	if p < len(d.data) && d.data[p] == '/' && !t.closing {
		t.empty = true
		p++
	}
	if len(t.name) == 0 || p >= len(d.data) || d.data[p] != '>' {
		return tag{}, d.fail("malformed tag")
	}
	d.pos = p + 1
	return t, nil
}

func isNameByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '.'
}

// open passes <name>.
func (d *decoder) open(name string) error {
	empty, err := d.openOrEmpty(name)
	if err == nil && empty {
		return d.fail("empty " + name)
	}
	return err
}

// openOrEmpty passes <name> or <name/> and tells which.
func (d *decoder) openOrEmpty(name string) (empty bool, err error) {
	t, err := d.tag()
	if err != nil {
		return false, err
	}
	if t.closing || string(t.name) != name {
		return false, d.fail("expected " + name)
	}
	return t.empty, nil
}

// anyOpen passes a start tag and returns its name.
func (d *decoder) anyOpen() (string, error) {
	t, err := d.tag()
	if err != nil {
		return "", err
	}
	if t.closing || t.empty {
		return "", d.fail("expected a start tag")
	}
	return string(t.name), nil
}

// close passes </name>.
func (d *decoder) close(name string) error {
	t, err := d.tag()
	if err != nil {
		return err
	}
	if !t.closing || string(t.name) != name {
		return d.fail("expected end of " + name)
	}
	return nil
}

func (d *decoder) closeBytes(name []byte) error {
	t, err := d.tag()
	if err != nil {
		return err
	}
	if !t.closing || !bytes.Equal(t.name, name) {
		return d.fail("expected end of " + string(name))
	}
	return nil
}

// rawText passes the text up to the next tag.
func (d *decoder) rawText() ([]byte, error) {
	n := bytes.IndexByte(d.data[d.pos:], '<')
	if n < 0 {
		d.pos = len(d.data)
		return nil, d.fail("ends too early")
	}
	raw := d.data[d.pos : d.pos+n]
	d.pos += n
	return raw, nil
}

// text is the string that raw XML text stands for.
func (d *decoder) text(raw []byte) (string, error) {
	if !utf8.Valid(raw) {
		return "", d.fail("text that is not UTF-8")
	}
	if isPlain(raw) {
		return string(raw), nil
	}
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); {
		switch c := raw[i]; {
		case c == '&':
			r, n, ok := reference(raw[i:])
			if !ok {
				return "", d.fail("bad reference")
			}
			if Allowed(r) {
				out = utf8.AppendRune(out, r)
			}
			i += n
		case c == '\r':
			// XML 1.0, 2.11: a line ends in a single line feed.
			out = append(out, '\n')
			i++
			if i < len(raw) && raw[i] == '\n' {
				i++
			}
		default:
			r, n := utf8.DecodeRune(raw[i:])
			if Allowed(r) {
				out = append(out, raw[i:i+n]...)
			}
			i += n
		}
	}
	return string(out), nil
}

// isPlain tells whether text stands for itself.
func isPlain(raw []byte) bool {
	for _, c := range raw {
		if c < ' ' && c != '\n' && c != '\t' || c == '&' || c == 0xEF {
			return false // 0xEF begins the non-characters U+FFFE and U+FFFF
		}
	}
	return true
}

// Allowed tells whether XML 1.0 can carry a character (section 2.2).
func Allowed(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' ||
		r >= 0x20 && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 && r <= 0x10FFFF
}

// reference reads the reference at the start of raw and its length.
func reference(raw []byte) (r rune, n int, ok bool) {
	const longest = len("&#x10FFFF;") + 6 // leading zeros are legal
	end := bytes.IndexByte(raw[:min(len(raw), longest)], ';')
	if end < 0 {
		return 0, 0, false
	}
	name := string(raw[1:end])
	n = end + 1
	switch name {
	case "lt":
		return '<', n, true
	case "gt":
		return '>', n, true
	case "amp":
		return '&', n, true
	case "quot":
		return '"', n, true
	case "apos":
		return '\'', n, true
	}
	digits, isNumber := strings.CutPrefix(name, "#")
	base := 10
	if hex, isHex := strings.CutPrefix(digits, "x"); isHex {
		digits, base = hex, 16
	}
	code, err := strconv.ParseUint(digits, base, 32)
	if !isNumber || err != nil || code > 0x10FFFF {
		return 0, 0, false
	}
	return rune(code), n, true
}
