package access

import (
	"context"
	"sync/atomic"

	"google.golang.org/protobuf/reflect/protoreflect"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	optionsv1 "odoomesh/gen/go/mesh/options/v1"
	"odoomesh/internal/fault"
	"odoomesh/internal/scope"
)

// Guard authenticates and authorises calls. Until Cover has told it the methods,
// it refuses all.
type Guard struct {
	recognise func(context.Context) (*Principal, *Proof, error)
	// file is nil where there is none.
	file  *File
	rules atomic.Pointer[map[string]rule]
}

// Open reads the access file. With an empty path, callers of this machine are
// let in as "local", to read and to operate, and where it is said to write, and nobody
// else.
func Open(path string, localWrites bool) (*Guard, error) {
	if path == "" {
		return &Guard{recognise: newLocal(localWrites).recognise}, nil
	}
	file, err := readFile(path)
	if err != nil {
		return nil, err
	}
	g := &Guard{file: file}
	g.RecogniseBy(ByToken)
	return g, nil
}

// RecogniseBy lets callers be recognised in another way than by tokens of the access file.
// Without a file it changes nothing.
func (g *Guard) RecogniseBy(r Recogniser) {
	if g.file != nil {
		g.recognise = func(ctx context.Context) (*Principal, *Proof, error) { return r(ctx, g.file) }
	}
}

// File is the access file that is in force; nil where there is none.
func (g *Guard) File() *File { return g.file }

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
	p, proof, err := g.recognise(ctx)
	if err != nil {
		return ctx, err
	}
	return WithCaller(ctx, p, proof), nil
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

// Narrow refuses a call whose answers cannot be narrowed to what the caller meets.
// That of a caller without a scope is never refused.
func (g *Guard) Narrow(ctx context.Context, method string) error {
	s := scope.From(ctx)
	if s == nil {
		return nil
	}
	if r, ok := g.rule(method); ok && (r.open || r.known || r.narrow != nil && r.narrow(s)) {
		return nil
	}
	return fault.New(errorsv1.Reason_REASON_NOT_PERMITTED,
		"The call shows what the caller may not see as a whole, and cannot be narrowed to what it may see.")
}

// Audited tells whether calls of a method are recorded; those of a method that nothing
// is known of are.
func (g *Guard) Audited(method string) bool {
	r, ok := g.rule(method)
	return !ok || r.audited
}

// Cost is what a call of a method takes from the caller's limit; 0 for what is open to
// all.
func (g *Guard) Cost(method string) int {
	r, ok := g.rule(method)
	if !ok {
		return 1
	}
	return r.cost
}

// Dearest is the highest cost of a method.
func (g *Guard) Dearest() (method string, cost int) {
	if rules := g.rules.Load(); rules != nil {
		for name, r := range *rules {
			if r.cost > cost || r.cost == cost && name < method {
				method, cost = name, r.cost
			}
		}
	}
	return method, cost
}
