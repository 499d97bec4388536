package access

import (
	"errors"
	"fmt"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	optionsv1 "odoomesh/gen/go/mesh/options/v1"
)

// rule is what one method needs.
type rule struct {
	access optionsv1.Access
	domain string
	// open methods need no principal; known ones need any.
	open, known bool
}

// exceptions are services of gRPC's own, which carry no options of the mesh.
// Health is asked by load balancers, which have no credentials.
var exceptions = map[protoreflect.FullName]rule{
	"grpc.health.v1.Health":                    {open: true},
	"grpc.reflection.v1.ServerReflection":      {known: true},
	"grpc.reflection.v1alpha.ServerReflection": {known: true},
}

// readRules collects the rule of every method, by full method. It reports all
// methods that have none at once.
func readRules(services []protoreflect.ServiceDescriptor) (map[string]rule, error) {
	rules := make(map[string]rule)
	var errs []error
	for _, service := range services {
		methods := service.Methods()
		for i := range methods.Len() {
			method := methods.Get(i)
			full := "/" + string(service.FullName()) + "/" + string(method.Name())
			if exception, ok := exceptions[service.FullName()]; ok {
				rules[full] = exception
				continue
			}
			r, err := readRule(method)
			if err != nil {
				errs = append(errs, fmt.Errorf("method %s: %w", full, err))
				continue
			}
			rules[full] = r
		}
	}
	return rules, errors.Join(errs...)
}

func readRule(method protoreflect.MethodDescriptor) (rule, error) {
	option, _ := proto.GetExtension(method.Options(), optionsv1.E_Method).(*optionsv1.MethodRule)
	switch {
	case option == nil:
		return rule{}, errors.New("the contract says nothing about who may call it (mesh.options.v1.method)")
	case optionsv1.Access_name[int32(option.GetAccess())] == "" || option.GetAccess() == optionsv1.Access_ACCESS_UNSPECIFIED:
		return rule{}, errors.New("the contract names no right that it needs (access)")
	case optionsv1.RowScope_name[int32(option.GetRowScope())] == "" || option.GetRowScope() == optionsv1.RowScope_ROW_SCOPE_UNSPECIFIED:
		return rule{}, errors.New("the contract does not say which records it shows (row_scope)")
	}
	domain, err := domainOf(method.ParentFile().Package())
	if err != nil {
		return rule{}, err
	}
	return rule{access: option.GetAccess(), domain: domain}, nil
}

// domainOf reads "product" out of "mesh.product.v1".
func domainOf(pkg protoreflect.FullName) (string, error) {
	parts := strings.Split(string(pkg), ".")
	if len(parts) != 3 || parts[0] != "mesh" || parts[1] == "" {
		return "", fmt.Errorf("its package %s is not of the form mesh.<domain>.v1", pkg)
	}
	return parts[1], nil
}
