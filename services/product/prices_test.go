package product

import (
	"testing"

	"pgregory.net/rapid"
)

// Two prices hold on one day if there is one, whichever is asked; a day that is not said is
// no limit.
func TestPricesOverlap(t *testing.T) {
	days := []string{"", "2026-12-01", "2026-12-02", "2026-12-03", "2026-12-04"}
	holds := func(l listed, day string) bool {
		return (l.from == "" || l.from <= day) && (l.until == "" || day <= l.until)
	}
	rapid.Check(t, func(t *rapid.T) {
		price := func() listed {
			l := listed{from: rapid.SampledFrom(days).Draw(t, "from"), until: rapid.SampledFrom(days).Draw(t, "until")}
			if l.from != "" && l.until != "" && l.until < l.from {
				l.from, l.until = l.until, l.from
			}
			return l
		}
		a, b := price(), price()
		together := false
		for _, day := range append(days[1:], "1900-01-01", "2999-01-01") {
			together = together || holds(a, day) && holds(b, day)
		}
		if a.overlaps(b) != together || b.overlaps(a) != together {
			t.Fatalf("%v and %v: %v", a, b, together)
		}
	})
}
