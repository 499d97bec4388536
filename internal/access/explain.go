package access

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	"odoomesh/internal/fault"
	"odoomesh/internal/scope"
)

// Explanation is a decision, with what it rests on.
type Explanation struct {
	Decision Decision
	// Why is a sentence for people.
	Why string
	// Rules are those that give the right.
	Rules []string
	// Scope is what the principal is narrowed down to; nil where to nothing.
	Scope *scope.Scope
	// Until is when what the principal has taken ends; zero where it has taken nothing.
	Until time.Time
}

// Explain tells which rule decides whether a principal may call a method, which is named
// as in the access file. Its errors carry their reasons.
func (g *Guard) Explain(principal, method string) (Explanation, error) {
	f := g.now.Load()
	p := f.file.Principal(principal)
	if g.local != nil && principal == g.local.principal.Name {
		p = g.local.principal
	}
	if more := f.broken[principal]; more != nil && g.Clock.Now().Before(more.until) {
		p = more
	}
	if p == nil {
		return Explanation{}, fault.InvalidField(errorsv1.Reason_REASON_INVALID_ARGUMENT, "principal", fmt.Sprintf("nobody is called %q%s", principal, meant(principal, f.names())))
	}
	c := theContract()
	r, known := c.method(method)
	if !known {
		return Explanation{}, fault.InvalidField(errorsv1.Reason_REASON_INVALID_ARGUMENT, "method",
			fmt.Sprintf("there is no method %q%s; name a command such as orders.release, or a method such as /mesh.order.v1.OrderService/GetOrder", method, meant(method, c.names())))
	}
	d, _ := f.table.decide(r.method, p)
	e := Explanation{Decision: d, Scope: p.scope, Until: p.until}
	for _, grant := range p.grants {
		if rule := grant.gives(r); rule != "" {
			e.Rules = append(e.Rules, rule)
		}
	}
	e.Why = why(r, p, d, e.Rules)
	if except := f.file.exceptionsOf(r.method, p); except != "" && d.Allows() && p.before == nil {
		e.Why += " But" + strings.TrimPrefix(except, ",") + "."
	}
	if _, served := f.table.rules[r.method]; !served {
		e.Why = fmt.Sprintf("This mesh does not serve %s.", r.method)
	}
	return e, nil
}

func (f *force) names() []string {
	if f.file == nil {
		return nil
	}
	return f.file.Names()
}

func why(r rule, p *Principal, d Decision, rules []string) string {
	switch d {
	case NoRight:
		text := fmt.Sprintf("%s needs the right %s on %s, and neither a role nor a right of %s gives it.", r.method, rightName(r.access), r.domain, p.Name)
		if p.glass != nil && p.before == nil && decide(r, p.withGlass(time.Time{})).Allows() {
			text += " With broken glass it would have it."
		}
		return text
	case NoScope:
		return fmt.Sprintf("The right is there, and %s is narrowed down to %s: what %s shows or does cannot be narrowed so.", p.Name, p.scope, r.method)
	}
	if r.known {
		return fmt.Sprintf("%s needs no right: every principal may call it, and it decides itself.", r.method)
	}
	text := fmt.Sprintf("%s needs the right %s on %s, which is given by %s.", r.method, rightName(r.access), r.domain, strings.Join(rules, ", and by "))
	if d == Narrowed {
		text += fmt.Sprintf(" What it shows is narrowed down to %s.", p.scope)
	}
	return text
}

// Change is a decision that is another with another access file.
type Change struct {
	Principal string `json:"principal"`
	// Method is its full name, Command what it is called as a command; empty where it is
	// none. Both are empty where it is the token that changes.
	Method  string `json:"method,omitempty"`
	Command string `json:"command,omitempty"`
	// Before and After are the decisions, in words.
	Before string `json:"before"`
	After  string `json:"after"`
}

// Diff tells which decisions change, of all methods of the contract, from one file to
// another: by principal, in the order of their names.
func Diff(before, after *File) []Change {
	c := theContract()
	commands := map[string]string{}
	for name, method := range c.commands {
		commands[method] = name
	}
	names := slices.Concat(before.Names(), after.Names())
	slices.Sort(names)
	var all []Change
	for _, name := range slices.Compact(names) {
		was, is := before.Principal(name), after.Principal(name)
		if was != nil && is != nil && was.token != is.token {
			all = append(all, Change{Principal: name, Before: "a token", After: "another token"})
		}
		for _, method := range slices.Sorted(maps.Keys(c.rules)) {
			r := c.rules[method]
			if old, now := before.inWords(r, was), after.inWords(r, is); old != now {
				all = append(all, Change{Principal: name, Method: method, Command: commands[method], Before: old, After: now})
			}
		}
	}
	return all
}

// inWords is a decision with the scope by which it narrows, and with what the principal
// can take.
func (f *File) inWords(r rule, p *Principal) string {
	text := decided(r, p)
	if decide(r, p).Allows() {
		text += f.exceptionsOf(r.method, p)
	}
	if p != nil && p.glass != nil {
		if more := decided(r, p.withGlass(time.Time{})); more != text {
			text += fmt.Sprintf("; for %d minutes %s", int(p.glass.longest.Minutes()), more)
		}
	}
	return text
}

func decided(r rule, p *Principal) string {
	d := decide(r, p)
	switch {
	case !d.Allows():
		return "never"
	case d == Narrowed:
		return "narrowed to " + p.scope.String()
	}
	return "always"
}

// Governors are those of a file who may change it by proposals: who may call all of some
// methods, and operate access, of everything.
func (f *File) Governors(methods ...string) (names []string) {
	c := theContract()
	for _, p := range f.principals {
		may := p.Operates("access")
		for _, name := range methods {
			r, known := c.method(name)
			may = may && known && decide(r, p) == Always
		}
		if may {
			names = append(names, p.Name)
		}
	}
	return names
}

// Summary is what a file says of one principal.
type Summary struct {
	Principal string   `json:"principal"`
	Roles     []string `json:"roles"`
	Scope     string   `json:"scope"`
	// Methods is how many methods of the contract it may call, BreakGlass what it can take.
	Methods    int      `json:"methods"`
	BreakGlass []string `json:"breakGlass,omitempty"`
}

// Summaries are what a file says, in its order.
func (f *File) Summaries() []Summary {
	c := theContract()
	all := make([]Summary, len(f.principals))
	for i, p := range f.principals {
		s := Summary{Principal: p.Name, Scope: scopeText(p.scope), Roles: []string{}}
		for _, r := range p.roles {
			s.Roles = append(s.Roles, r.name)
		}
		for _, r := range c.rules {
			if decide(r, p).Allows() {
				s.Methods++
			}
		}
		if p.glass != nil {
			for _, r := range p.glass.roles {
				s.BreakGlass = append(s.BreakGlass, r.name)
			}
		}
		all[i] = s
	}
	return all
}

// scopeText is a scope in words; empty where there is none.
func scopeText(s *scope.Scope) string {
	if s == nil {
		return ""
	}
	return s.String()
}
