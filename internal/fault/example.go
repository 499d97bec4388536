package fault

import (
	"fmt"
	"regexp"
	"strings"

	"buf.build/go/protovalidate"
)

// forms are the forms of names in the contract's patterns, the longest first, and an
// example of each.
var forms = strings.NewReplacer(
	"[1-9][0-9]*-[1-9][0-9]*-[0-9]+-[0-9]+-[0-9]+", "42-8-17-0-0",
	"[1-9][0-9]*-[1-9][0-9]*-(0|[1-9][0-9]*)-(0|[1-9][0-9]*)", "42-7-0-8",
	"[0-9a-f]{64}", "0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9",
	"[0-9a-f]{32}", "0a1b2c3d4e5f60718293a4b5c6d7e8f9",
	"[a-z2-7]{16}", "k3q7m2x5b4c6d7e2",
	"[!-~]{0,128}", "6f1f6a3c-52f3-4a8e-9d0e-1f6c1b0c7a11",
	"[1-9][0-9]{0,17}", "42",
	"[1-9][0-9]{0,9}", "42",
	"[1-9][0-9]*", "42",
	"[a-z][A-Za-z]*/[0-9]+(-[0-9]+)*", "products/42",
	"[a-z][A-Za-z]{0,99}/[^/]{1,199}", "products/42",
	"[a-z][A-Za-z]{0,99}", "products",
	"[a-z0-9][a-z0-9._-]{0,62}", "ward-supply",
	"(accessFile|mappingOverlays|policies)", "accessFile",
)

// exampleOf is a text that a pattern of the contract takes; empty where none is known.
func exampleOf(pattern string) string {
	inner := strings.TrimSuffix(strings.TrimPrefix(pattern, "^"), "$")
	if group, ok := strings.CutSuffix(inner, ")?"); ok {
		inner = strings.TrimPrefix(group, "(")
	}
	example := forms.Replace(inner)
	if matches, err := regexp.MatchString(pattern, example); err != nil || !matches {
		return ""
	}
	return example
}

// misshapen says in words that a text has not the form that the contract asks for.
func misshapen(v *protovalidate.Violation) string {
	example := exampleOf(v.RuleValue.String())
	switch {
	case !v.FieldValue.IsValid() || !v.RuleValue.IsValid() || example == "":
		return "has not the form that the contract asks for"
	case v.FieldValue.String() == "":
		return fmt.Sprintf("is missing: write it as in %q", example)
	}
	return fmt.Sprintf("%q is not written as in %q", v.FieldValue.String(), example)
}
