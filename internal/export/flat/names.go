package flat

import (
	"strings"
	"unicode"
)

// snake is a name in lower case with underscores: stock_positions for stockPositions.
func snake(name string) string {
	var out strings.Builder
	for i, r := range name {
		if unicode.IsUpper(r) && i > 0 {
			out.WriteByte('_')
		}
		out.WriteRune(unicode.ToLower(r))
	}
	return out.String()
}

// one is what an element of a list is called: line for lines, tax for taxes.
func one(many string) string {
	for _, ending := range [][2]string{{"ies", "y"}, {"xes", "x"}, {"sses", "ss"}, {"s", ""}} {
		if stem, found := strings.CutSuffix(many, ending[0]); found {
			return stem + ending[1]
		}
	}
	return many
}
