package xmlrpc

import (
	"bytes"
	"errors"
	"math"
	"regexp"
	"strconv"
	"time"

	kolo "github.com/kolo/xmlrpc"

	"odoomesh/internal/xmlscan"
)

// MaxDepth bounds how deep arrays and structs may lie in each other. Odoo's
// deepest answers (onchange specifications, domains) stay under twenty.
const MaxDepth = 100

// maxNames bounds how many member names are kept to be shared between rows.
const maxNames = 4096

// SyntaxError says that a body is not an XML-RPC method response.
type SyntaxError = xmlscan.Error

// Fault is what a server answers instead of a result.
type Fault = kolo.FaultError

// decoder reads one response.
type decoder struct {
	*xmlscan.Scanner
	depth int
	width int
	names map[string]string
}

// Decode reads a method response. The result is made of nil, bool, int64,
// float64, string, time.Time, []any and map[string]any, and of Unreadable in place
// of a value that none of these holds. A fault is returned as an error of type
// Fault, anything that is not a method response as *SyntaxError.
//
// Characters that XML 1.0 forbids are left out of strings, as Odoo itself does
// before it answers: one vertical tab in one product's name must not make a
// thousand products unreadable.
func Decode(body []byte) (any, error) {
	d := &decoder{Scanner: xmlscan.New(body), names: make(map[string]string, 32)}
	if err := d.Prolog(); err != nil {
		return nil, err
	}
	if err := d.Open("methodResponse"); err != nil {
		return nil, err
	}
	name, err := d.Start()
	if err != nil {
		return nil, err
	}
	var result any
	var fault error
	switch name {
	case "params":
		result, err = d.params()
	case "fault":
		fault, err = d.fault()
	default:
		return nil, d.Fail("expected params or fault")
	}
	if err != nil {
		return nil, err
	}
	if err := d.Close("methodResponse"); err != nil {
		return nil, err
	}
	if err := d.End(); err != nil {
		return nil, err
	}
	if fault != nil {
		return nil, fault
	}
	return result, nil
}

func (d *decoder) params() (any, error) {
	if err := d.Open("param"); err != nil {
		return nil, err
	}
	v, err := d.value()
	if err != nil {
		return nil, err
	}
	if err := d.Close("param"); err != nil {
		return nil, err
	}
	return v, d.Close("params")
}

// fault reads the struct of a fault. Odoo's older end point gives the code as a
// string; both forms are read.
func (d *decoder) fault() (fault, err error) {
	v, err := d.value()
	if err != nil {
		return nil, err
	}
	if err := d.Close("fault"); err != nil {
		return nil, err
	}
	members, _ := v.(map[string]any)
	text, hasText := members["faultString"].(string)
	switch code := members["faultCode"].(type) {
	case int64:
		if hasText && code >= math.MinInt32 && code <= math.MaxInt32 {
			return Fault{Code: int(code), String: text}, nil
		}
	case string:
		if hasText {
			return Fault{Code: 1, String: code + "\n" + text}, nil
		}
	}
	return nil, d.Fail("fault without faultCode and faultString")
}

// value reads one <value> with everything in it.
func (d *decoder) value() (any, error) {
	self, err := d.OpenOrEmpty("value")
	if err != nil || self {
		return "", err
	}
	d.depth++
	defer func() { d.depth-- }()
	if d.depth > MaxDepth {
		return nil, d.Fail("nested too deep")
	}
	text, err := d.RawText()
	if err != nil {
		return nil, err
	}
	if d.Pass("</value>") {
		return d.Text(text)
	}
	if len(bytes.TrimLeft(text, " \t\r\n")) != 0 {
		return nil, d.Fail("text beside a type")
	}
	t, err := d.Tag()
	if err != nil {
		return nil, err
	}
	if t.Closing {
		return nil, d.Fail("unexpected closing tag")
	}
	v, err := d.typed(t)
	if err != nil {
		return nil, err
	}
	return v, d.Close("value")
}

