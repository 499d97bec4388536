package xmlrpc

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Member is one entry of a Struct.
type Member struct {
	Name  string
	Value any
}

// Struct is a dictionary that keeps the order of its keys, as Python's does.
type Struct []Member

// Get is the member's value, nil where there is none.
func (s Struct) Get(name string) any {
	for _, m := range s {
		if m.Name == name {
			return m.Value
		}
	}
	return nil
}

// ErrNone is the complaint of Python's marshaller about a None; ErrRange about
// an integer that XML-RPC's 32 bits do not hold.
var (
	ErrNone  = errors.New("cannot marshal None unless allow_none is enabled")
	ErrRange = errors.New("int exceeds XML-RPC limits")
)

// head is the declaration: with single quotes up to Odoo 17, double ones from 18 on.
func head(version int) string {
	if version >= 18 {
		return "<?xml version=\"1.0\"?>\n<methodResponse>\n"
	}
	return "<?xml version='1.0'?>\n<methodResponse>\n"
}

// tail is what stands before the closing tag of an answer: nothing up to Odoo 17,
// an empty line from 18 on.
func tail(version int) string {
	if version >= 18 {
		return "\n</methodResponse>\n"
	}
	return "</methodResponse>\n"
}

// Response is the whole answer of an Odoo of that major version. It fails as
// Odoo does: with ErrNone or ErrRange.
func Response(version int, v any) ([]byte, error) {
	b := append(make([]byte, 0, 1024), head(version)...)
	b = append(b, "<params>\n<param>\n"...)
	b, err := appendValue(b, v)
	if err != nil {
		return nil, err
	}
	b = append(b, "</param>\n</params>\n"...)
	return append(b, tail(version)...), nil
}

// FaultResponse is the whole answer that carries a fault.
func FaultResponse(version, code int, text string) []byte {
	b := append(make([]byte, 0, 1024), head(version)...)
	b = append(b, "<fault>\n<value><struct>\n<member>\n<name>faultCode</name>\n<value><int>"...)
	b = strconv.AppendInt(b, int64(code), 10)
	b = append(b, "</int></value>\n</member>\n<member>\n<name>faultString</name>\n<value><string>"...)
	b = appendText(b, text)
	b = append(b, "</string></value>\n</member>\n</struct></value>\n</fault>\n"...)
	return append(b, tail(version)...)
}

func appendValue(b []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return nil, ErrNone
	case bool:
		if v {
			return append(b, "<value><boolean>1</boolean></value>\n"...), nil
		}
		return append(b, "<value><boolean>0</boolean></value>\n"...), nil
	case int:
		return appendInt(b, int64(v))
	case int64:
		return appendInt(b, v)
	case float64:
		b = append(b, "<value><double>"...)
		b = AppendFloat(b, v)
		return append(b, "</double></value>\n"...), nil
	case string:
		b = append(b, "<value><string>"...)
		b = appendText(b, v)
		return append(b, "</string></value>\n"...), nil
	case Struct:
		return appendStruct(b, v)
	case []Struct:
		return appendArray(b, v)
	case []any:
		return appendArray(b, v)
	case []int64:
		return appendArray(b, v)
	}
	return nil, fmt.Errorf("cannot marshal %T", v)
}

func appendInt(b []byte, n int64) ([]byte, error) {
	if n > math.MaxInt32 || n < math.MinInt32 {
		return nil, ErrRange
	}
	b = append(b, "<value><int>"...)
	b = strconv.AppendInt(b, n, 10)
	return append(b, "</int></value>\n"...), nil
}

func appendArray[T any](b []byte, list []T) (out []byte, err error) {
	b = append(b, "<value><array><data>\n"...)
	for _, v := range list {
		if b, err = appendValue(b, v); err != nil {
			return nil, err
		}
	}
	return append(b, "</data></array></value>\n"...), nil
}

func appendStruct(b []byte, s Struct) (out []byte, err error) {
	b = append(b, "<value><struct>\n"...)
	for _, m := range s {
		b = append(b, "<member>\n<name>"...)
		b = appendText(b, m.Name)
		b = append(b, "</name>\n"...)
		if b, err = appendValue(b, m.Value); err != nil {
			return nil, err
		}
		b = append(b, "</member>\n"...)
	}
	return append(b, "</struct></value>\n"...), nil
}

// appendText escapes what Python escapes and drops the control characters that
// XML 1.0 does not allow, as Odoo does.
func appendText(b []byte, s string) []byte {
	if !strings.ContainsFunc(s, special) {
		return append(b, s...)
	}
	for _, r := range s {
		switch {
		case r == '&':
			b = append(b, "&amp;"...)
		case r == '<':
			b = append(b, "&lt;"...)
		case r == '>':
			b = append(b, "&gt;"...)
		case special(r):
		default:
			b = append(b, string(r)...)
		}
	}
	return b
}

func special(r rune) bool {
	return r == '&' || r == '<' || r == '>' || (r < ' ' && r != '\n' && r != '\t' && r != '\r')
}

// AppendFloat writes a float as Python's repr does: the shortest text that reads
// back the same, with a point, and an exponent of two digits outside 1e-4…1e16.
func AppendFloat(b []byte, f float64) []byte {
	switch {
	case math.IsInf(f, 1):
		return append(b, "inf"...)
	case math.IsInf(f, -1):
		return append(b, "-inf"...)
	case math.IsNaN(f):
		return append(b, "nan"...)
	}
	if abs := math.Abs(f); abs != 0 && (abs < 1e-4 || abs >= 1e16) {
		return strconv.AppendFloat(b, f, 'e', -1, 64)
	}
	start := len(b)
	b = strconv.AppendFloat(b, f, 'f', -1, 64)
	for _, c := range b[start:] {
		if c == '.' {
			return b
		}
	}
	return append(b, ".0"...)
}
