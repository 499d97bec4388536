// Package xmlscan reads the XML that XML-RPC needs, in one walk: elements without
// attributes, text, and the predefined and numeric references. Document types, comments
// and CDATA sections, which no XML-RPC library writes, are refused, and with them every
// way to make a small body large. The client of Odoo reads answers with it, the simulated
// Odoo calls: a decoder that knows all of XML takes five to ten times as long.
package xmlscan

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Error says that a body is not XML as XML-RPC has it, or not what was to come. It
// quotes nothing of the body, which may be confidential.
type Error struct {
	// Offset is where reading stopped, in bytes from the start of the body.
	Offset int
	Reason string
}

func (e *Error) Error() string { return fmt.Sprintf("not XML-RPC: %s at byte %d", e.Reason, e.Offset) }

// Scanner walks over a body once.
type Scanner struct {
	data []byte
	pos  int
}

// New makes a scanner that stands at the start of a body.
func New(body []byte) *Scanner { return &Scanner{data: body} }

// Tag is one start or end tag.
type Tag struct {
	Name    []byte
	Closing bool // </name>
	Empty   bool // <name/>
}

// Fail makes an error of what is wrong where the scanner stands.
func (s *Scanner) Fail(reason string) error { return &Error{Offset: s.pos, Reason: reason} }

func (s *Scanner) at(text string) bool {
	return len(s.data)-s.pos >= len(text) && string(s.data[s.pos:s.pos+len(text)]) == text
}

// Pass passes a text if it stands here, and tells whether it did.
func (s *Scanner) Pass(text string) bool {
	if !s.at(text) {
		return false
	}
	s.pos += len(text)
	return true
}

// AtClosing passes white space, and tells whether an end tag follows.
func (s *Scanner) AtClosing() bool {
	s.space()
	return s.at("</")
}

// End passes white space, and refuses what follows it.
func (s *Scanner) End() error {
	s.space()
	if s.pos != len(s.data) {
		return s.Fail("something follows the end")
	}
	return nil
}

func (s *Scanner) space() {
	for s.pos < len(s.data) && isSpace(s.data[s.pos]) {
		s.pos++
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

// Prolog passes a byte order mark and the XML declaration. Only UTF-8 is read;
// Python's xmlrpc.client, which Odoo answers with, writes nothing else.
func (s *Scanner) Prolog() error {
	if s.at("\xef\xbb\xbf") {
		s.pos += 3
	}
	s.space()
	if !s.at("<?xml") {
		return nil
	}
	end := bytes.Index(s.data[s.pos:], []byte("?>"))
	if end < 0 || end > 200 {
		return s.Fail("unfinished XML declaration")
	}
	declaration := strings.ToLower(string(s.data[s.pos : s.pos+end]))
	if _, encoding, found := strings.Cut(declaration, "encoding"); found {
		encoding = strings.Trim(encoding, " =\t\r\n")
		if !strings.HasPrefix(encoding, `"utf-8"`) && !strings.HasPrefix(encoding, `'utf-8'`) {
			return s.Fail("encoding other than UTF-8")
		}
	}
	s.pos += end + 2
	return nil
}

// Tag reads the next tag, after white space.
func (s *Scanner) Tag() (Tag, error) {
	s.space()
	if s.pos >= len(s.data) {
		return Tag{}, s.Fail("ends too early")
	}
	if s.data[s.pos] != '<' {
		return Tag{}, s.Fail("text where a tag belongs")
	}
	p := s.pos + 1
	var t Tag
	if p < len(s.data) && s.data[p] == '/' {
		t.Closing = true
		p++
	}
	start := p
	for p < len(s.data) && isNameByte(s.data[p]) {
		p++
	}
	t.Name = s.data[start:p]
	for p < len(s.data) && isSpace(s.data[p]) {
		p++
	}
	if p < len(s.data) && s.data[p] == '/' && !t.Closing {
		t.Empty = true
		p++
	}
	if len(t.Name) == 0 || p >= len(s.data) || s.data[p] != '>' {
		return Tag{}, s.Fail("malformed tag")
	}
	s.pos = p + 1
	return t, nil
}

func isNameByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '.'
}

// Open passes <name>.
func (s *Scanner) Open(name string) error {
	empty, err := s.OpenOrEmpty(name)
	if err == nil && empty {
		return s.Fail("empty " + name)
	}
	return err
}

// OpenOrEmpty passes <name> or <name/> and tells which.
func (s *Scanner) OpenOrEmpty(name string) (empty bool, err error) {
	t, err := s.Tag()
	if err != nil {
		return false, err
	}
	if t.Closing || string(t.Name) != name {
		return false, s.Fail("expected " + name)
	}
	return t.Empty, nil
}

// Start passes a start tag and returns its name.
func (s *Scanner) Start() (string, error) {
	t, err := s.Tag()
	if err != nil {
		return "", err
	}
	if t.Closing || t.Empty {
		return "", s.Fail("expected a start tag")
	}
	return string(t.Name), nil
}

// Close passes </name>.
func (s *Scanner) Close(name string) error {
	t, err := s.Tag()
	if err != nil {
		return err
	}
	if !t.Closing || string(t.Name) != name {
		return s.Fail("expected end of " + name)
	}
	return nil
}

// RawText passes the text up to the next tag.
func (s *Scanner) RawText() ([]byte, error) {
	n := bytes.IndexByte(s.data[s.pos:], '<')
	if n < 0 {
		s.pos = len(s.data)
		return nil, s.Fail("ends too early")
	}
	raw := s.data[s.pos : s.pos+n]
	s.pos += n
	return raw, nil
}

// Text is the string that raw XML text stands for.
func (s *Scanner) Text(raw []byte) (string, error) {
	if !utf8.Valid(raw) {
		return "", s.Fail("text that is not UTF-8")
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
				return "", s.Fail("bad reference")
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
