package change

import (
	"context"
	"slices"
)

// probe remembers how many rows there were up to an id. The number falls only
// when one of them is deleted: that costs one count, and no list.
type probe struct{ upTo, count int64 }

// counter is a count on which a census depends.
type counter struct {
	domain *domain
	// name is the model, or members for the domain's own rows.
	name  string
	count func(ctx context.Context, upTo int64) (int64, error)
}

// members names the counter of a domain's members among its root rows.
const members = ""

// model is whose rows are counted.
func (c counter) model() string {
	if c.name == members {
		return c.domain.source().Model()
	}
	return c.name
}

// probe counts once, one counter after the other in turn, and orders a census
// where a count is not what it was.
func (e *Engine) probe(ctx context.Context) error {
	counters := e.counters()
	c := counters[e.probing%len(counters)]
	e.probing++
	p, known := c.domain.probes[c.name]
	if !known {
		return e.countFrom(ctx, c)
	}
	n, err := c.count(ctx, p.upTo)
	if err != nil {
		return err
	}
	if n != p.count {
		c.domain.due = true
	}
	if w := e.windows[c.model()]; w != nil && w.top > p.upTo {
		return e.countNewer(ctx, c, p.upTo)
	}
	return nil
}

// countFrom lets a counter count all rows there are.
func (e *Engine) countFrom(ctx context.Context, c counter) error {
	upTo, err := c.domain.source().LastID(ctx, c.model())
	if err != nil {
		return err
	}
	// The latest row met may be gone: it is not to be looked for again and again.
	if w := e.windows[c.model()]; w != nil {
		upTo = max(upTo, w.top)
	}
	n, err := c.count(ctx, upTo)
	if err != nil {
		return err
	}
	c.domain.probes[c.name] = probe{upTo, n}
	return nil
}

// countNewer lets a counter count the rows too that have come since, and orders a
// census where one of them is gone already. The cache is asked after the count,
// and Odoo after the cache: a row that goes in between is missed by neither.
func (e *Engine) countNewer(ctx context.Context, c counter, after int64) error {
	if err := e.countFrom(ctx, c); err != nil {
		return err
	}
	gone, err := e.goneAbove(ctx, c, after)
	if err != nil {
		return err
	}
	c.domain.due = c.domain.due || len(gone) > 0
	return nil
}

func (e *Engine) goneAbove(ctx context.Context, c counter, after int64) ([]int64, error) {
	d, s := c.domain, c.domain.source()
	if c.model() != s.Model() || s.Grouped() {
		have, err := e.knownRows(d, c.model(), after)
		if err != nil {
			return nil, err
		}
		return e.absent(ctx, d, c.model(), have, after)
	}
	have, err := e.cachedIDs(d, after, maxID)
	if err != nil || len(have) == 0 {
		return nil, err
	}
	if c.name != members {
		return e.absent(ctx, d, c.name, have, after)
	}
	still, err := s.Members(ctx, have)
	return difference(nil, have, still), err
}

// countAnew lets all counters of a domain begin anew.
func (e *Engine) countAnew(ctx context.Context, d *domain) error {
	for _, c := range e.counters() {
		if c.domain != d {
			continue
		}
		if err := e.countFrom(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// counters lists what is counted: the members of each domain, and the rows that
// its records are made of.
func (e *Engine) counters() []counter {
	var all []counter
	for _, d := range e.domains {
		s := d.source()
		all = append(all, counter{d, members, s.CountMembers})
		for _, w := range s.Watches() {
			if !w.Reference && !slices.ContainsFunc(all, func(c counter) bool { return c.domain == d && c.name == w.Model }) {
				all = append(all, counter{d, w.Model, func(ctx context.Context, upTo int64) (int64, error) { return s.Count(ctx, w.Model, upTo) }})
			}
		}
	}
	return all
}
