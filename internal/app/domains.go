package app

import (
	"slices"

	"odoomesh/internal/read"
	"odoomesh/internal/record"
	"odoomesh/services"
)

// selected picks the domains to serve; none named means all. What needs a domain
// that is not served is left out. The configuration has checked the names.
func selected(names []string) []services.Domain {
	if len(names) == 0 {
		return services.All()
	}
	served := func(name string) bool { return slices.Contains(names, name) }
	return slices.DeleteFunc(services.All(), func(d services.Domain) bool {
		return len(d.Collections) > 0 && !served(d.Name) || slices.ContainsFunc(d.Needs, func(need string) bool { return !served(need) })
	})
}

func serves(domains []services.Domain, name string) bool {
	return slices.ContainsFunc(domains, func(d services.Domain) bool { return d.Name == name })
}

// computesOf are those that work out fields when records are answered, by collection.
func computesOf(domains []services.Domain) map[string]read.Compute {
	computes := map[string]read.Compute{}
	for _, d := range domains {
		for _, c := range d.Collections {
			computes[c.Name] = c.Compute
		}
	}
	return computes
}

func kindsOf(domains []services.Domain, instance string) (map[string]*record.Kind, error) {
	kinds := map[string]*record.Kind{}
	for _, d := range domains {
		for _, c := range d.Collections {
			k, err := record.NewKind(c.Name, c.Record.ProtoReflect().Type(), instance)
			if err != nil {
				return nil, err
			}
			kinds[c.Name] = k
		}
	}
	return kinds, nil
}
