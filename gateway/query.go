package gateway

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	"odoomesh/internal/fault"
)

// checkQuery refuses query parameters that the method does not take. The router
// skips a name that it does not know, and one that the path has set already; for
// a caller who misspelt a filter that would be an answer to another question.
func checkQuery(r *http.Request, rpc, pathPattern string, input protoreflect.MessageDescriptor) error {
	if r.URL.RawQuery == "" {
		return nil
	}
	// Before anything is made of it: the caller is not known yet.
	if strings.Count(r.URL.RawQuery, "&") >= mostParameters {
		return refusal(errorsv1.Reason_REASON_INVALID_ARGUMENT, fmt.Sprintf("The query has more than %d parameters.", mostParameters)).Err()
	}
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return refusal(errorsv1.Reason_REASON_INVALID_ARGUMENT, "The query cannot be read: "+err.Error()).Err()
	}
	for name, texts := range values {
		if !utf8.ValidString(name) || slices.ContainsFunc(texts, func(text string) bool { return !utf8.ValidString(text) }) {
			return refusal(errorsv1.Reason_REASON_INVALID_ARGUMENT, "The query is not UTF-8.").Err()
		}
	}
	taken := pathFields(pathPattern)
	body := bodyField(rpc, pathPattern)
	var wrong []string
	for _, name := range slices.Sorted(maps.Keys(values)) {
		field, leaf := fieldOf(input, name)
		if leaf == nil || body == "*" || field == body || slices.Contains(taken, field) {
			wrong = append(wrong, name)
		}
	}
	if len(wrong) == 0 {
		return nil
	}
	return unknownParameters(wrong, parameterNames(input, taken, body)).Err()
}

// mostParameters is more than any method takes: a thousand names, and all its others.
const mostParameters = 1200

// mostTold is how many unknown parameters are named in a refusal.
const mostTold = 10

func unknownParameters(wrong, known []string) *status.Status {
	more := ""
	if len(wrong) > mostTold {
		wrong, more = wrong[:mostTold], fmt.Sprintf(" and %d more", len(wrong)-mostTold)
	}
	var violations []fault.Detail
	for _, name := range wrong {
		violations = append(violations, fault.Violation(name, "This method has no such query parameter."))
	}
	message := "Unknown query parameter " + strings.Join(wrong, ", ") + more + "."
	if len(known) > 0 {
		message += " Known are " + strings.Join(known, ", ") + "."
	}
	return refusal(errorsv1.Reason_REASON_INVALID_ARGUMENT, message, violations...)
}

// fieldOf answers the proto name of the first field on the path that a query
// parameter names, such as read_mode for readMode.live, and the last field; nil
// where the path does not exist. A key in brackets, as in attributes[colour],
// needs a map.
func fieldOf(m protoreflect.MessageDescriptor, parameter string) (first string, leaf protoreflect.FieldDescriptor) {
	path, key, hasKey := strings.Cut(parameter, "[")
	if hasKey && !strings.HasSuffix(key, "]") {
		return "", nil
	}
	names := strings.Split(path, ".")
	for i, name := range names {
		field := m.Fields().ByTextName(name)
		if field == nil {
			field = m.Fields().ByJSONName(name)
		}
		if field == nil {
			return "", nil
		}
		if i == 0 {
			first = string(field.Name())
		}
		if i == len(names)-1 {
			if hasKey && !field.IsMap() {
				return "", nil
			}
			return first, field
		}
		if field.Message() == nil || field.Cardinality() == protoreflect.Repeated {
			return "", nil
		}
		m = field.Message()
	}
	return "", nil
}

func parameterNames(m protoreflect.MessageDescriptor, taken []string, body string) []string {
	if body == "*" {
		return nil
	}
	var names []string
	for i := range m.Fields().Len() {
		name := string(m.Fields().Get(i).Name())
		if name != body && !slices.Contains(taken, name) {
			names = append(names, name)
		}
	}
	return names
}

// pathFields answers the top-level fields that a path such as
// /v1/{name=products/*} sets.
func pathFields(pattern string) []string {
	var fields []string
	for {
		_, rest, ok := strings.Cut(pattern, "{")
		if !ok {
			return fields
		}
		variable, after, _ := strings.Cut(rest, "}")
		name, _, _ := strings.Cut(variable, "=")
		first, _, _ := strings.Cut(name, ".")
		fields = append(fields, first)
		pattern = after
	}
}

// bodyField answers which field the body sets in this binding of the method:
// "*" all that the path leaves, empty none.
func bodyField(rpc, pathPattern string) string {
	name := protoreflect.FullName(strings.ReplaceAll(strings.TrimPrefix(rpc, "/"), "/", "."))
	d, err := protoregistry.GlobalFiles.FindDescriptorByName(name)
	if err != nil {
		return ""
	}
	rule, ok := proto.GetExtension(d.Options(), annotations.E_Http).(*annotations.HttpRule)
	if !ok || rule == nil {
		return ""
	}
	for _, binding := range append([]*annotations.HttpRule{rule}, rule.GetAdditionalBindings()...) {
		if pathOf(binding) == pathPattern {
			return binding.GetBody()
		}
	}
	return rule.GetBody()
}

func pathOf(rule *annotations.HttpRule) string {
	switch p := rule.GetPattern().(type) {
	case *annotations.HttpRule_Get:
		return p.Get
	case *annotations.HttpRule_Post:
		return p.Post
	case *annotations.HttpRule_Put:
		return p.Put
	case *annotations.HttpRule_Patch:
		return p.Patch
	case *annotations.HttpRule_Delete:
		return p.Delete
	default:
		return ""
	}
}
