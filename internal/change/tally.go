package change

import (
	"context"
	"slices"
	"time"
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
		t.rows, err = e.countUpTo(ctx, t)
		return t.rows, err
	}
	return e.countUpTo(ctx, t)
}

func (e *Engine) countUpTo(ctx context.Context, t *tally) (int64, error) {
	if t.members != nil {
		return t.members.source().CountMembers(ctx, t.upTo)
	}
	return e.domains[0].source().Count(ctx, t.model, t.upTo)
}

// counted draws the consequences of a count: where it has changed, rows are gone.
// The rows that have come since are counted from now on, and those of them that
// are gone already are looked for. Odoo is asked for the rows after the count: what
// goes in between is missed by neither.
func (e *Engine) counted(ctx context.Context, t *tally, n int64) error {
	from, fell := t.upTo, n != t.rows
	if fell {
		from = 0
	}
	t.rows = n
	if top := e.top(t.model); top > t.upTo {
		t.upTo = top
		var err error
		if t.rows, err = e.countUpTo(ctx, t); err != nil {
			return err
		}
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

// top is the greatest id of a model that was met, by a look or by a live read.
func (e *Engine) top(model string) int64 {
	top := e.windows[model].top
	for _, d := range e.domains {
		if d.source().Model() == model {
			top = max(top, d.met.Load())
		}
	}
	return top
}

// recount counts the root rows of a domain now.
func (e *Engine) recount(ctx context.Context, d *domain) error {
	for _, t := range e.tallies {
		if t.model != d.source().Model() || t.members != nil || t.upTo == 0 {
			continue
		}
		n, err := e.countUpTo(ctx, t)
		if err != nil {
			return err
		}
		return e.counted(ctx, t, n)
	}
	return nil
}
