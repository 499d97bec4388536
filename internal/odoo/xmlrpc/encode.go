package xmlrpc

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"math"
	"strconv"
	"time"
	"unicode/utf8"

	kolo "github.com/kolo/xmlrpc"

	"odoomesh/internal/xmlscan"
)

// DateTime is how Odoo writes a time: in UTC, without a zone, in whole seconds.
const DateTime = "2006-01-02 15:04:05"

// ValueError says that an argument cannot be sent. It names the place and never
// quotes the value, which may be a secret.
type ValueError struct {
	// Path leads to the value from the argument list, such as
	// args[1].order_line[0].name.
	Path   string
	Reason string
}

func (e *ValueError) Error() string {
	return fmt.Sprintf("cannot send %s: %s", e.Path, e.Reason)
}

// Argument is one positional argument of a call, named for error messages.
type Argument struct {
	Name  string
	Value any
}

// Encode writes a method call. Values are nil, bool, int, int64, float64,
// string, time.Time, []any, []string, []int64 and map[string]any; anything else
// is a *ValueError, and so are integers beyond 32 bits, which XML-RPC cannot
// carry, floats that are not numbers, and strings with characters that XML
// cannot carry. A time is sent in UTC as Odoo writes it; nil is sent as false,
// which is Odoo's empty value for every type.
func Encode(method string, arguments ...Argument) ([]byte, error) {
	values := make([]any, len(arguments))
	for i, a := range arguments {
		v, err := sendable(a.Name, a.Value, 0)
		if err != nil {
			return nil, err
		}
		values[i] = v
	}
	if err := checkText("method", method); err != nil {
		return nil, err
	}
	body, err := kolo.EncodeMethodCall(escape(method), values...)
	if err != nil {
		return nil, fmt.Errorf("encoding an XML-RPC call: %w", err)
	}
	return body, nil
}

// sendable is the value in a form that kolo writes faithfully.
func sendable(path string, value any, depth int) (any, error) {
	if depth > MaxDepth {
		return nil, &ValueError{Path: path, Reason: "nested too deep"}
	}
	switch v := value.(type) {
	case nil:
		return false, nil
	case bool:
		return v, nil
	case int:
		return v, checkInt(path, int64(v))
	case int64:
		return v, checkInt(path, v)
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, &ValueError{Path: path, Reason: "a float that is not a finite number"}
		}
		return v, nil
	case string:
		return v, checkText(path, v)
	case time.Time:
		return v.UTC().Format(DateTime), nil
	case []int64:
		for i, n := range v {
			if err := checkInt(at(path, i), n); err != nil {
				return nil, err
			}
		}
		return v, nil
	case []string:
		for i, s := range v {
			if err := checkText(at(path, i), s); err != nil {
				return nil, err
			}
		}
		return v, nil
	case []any:
		items := make([]any, len(v))
		for i, item := range v {
			var err error
			if items[i], err = sendable(at(path, i), item, depth+1); err != nil {
				return nil, err
			}
		}
		return items, nil
	case map[string]any:
		members := make(map[string]any, len(v))
		for name, member := range v {
			place := path + "." + strconv.QuoteToASCII(name)
			if isSimpleName(name) {
				place = path + "." + name
			}
			if err := checkText(place, name); err != nil {
				return nil, err
			}
			sent, err := sendable(place, member, depth+1)
			if err != nil {
				return nil, err
			}
			members[escape(name)] = sent // kolo writes names as they are
		}
		return members, nil
	}
	return nil, &ValueError{Path: path, Reason: fmt.Sprintf("values of type %T are not supported", value)}
}

func at(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

func checkInt(path string, n int64) error {
	if n < math.MinInt32 || n > math.MaxInt32 {
		return &ValueError{Path: path, Reason: "an integer beyond 32 bits"}
	}
	return nil
}

func checkText(path, s string) error {
	if !utf8.ValidString(s) {
		return &ValueError{Path: path, Reason: "text that is not UTF-8"}
	}
	for _, r := range s {
		if !xmlscan.Allowed(r) {
			return &ValueError{Path: path, Reason: fmt.Sprintf("text with the character %U, which XML cannot carry", r)}
		}
	}
	return nil
}

func isSimpleName(name string) bool {
	for _, r := range name {
		if r < '!' || r > '~' || r == '"' {
			return false
		}
	}
	return name != "" && len(name) <= 100
}

func escape(s string) string {
	var b bytes.Buffer
	// Writing to a bytes.Buffer cannot fail.
	_ = xml.EscapeText(&b, []byte(s))
	return b.String()
}
