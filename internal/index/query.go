package index

import (
	"slices"
	"strings"
	"unicode/utf8"

	"google.golang.org/protobuf/reflect/protoreflect"

	optionsv1 "odoomesh/gen/go/mesh/options/v1"
)

// Rank is how well a record fits a query: a smaller one is better, and NoFit is none.
type Rank int

// The ranks.
const (
	NoFit Rank = iota
	// ByName is the name of the record itself.
	ByName
	// ByCode is a code of its own, ByListedCode one of several in it.
	ByCode
	ByListedCode
	// ByWords are whole words, ByBeginnings some that only begin so.
	ByWords
	ByBeginnings
	// ByCodeBeginning is the beginning of a code.
	ByCodeBeginning
)

// leastBeginning is how many characters the beginning of a code has at least.
const leastBeginning = 3

// Query is what somebody searches for.
type Query struct {
	text  string
	codes []string
	words []string
}

// NewQuery reads what somebody searches for.
func NewQuery(text string) Query {
	q := Query{text: Trim(text), codes: []string{codeOf(optionsv1.Matching_MATCHING_UNSPECIFIED, text)}, words: Words(text)}
	if gtin := codeOf(optionsv1.Matching_MATCHING_GTIN, text); gtin != q.codes[0] {
		q.codes = append(q.codes, gtin)
	}
	slices.Sort(q.words)
	q.words = slices.Compact(q.words)
	return q
}

// Text is the text without white space around it.
func (q Query) Text() string { return q.text }

// Words are its words, each once.
func (q Query) Words() []string { return q.words }

// Codes are the values of Search under which records have the text as a code.
func (q Query) Codes() [][]byte {
	var values [][]byte
	for _, code := range q.codes {
		if code != "" {
			values = append(values, append([]byte{codeTag}, code...))
		}
	}
	return values
}

// CodeBeginning is the value with which codes begin in Search that begin with the text; nil
// where it is too short.
func (q Query) CodeBeginning() []byte {
	if utf8.RuneCountInString(q.codes[0]) < leastBeginning {
		return nil
	}
	return append([]byte{codeTag}, q.codes[0]...)
}

// Drivers are the values with which words begin in Search, of the longest words of the
// query: every record that has all of its words is found under each of them.
func (q Query) Drivers(most int) [][]byte {
	longest := slices.Clone(q.words)
	slices.SortStableFunc(longest, func(a, b string) int { return len(b) - len(a) })
	var values [][]byte
	for i, w := range longest {
		if i == most || i > 0 && utf8.RuneCountInString(w) < 2 {
			break
		}
		values = append(values, append([]byte{wordTag}, w...))
	}
	return values
}

// FitWords tells how the words of a record fit: each word of the query is, or begins, one
// of them.
func (q Query) FitWords(said string) Rank {
	if len(q.words) == 0 {
		return NoFit
	}
	rank := ByWords
	for _, w := range q.words {
		whole, begins := hasWord(said, w)
		if !begins {
			return NoFit
		}
		if !whole {
			rank = ByBeginnings
		}
	}
	return rank
}

// hasWord tells whether a word, or one that begins so, is among the words of a text.
func hasWord(said, word string) (whole, begins bool) {
	for from := 0; from+len(word) <= len(said); {
		i := strings.Index(said[from:], word)
		if i < 0 {
			break
		}
		i += from
		end := i + len(word)
		if i == 0 || said[i-1] == ' ' {
			begins = true
			if end == len(said) || said[end] == ' ' {
				return true, true
			}
		}
		from = i + 1
	}
	return false, begins
}

// Fit tells how a record fits, as a caller meets it, and by which field.
func (s *Searched) Fit(q Query, msg protoreflect.Message) (best Rank, field string) {
	better := func(rank Rank, path string) {
		if rank != NoFit && (best == NoFit || rank < best) {
			best, field = rank, path
		}
	}
	var said []string
	path := ""
	for _, f := range s.fields {
		f.texts(msg, func(text string) bool {
			if f.words {
				said, path = append(said, Words(text)...), f.Path
				return true
			}
			code := codeOf(f.matching, text)
			switch {
			case code == "":
			case slices.Contains(q.codes, code):
				better(map[bool]Rank{false: ByCode, true: ByListedCode}[f.Many], f.Path)
			case utf8.RuneCountInString(q.codes[0]) >= leastBeginning && strings.HasPrefix(code, q.codes[0]):
				better(ByCodeBeginning, f.Path)
			}
			return true
		})
	}
	better(q.FitWords(strings.Join(said, " ")), path)
	return best, field
}
