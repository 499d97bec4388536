package xmlrpc

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"time"

	kolo "github.com/kolo/xmlrpc"
)

// MaxDepth bounds how deep arrays and structs may lie in each other. Odoo's
// deepest answers (onchange specifications, domains) stay under twenty.
const MaxDepth = 100

// maxNames bounds how many member names are kept to be shared between rows.
const maxNames = 4096

// SyntaxError says that a body is not an XML-RPC method response. It quotes
// nothing of the body, which may be confidential.
type SyntaxError struct {
	// Offset is where reading stopped, in bytes from the start of the body.
	Offset int
	Reason string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("not an XML-RPC response: %s at byte %d", e.Reason, e.Offset)
}

// Fault is what a server answers instead of a result.
type Fault = kolo.FaultError

// Decode reads a method response. The result is made of nil, bool, int64,
// float64, string, time.Time, []any and map[string]any, and of Unreadable in place
// of a value that none of these holds. A fault is returned as an error of type
// Fault, anything that is not a method response as *SyntaxError.
//
// Characters that XML 1.0 forbids are left out of strings, as Odoo itself does
// before it answers: one vertical tab in one product's name must not make a
// thousand products unreadable.
func Decode(body []byte) (any, error) {
	d := &decoder{data: body, names: make(map[string]string, 32)}
	if err := d.prolog(); err != nil {
		return nil, err
	}
	if err := d.open("methodResponse"); err != nil {
		return nil, err
	}
	name, err := d.anyOpen()
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
		return nil, d.fail("expected params or fault")
	}
	if err != nil {
		return nil, err
	}
	if err := d.close("methodResponse"); err != nil {
		return nil, err
	}
	d.space()
	if d.pos != len(d.data) {
		return nil, d.fail("something follows the response")
	}
	if fault != nil {
		return nil, fault
	}
	return result, nil
}

func (d *decoder) params() (any, error) {
	if err := d.open("param"); err != nil {
		return nil, err
	}
	v, err := d.value()
	if err != nil {
		return nil, err
	}
	if err := d.close("param"); err != nil {
		return nil, err
	}
	return v, d.close("params")
}

// fault reads the struct of a fault. Odoo's older end point gives the code as a
// string; both forms are read.
func (d *decoder) fault() (fault, err error) {
	v, err := d.value()
	if err != nil {
		return nil, err
	}
	if err := d.close("fault"); err != nil {
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
	return nil, d.fail("fault without faultCode and faultString")
}

// value reads one <value> with everything in it.
func (d *decoder) value() (any, error) {
	self, err := d.openOrEmpty("value")
	if err != nil || self {
		return "", err
	}
	d.depth++
	defer func() { d.depth-- }()
	if d.depth > MaxDepth {
		return nil, d.fail("nested too deep")
	}
	text, err := d.rawText()
	if err != nil {
		return nil, err
	}
	if d.at("</value>") {
		d.pos += len("</value>")
		return d.text(text)
	}
	if len(bytes.TrimLeft(text, " \t\r\n")) != 0 {
		return nil, d.fail("text beside a type")
	}
	t, err := d.tag()
	if err != nil {
		return nil, err
	}
	if t.closing {
		return nil, d.fail("unexpected closing tag")
	}
	v, err := d.typed(t)
	if err != nil {
		return nil, err
	}
	return v, d.close("value")
}

func (d *decoder) typed(t tag) (any, error) {
	switch string(t.name) {
	case "struct":
		return d.structure(t)
	case "array":
		return d.array(t)
	}
	var raw []byte
	if !t.empty {
		var err error
		if raw, err = d.rawText(); err != nil {
			return nil, err
		}
		if err := d.closeBytes(t.name); err != nil {
			return nil, err
		}
	}
	switch string(t.name) {
	case "string", "base64":
		return d.text(raw)
	case "int", "i4", "i8":
		digits := bytes.TrimSpace(raw)
		n, err := strconv.ParseInt(string(digits), 10, 64)
		switch {
		case errors.Is(err, strconv.ErrRange):
			return NewUnreadable(digits), nil
		case err != nil:
			return nil, d.fail("bad integer")
		}
		return n, nil
	case "boolean":
		switch string(bytes.TrimSpace(raw)) {
		case "0":
			return false, nil
		case "1":
			return true, nil
		}
		return nil, d.fail("bad boolean")
	case "double":
		digits := bytes.TrimSpace(raw)
		f, err := strconv.ParseFloat(string(digits), 64)
		switch {
		case errors.Is(err, strconv.ErrRange), math.IsNaN(f), math.IsInf(f, 0):
			return NewUnreadable(digits), nil
		case err != nil:
			return nil, d.fail("bad double")
		}
		return f, nil
	case "dateTime.iso8601":
		return d.dateTime(string(bytes.TrimSpace(raw)))
	case "nil":
		if len(bytes.TrimSpace(raw)) != 0 {
			return nil, d.fail("nil with content")
		}
		return nil, nil
	}
	return nil, d.fail("unknown type")
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
		return nil, d.fail("bad date and time")
	}
	return NewUnreadable([]byte(s)), nil
}

func (d *decoder) array(t tag) (any, error) {
	items := []any{}
	if t.empty {
		return items, nil
	}
	self, err := d.openOrEmpty("data")
	if err != nil {
		return nil, err
	}
	if self {
		return items, d.close("array")
	}
	for {
		d.space()
		if d.at("</") {
			break
		}
		v, err := d.value()
		if err != nil {
			return nil, err
		}
		items = append(items, v)
	}
	if err := d.close("data"); err != nil {
		return nil, err
	}
	return items, d.close("array")
}

func (d *decoder) structure(t tag) (any, error) {
	if t.empty {
		return map[string]any{}, nil
	}
	members := make(map[string]any, d.width)
	for {
		d.space()
		if d.at("</") {
			break
		}
		if err := d.open("member"); err != nil {
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
		if err := d.close("member"); err != nil {
			return nil, err
		}
	}
	// The rows of one answer are equally wide: size the next map like this one.
	d.width = min(len(members), 64)
	return members, d.close("struct")
}

func (d *decoder) memberName() (string, error) {
	self, err := d.openOrEmpty("name")
	if err != nil || self {
		return "", err
	}
	raw, err := d.rawText()
	if err != nil {
		return "", err
	}
	name, known := d.names[string(raw)]
	if !known {
		if name, err = d.text(raw); err != nil {
			return "", err
		}
		if len(d.names) < maxNames {
			d.names[string(raw)] = name
		}
	}
	return name, d.close("name")
}
