package access

import (
	"maps"
	"slices"
)

// Decision is whether calls of a method are let in.
type Decision uint8

// The decisions.
const (
	// NoRight refuses: nothing gives the right.
	NoRight Decision = iota
	// NoScope refuses: there is a right, and what the method shows cannot be narrowed to
	// what the principal meets.
	NoScope
	// Narrowed lets every call in, and shows what the principal's scope leaves.
	Narrowed
	// Always lets every call in, and shows all.
	Always
)

// Allows tells whether calls are let in.
func (d Decision) Allows() bool { return d >= Narrowed }

func (d Decision) String() string {
	return [...]string{"never: no right", "never: cannot be narrowed", "narrowed", "always"}[d]
}

// decide is the decision about one method, from the rules themselves. The table holds what
// it says of every method and principal.
func decide(r rule, p *Principal) Decision {
	switch {
	case r.open:
		return Always
	case p == nil, !r.known && !p.MayCall(r.access, r.domain, r.method):
		return NoRight
	case p.scope == nil, r.known && r.narrow == nil:
		return Always
	case r.narrow != nil && r.narrow(p.scope):
		return Narrowed
	}
	return NoScope
}

// table has every decision: for each principal one byte for each method.
type table struct {
	rules     map[string]rule
	decisions map[*Principal][]Decision
}

// compile makes the table of some principals. Rules get their places in it.
func compile(rules map[string]rule, principals ...*Principal) *table {
	t := &table{rules: make(map[string]rule, len(rules)), decisions: make(map[*Principal][]Decision, len(principals))}
	names := slices.Sorted(maps.Keys(rules))
	for place, name := range names {
		r := rules[name]
		r.place = place
		t.rules[name] = r
	}
	for _, p := range principals {
		all := make([]Decision, len(names))
		for place, name := range names {
			all[place] = decide(rules[name], p)
		}
		t.decisions[p] = all
	}
	return t
}

// decide is what the table says. A principal that it does not have, such as of a file
// that was replaced while the call came in, is judged by the rules themselves.
func (t *table) decide(method string, p *Principal) (Decision, rule) {
	r, known := t.rules[method]
	if !known {
		return NoRight, r
	}
	if all, compiled := t.decisions[p]; compiled {
		return all[r.place], r
	}
	return decide(r, p), r
}
