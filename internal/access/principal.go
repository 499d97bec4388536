package access

import (
	"context"
	"crypto/sha256"
	"slices"
	"strings"
	"time"

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

// Principal is a caller that was recognised. It never changes: with another access file
// it is another one.
type Principal struct {
	// Name is what logs and the audit call the principal.
	Name string
	// grants are all that give it something: its own rights, and its roles.
	grants []*grant
	roles  []*role
	// scope is nil where the principal meets everything.
	scope *scope.Scope
	token [sha256.Size]byte
	// glass is what it can take for a while; nil for nothing.
	glass *glass
	// until is when what it has taken ends, and before is itself without that; zero and
	// nil where it has taken nothing.
	until  time.Time
	before *Principal
}

// glass is what a principal can take for a while.
type glass struct {
	roles   []*role
	longest time.Duration
}

// NewPrincipal is a principal that meets everything its rights open, by domain; "*" stands
// for every domain.
func NewPrincipal(name string, rights map[string][]optionsv1.Access) *Principal {
	own := &grant{from: "rights of " + name, rights: map[string]rightSet{}}
	for domain, of := range rights {
		own.rights[domain] = setOf(of...)
	}
	return &Principal{Name: name, grants: []*grant{own}}
}

// May tells whether the principal has a right on a domain, such as "product".
func (p *Principal) May(right optionsv1.Access, domain string) bool {
	return p != nil && p.rightsOn(domain).has(right)
}

// MayCall tells whether something gives the principal the right to call a method: the right
// on its domain, or the method itself, by its full name.
func (p *Principal) MayCall(right optionsv1.Access, domain, method string) bool {
	return p != nil && slices.ContainsFunc(p.grants, func(g *grant) bool {
		return g.gives(rule{method: method, access: right, domain: domain}) != ""
	})
}

// rightsOn are all rights that the principal has on a domain.
func (p *Principal) rightsOn(domain string) rightSet {
	var all rightSet
	for _, g := range p.grants {
		all |= g.rights[domain] | g.rights[anyDomain]
	}
	return all
}

// Operates tells whether the principal may operate a domain.
func (p *Principal) Operates(domain string) bool {
	return p.May(optionsv1.Access_ACCESS_OPERATE, domain)
}

// BrokenGlass tells until when the principal has more than usually; false where it has
// not.
func (p *Principal) BrokenGlass() (until time.Time, broken bool) {
	if p == nil {
		return time.Time{}, false
	}
	return p.until, p.before != nil
}

// withGlass is the principal with what it can take.
func (p *Principal) withGlass(until time.Time) *Principal {
	more := *p
	more.until, more.before = until, p
	more.grants, more.roles = append([]*grant{}, p.grants...), append([]*role{}, p.roles...)
	for _, r := range p.glass.roles {
		broken := r.grant
		broken.from = "broken glass, " + r.from
		more.grants, more.roles = append(more.grants, &broken), append(more.roles, r)
	}
	return &more
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
