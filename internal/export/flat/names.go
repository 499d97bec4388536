package flat

import (
	"strings"
	"unicode"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
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

// singularOf is what the contract calls one record, such as stock_position.
func singularOf(record protoreflect.MessageDescriptor) string {
	if r, ok := proto.GetExtension(record.Options(), annotations.E_Resource).(*annotations.ResourceDescriptor); ok && r.GetSingular() != "" {
		return snake(r.GetSingular())
	}
	return snake(string(record.Name()))
}
