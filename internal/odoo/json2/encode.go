package json2

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"odoomesh/internal/odoo/xmlrpc"
	"odoomesh/internal/xmlscan"
)

// maxDepth bounds how deep arrays and objects may lie in each other, as in
// XML-RPC.
const maxDepth = xmlrpc.MaxDepth

// ValueError says that an argument cannot be sent. It names the place and never
// quotes the value, which may be confidential.
type ValueError struct {
	// Path leads to the value from the arguments' names, such as
	// vals_list[0].name.
	Path   string
	Reason string
}

func (e *ValueError) Error() string { return fmt.Sprintf("cannot send %s: %s", e.Path, e.Reason) }

func refuse(reason string) *ValueError { return &ValueError{Reason: reason} }

// within puts a step before the path of an error that comes from inside.
func (e *ValueError) within(step string) *ValueError {
	if e.Path == "" || e.Path[0] == '[' {
		e.Path = step + e.Path
		return e
	}
	e.Path = step + "." + e.Path
	return e
}

// appendValue writes a value of the types that XML-RPC sends: nil, which is sent
// as false, Odoo's empty value for every type, bool, int, int64, float64,
// string, time.Time, []any, []string, []int64 and map[string]any.
func appendValue(dst []byte, value any, depth int) ([]byte, *ValueError) {
	if depth > maxDepth {
		return nil, refuse("nested too deep")
	}
	switch v := value.(type) {
	case nil:
		return append(dst, "false"...), nil
	case bool:
		return strconv.AppendBool(dst, v), nil
	case int:
		return strconv.AppendInt(dst, int64(v), 10), nil
	case int64:
		return strconv.AppendInt(dst, v, 10), nil
	case float64:
		return appendFloat(dst, v)
	case string:
		return appendText(dst, v)
	case time.Time:
		return appendText(dst, v.UTC().Format(xmlrpc.DateTime))
	case []int64:
		return appendList(dst, v, func(dst []byte, n int64) ([]byte, *ValueError) { return strconv.AppendInt(dst, n, 10), nil })
	case []string:
		return appendList(dst, v, appendText)
	case []any:
		return appendList(dst, v, func(dst []byte, item any) ([]byte, *ValueError) { return appendValue(dst, item, depth+1) })
	case map[string]any:
		return appendObject(dst, v, depth)
	}
	return nil, refuse(fmt.Sprintf("values of type %T are not supported", value))
}

func appendList[T any](dst []byte, list []T, write func([]byte, T) ([]byte, *ValueError)) ([]byte, *ValueError) {
	dst = append(dst, '[')
	for i, item := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		var err *ValueError
		if dst, err = write(dst, item); err != nil {
			return nil, err.within("[" + strconv.Itoa(i) + "]")
		}
	}
	return append(dst, ']'), nil
}

func appendObject(dst []byte, members map[string]any, depth int) ([]byte, *ValueError) {
	dst = append(dst, '{')
	for i, name := range slices.Sorted(maps.Keys(members)) {
		if i > 0 {
			dst = append(dst, ',')
		}
		var err *ValueError
		if dst, err = appendText(dst, name); err == nil {
			dst, err = appendValue(append(dst, ':'), members[name], depth+1)
		}
		if err != nil {
			return nil, err.within(shown(name))
		}
	}
	return append(dst, '}'), nil
}

// shown is a name as it stands in a path.
func shown(name string) string {
	odd := strings.ContainsFunc(name, func(r rune) bool { return r < '!' || r > '~' || r == '"' })
	if odd || name == "" || len(name) > 100 {
		return strconv.QuoteToASCII(name)
	}
	return name
}

// appendFloat writes a float so that Python reads a float and no int.
func appendFloat(dst []byte, f float64) ([]byte, *ValueError) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil, refuse("a float that is not a finite number")
	}
	start := len(dst)
	dst = strconv.AppendFloat(dst, f, 'g', -1, 64)
	if !strings.ContainsAny(string(dst[start:]), ".e") {
		dst = append(dst, ".0"...)
	}
	return dst, nil
}

func appendText(dst []byte, s string) ([]byte, *ValueError) {
	if !utf8.ValidString(s) {
		return nil, refuse("text that is not UTF-8")
	}
	dst = append(dst, '"')
	for _, r := range s {
		switch {
		case !xmlscan.Allowed(r):
			return nil, refuse(fmt.Sprintf("text with the character %U, which cannot be sent", r))
		case r == '"' || r == '\\':
			dst = append(dst, '\\', byte(r))
		case r == '\n':
			dst = append(dst, `\n`...)
		case r == '\r':
			dst = append(dst, `\r`...)
		case r == '\t':
			dst = append(dst, `\t`...)
		default:
			dst = utf8.AppendRune(dst, r)
		}
	}
	return append(dst, '"'), nil
}
