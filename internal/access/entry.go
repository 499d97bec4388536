package access

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
	"time"

	optionsv1 "odoomesh/gen/go/mesh/options/v1"
	"odoomesh/internal/scope"
)

// longestGlass is how many minutes more can be taken at most: a shift.
const longestGlass = 480

// scopeKeys are the keys that say what a principal is, for roles that need it.
var scopeKeys = []string{"companies", "supplier", "carrier", "finance"}

// has tells whether a scope is given.
func (e entry) has(key string) bool {
	return map[string]bool{"companies": len(e.Companies) > 0, "supplier": e.Supplier != "", "carrier": e.Carrier != "", "finance": e.Finance}[key]
}

// principal makes a principal of an entry. It is complete where nothing is wrong with it.
func (b *rulebook) principal(doc *document, number int, e entry, wrong *problems) (p *Principal, complete bool) {
	before := len(*wrong)
	of := fmt.Sprintf("principal %d (%q)", number+1, e.Name)
	at := func(path ...string) int {
		return doc.line(append([]string{"principals", fmt.Sprint(number)}, path...)...)
	}
	if e.Name == "" || strings.TrimSpace(e.Name) != e.Name {
		wrong.add(at("name"), "%s: it needs a name", of)
	}
	raw, err := hex.DecodeString(e.TokenSHA256)
	if e.TokenSHA256 == "" {
		raw = noToken[:] // it has other credentials, or keys are made for it
	} else if err != nil || len(raw) != sha256.Size {
		wrong.add(at("token_sha256"), "%s: token_sha256 is not 64 hexadecimal digits; make it with: printf %%s \"$TOKEN\" | sha256sum", of)
		raw = make([]byte, sha256.Size)
	}
	for _, err := range e.faults() {
		wrong.add(at(), "%s: %v", of, err)
	}
	if len(e.Rights) == 0 && len(e.Roles) == 0 {
		wrong.add(at(), "%s: it has no rights and no roles", of)
	}
	own := &grant{from: "rights of " + e.Name, rights: b.rights(e.Rights, of, at, wrong)}
	p = &Principal{Name: e.Name, token: [sha256.Size]byte(raw), grants: []*grant{own}}
	p.roles = b.rolesOf(e, e.Roles, of, at, wrong, "roles")
	for _, r := range p.roles {
		p.grants = append(p.grants, &r.grant)
	}
	b.separate(e, own, p.roles, of, at, wrong)
	if e.BreakGlass != nil {
		p.glass = b.glass(e, of, at, wrong)
	}
	p.scope = e.scope(of, at, wrong)
	return p, len(*wrong) == before
}

// rolesOf finds roles that an entry names.
func (b *rulebook) rolesOf(e entry, names []string, of string, at func(...string) int, wrong *problems, path ...string) []*role {
	var found []*role
	for i, name := range names {
		line := at(append(path, fmt.Sprint(i))...)
		r := b.role(name, line, of, wrong)
		if r == nil {
			continue
		}
		if r.needs != "" && !e.has(r.needs) {
			wrong.add(line, "%s: the role %s is for principals with the scope %s, which it does not have", of, name, r.needs)
		}
		found = append(found, r)
	}
	return found
}

// separate refuses what excludes each other, unless the file says why it does not.
func (b *rulebook) separate(e entry, own *grant, roles []*role, of string, at func(...string) int, wrong *problems) {
	conflicts := b.conflictsOf(own, roles)
	accepted := strings.TrimSpace(e.AcceptConflict) != ""
	switch {
	case accepted && len(conflicts) == 0:
		wrong.add(at("accept_conflict"), "%s: accept_conflict: its roles do not exclude each other; leave it out", of)
	case !accepted:
		for _, c := range conflicts {
			wrong.add(at("roles"), "%s: %s; take one away, or say why it has both: accept_conflict: \"…\"", of, c)
		}
	}
}

// glass is what a principal can take for a while.
func (b *rulebook) glass(e entry, of string, at func(...string) int, wrong *problems) *glass {
	g := e.BreakGlass
	if len(g.Roles) == 0 {
		wrong.add(at("break_glass"), "%s: break_glass: name the roles that it gives", of)
	}
	if g.Minutes < 1 || g.Minutes > longestGlass {
		wrong.add(at("break_glass", "minutes"), "%s: break_glass: minutes: %d is not between 1 and %d", of, g.Minutes, longestGlass)
	}
	return &glass{roles: b.rolesOf(e, g.Roles, of, at, wrong, "break_glass", "roles"), longest: time.Duration(g.Minutes) * time.Minute}
}

var supplierName = regexp.MustCompile(`^suppliers/[1-9][0-9]{0,17}$`)

// scope is what the principal is narrowed down to; nil where to nothing.
func (e entry) scope(of string, at func(...string) int, wrong *problems) *scope.Scope {
	for i, id := range e.Companies {
		if id < 1 {
			wrong.add(at("companies", fmt.Sprint(i)), "%s: companies: %d is no id of a company; write Odoo's ids, such as [1, 3]", of, id)
		}
	}
	if e.Supplier != "" && !supplierName.MatchString(e.Supplier) {
		wrong.add(at("supplier"), "%s: supplier: %q is no name of a supplier; write it as the mesh names suppliers, such as suppliers/7", of, e.Supplier)
	}
	if strings.TrimSpace(e.Carrier) != e.Carrier {
		wrong.add(at("carrier"), "%s: carrier: %q has white space at its ends; write it as shipments name the carrier", of, e.Carrier)
	}
	kinds := 0
	for _, is := range []bool{e.Supplier != "", e.Carrier != "", e.Finance} {
		if is {
			kinds++
		}
	}
	if kinds > 1 {
		wrong.add(at(), "%s: supplier, carrier and finance exclude each other; leave one", of)
	}
	if kinds == 0 && len(e.Companies) == 0 && !e.HidePrices {
		return nil
	}
	return &scope.Scope{Companies: e.Companies, Supplier: e.Supplier, Carrier: e.Carrier, Finance: e.Finance, HidePrices: e.HidePrices}
}

func rightNamed(name string) (optionsv1.Access, bool) {
	for _, a := range []optionsv1.Access{optionsv1.Access_ACCESS_READ, optionsv1.Access_ACCESS_WRITE, optionsv1.Access_ACCESS_OPERATE} {
		if rightName(a) == name {
			return a, true
		}
	}
	return 0, false
}
