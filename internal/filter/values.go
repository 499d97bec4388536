package filter

import (
	"strings"

	"go.einride.tech/aip/filtering"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	optionsv1 "odoomesh/gen/go/mesh/options/v1"
	"odoomesh/internal/index"
	"odoomesh/internal/nearest"
)

// textComparer compares texts as the field's option has it; with `:` it looks for every
// word of a text, in any order, whatever their case and accents.
func textComparer(fd protoreflect.FieldDescriptor, operator, want string) func(protoreflect.Value) (int, bool) {
	if operator == filtering.FunctionHas {
		words := strings.Fields(index.FoldWords(want))
		return func(v protoreflect.Value) (int, bool) {
			text := index.FoldWords(v.String())
			for _, word := range words {
				if !strings.Contains(text, word) {
					return 1, true
				}
			}
			return 0, true
		}
	}
	matching := matchingOf(fd)
	want = index.Fold(matching, want)
	return func(v protoreflect.Value) (int, bool) {
		return strings.Compare(index.Fold(matching, v.String()), want), true
	}
}

func matchingOf(fd protoreflect.FieldDescriptor) optionsv1.Matching {
	rule, _ := proto.GetExtension(fd.Options(), optionsv1.E_Field).(*optionsv1.FieldRule)
	return rule.GetMatching()
}

// enumValue finds an enum value by its full name or without the enum's prefix, in any case.
func enumValue(e protoreflect.EnumDescriptor, want string) (protoreflect.EnumNumber, error) {
	var names []string
	for i := range e.Values().Len() {
		v := e.Values().Get(i)
		full := string(v.Name())
		_, short, _ := strings.Cut(full, enumPrefix(e))
		if strings.EqualFold(want, full) || strings.EqualFold(want, short) {
			return v.Number(), nil
		}
		names = append(names, short)
	}
	if close := nearest.Word(want, names); close != "" {
		return 0, problem("it is one of %s: did you mean %s?", strings.Join(names, ", "), close)
	}
	return 0, problem("it is one of %s", strings.Join(names, ", "))
}

// enumPrefix is what buf's style puts before every value: MY_KIND_ for MyKind.
func enumPrefix(e protoreflect.EnumDescriptor) string {
	zero := string(e.Values().Get(0).Name())
	return strings.TrimSuffix(zero, "UNSPECIFIED")
}
