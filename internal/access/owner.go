package access

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	optionsv1 "odoomesh/gen/go/mesh/options/v1"
)

// inOdoo is the owner of a field that is changed in Odoo alone.
const inOdoo = "odoo"

// Owner is who alone writes a field of the records of a collection through the mesh.
type Owner struct {
	// Field is one that stands in the contract, such as "gtin".
	Field string
	// Whose is a role, or "odoo" for what no command changes.
	Whose   string
	Because string
}

// writesOf are the fields that a command writes, as the contract says.
func writesOf(method protoreflect.MethodDescriptor) []string {
	rule, _ := proto.GetExtension(method.Options(), optionsv1.E_Method).(*optionsv1.MethodRule)
	return rule.GetWrites()
}

// written are all fields that commands write, with their collections, such as
// "products.gtin".
func (c contract) written() []string {
	all := map[string]bool{}
	for command, fields := range c.writes {
		collection, _, _ := strings.Cut(command, ".")
		for _, field := range fields {
			all[collection+"."+field] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// owners reads whose fields are, by the collection.
func (b *rulebook) owners(doc *document, wrong *problems) map[string][]Owner {
	all, written := map[string][]Owner{}, b.contract.written()
	for i, e := range doc.Owners {
		at := func(key string) int { return doc.line("owners", fmt.Sprint(i), key) }
		collection, field, _ := strings.Cut(e.Field, ".")
		switch {
		case !slices.Contains(written, e.Field):
			wrong.add(at("field"), "owners %d: field: no command writes %q%s; docs/roles.md lists those that can have an owner", i+1, e.Field, meant(e.Field, written))
		case slices.ContainsFunc(all[collection], func(o Owner) bool { return o.Field == field }):
			wrong.add(at("field"), "owners %d: field: %s has an owner before", i+1, e.Field)
		}
		if e.Owner != inOdoo {
			b.role(e.Owner, at("owner"), fmt.Sprintf("owners %d: owner", i+1), wrong)
		}
		if strings.TrimSpace(e.Because) == "" {
			wrong.add(at("because"), "owners %d: because: say why nobody else writes it", i+1)
		}
		all[collection] = append(all[collection], Owner{Field: field, Whose: e.Owner, Because: e.Because})
	}
	return all
}

// OthersFields tells which fields that a method writes belong to somebody else than the
// caller. None do for who has broken the glass: that is for when nobody else is there.
func (g *Guard) OthersFields(ctx context.Context, method string) (others []Owner) {
	file := g.now.Load().file
	if file == nil || len(file.owners) == 0 {
		return nil
	}
	caller := From(ctx)
	if _, broken := caller.BrokenGlass(); broken {
		return nil
	}
	return file.others(method, caller)
}

// others are the fields that a method writes and a principal does not.
func (f *File) others(method string, p *Principal) (others []Owner) {
	c := theContract()
	for command, fields := range c.writes {
		if c.commands[command] != method {
			continue
		}
		collection, _, _ := strings.Cut(command, ".")
		for _, o := range f.owners[collection] {
			if slices.Contains(fields, o.Field) && !p.hasRole(o.Whose) {
				others = append(others, o)
			}
		}
	}
	return others
}

func (p *Principal) hasRole(name string) bool {
	return p != nil && slices.ContainsFunc(p.roles, func(r *role) bool { return r.name == name })
}
