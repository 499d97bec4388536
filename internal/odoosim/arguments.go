package odoosim

import "odoomesh/internal/odoosim/orm"

// arguments are a call's arguments by name, positional and named ones alike.
type arguments map[string]any

// bind matches positional and named arguments with the method's parameters; a
// parameter written with a star must be given, one with an equals sign by name.
func (r *request) bind(h handler) (arguments, error) {
	a := arguments{}
	byPlace := len(h.params)
	for byPlace > 0 && h.params[byPlace-1][0] == '=' {
		byPlace--
	}
	switch given := len(r.args); {
	case given > byPlace && byPlace < len(h.params):
		return nil, orm.Unforeseen("TypeError", "%s.%s() takes %d positional argument but %d were given", r.model.Name, r.method, byPlace, given)
	case given > byPlace:
		return nil, orm.Unforeseen("TypeError", "%s.%s() takes from 1 to %d positional arguments but %d were given",
			r.model.Name, r.method, byPlace+1, given+1)
	}
	known := map[string]bool{"context": true}
	for i, p := range h.params {
		required := p[0] == '*'
		if required || p[0] == '=' {
			p = p[1:]
		}
		known[p] = true
		v, named := r.kwargs[p]
		switch {
		case i < len(r.args):
			v = r.args[i]
		case !named && required:
			return nil, orm.Unforeseen("TypeError", "%s.%s() missing 1 required positional argument: '%s'", r.model.Name, r.method, p)
		case !named:
			continue
		}
		a[p] = v
	}
	for name := range r.kwargs {
		if !known[name] {
			return nil, orm.Unforeseen("TypeError", "%s.%s() got an unexpected keyword argument '%s'", r.model.Name, r.method, name)
		}
	}
	return a, nil
}

func (a arguments) domain() ([]any, error) {
	switch d := a["domain"].(type) {
	case []any:
		return d, nil
	case nil:
		return nil, nil
	case bool:
		if !d {
			return nil, nil
		}
	}
	return nil, orm.Unforeseen("TypeError", "Invalid domain")
}

func (a arguments) page() orm.Page {
	order, _ := a["order"].(string)
	offset, _ := a["offset"].(int64)
	limit, _ := a["limit"].(int64)
	return orm.Page{Order: order, Offset: int(offset), Limit: int(limit)}
}

func (a arguments) ids() ([]int64, error) {
	ids, ok := orm.AsIDs(a["ids"])
	if !ok {
		return nil, orm.Unforeseen("TypeError", "unhashable type: 'list'")
	}
	return ids, nil
}

func (a arguments) names(key string) []string {
	list, _ := a[key].([]any)
	names := make([]string, 0, len(list))
	for _, v := range list {
		if s, ok := v.(string); ok {
			names = append(names, s)
		}
	}
	return names
}

func (a arguments) text(key string) string {
	s, _ := a[key].(string)
	return s
}
