package fault

import (
	"buf.build/go/protovalidate"
	"google.golang.org/protobuf/reflect/protoreflect"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
)

// invalid gives one field violation for each of protovalidate's. When all that
// is wrong is the form of resource names, the reason says so.
func invalid(refused *protovalidate.ValidationError) *Error {
	reason := errorsv1.Reason_REASON_INVALID_NAME
	if len(refused.Violations) == 0 {
		reason = errorsv1.Reason_REASON_INVALID_ARGUMENT
	}
	for _, v := range refused.Violations {
		if !isNameForm(v) {
			reason = errorsv1.Reason_REASON_INVALID_ARGUMENT
		}
	}
	e := New(reason, "", Because(refused))
	for _, v := range refused.Violations {
		Violation(protovalidate.FieldPathString(v.Proto.GetField()), describe(v))(e)
	}
	e.message = summary(e.violations)
	return e
}

// isNameForm tells whether a violation is about the form of a resource name. In
// these fields, says AIP-122, stands nothing else.
func isNameForm(v *protovalidate.Violation) bool {
	path := v.Proto.GetField().GetElements()
	if len(path) == 0 || v.Proto.GetRuleId() != "string.pattern" {
		return false
	}
	switch path[len(path)-1].GetFieldName() {
	case "name", "names", "parent":
		return true
	}
	return false
}

func describe(v *protovalidate.Violation) string {
	switch v.Proto.GetRuleId() {
	case "string.pattern":
		return misshapen(v)
	case "string.min_len", "repeated.min_items":
		if isEmpty(v) {
			return "is missing"
		}
	}
	if text := v.Proto.GetMessage(); text != "" {
		return text
	}
	return "breaks the rule " + v.Proto.GetRuleId()
}

// isEmpty tells whether the value of a violation is an empty text or list, which is
// what arrives where the caller left the field out.
func isEmpty(v *protovalidate.Violation) bool {
	switch value := v.FieldValue.Interface().(type) {
	case string:
		return value == ""
	case protoreflect.List:
		return value.Len() == 0
	}
	return false
}