func (d *decoder) typed(t xmlscan.Tag) (any, error) {
	switch string(t.Name) {
	case "struct":
		return d.structure(t)
	case "array":
		return d.array(t)
	}
	var raw []byte
	if !t.Empty {
		var err error
		if raw, err = d.RawText(); err != nil {
			return nil, err
		}
		if err := d.Close(string(t.Name)); err != nil {
			return nil, err
		}
	}
	switch string(t.Name) {
	case "string", "base64":
		return d.Text(raw)
	case "int", "i4", "i8":
		digits := bytes.TrimSpace(raw)
		n, err := strconv.ParseInt(string(digits), 10, 64)
		switch {
		case errors.Is(err, strconv.ErrRange):
			return NewUnreadable(digits), nil
		case err != nil:
			return nil, d.Fail("bad integer")
		}
		return n, nil
	case "boolean":
		switch string(bytes.TrimSpace(raw)) {
		case "0":
			return false, nil
		case "1":
			return true, nil
		}
		return nil, d.Fail("bad boolean")
	case "double":
		digits := bytes.TrimSpace(raw)
		f, err := strconv.ParseFloat(string(digits), 64)
		switch {
		case errors.Is(err, strconv.ErrRange), math.IsNaN(f), math.IsInf(f, 0):
			return NewUnreadable(digits), nil
		case err != nil:
			return nil, d.Fail("bad double")
		}
		return f, nil
	case "dateTime.iso8601":
		return d.dateTime(string(bytes.TrimSpace(raw)))
	case "nil":
		if len(bytes.TrimSpace(raw)) != 0 {
			return nil, d.Fail("nil with content")
		}
		return nil, nil
	}
	return nil, d.Fail("unknown type")
}

// dateLike is what a date and time is written with, such as one in the year 26.
var dateLike = regexp.MustCompile(`^[0-9][0-9T:.+-]*$`)

func (d *decoder) dateTime(s string) (any, error) {
	for _, layout := range []string{"20060102T15:04:05", "2006-01-02T15:04:05"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, nil
		}
	}
	if !dateLike.MatchString(s) {
		return nil, d.Fail("bad date and time")
	}
	return NewUnreadable([]byte(s)), nil
}

func (d *decoder) array(t xmlscan.Tag) (any, error) {
	items := []any{}
	if t.Empty {
		return items, nil
	}
	self, err := d.OpenOrEmpty("data")
	if err != nil {
		return nil, err
	}
	if self {
		return items, d.Close("array")
	}
	for {
		if d.AtClosing() {
			break
		}
		v, err := d.value()
		if err != nil {
			return nil, err
		}
		items = append(items, v)
	}
	if err := d.Close("data"); err != nil {
		return nil, err
	}
	return items, d.Close("array")
}

func (d *decoder) structure(t xmlscan.Tag) (any, error) {
	if t.Empty {
		return map[string]any{}, nil
	}
	members := make(map[string]any, d.width)
	for {
		if d.AtClosing() {
			break
		}
		if err := d.Open("member"); err != nil {
			return nil, err
		}
		name, err := d.memberName()
		if err != nil {
			return nil, err
		}
		v, err := d.value()
		if err != nil {
			return nil, err
		}
		members[name] = v
		if err := d.Close("member"); err != nil {
			return nil, err
		}
	}
	// The rows of one answer are equally wide: size the next map like this one.
	d.width = min(len(members), 64)
	return members, d.Close("struct")
}

func (d *decoder) memberName() (string, error) {
	self, err := d.OpenOrEmpty("name")
	if err != nil || self {
		return "", err
	}
	raw, err := d.RawText()
	if err != nil {
		return "", err
	}
	name, known := d.names[string(raw)]
	if !known {
		if name, err = d.Text(raw); err != nil {
			return "", err
		}
		if len(d.names) < maxNames {
			d.names[string(raw)] = name
		}
	}
	return name, d.Close("name")
}
