package index

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	optionsv1 "odoomesh/gen/go/mesh/options/v1"
)

// Fold writes a text as the texts of a field are compared, in the index and in filters.
func Fold(matching optionsv1.Matching, s string) string {
	switch matching {
	case optionsv1.Matching_MATCHING_EXACT:
		return s
	case optionsv1.Matching_MATCHING_GTIN:
		return FoldGTIN(Trim(s))
	}
	return Trim(s)
}

// Trim takes white space off both ends of a text. Odoo's web client does so with
// what people type; an import, a scanner or another program need not.
func Trim(s string) string { return strings.TrimFunc(s, isWhite) }

// isWhite tells what cannot be seen at the end of a text: white space, the control
// characters that scanners send, and characters without width.
func isWhite(r rune) bool {
	if r < unicode.MaxASCII {
		return r <= ' '
	}
	switch {
	case unicode.IsSpace(r), unicode.IsControl(r):
		return true
	case r == '\u00ad', r == '\u034f', r == '\u061c', r == '\u180e', r == '\ufeff',
		'\u200b' <= r && r <= '\u200f', '\u202a' <= r && r <= '\u202e', '\u2060' <= r && r <= '\u206f':
		return true
	}
	return false
}

// FoldGTIN writes a number of eight to fourteen digits with fourteen, as GS1 has
// GTINs compared; another text stays as it is.
func FoldGTIN(s string) string {
	if len(s) < 8 || len(s) > 14 || strings.Trim(s, "0123456789") != "" {
		return s
	}
	return strings.Repeat("0", 14-len(s)) + s
}

// FoldWords writes a text as its words are looked for: without case and accents, so that
// "Äpfel" is found by "apfel", and wide and joined characters by the plain ones.
func FoldWords(s string) string {
	ascii := true
	for i := 0; i < len(s) && ascii; i++ {
		ascii = s[i] < utf8.RuneSelf
	}
	if ascii {
		return strings.ToLower(s)
	}
	var out strings.Builder
	out.Grow(len(s))
	for _, r := range norm.NFKD.String(s) {
		switch {
		case r < utf8.RuneSelf:
			out.WriteRune(unicode.ToLower(r))
		case unicode.Is(unicode.Mn, r), isWhite(r) && !unicode.IsSpace(r):
			// Marks, and characters without width.
		default:
			if plain, ok := undivided[unicode.ToLower(r)]; ok {
				out.WriteString(plain)
			} else {
				out.WriteRune(unicode.ToLower(r))
			}
		}
	}
	return out.String()
}

// undivided are letters with a mark that Unicode does not take apart.
var undivided = map[rune]string{'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "o", 'đ': "d", 'ð': "d", 'ł': "l", 'ħ': "h", 'ı': "i", 'þ': "th", 'ς': "σ"}
