package access

import (
	"context"
	"strings"

	optionsv1 "odoomesh/gen/go/mesh/options/v1"
	"odoomesh/internal/scope"
)

// anyDomain in the rights of a principal stands for every domain.
const anyDomain = "*"

// rightSet has one bit for each value of optionsv1.Access.
type rightSet uint8

func (s rightSet) has(a optionsv1.Access) bool { return a > 0 && a < 8 && s&(1<<a) != 0 }

func setOf(rights ...optionsv1.Access) rightSet {
	var s rightSet
	for _, a := range rights {
		s |= 1 << a
	}
	return s
}

// Principal is a caller that was recognised.
type Principal struct {
	// Name is what logs and the audit call the principal.
	Name   string
	rights map[string]rightSet
	// scope is nil where the principal meets everything.
	scope *scope.Scope
}

// NewPrincipal is a principal that meets everything its rights open, by domain; "*" stands
// for every domain.
func NewPrincipal(name string, rights map[string][]optionsv1.Access) *Principal {
	p := &Principal{Name: name, rights: map[string]rightSet{}}
	for domain, of := range rights {
		p.rights[domain] = setOf(of...)
	}
	return p
}

// May tells whether the principal has a right on a domain, such as "product".
func (p *Principal) May(right optionsv1.Access, domain string) bool {
	if p == nil {
		return false
	}
	return p.rights[domain].has(right) || p.rights[anyDomain].has(right)
}

// Operates tells whether the principal may operate a domain.
func (p *Principal) Operates(domain string) bool {
	return p.May(optionsv1.Access_ACCESS_OPERATE, domain)
}

type principalKey struct{}

// WithPrincipal keeps who calls, and what it meets.
func WithPrincipal(ctx context.Context, p *Principal) context.Context {
	return WithCaller(ctx, p, nil)
}

// From is who calls; nil when nobody was recognised.
func From(ctx context.Context) *Principal {
	p, _ := ctx.Value(principalKey{}).(*Principal)
	return p
}

// Caller is the name of who calls; empty when nobody was recognised.
func Caller(ctx context.Context) string {
	if p := From(ctx); p != nil {
		return p.Name
	}
	return ""
}

// rightName is the word for a right in the access file: "read".
func rightName(a optionsv1.Access) string {
	return strings.ToLower(strings.TrimPrefix(a.String(), "ACCESS_"))
}
