package gs1

import (
	"net/url"
	"strings"
)

func isLink(text string) bool {
	const longest = len("https://")
	begin := strings.ToLower(text[:min(len(text), longest)])
	return strings.HasPrefix(begin, "http://") || strings.HasPrefix(begin, "https://")
}

// leastCompressed is how long the path of a compressed Digital Link is at least: it holds a
// key of GS1 in base 64.
const leastCompressed = 10

// link reads a Digital Link URI of any host; nil where the address is none.
func (r *reader) link() ([]Element, error) {
	u, err := url.Parse(r.text[r.at:])
	if err != nil || u.Host == "" {
		return nil, nil
	}
	path := strings.Split(strings.Trim(u.EscapedPath(), "/"), "/")
	first := -1
	for i, segment := range path {
		if id := dictionary()[segment]; id != nil && id.key && (len(path)-i)%2 == 0 {
			first = i
			break
		}
	}
	if first < 0 {
		last := path[len(path)-1]
		if len(path) == 1 && len(last) >= leastCompressed && strings.Trim(last, set64) == "" && strings.ContainsAny(last, digits) && strings.HasSuffix(u.Hostname(), "gs1.org") {
			return nil, r.fail(r.at, "", "it is a compressed Digital Link, which is not read: only its publisher knows how it was compressed, so scan the code beside it or type the number")
		}
		return nil, nil
	}
	for i := first; i+1 < len(path); i += 2 {
		if err := r.part(path[i], path[i+1], true); err != nil {
			return nil, err
		}
	}
	for pair := range strings.FieldsFuncSeq(u.RawQuery, func(c rune) bool { return c == '&' || c == ';' }) {
		ai, value, _ := strings.Cut(pair, "=")
		if strings.Trim(ai, digits) != "" {
			continue // no element, but what the publisher adds
		}
		if err := r.part(ai, strings.ReplaceAll(value, "+", "%20"), false); err != nil {
			return nil, err
		}
	}
	return r.found, nil
}

// part reads one element of a Digital Link.
func (r *reader) part(ai, escaped string, inPath bool) error {
	at := r.at + max(0, strings.Index(r.text[r.at:], ai+map[bool]string{true: "/", false: "="}[inPath]+escaped))
	id := dictionary()[ai]
	if id == nil {
		return r.fail(at, "", "GS1 has no application identifier "+ai)
	}
	value, err := url.PathUnescape(escaped)
	if err != nil {
		return r.fail(at, ai, "it has a % that begins no character")
	}
	at += len(ai) + 1
	if n := len(value); ai == "01" && (n == 8 || n == 12 || n == 13) {
		value, at = strings.Repeat("0", 14-n)+value, at-(14-n) // as links have had them
	}
	return r.add(id, value, at)
}
