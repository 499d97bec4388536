package gateway

import (
	"net/http"
	"net/url"
	"strings"
	"time"
)

// withDays writes days that stand in place of times in a query, as in start_time=2026-11-27,
// as the time at which the day begins where the hospital is. A query that cannot be read
// stays as it is, to be refused where queries are read.
func (g *gateway) withDays(r *http.Request) *http.Request {
	if g.zone == nil || !strings.Contains(r.URL.RawQuery, "ime=") {
		return r
	}
	pairs := strings.Split(r.URL.RawQuery, "&")
	changed := false
	for i, pair := range pairs {
		name, value, _ := strings.Cut(pair, "=")
		if !strings.HasSuffix(name, "_time") && !strings.HasSuffix(name, "Time") {
			continue
		}
		if at, err := time.ParseInLocation(time.DateOnly, value, g.zone()); err == nil {
			pairs[i], changed = name+"="+url.QueryEscape(at.UTC().Format(time.RFC3339)), true
		}
	}
	if !changed {
		return r
	}
	return withQuery(r, pairs)
}

// withQuery is a request with other parameters, each as in name=value and escaped.
func withQuery(r *http.Request, pairs []string) *http.Request {
	where := *r.URL
	where.RawQuery = strings.Join(pairs, "&")
	asked := r.WithContext(r.Context())
	asked.URL = &where
	return asked
}
