package access

import (
	"context"
	"sync/atomic"

	"google.golang.org/protobuf/reflect/protoreflect"

	optionsv1 "odoomesh/gen/go/mesh/options/v1"
	"odoomesh/internal/fault"
)

// Guard authenticates and authorises calls. Until Cover has told it the methods,
// it refuses all.
type Guard struct {
	recognise func(context.Context) (*Principal, error)
	rules     atomic.Pointer[map[string]rule]
}

// Open reads the access file. With an empty path, callers of this machine are
// let in as "local", to read and to operate, and nobody else.
func Open(path string) (*Guard, error) {
	if path == "" {
		return &Guard{recognise: newLocal().recognise}, nil
	}
	holders, err := readFile(path)
	if err != nil {
		return nil, err
	}
	return &Guard{recognise: holders.recognise}, nil
}

// Cover reads the rules of all methods of these services. It fails, and changes
// nothing, when a method has no rule.
func (g *Guard) Cover(services ...protoreflect.ServiceDescriptor) error {
	rules, err := readRules(services)
	if err != nil {
		return err
	}
	g.rules.Store(&rules)
	return nil
}

func (g *Guard) rule(method string) (rule, bool) {
	rules := g.rules.Load()
	if rules == nil {
		return rule{}, false
	}
	r, ok := (*rules)[method]
	return r, ok
}

// Writes tells whether a method may change something: one that needs more than
// the right to read, or that nothing is known of.
func (g *Guard) Writes(method string) bool {
	r, ok := g.rule(method)
	return !ok || !r.open && !r.known && r.access != optionsv1.Access_ACCESS_READ
}

// Authenticate finds out who calls.
func (g *Guard) Authenticate(ctx context.Context, method string) (context.Context, error) {
	if r, ok := g.rule(method); ok && r.open {
		return ctx, nil
	}
	p, err := g.recognise(ctx)
	if err != nil {
		return ctx, err
	}
	return WithPrincipal(ctx, p), nil
}

// Authorise refuses a call that the caller has no right to make.
func (g *Guard) Authorise(ctx context.Context, method string) error {
	r, ok := g.rule(method)
	p := From(ctx)
	switch {
	case !ok:
		return fault.NotPermitted("call", method)
	case r.open, r.known && p != nil, p.May(r.access, r.domain):
		return nil
	}
	return fault.NotPermitted(rightName(r.access), r.domain)
}
