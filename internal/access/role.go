package access

import (
	_ "embed" // the ready roles
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"odoomesh/internal/nearest"
)

// readyText are the roles that every access file can use by name.
//
//go:embed ready.yaml
var readyText []byte

// readyRoles reads them once.
var readyRoles = sync.OnceValues(func() (*document, error) { return decode(readyText) })

// grant is what some rule of the access file gives.
type grant struct {
	// from names the rule, such as "role buyer".
	from   string
	rights map[string]rightSet
	// methods are single methods, by full name.
	methods map[string]bool
}

// gives tells which part of the grant lets a method be called; empty where none does.
func (g *grant) gives(r rule) string {
	switch {
	case g.rights[r.domain].has(r.access):
		return fmt.Sprintf("%s: %s on %s", g.from, rightName(r.access), r.domain)
	case g.rights[anyDomain].has(r.access):
		return fmt.Sprintf("%s: %s on every domain", g.from, rightName(r.access))
	case g.methods[r.method]:
		return fmt.Sprintf("%s: %s", g.from, r.method)
	}
	return ""
}

// role is what those may do who have it.
type role struct {
	grant
	name, about, needs string
}

// rulebook is what principals are made of: the contract, the roles and the conflicts.
type rulebook struct {
	contract  contract
	roles     map[string]*role
	conflicts []conflictEntry
	// ready are the documents of the ready roles, of which those are resolved that are used.
	ready *document
}

func newRulebook(doc *document, wrong *problems) (*rulebook, error) {
	ready, err := readyRoles()
	if err != nil {
		return nil, fmt.Errorf("the ready roles: %w", err)
	}
	b := &rulebook{contract: theContract(), roles: map[string]*role{}, ready: ready}
	for _, name := range slices.Sorted(maps.Keys(doc.Roles)) {
		line := doc.line("roles", name)
		if _, taken := ready.Roles[name]; taken {
			wrong.add(line, "role %q is one of the ready roles, which a file cannot change; give yours another name", name)
			continue
		}
		if strings.TrimSpace(name) != name || name == "" {
			wrong.add(line, "role %q: a name of a role has no white space at its ends, and is not empty", name)
			continue
		}
		b.roles[name] = b.resolve(doc, name, wrong)
	}
	b.conflicts = slices.Concat(ready.Conflicts, doc.Conflicts)
	b.checkConflicts(doc, wrong)
	return b, nil
}

// role finds a role by name; nil, and a problem, where there is none.
func (b *rulebook) role(name string, line int, of string, wrong *problems) *role {
	if r, known := b.roles[name]; known {
		return r
	}
	if _, known := b.ready.Roles[name]; !known {
		wrong.add(line, "%s: there is no role %q%s", of, name, meant(name, slices.Concat(slices.Collect(maps.Keys(b.roles)), slices.Collect(maps.Keys(b.ready.Roles)))))
		return nil
	}
	b.roles[name] = b.resolve(b.ready, name, wrong)
	return b.roles[name]
}

// resolve makes a role of what a document says.
func (b *rulebook) resolve(doc *document, name string, wrong *problems) *role {
	e := doc.Roles[name]
	of := fmt.Sprintf("role %q", name)
	at := func(path ...string) int { return doc.line(append([]string{"roles", name}, path...)...) }
	r := &role{name: name, about: e.About, needs: e.Needs, grant: grant{from: "role " + name, methods: map[string]bool{}}}
	r.rights = b.rights(e.Rights, of, at, wrong)
	for i, method := range e.Methods {
		line := at("methods", fmt.Sprint(i))
		found, known := b.contract.method(method)
		switch {
		case !known:
			wrong.add(line, "%s: there is no method %q%s; name a command such as orders.release, or a method such as /mesh.order.v1.OrderService/GetOrder", of, method, meant(method, b.contract.names()))
		case found.known:
			wrong.add(line, "%s: %q needs no right, so that none can be given", of, method)
		default:
			r.methods[found.method] = true
		}
	}
	if len(e.Rights) == 0 && len(e.Methods) == 0 {
		wrong.add(at(), "%s: it gives nothing; name rights or methods", of)
	}
	if e.Needs != "" && !slices.Contains(scopeKeys, e.Needs) {
		wrong.add(at("needs"), "%s: needs: %q is none of %s", of, e.Needs, strings.Join(scopeKeys, ", "))
	}
	return r
}

// rights reads rights by domain.
func (b *rulebook) rights(given map[string][]string, of string, at func(...string) int, wrong *problems) map[string]rightSet {
	rights := map[string]rightSet{}
	for _, domain := range slices.Sorted(maps.Keys(given)) {
		line := at("rights", domain)
		if domain != anyDomain && !b.contract.domains[domain] {
			wrong.add(line, "%s: there is no domain %q%s", of, domain, meant(domain, slices.Collect(maps.Keys(b.contract.domains))))
		}
		if len(given[domain]) == 0 {
			wrong.add(line, "%s: %s has no rights; name some of read, write, operate, or leave it out", of, domain)
		}
		for _, name := range given[domain] {
			right, ok := rightNamed(name)
			if !ok {
				wrong.add(line, "%s: right %q on %s is none of read, write, operate", of, name, domain)
				continue
			}
			rights[domain] |= setOf(right)
		}
	}
	return rights
}

// meant asks whether something else was meant; empty where nothing comes close.
func meant(name string, known []string) string {
	if word := nearest.Word(name, known); word != "" {
		return fmt.Sprintf(" (did you mean %q?)", word)
	}
	return ""
}
