// Package xmlrpc is the server's side of XML-RPC as Odoo speaks it: it reads
// calls and writes answers and faults byte for byte like Python's xmlrpc.client,
// which Odoo uses. It knows nothing of Odoo's models.
package xmlrpc

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"odoomesh/internal/xmlscan"
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

// Decode reads one call. Every failure wraps ErrSyntax, or is the reader's.
func Decode(r io.Reader) (*Call, error) {
	body, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	call, err := (&decoder{xmlscan.New(body)}).call()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSyntax, err)
	}
	return call, nil
}

type decoder struct{ *xmlscan.Scanner }

func (d *decoder) call() (*Call, error) {
	if err := d.Prolog(); err != nil {
		return nil, err
	}
	if err := d.Open("methodCall"); err != nil {
		return nil, err
	}
	name, err := d.named("methodName")
	if err != nil {
		return nil, err
	}
	call := &Call{Method: strings.TrimSpace(name)}
	if !d.AtClosing() {
		if call.Params, err = d.params(); err != nil {
			return nil, err
		}
	}
	if err := d.Close("methodCall"); err != nil {
		return nil, err
	}
	return call, d.End()
}

func (d *decoder) params() ([]any, error) {
	empty, err := d.OpenOrEmpty("params")
	if err != nil || empty {
		return nil, err
	}
	var params []any
	for !d.AtClosing() {
		if err := d.Open("param"); err != nil {
			return nil, err
		}
		v, err := d.value(0)
		if err != nil {
			return nil, err
		}
		params = append(params, v)
		if err := d.Close("param"); err != nil {
			return nil, err
		}
	}
	return params, d.Close("params")
}

// named reads an element that holds only text.
func (d *decoder) named(name string) (string, error) {
	empty, err := d.OpenOrEmpty(name)
	if err != nil || empty {
		return "", err
	}
	return d.upTo(name)
}

// upTo reads text up to the end tag of its element.
func (d *decoder) upTo(name string) (string, error) {
	raw, err := d.RawText()
	if err != nil {
		return "", err
	}
	if err := d.Close(name); err != nil {
		return "", err
	}
	return d.Text(raw)
}

// value reads <value> with what is in it; text without a type is a string.
func (d *decoder) value(depth int) (any, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("nested deeper than %d", maxDepth)
	}
	empty, err := d.OpenOrEmpty("value")
	if err != nil || empty {
		return "", err
	}
	bare, err := d.RawText()
	if err != nil {
		return nil, err
	}
	if d.Pass("</value>") {
		return d.Text(bare)
	}
	if len(bytes.TrimSpace(bare)) != 0 {
		return nil, d.Fail("text beside a type")
	}
	t, err := d.Tag()
	if err != nil {
		return nil, err
	}
	if t.Closing {
		return nil, d.Fail("an end tag where a type should be")
	}
	v, err := d.typed(string(t.Name), t.Empty, depth)
	if err != nil {
		return nil, err
	}
	return v, d.Close("value")
}

func (d *decoder) typed(kind string, empty bool, depth int) (any, error) {
	switch {
	case kind == "array" && empty:
		return []any{}, nil
	case kind == "array":
		return d.array(depth)
	case kind == "struct" && empty:
		return map[string]any{}, nil
	case kind == "struct":
		return d.structure(depth)
	}
	var s string
	if !empty {
		var err error
		if s, err = d.upTo(kind); err != nil {
			return nil, err
		}
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
	list := []any{}
	empty, err := d.OpenOrEmpty("data")
	if err != nil {
		return nil, err
	}
	if empty {
		return list, d.Close("array")
	}
	for !d.AtClosing() {
		v, err := d.value(depth + 1)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	if err := d.Close("data"); err != nil {
		return nil, err
	}
	return list, d.Close("array")
}

func (d *decoder) structure(depth int) (any, error) {
	members := map[string]any{}
	for !d.AtClosing() {
		if err := d.Open("member"); err != nil {
			return nil, err
		}
		name, err := d.named("name")
		if err != nil {
			return nil, err
		}
		if members[name], err = d.value(depth + 1); err != nil {
			return nil, err
		}
		if err := d.Close("member"); err != nil {
			return nil, err
		}
	}
	return members, d.Close("struct")
}
