package mapping

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestTextOfHTMLReadsAsABrowserShowsIt(t *testing.T) {
	for source, want := range map[string]string{
		`<p>NaCl 0.<b>9</b>%, H<sub>2</sub>O<sub>2</sub> 3<span>0</span> mg</p><ul><li>a</li><li>b</li></ul>`: "NaCl 0.9%, H2O2 30 mg\na\nb",
		`plain, as a field without markup`:      "plain, as a field without markup",
		`<p>one</p><p>two</p>`:                  "one\ntwo",
		`one<br>two<br/>three`:                  "one\ntwo\nthree",
		`<p>one<br></p>two`:                     "one\ntwo",
		`10<sup>-3</sup> mol/<wbr>l`:            "10-3 mol/l",
		`a <i> b </i> c`:                        "a b c",
		`<i>a</i><u> b</u>`:                     "a b",
		`5&nbsp;mg &lt; 10&#160;mg &amp; more`:  "5 mg < 10 mg & more",
		`&#x1F489; &eacute;t&eacute; &unknown;`: "\U0001F489 été &unknown;",
		`<table><tr><td>Dose</td><td>5 mg</td></tr><tr><td>Way</td><td>iv</td></tr></table>`: "Dose 5 mg\nWay iv",
		`<div>a<div>b</div>c</div>`:                                                        "a\nb\nc",
		`<style>p { color: red }</style>a<script>var b = "<p>"</script>c`:                  "ac",
		`<head><title>no</title><script src="x"/>nor this</script></head><body>yes</body>`: "yes",
		`a<!-- not this -->b`:                                                              "ab",
		"<p>a\n  wrapped\n  line</p>":                                                      "a wrapped line",
		"one\u200b and the same\ufeff":                                                     "one and the same",
		`<p></p><p><br></p>`:                                                               "",
		`dose < 5 mg and > 2 mg`:                                                           "dose < 5 mg and > 2 mg",
		`<DIV>Upper</DIV><P>case</P>`:                                                      "Upper\ncase",
		`<p>not closed<p>either`:                                                           "not closed\neither",
		`<odoo-tag>own</odoo-tag> tags <o-x/>stay`:                                         "own tags stay",
	} {
		if got := plainOf(source); got != want {
			t.Errorf("%s:\n got %q\nwant %q", source, got, want)
		}
	}
}

// Marking up within a line changes no word, wherever it stands.
func TestMarkupWithinALineChangesNoWord(t *testing.T) {
	const text = "Give H2O2 30 mg/ml, 0.9 %."
	for _, tag := range []string{"b", "i", "u", "em", "strong", "span", "font", "sub", "sup", "a", "code", "small", "mark", "del", "ins"} {
		for i := range text {
			for j := i; j <= len(text); j++ {
				source := text[:i] + "<" + tag + " class='x'>" + text[i:j] + "</" + tag + ">" + text[j:]
				if got := plainOf(source); got != text {
					t.Fatalf("%s became %q", source, got)
				}
			}
		}
	}
}

func FuzzPlainOf(f *testing.F) {
	for _, seed := range []string{
		"", "<p>a</p>", "<", "<!--", "<script>", "</script>a", "<td><p>a", "&", "&#0;", "&#xD800;", "<p a='", "<svg><title>a</title></svg>", "\xff<b>\xfe</b>", "<textarea><p>",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		got := plainOf(source)
		if got != strings.TrimFunc(got, unicode.IsSpace) {
			t.Errorf("%q became %q, with white space around it", source, got)
		}
		if utf8.ValidString(source) && !utf8.ValidString(got) {
			t.Errorf("%q became %q, which is no UTF-8", source, got)
		}
		for _, double := range []string{"  ", "\n\n", " \n", "\n ", "\t", "\u00a0"} {
			if strings.Contains(got, double) {
				t.Errorf("%q became %q, in which white space is not one blank or line end", source, got)
			}
		}
		if !strings.ContainsAny(source, "<&") {
			if again := plainOf(got); again != got && !strings.ContainsAny(got, "<&") {
				t.Errorf("%q became %q, and that %q", source, got, again)
			}
		}
	})
}
