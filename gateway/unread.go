package gateway

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"github.com/grpc-ecosystem/grpc-gateway/v2/utilities"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	"odoomesh/internal/fault"
)

// unread makes the refusal of a request that the router could not read. What it
// says itself is Go's words for a value that does not parse, and no more.
func unread(ctx context.Context, r *http.Request, err error) *status.Status {
	st, ok := status.FromError(err)
	if !ok || st.Code() != codes.InvalidArgument || hasInfo(st) || r == nil {
		return nil
	}
	method, _ := runtime.RPCMethod(ctx)
	pattern, _ := runtime.HTTPPathPattern(ctx)
	input := inputOf(method)
	if input == nil {
		return nil
	}
	if err := checkQuery(r, method, pattern, input.Descriptor()); err != nil {
		return status.Convert(err)
	}
	if violations := misread(input, r.URL.Query()); len(violations) > 0 {
		return fault.Invalid(violations...).GRPCStatus()
	}
	if bodyField(method, pattern) != "" {
		return refusal(errorsv1.Reason_REASON_INVALID_ARGUMENT,
			"The body is not the JSON that this call takes: "+withoutPrefix(st.Message())+".")
	}
	return nil
}

// misread finds all query parameters whose values the router cannot take; it
// stops at the first itself.
func misread(input protoreflect.MessageType, query url.Values) []fault.Detail {
	var violations []fault.Detail
	seen := make(map[string]bool, len(query))
	for _, name := range slices.Sorted(maps.Keys(query)) {
		path := protoPath(name)
		if seen[path] {
			violations = append(violations, fault.Violation(path, "is given twice, in two spellings"))
			continue
		}
		seen[path] = true
		alone := url.Values{name: query[name]}
		if runtime.PopulateQueryParameters(input.New().Interface(), alone, utilities.NewDoubleArray(nil)) != nil {
			_, field := fieldOf(input.Descriptor(), name)
			violations = append(violations, fault.Violation(path, expected(field, query[name])))
		}
	}
	return violations
}

// expected says what a query parameter has to be.
func expected(field protoreflect.FieldDescriptor, given []string) string {
	if len(given) > 1 && !field.IsList() {
		return "may be given only once"
	}
	instead := ", not " + strconv.Quote(strings.Join(given, ", "))
	switch field.Kind() {
	case protoreflect.BoolKind:
		return "must be true or false" + instead
	case protoreflect.Int32Kind, protoreflect.Uint32Kind:
		return "must be a whole number of at most 32 bits" + instead
	case protoreflect.Int64Kind, protoreflect.Uint64Kind:
		return "must be a whole number of at most 64 bits" + instead
	case protoreflect.EnumKind:
		values := field.Enum().Values()
		names := make([]string, values.Len())
		for i := range names {
			names[i] = string(values.Get(i).Name())
		}
		return "must be one of " + strings.Join(names, ", ") + instead
	case protoreflect.MessageKind:
		switch field.Message().FullName() {
		case "google.protobuf.Timestamp":
			return "must be a time such as 2026-11-23T08:00:00Z, or a day such as 2026-11-23" + instead
		case "google.protobuf.Duration":
			return "must be a duration such as 5s" + instead
		}
		if inner := field.Message().Fields(); inner.Len() > 0 {
			return "must be given by its fields, such as " + string(field.Name()) + "." + string(inner.Get(0).Name())
		}
	}
	return "cannot be read"
}

// methodOf finds a method of the contract by its full name, such as
// "/mesh.product.v1.ProductService/GetProduct"; nil where there is none.
func methodOf(method string) protoreflect.MethodDescriptor {
	name := protoreflect.FullName(strings.ReplaceAll(strings.TrimPrefix(method, "/"), "/", "."))
	d, err := protoregistry.GlobalFiles.FindDescriptorByName(name)
	if err != nil {
		return nil
	}
	rpc, _ := d.(protoreflect.MethodDescriptor)
	return rpc
}

func inputOf(method string) protoreflect.MessageType {
	rpc := methodOf(method)
	if rpc == nil {
		return nil
	}
	input, err := protoregistry.GlobalTypes.FindMessageByName(rpc.Input().FullName())
	if err != nil {
		return nil
	}
	return input
}

// withoutPrefix takes "proto:" and the space of either width behind it off a
// message of the JSON parser.
func withoutPrefix(text string) string {
	return strings.TrimLeft(strings.TrimPrefix(text, "proto:"), " \u00a0")
}
