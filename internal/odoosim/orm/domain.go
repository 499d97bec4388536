package orm

import "slices"

// maxDomains bounds domains nested in domains.
const maxDomains = 16

// filter is a compiled domain: a test, and what is known of its matches beforehand.
type filter struct {
	fits func(id int64) bool
	// candidates holds all matches and perhaps more, sorted, if known is true.
	candidates []int64
	known      bool
	// from is a lower bound of the matching ids.
	from int64
	// window bounds the write stamps of the matches.
	window *window
}

// window is a range of stamps: since inclusive, until exclusive.
type window struct{ since, until int64 }

func narrower(a, b *window) *window {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	return &window{max(a.since, b.since), min(a.until, b.until)}
}

func everything() filter { return filter{fits: func(int64) bool { return true }} }

// compile turns a domain in Odoo's prefix notation into a filter.
func (e *Env) compile(m *Model, domain []any) (filter, error) {
	if e.depth > maxDomains {
		return filter{}, Unforeseen("RecursionError", "maximum recursion depth exceeded")
	}
	var stack []filter
	pop := func() filter {
		top := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		return top
	}
	for _, item := range slices.Backward(domain) {
		op, isOp := item.(string)
		switch {
		case !isOp:
			leaf, err := e.leaf(m, item)
			if err != nil {
				return filter{}, err
			}
			stack = append(stack, leaf)
		case op == "!" && len(stack) >= 1:
			stack = append(stack, not(pop()))
		case op == "&" && len(stack) >= 2:
			stack = append(stack, and(pop(), pop()))
		case op == "|" && len(stack) >= 2:
			stack = append(stack, or(pop(), pop()))
		default:
			return filter{}, Unforeseen("ValueError", "Invalid domain: %s", pythonic(domain))
		}
	}
	if len(stack) == 0 {
		return everything(), nil
	}
	all := pop()
	for len(stack) > 0 {
		all = and(all, pop())
	}
	return all, nil
}

func not(a filter) filter {
	return filter{fits: func(id int64) bool { return !a.fits(id) }}
}

func and(a, b filter) filter {
	out := filter{from: max(a.from, b.from), window: narrower(a.window, b.window), fits: func(id int64) bool { return a.fits(id) && b.fits(id) }}
	switch {
	case a.known && (!b.known || len(a.candidates) <= len(b.candidates)):
		out.candidates, out.known = a.candidates, true
	case b.known:
		out.candidates, out.known = b.candidates, true
	}
	return out
}

func or(a, b filter) filter {
	out := filter{from: min(a.from, b.from), fits: func(id int64) bool { return a.fits(id) || b.fits(id) }}
	if a.known && b.known {
		ids := append(slices.Clone(a.candidates), b.candidates...)
		slices.Sort(ids)
		out.candidates, out.known = slices.Compact(ids), true
	}
	return out
}

// namesActive says whether a domain speaks of the field active itself, which
// switches the hiding of archived records off.
func namesActive(domain []any) bool {
	for _, item := range domain {
		if leaf, ok := item.([]any); ok && len(leaf) == 3 && leaf[0] == "active" {
			return true
		}
	}
	return false
}

// match runs a domain and answers the ids that fit, in order of id, at most limit
// if it is positive.
func (e *Env) match(m *Model, domain []any, limit int) ([]int64, error) {
	f, err := e.compile(m, domain)
	if err != nil {
		return nil, err
	}
	if active := m.Fields["active"]; active != nil && e.ActiveTest && !namesActive(domain) {
		f = and(f, filter{fits: func(id int64) bool { return e.get(active, id).N != 0 }})
	}
	if f.window != nil {
		if from, to := m.table.span(*f.window); !f.known || to-from < len(f.candidates) {
			f.candidates, f.known = m.table.stampedIn(from, to), true
		}
	}
	out := []int64{}
	if e.tx == nil && !f.known {
		// The common case, without a list of all ids.
		for id := max(f.from, 1); id < int64(len(m.table.rows)); id++ {
			if m.table.rows[id] != nil && f.fits(id) {
				if out = append(out, id); len(out) == limit {
					break
				}
			}
		}
		return out, nil
	}
	ids := f.candidates
	if !f.known {
		ids = m.table.all(f.from)
	}
	if e.tx != nil && len(e.tx.changes[m]) > 0 {
		ids = e.overlaid(m, ids, nil)
	}
	for _, id := range ids {
		if id >= f.from && e.Exists(m, id) && f.fits(id) {
			if out = append(out, id); len(out) == limit {
				break
			}
		}
	}
	return out, nil
}
