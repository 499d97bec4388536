package access

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	optionsv1 "odoomesh/gen/go/mesh/options/v1"
	"odoomesh/internal/scope"
)

// rule is what one method needs.
type rule struct {
	// method is its full name, such as "/mesh.order.v1.OrderService/GetOrder".
	method string
	// place is where the table has it.
	place  int
	access optionsv1.Access
	domain string
	// narrow admits a caller with a scope; nil for whom it does not matter.
	narrow func(*scope.Scope) bool
	// audited calls are recorded, refused ones too.
	audited bool
	// cost is what a call takes from the caller's limit.
	cost int
	// open methods need no principal; known ones need any.
	open, known bool
}

// exceptions are services of gRPC's own, which carry no options of the mesh.
// Health is asked by load balancers, which have no credentials.
var exceptions = map[protoreflect.FullName]rule{
	"grpc.health.v1.Health":                    {open: true},
	"grpc.reflection.v1.ServerReflection":      {known: true, cost: 1},
	"grpc.reflection.v1alpha.ServerReflection": {known: true, cost: 1},
}

// Metrics is the page of that name, which has a right of its own: to operate metrics.
const Metrics = "/metrics"

// pages are what is no method of the contract, and yet needs a right. They show what is of
// the mesh itself, so that nobody who is narrowed down sees them.
var pages = []rule{
	{method: Metrics, access: optionsv1.Access_ACCESS_OPERATE, domain: "metrics", narrow: narrowings[optionsv1.RowScope_ROW_SCOPE_NONE], cost: 1},
}

// narrowings admit callers with a scope, by what the contract says of a method. A value
// that has none keeps the server from starting: nobody would enforce it.
var narrowings = map[optionsv1.RowScope]func(*scope.Scope) bool{
	// It shows what is of all companies, or of the mesh itself.
	optionsv1.RowScope_ROW_SCOPE_NONE: func(*scope.Scope) bool { return false },
	// What it shows is narrowed to companies, and to nothing else.
	optionsv1.RowScope_ROW_SCOPE_COMPANY: func(s *scope.Scope) bool { return s.Kind() == scope.Hospital },
	// What it shows is narrowed by the table of package scope.
	optionsv1.RowScope_ROW_SCOPE_COMPANY_AND_SUPPLIER: func(*scope.Scope) bool { return true },
}

// readRules collects the rule of every method, by full method. It reports all
// methods that have none at once.
func readRules(services []protoreflect.ServiceDescriptor) (map[string]rule, error) {
	rules := make(map[string]rule)
	for _, p := range pages {
		rules[p.method] = p
	}
	var errs []error
	for _, service := range services {
		methods := service.Methods()
		for i := range methods.Len() {
			method := methods.Get(i)
			full := fullMethod(method)
			if exception, ok := exceptions[service.FullName()]; ok {
				exception.method = full
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

func fullMethod(m protoreflect.MethodDescriptor) string {
	return "/" + string(m.Parent().FullName()) + "/" + string(m.Name())
}

func readRule(method protoreflect.MethodDescriptor) (rule, error) {
	option, _ := proto.GetExtension(method.Options(), optionsv1.E_Method).(*optionsv1.MethodRule)
	switch {
	case option == nil:
		return rule{}, errors.New("the contract says nothing about who may call it (mesh.options.v1.method)")
	case optionsv1.Access_name[int32(option.GetAccess())] == "" || option.GetAccess() == optionsv1.Access_ACCESS_UNSPECIFIED:
		return rule{}, errors.New("the contract names no right that it needs (access)")
	case option.GetRowScope() == optionsv1.RowScope_ROW_SCOPE_UNSPECIFIED:
		return rule{}, errors.New("the contract does not say which records it shows (row_scope)")
	case narrowings[option.GetRowScope()] == nil:
		return rule{}, fmt.Errorf("the contract narrows its records in a way that this server cannot enforce (row_scope: %v)", option.GetRowScope())
	case option.GetCost() < 0:
		return rule{}, fmt.Errorf("the contract says that it costs less than nothing (cost: %d)", option.GetCost())
	}
	domain, err := domainOf(method.ParentFile().Package())
	if err != nil {
		return rule{}, err
	}
	domain = cmp.Or(option.GetDomain(), domain)
	return rule{
		method: fullMethod(method), access: option.GetAccess(), domain: domain, narrow: narrowings[option.GetRowScope()],
		known:   option.GetAccess() == optionsv1.Access_ACCESS_KNOWN,
		audited: option.GetAudit(), cost: max(int(option.GetCost()), 1),
	}, nil
}

// domainOf reads "product" out of "mesh.product.v1".
func domainOf(pkg protoreflect.FullName) (string, error) {
	parts := strings.Split(string(pkg), ".")
	if len(parts) != 3 || parts[0] != "mesh" || parts[1] == "" {
		return "", fmt.Errorf("its package %s is not of the form mesh.<domain>.v1", pkg)
	}
	return parts[1], nil
}
