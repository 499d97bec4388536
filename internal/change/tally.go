package change

import (
	"context"
	"slices"
	"time"

	"odoomesh/internal/mapping"
)

// tally counts rows up to an id again and again: their number falls only when one
// of them is deleted, of which Odoo leaves no other trace.
type tally struct {
	model string
	// members is the domain whose members are counted; nil where all rows are.
	members *domain
	// upTo is the id, 0 before the first count; rows is how many there were.
	upTo, rows int64
	counted    time.Time
	took       effort
}

// tallied lists what is to be counted: the rows that records are made of, and the
// members of each domain, which rows can join and leave without being written.
// What is counted already goes on.
func (e *Engine) tallied(before []*tally) []*tally {
	var all []*tally
	add := func(model string, members *domain) {
		same := func(t *tally) bool { return t.model == model && t.members == members }
		if slices.ContainsFunc(all, same) {
			return
		}
		t := &tally{model: model, members: members}
		if i := slices.IndexFunc(before, same); i >= 0 {
			t = before[i]
		}
		all = append(all, t)
	}
	for _, d := range e.domains {
		for _, w := range d.source().Watches() {
			if !w.Reference {
				add(w.Model, nil)
			}
		}
		if d.source().HasMembers() {
			add(d.source().Model(), d)
		}
	}
	return all
}

// countRows counts the rows of a tally, all there are if it is the first time.
func (e *Engine) countRows(ctx context.Context, t *tally) (int64, error) {
	if t.upTo == 0 {
		last, err := e.domains[0].source().LastID(ctx, t.model)
		if err != nil {
			return 0, err
		}
		// An id of 0 would let the first count come again and again.
		t.upTo = max(last, 1)
		t.rows, err = e.countBetween(ctx, t, 0, t.upTo)
		return t.rows, err
	}
	return e.countBetween(ctx, t, 0, t.upTo)
}

func (e *Engine) countBetween(ctx context.Context, t *tally, after, upTo int64) (int64, error) {
	if t.members != nil {
		return t.members.source().CountMembers(ctx, after, upTo)
	}
	return e.domains[0].source().Count(ctx, t.model, after, upTo)
}

// counted draws the consequences of a count: where it has changed, rows are gone.
// The rows that have come since are counted from now on, and those of them that
// are gone already are looked for. They are counted apart: a new count of all
// would take what has gone since the last one for never having been there. Odoo is
// asked for the rows after the count: what goes in between is missed by neither.
func (e *Engine) counted(ctx context.Context, t *tally, n int64) error {
	from, fell := t.upTo, n != t.rows
	if fell {
		from = 0
	}
	t.rows = n
	if top := e.tops.top(t.model); top > t.upTo {
		more, err := e.countBetween(ctx, t, t.upTo, top)
		if err != nil {
			return err
		}
		t.upTo, t.rows = top, t.rows+more
	} else if !fell {
		return nil
	}
	w := e.windows[t.model]
	if fell {
		w.stirred = e.clock.Now()
	}
	if t.members != nil {
		return e.findStrangers(ctx, t.members, from)
	}
	return e.findGone(ctx, t.model, from, fell)
}

// concerns tells whether a domain's records are made of what is counted.
func (t *tally) concerns(d *domain) bool {
	if t.members != nil {
		return t.members == d
	}
	return slices.ContainsFunc(watchesOf(d, t.model), func(w mapping.WatchedModel) bool { return !w.Reference })
}

// recount counts the root rows of a domain now.
func (e *Engine) recount(ctx context.Context, d *domain) error {
	for _, t := range e.tallies {
		if t.model != d.source().Model() || t.members != nil || t.upTo == 0 {
			continue
		}
		n, err := e.countBetween(ctx, t, 0, t.upTo)
		if err != nil {
			return err
		}
		return e.counted(ctx, t, n)
	}
	return nil
}
