package access

import (
	"fmt"
	"strings"
)

// checkConflicts refuses conflicts of the file between what does not exist.
func (b *rulebook) checkConflicts(doc *document, wrong *problems) {
	for i, c := range doc.Conflicts {
		at := func(key string) int { return doc.line("conflicts", fmt.Sprint(i), key) }
		for key, duty := range map[string]string{"between": c.Between, "and": c.And} {
			_, own := doc.Roles[duty]
			_, ready := b.ready.Roles[duty]
			if _, method := b.contract.method(duty); !own && !ready && !method {
				wrong.add(at(key), "conflict %d: %s: there is no role and no method %q", i+1, key, duty)
			}
		}
		if strings.TrimSpace(c.Because) == "" {
			wrong.add(at("because"), "conflict %d: because: say why nobody should have both", i+1)
		}
	}
}

// conflictsOf are the conflicts between what one principal has, in sentences. One that has
// rights and no role is let be: it has them from before there were roles.
func (b *rulebook) conflictsOf(own *grant, roles []*role) []string {
	if len(roles) == 0 {
		return nil
	}
	all := append([]*role{{grant: *own}}, roles...)
	var found []string
	for _, c := range b.conflicts {
		if one, other := b.duty(all, c.Between), b.duty(all, c.And); one != "" && other != "" {
			found = append(found, fmt.Sprintf("%s and %s exclude each other: %s", one, other, c.Because))
		}
	}
	return found
}

// duty is a duty that the roles bring, with the role that does; empty where none does.
func (b *rulebook) duty(roles []*role, name string) string {
	method, isMethod := b.contract.method(name)
	for _, r := range roles {
		switch {
		case r.name == name:
			return "the role " + name
		case isMethod && r.gives(method) != "":
			return fmt.Sprintf("%s (%s)", name, r.from)
		}
	}
	return ""
}
