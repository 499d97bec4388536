package index

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

const (
	// maxWord is how much of a word counts, in bytes. Longer ones are not typed.
	maxWord = 40
	// mostWords is how many words of a record are found.
	mostWords = 50
)

// strokes are letters that people write without their strokes, which no decomposition
// takes off, and ligatures.
var strokes = strings.NewReplacer("ø", "o", "ł", "l", "đ", "d", "ħ", "h", "ŧ", "t", "ı", "i", "æ", "ae", "œ", "oe")

// FoldCase writes a text as one is searched whatever the case.
func FoldCase(s string) string {
	if s = Trim(s); isASCII(s) {
		return strings.ToLower(s)
	}
	return cases.Fold().String(norm.NFC.String(s))
}

// Words are the words of a text, whatever case and accents: runs of letters and digits, at
// most mostWords.
func Words(s string) []string {
	if isASCII(s) {
		s = strings.ToLower(s)
	} else {
		s = unaccented(s)
	}
	var words []string
	for w := range strings.FieldsFuncSeq(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		words = append(words, cutWord(w))
		if len(words) == mostWords {
			break
		}
	}
	return words
}

func unaccented(s string) string {
	decomposed := norm.NFKD.String(cases.Fold().String(strings.ToValidUTF8(s, " ")))
	return strokes.Replace(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, decomposed))
}

// cutWord cuts a word between two letters.
func cutWord(w string) string {
	if len(w) <= maxWord {
		return w
	}
	end := maxWord
	for end > 0 && !utf8.RuneStart(w[end]) {
		end--
	}
	return w[:end]
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
