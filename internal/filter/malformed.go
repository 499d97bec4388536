package filter

import (
	"errors"
	"fmt"

	"go.einride.tech/aip/filtering"
)

// malformed says for people what the parser has to say for its author: the
// parser tells every rule of the grammar that it was in, and the innermost one
// knows where it stopped and why.
func malformed(err error) error {
	var where string
	for ; err != nil; err = errors.Unwrap(err) {
		if at, ok := err.(interface {
			Position() filtering.Position
			Message() string
		}); ok {
			where = fmt.Sprintf(" at character %d", at.Position().Column)
			if at.Position().Line > 1 {
				where += fmt.Sprintf(" of line %d", at.Position().Line)
			}
			// The parser's word for an end that came too early.
			if at.Message() != "parse token" {
				where += fmt.Sprintf(" (%s)", at.Message())
			}
		}
	}
	return problem("the filter is not well formed%s: conditions such as display_name : \"saline\" are joined by AND, OR, NOT and parentheses, and texts stand in quotes", where)
}
