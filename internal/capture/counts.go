package capture

import (
	"context"
	"slices"
	"sync"
	"time"

	"odoomesh/internal/mapping"
)

// partsAtFirst is how many parts a table is counted in at most, when it is counted
// first. Of fifty thousand ids Odoo counts the rows within milliseconds, and lists them
// in ten answers.
const partsAtFirst = 32

// counts counts rows up to an id again and again: their number falls only when one
// of them is deleted, of which Odoo leaves no other trace.
//
// All are counted at once, and part by part only where their number has changed: so
// the ids of that part alone have to be compared. What has just come is not counted
// yet, because ids come in the order in which they are drawn and not in that of the
// commits: a row that comes late would make up for one that goes. It is listed in
// place of that.
type counts struct {
	engine *Engine
	of     string
	state  health
	// members is the collection whose members are counted; nil where all rows are.
	members *collection

	// counting is held while it counts: a worker counts anew before it removes.
	counting sync.Mutex
	// parts are by ascending ids; there is none before the first count.
	parts []part
	width int64
	// coming is the greatest id that will be counted next, and since when it is known;
	// 0 where nothing has come.
	coming int64
	since  time.Time
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

func (t *counts) kind() string           { return "counts" }
func (t *counts) model() string          { return t.of }
func (t *counts) health() *health        { return &t.state }
func (*counts) weight(time.Time) float64 { return 1 }

// pace is the pause between two counts of a model.
func (t *counts) pace(now time.Time) time.Duration {
	pace := 2 * t.engine.Count
	if w := t.engine.plan().stamps[t.of]; w != nil && w.restless(now) {
		pace = t.engine.Count
	}
	return max(pace, countShare.of(t.state.effort(), t.engine.leastEffort()))
}

// feeds tells whether a collection's records are made of what is counted.
func (t *counts) feeds(c *collection) bool {
	if t.members != nil {
		return t.members == c
	}
	return slices.ContainsFunc(c.watches(t.of), func(w mapping.WatchedModel) bool { return !w.Reference })
}

// upTo is the greatest id that is counted.
func (t *counts) upTo() int64 {
	if len(t.parts) == 0 {
		return 0
	}
	return t.parts[len(t.parts)-1].upTo
}

// rows is how many there were.
func (t *counts) rows() (sum int64) {
	for _, p := range t.parts {
		sum += p.rows
	}
	return sum
}

// probe counts, and finds what is gone where the number has changed. Rows that are not
// counted yet are looked for in any case. Odoo is asked for the rows after the count:
// what goes in between is missed by neither.
func (t *counts) probe(ctx context.Context, now time.Time) (findings, error) {
	t.counting.Lock()
	defer t.counting.Unlock()
	var f findings
	n, err := t.countAll(ctx)
	if err != nil {
		return f, err
	}
	if n != t.rows() {
		if w := t.engine.plan().stamps[t.of]; w != nil {
			w.stir(now)
		}
		if err := t.countParts(ctx, &f); err != nil {
			return f, err
		}
	}
	fresh := span{t.upTo(), maxID}
	if err := t.countMore(ctx, now); err != nil {
		return f, err
	}
	if t.engine.tops.top(t.of) <= fresh.after {
		return f, nil
	}
	return f, t.seek(ctx, &f, fresh, false)
}

// countAll counts the rows, all there are if it is the first time.
func (t *counts) countAll(ctx context.Context) (int64, error) {
	if len(t.parts) > 0 {
		return t.countIn(ctx, span{0, t.upTo()})
	}
	last, err := t.engine.tables().LastID(ctx, t.of)
	if err != nil {
		return 0, err
	}
	t.width = max(t.engine.Part, last/partsAtFirst)
	var parts []part
	// An id of 0 would let the first count come again and again.
	for after := int64(0); after < max(last, 1); after += t.width {
		p := part{span: span{after, min(after+t.width, max(last, 1))}}
		if p.rows, err = t.countIn(ctx, p.span); err != nil {
			return 0, err
		}
		parts = append(parts, p)
	}
	t.parts = parts
	return t.rows(), nil
}

func (t *counts) countIn(ctx context.Context, ids span) (int64, error) {
	if t.members != nil {
		return t.members.records().CountMembers(ctx, ids.after, ids.upTo)
	}
	return t.engine.tables().Count(ctx, t.of, ids.after, ids.upTo)
}

// countParts counts each part, and looks for what is gone in those that have changed.
func (t *counts) countParts(ctx context.Context, f *findings) error {
	for i := range t.parts {
		p := &t.parts[i]
		n, err := t.countIn(ctx, p.span)
		if err != nil {
			return err
		}
		if n == p.rows {
			continue
		}
		if err := t.seek(ctx, f, p.span, true); err != nil {
			return err
		}
		p.rows = n
	}
	return nil
}

// countMore takes in what has come two wide looks ago. It is counted apart: a new count
// of all would take what has gone since the last one for never having been there.
func (t *counts) countMore(ctx context.Context, now time.Time) error {
	if t.coming == 0 {
		if top := t.engine.tops.top(t.of); top > t.upTo() {
			t.coming, t.since = top, now
		}
	}
	if t.coming == 0 || now.Sub(t.since) < 2*t.engine.Reach {
		return nil
	}
	more := span{t.upTo(), t.coming}
	n, err := t.countIn(ctx, more)
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
func (t *counts) seek(ctx context.Context, f *findings, ids span, changed bool) error {
	if t.members != nil {
		return t.engine.findStrangers(ctx, f, t.members, ids, changed)
	}
	return t.engine.findGone(ctx, f, t.of, ids, changed)
}

// counted lists what is to be counted: the rows that records are made of, and the
// members of each collection, which rows can join and leave without being written.
// What is counted already goes on.
func (e *Engine) counted(before []*counts) []*counts {
	var all []*counts
	add := func(model string, members *collection) {
		same := func(t *counts) bool { return t.of == model && t.members == members }
		if slices.ContainsFunc(all, same) {
			return
		}
		t := &counts{engine: e, of: model, members: members}
		if i := slices.IndexFunc(before, same); i >= 0 {
			t = before[i]
		}
		all = append(all, t)
	}
	for _, c := range e.collections {
		for _, w := range c.records().Watches() {
			if !w.Reference {
				add(w.Model, nil)
			}
		}
		if c.records().HasMembers() {
			add(c.records().Model(), c)
		}
	}
	return all
}

// recount counts the root rows of a collection now: before records are removed, for
// others may have gone with them that nothing has told of yet.
func (e *Engine) recount(ctx context.Context, c *collection) error {
	for _, t := range e.plan().counts {
		if t.of != c.records().Model() || t.members != nil {
			continue
		}
		t.counting.Lock()
		began := len(t.parts) > 0
		t.counting.Unlock()
		if !began {
			continue
		}
		f, err := t.probe(ctx, e.clock.Now())
		if err != nil {
			return err
		}
		e.deliver(f)
	}
	return nil
}
