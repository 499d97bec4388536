package filter

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

type tokenKind byte

const (
	blank tokenKind = iota
	word
	quoted
	sign // an operator, a parenthesis, a comma, a point
)

type token struct {
	kind tokenKind
	text string
	at   int
}

// tokens takes a filter apart as the grammar does; && and || are signs.
func tokens(text string) (all []token) {
	for at := 0; at < len(text); {
		kind, size := next(text[at:])
		all = append(all, token{kind, text[at : at+size], at})
		at += size
	}
	return all
}

func next(text string) (tokenKind, int) {
	r, size := utf8.DecodeRuneInString(text)
	switch {
	case unicode.IsSpace(r):
		return blank, len(text) - len(strings.TrimLeftFunc(text, unicode.IsSpace))
	case r == '"' || r == '\'':
		for i := 1; i < len(text); i++ {
			if text[i] == '\\' {
				i++
			} else if text[i] == byte(r) {
				return quoted, i + 1
			}
		}
		return quoted, len(text)
	case len(text) > 1 && isSignOfTwo(text[:2]):
		return sign, 2
	case strings.ContainsRune("()[]-.=:<>!,+", r):
		return sign, 1
	}
	for size < len(text) {
		r, n := utf8.DecodeRuneInString(text[size:])
		if unicode.IsSpace(r) || strings.ContainsRune("()[]-.=:<>!,", r) || strings.HasPrefix(text[size:], "&&") || strings.HasPrefix(text[size:], "||") {
			break
		}
		size += n
	}
	return word, size
}

func isSignOfTwo(s string) bool {
	switch s {
	case "&&", "||", "==", "!=", "<=", ">=", "<>":
		return true
	}
	return false
}
