// Package xmlrpc is the server's side of XML-RPC as Odoo speaks it: it reads
// calls and writes answers and faults byte for byte like Python's xmlrpc.client,
// which Odoo uses. It knows nothing of Odoo's models.
package xmlrpc

import (
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// maxDepth bounds the nesting of a call's values, so that no input can exhaust
// the stack. Odoo's own domains stay below ten.
const maxDepth = 64

// ErrSyntax says that the body is no XML-RPC call.
var ErrSyntax = errors.New("not an XML-RPC call")

// Call is one decoded call. Values are nil, bool, int64, float64, string,
// []any and map[string]any.
type Call struct {
	Method string
	Params []any
}

// Decode reads one call. Every failure wraps ErrSyntax.
func Decode(r io.Reader) (*Call, error) {
	d := &decoder{x: xml.NewDecoder(r)}
	call, err := d.call()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSyntax, err)
	}
	return call, nil
}

// decoder looks itself that tags end as they began: the tokens of the library that do so,
// and look up name spaces, take a third longer.
type decoder struct{ x *xml.Decoder }

// ends refuses an end tag of another element.
func ends(t xml.EndElement, name string) error {
	if t.Name.Local != name {
		return fmt.Errorf("</%s> where </%s> should be", t.Name.Local, name)
	}
	return nil
}

func (d *decoder) call() (*Call, error) {
	if _, err := d.open("methodCall"); err != nil {
		return nil, err
	}
	if _, err := d.open("methodName"); err != nil {
		return nil, err
	}
	name, err := d.text("methodName")
	if err != nil {
		return nil, err
	}
	call := &Call{Method: strings.TrimSpace(name)}
	found, err := d.open("params", "/methodCall")
	if err != nil || found != "params" {
		return call, err
	}
	for {
		found, err := d.open("param", "/params")
		if err != nil {
			return nil, err
		}
		if found != "param" {
			return call, nil
		}
		if _, err := d.open("value"); err != nil {
			return nil, err
		}
		v, err := d.value(0)
		if err != nil {
			return nil, err
		}
		call.Params = append(call.Params, v)
		if _, err := d.open("/param"); err != nil {
			return nil, err
		}
	}
}

// open skips blanks and comments up to the next tag, which must be one of the
// names; a name with a slash is an end tag.
func (d *decoder) open(names ...string) (string, error) {
	for {
		t, err := d.x.RawToken()
		if err != nil {
			return "", err
		}
		var got string
		switch t := t.(type) {
		case xml.StartElement:
			got = t.Name.Local
		case xml.EndElement:
			got = "/" + t.Name.Local
		case xml.CharData:
			if strings.TrimSpace(string(t)) != "" {
				return "", fmt.Errorf("text where <%s> should be", names[0])
			}
			continue
		case xml.Directive:
			return "", errors.New("a document type is not allowed")
		default:
			continue
		}
		for _, n := range names {
			if n == got {
				return got, nil
			}
		}
		return "", fmt.Errorf("<%s> where <%s> should be", got, names[0])
	}
}

// text reads up to the end tag of an element that holds only text.
func (d *decoder) text(name string) (string, error) {
	var b strings.Builder
	for {
		t, err := d.x.RawToken()
		if err != nil {
			return "", err
		}
		switch t := t.(type) {
		case xml.CharData:
			b.Write(t)
		case xml.EndElement:
			return b.String(), ends(t, name)
		case xml.StartElement:
			return "", fmt.Errorf("<%s> inside <%s>", t.Name.Local, name)
		}
	}
}

// value reads what stands between <value> and </value>; text without a type is a string.
func (d *decoder) value(depth int) (any, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("nested deeper than %d", maxDepth)
	}
	var bare strings.Builder
	for {
		t, err := d.x.RawToken()
		if err != nil {
			return nil, err
		}
		switch t := t.(type) {
		case xml.CharData:
			bare.Write(t)
		case xml.EndElement:
			return bare.String(), ends(t, "value")
		case xml.StartElement:
			v, err := d.typed(t.Name.Local, depth)
			if err != nil {
				return nil, err
			}
			_, err = d.open("/value")
			return v, err
		}
	}
}

func (d *decoder) typed(kind string, depth int) (any, error) {
	switch kind {
	case "array":
		return d.array(depth)
	case "struct":
		return d.structure(depth)
	}
	s, err := d.text(kind)
	if err != nil {
		return nil, err
	}
	switch kind {
	case "string", "dateTime.iso8601":
		return s, nil
	case "int", "i4", "i8", "i2", "i1":
		return strconv.ParseInt(strings.TrimSpace(s), 10, 64)
	case "boolean":
		switch strings.TrimSpace(s) {
		case "0":
			return false, nil
		case "1":
			return true, nil
		}
		return nil, fmt.Errorf("bad boolean %q", s)
	case "double", "float":
		return strconv.ParseFloat(strings.TrimSpace(s), 64)
	case "nil":
		return nil, nil
	case "base64":
		raw, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(s), ""))
		return string(raw), err
	}
	return nil, fmt.Errorf("unknown type <%s>", kind)
}

func (d *decoder) array(depth int) (any, error) {
	if _, err := d.open("data"); err != nil {
		return nil, err
	}
	list := []any{}
	for {
		found, err := d.open("value", "/data")
		if err != nil {
			return nil, err
		}
		if found != "value" {
			_, err := d.open("/array")
			return list, err
		}
		v, err := d.value(depth + 1)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
}

func (d *decoder) structure(depth int) (any, error) {
	members := map[string]any{}
	for {
		found, err := d.open("member", "/struct")
		if err != nil {
			return nil, err
		}
		if found != "member" {
			return members, nil
		}
		if _, err := d.open("name"); err != nil {
			return nil, err
		}
		name, err := d.text("name")
		if err != nil {
			return nil, err
		}
		if _, err := d.open("value"); err != nil {
			return nil, err
		}
		if members[name], err = d.value(depth + 1); err != nil {
			return nil, err
		}
		if _, err := d.open("/member"); err != nil {
			return nil, err
		}
	}
}
