package gateway

import (
	"net/http/httptest"
	"testing"
	"time"
)

// A day in a query is the hospital's; everything else stays as it was written.
func TestDaysInQueries(t *testing.T) {
	vienna, err := time.LoadLocation("Europe/Vienna")
	if err != nil {
		t.Fatal(err)
	}
	g := &gateway{zone: func() *time.Location { return vienna }}
	for query, want := range map[string]string{
		"start_time=2026-11-27":                   "start_time=2026-11-26T23%3A00%3A00Z",
		"endTime=2026-07-01&page_size=2":          "endTime=2026-06-30T22%3A00%3A00Z&page_size=2",
		"start_time=2026-11-27T08:00:00Z":         "start_time=2026-11-27T08:00:00Z",
		"start_time=2026-02-30":                   "start_time=2026-02-30",
		"filter=x%3D%222026-11-27%22&time=1":      "filter=x%3D%222026-11-27%22&time=1",
		"time=&&=&start_time=&start_time=%":       "time=&&=&start_time=&start_time=%",
		"filter=2026-11-27&start_time=2026-11-27": "filter=2026-11-27&start_time=2026-11-26T23%3A00%3A00Z",
	} {
		r := httptest.NewRequest("GET", "/v1/events", nil)
		r.URL.RawQuery = query
		if got := g.withDays(r).URL.RawQuery; got != want || r.URL.RawQuery != query {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
}
