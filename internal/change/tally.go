package change

import (
	"context"
	"slices"
	"time"

	"odoomesh/internal/mapping"
)

// partsAtFirst is how many parts a table is counted in at most, when it is counted
// first. Of fifty thousand ids Odoo counts the rows within milliseconds, and lists them
// in ten answers.
const partsAtFirst = 32

// tally counts rows up to an id again and again: their number falls only when one
// of them is deleted, of which Odoo leaves no other trace.
//
// All are counted at once, and part by part only where their number has changed: so
// the ids of that part alone have to be compared. What has just come is not counted
// yet, because ids come in the order in which they are drawn and not in that of the
// commits: a row that comes late would make up for one that goes. It is listed in
// place of that.
type tally struct {
	model string
	// members is the domain whose members are counted; nil where all rows are.
	members *domain
	// parts are by ascending ids; there is none before the first count.
	parts []part
	width int64
	// coming is the greatest id that will be counted next, and since when it is known;
	// 0 where nothing has come.
	coming  int64
	since   time.Time
	counted time.Time
	took    effort
}

// part is a part of the ids, and how many rows it has.
type part struct {
	span
	rows int64
}

// span are the ids above one and up to another.
type span struct{ after, upTo int64 }

// everything are all ids.
var everything = span{0, maxID}

// upTo is the greatest id that is counted.
func (t *tally) upTo() int64 {
	if len(t.parts) == 0 {
		return 0
	}
	return t.parts[len(t.parts)-1].upTo
}

// rows is how many there were.
func (t *tally) rows() (sum int64) {
	for _, p := range t.parts {
		sum += p.rows
	}
	return sum
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
	if len(t.parts) > 0 {
		return e.countIn(ctx, t, span{0, t.upTo()})
	}
	last, err := e.domains[0].source().LastID(ctx, t.model)
	if err != nil {
		return 0, err
	}
	t.width = max(e.Part, last/partsAtFirst)
	var parts []part
	// An id of 0 would let the first count come again and again.
	for after := int64(0); after < max(last, 1); after += t.width {
		p := part{span: span{after, min(after+t.width, max(last, 1))}}
		if p.rows, err = e.countIn(ctx, t, p.span); err != nil {
			return 0, err
		}
		parts = append(parts, p)
	}
	t.parts = parts
	return t.rows(), nil
}

func (e *Engine) countIn(ctx context.Context, t *tally, ids span) (int64, error) {
	if t.members != nil {
		return t.members.source().CountMembers(ctx, ids.after, ids.upTo)
	}
	return e.domains[0].source().Count(ctx, t.model, ids.after, ids.upTo)
}

// counted draws the consequences of a count: where it has changed, rows are gone.
// Those that are not counted yet are looked for in any case. Odoo is asked for the
// rows after the count: what goes in between is missed by neither.
func (e *Engine) counted(ctx context.Context, t *tally, n int64) error {
	if n != t.rows() {
		e.windows[t.model].stirred = e.clock.Now()
		if err := e.countParts(ctx, t); err != nil {
			return err
		}
	}
	fresh := span{t.upTo(), maxID}
	if err := e.countMore(ctx, t); err != nil {
		return err
	}
	if e.tops.top(t.model) <= fresh.after {
		return nil
	}
	return e.seek(ctx, t, fresh, false)
}

// countParts counts each part, and looks for what is gone in those that have changed.
func (e *Engine) countParts(ctx context.Context, t *tally) error {
	for i := range t.parts {
		p := &t.parts[i]
		n, err := e.countIn(ctx, t, p.span)
		if err != nil {
			return err
		}
		if n == p.rows {
			continue
		}
		if err := e.seek(ctx, t, p.span, true); err != nil {
			return err
		}
		p.rows = n
	}
	return nil
}

// countMore takes in what has come two wide looks ago. It is counted apart: a new count
// of all would take what has gone since the last one for never having been there.
func (e *Engine) countMore(ctx context.Context, t *tally) error {
	now := e.clock.Now()
	if t.coming == 0 {
		if top := e.tops.top(t.model); top > t.upTo() {
			t.coming, t.since = top, now
		}
	}
	if t.coming == 0 || now.Sub(t.since) < 2*e.Reach {
		return nil
	}
	more := span{t.upTo(), t.coming}
	n, err := e.countIn(ctx, t, more)
	if err != nil {
		return err
	}
	t.coming = 0
	if last := &t.parts[len(t.parts)-1]; more.upTo-last.after <= t.width {
		last.upTo, last.rows = more.upTo, last.rows+n
	} else {
		t.parts = append(t.parts, part{more, n})
	}
	return nil
}

// seek looks for what is gone among some ids; changed says that their number has.
func (e *Engine) seek(ctx context.Context, t *tally, ids span, changed bool) error {
	if t.members != nil {
		return e.findStrangers(ctx, t.members, ids, changed)
	}
	return e.findGone(ctx, t.model, ids, changed)
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
		if t.model != d.source().Model() || t.members != nil || len(t.parts) == 0 {
			continue
		}
		n, err := e.countRows(ctx, t)
		if err != nil {
			return err
		}
		return e.counted(ctx, t, n)
	}
	return nil
}
