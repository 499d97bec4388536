package odoosim_test

import (
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"
)

// difference compares shapes: types, keys, and the values that do not depend on the
// database. It answers what differs, or nothing.
func (r *replay) difference(want, got any, path string) string {
	if want == "" && got == nil {
		return "" // the client library reads an empty string in a list as nil
	}
	if fmt.Sprintf("%T", want) != fmt.Sprintf("%T", got) {
		return fmt.Sprintf("%s is %T %v, recorded %T %v", path, got, got, want, want)
	}
	switch w := want.(type) {
	case map[string]any:
		g := got.(map[string]any)
		if a, b := slices.Sorted(maps.Keys(w)), slices.Sorted(maps.Keys(g)); !slices.Equal(a, b) {
			return fmt.Sprintf("%s has keys %v, recorded %v", path, b, a)
		}
		if strings.Contains(r.name, "references") {
			return "" // what the records hold is the database's matter
		}
		for k := range w {
			if r.version == 19 && slices.Contains(notIn19, k) {
				continue
			}
			if d := r.difference(w[k], g[k], path+"."+k); d != "" {
				return d
			}
		}
	case []any:
		g := got.([]any)
		if (len(w) == 0) != (len(g) == 0) {
			return fmt.Sprintf("%s has %d elements, recorded %d", path, len(g), len(w))
		}
		most := min(len(w), len(g))
		if strings.HasPrefix(path, "search_read") && strings.Contains(r.name, "references") {
			most = min(most, 1) // which records there are is the database's matter
		}
		for i := range most {
			if d := r.difference(w[i], g[i], fmt.Sprintf("%s[%d]", path, i)); d != "" {
				return d
			}
		}
	default:
		if stable(path) && plain(want) != plain(got) {
			return fmt.Sprintf("%s is %v, recorded %v", path, got, want)
		}
	}
	return ""
}

var numerals = regexp.MustCompile(`[0-9]+`)

// plain makes values comparable between databases: numbers in texts are counted
// elsewhere, and floats have noise.
func plain(v any) any {
	switch v := v.(type) {
	case string:
		return numerals.ReplaceAllString(v, "#")
	case float64:
		return math.Round(v*1e6) / 1e6
	}
	return v
}

// stable says whether a value is the recording's own and not its database's.
func stable(path string) bool {
	for _, free := range []string{"date", "create", "search", "search_count", "ids", "references", "id", "[0]", "authenticate", "currency", "country"} {
		if strings.HasSuffix(path, free) || strings.Contains(path, free+"[") {
			return false
		}
	}
	if strings.HasSuffix(path, "]") {
		return false // an id in a list
	}
	if last := path[strings.LastIndex(path, ".")+1:]; strings.Contains(last, "date") || strings.Contains(last, "view") || last == "help" {
		return false
	}
	return !strings.HasPrefix(path, "search_read") || strings.Contains(path, "default_code")
}
