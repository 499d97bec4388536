package supplier

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// However people part and write a number, it is the same number, and Odoo is asked for it
// in a way that finds it.
func TestANumberIsTheSameHoweverItIsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		signs := []rune(rapid.StringMatching(`[A-Z0-9]{1,12}`).Draw(t, "number"))
		var written strings.Builder
		for _, r := range signs {
			written.WriteString(rapid.SampledFrom([]string{"", " ", ".", "-", "/", "\u00a0"}).Draw(t, "between"))
			if rapid.Bool().Draw(t, "small") {
				r += 'a' - 'A'
				if r < 'a' {
					r -= 'a' - 'A'
				}
			}
			written.WriteRune(r)
		}
		if folded(written.String()) != folded(string(signs)) {
			t.Fatalf("%q is %q", written.String(), folded(written.String()))
		}
		asked := regexp.MustCompile("(?is)" + strings.ReplaceAll(regexp.QuoteMeta(pattern(string(signs))), "%", ".*"))
		if !asked.MatchString(written.String()) {
			t.Fatalf("%q does not find %q", pattern(string(signs)), written.String())
		}
	})
}

// A text that cannot be what its field is for is refused.
func TestContactsMakeSense(t *testing.T) {
	for text, want := range map[string]bool{"+32 2 555 12 34": true, "0032-2/5551234": true, "555 (0) 12.34 ext. 7": true, "none": false, "+": false, "call me": false} {
		if got := telephone.MatchString(text); got != want {
			t.Errorf("telephone %q: %v", text, got)
		}
	}
	for text, want := range map[string]bool{"https://www.example.com/a?b=c": true, "example.com": true, "javascript:alert(1)": false, "ftp://example.com": false, "a b.com": false, "x@example.com": false} {
		if got := site.MatchString(text); got != want {
			t.Errorf("site %q: %v", text, got)
		}
	}
}
