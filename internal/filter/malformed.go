package filter

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"go.einride.tech/aip/filtering"
)

// malformed says for people what the parser has to say for its author: the
// parser tells every rule of the grammar that it was in, and the innermost one
// knows where it stopped and why. The place is that in the text as it was asked.
func malformed(err error, text string, spelt *written) error {
	var where string
	var innermost interface {
		Position() filtering.Position
		Message() string
	}
	for ; err != nil; err = errors.Unwrap(err) {
		if at, ok := err.(interface {
			Position() filtering.Position
			Message() string
		}); ok {
			innermost = at
		}
	}
	if innermost != nil {
		before := text[:min(spelt.asked(int(innermost.Position().Offset)), len(text))]
		line := before[strings.LastIndexByte(before, '\n')+1:]
		where = fmt.Sprintf(" at character %d", utf8.RuneCountInString(line)+1)
		if lines := strings.Count(before, "\n"); lines > 0 {
			where += fmt.Sprintf(" of line %d", lines+1)
		}
		// The parser's word for an end that came too early.
		if innermost.Message() != "parse token" {
			where += fmt.Sprintf(" (%s)", innermost.Message())
		}
	}
	return problem("the filter is not well formed%s: conditions such as display_name : \"saline\" are joined by AND, OR, NOT and parentheses, and texts stand in quotes", where)
}
