package change

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
)

const (
	// nearFor is how far back the frequent look reaches: as long as an ordinary
	// request of Odoo takes. The wide look sees what commits later.
	nearFor = 10 * time.Second
	// skew is how far Odoo's application clock may run ahead of its database's:
	// stamps are the database's time.
	skew = time.Minute

	untilMark = "capture/until"
)

// begin lets the windows go on from where the run before this one had come to or,
// in a new cache, from Odoo's newest stamp before anything is loaded.
func (e *Engine) begin(ctx context.Context) error {
	if e.high.IsZero() {
		raw, err := e.cache.Meta(untilMark)
		if err != nil {
			return fmt.Errorf("reading how far capture had come: %w", err)
		}
		if raw == nil {
			err = e.findNewest(ctx)
		} else {
			err = e.high.UnmarshalBinary(raw)
		}
		if err != nil {
			return err
		}
	}
	for _, w := range e.windows {
		if w.until.IsZero() {
			w.until = e.high
		}
	}
	return e.keepUntil(ctx)
}

func (e *Engine) findNewest(ctx context.Context) error {
	var high time.Time
	for _, model := range slices.Sorted(maps.Keys(e.windows)) {
		newest, err := e.domains[0].source().Newest(ctx, model)
		if err != nil {
			return err
		}
		if newest.After(high) {
			high = newest
		}
	}
	e.high = high
	return nil
}

// keepUntil remembers how far all windows have come.
func (e *Engine) keepUntil(ctx context.Context) error {
	var least time.Time
	for _, w := range e.windows {
		if least.IsZero() || w.until.Before(least) {
			least = w.until
		}
	}
	raw, err := least.MarshalBinary()
	if err != nil {
		return err
	}
	return e.cache.SetMeta(ctx, untilMark, raw)
}

// looksAtOnce bounds how many models are looked at together.
const looksAtOnce = 3

// glance is one look at one window.
type glance struct {
	*window
	wide bool
}

// cycle looks once for changes in every model that is due, and stores them.
// Between two looks at all of them, only those are due that a hint was given for.
func (e *Engine) cycle(ctx context.Context, began time.Time) error {
	hinted := e.hints.models(began)
	all := len(hinted) == 0 || began.Sub(e.full) >= e.Poll
	glances, err := e.lookAround(ctx, began, func(w *window) bool {
		return hinted[w.model] || all && began.Sub(w.looked) >= e.pace(w, began)
	})
	if err != nil {
		return err
	}
	reach, high := false, e.high
	for _, g := range glances {
		if err := e.touch(ctx, g.model, slices.Sorted(maps.Keys(g.dirty))); err != nil {
			return err
		}
		if len(g.dirty) > 0 {
			g.stirred = began
		}
		clear(g.dirty)
		if g.newest.After(high) {
			high = g.newest
		}
		reach = reach || g.wide
	}
	if err := e.settleAll(ctx); err != nil {
		return err
	}
	e.high = high
	if !all {
		return nil
	}
	e.full = began
	if reach {
		if err := e.keepUntil(ctx); err != nil {
			return err
		}
	}
	if err := e.probe(ctx); err != nil {
		return err
	}
	if err := e.trim(ctx, began); err != nil {
		return err
	}
	e.lookTook = e.clock.Now().Sub(began)
	return e.censusIfDue(ctx, began)
}

// restless is how long a model that has changed is looked at as often as can be.
const restless = time.Minute

// pace is the pause between two looks at a model: short where things happen, two
// and a half times as long where nothing has for a while, so that many models do
// not cost Odoo many calls, and longer still for what changes seldom.
func (e *Engine) pace(w *window, now time.Time) time.Duration {
	switch {
	case w.seldom:
		return e.Seldom
	case now.Sub(w.stirred) > restless:
		return e.Poll * 5 / 2
	}
	return 0
}

// settleAll reads and stores what is pending in all domains. What fails in one,
// such as a right that the user has lost, must not stop the others: it is tried
// again with the next cycle.
func (e *Engine) settleAll(ctx context.Context) error {
	var failed []error
	for _, d := range e.domains {
		if err := e.settle(ctx, d); err != nil {
			failed = append(failed, err)
			if text := err.Error(); ctx.Err() == nil && text != d.trouble {
				d.trouble = text
				e.logger.LogAttrs(ctx, slog.LevelWarn, "a collection cannot be brought up to date", slog.String("collection", d.Name), slog.Any("reason", err))
			}
			continue
		}
		d.trouble = ""
		d.verified.Store(e.lookedAt(d).UnixNano())
	}
	if len(failed) == len(e.domains) || ctx.Err() != nil {
		return errors.Join(failed...)
	}
	return nil
}

// lookedAt is when the models that show in a domain were last looked at, all of
// them but those that change seldom. Where this Odoo has none of them, there is
// nothing to look at, and what is known holds as long as anything is looked at.
func (e *Engine) lookedAt(d *domain) time.Time {
	if len(d.source().Watches()) == 0 {
		return e.full
	}
	var least time.Time
	for _, w := range d.source().Watches() {
		if at := e.windows[w.Model].looked; !e.windows[w.Model].seldom && (least.IsZero() || at.Before(least)) {
			least = at
		}
	}
	return least
}

// lookAround looks at the windows that are due.
func (e *Engine) lookAround(ctx context.Context, now time.Time, wanted func(*window) bool) ([]*glance, error) {
	var due []*glance
	for _, model := range slices.Sorted(maps.Keys(e.windows)) {
		w := e.windows[model]
		if wanted(w) {
			due = append(due, &glance{window: w, wide: now.Sub(w.reachedBack) >= e.Reach})
		}
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(looksAtOnce)
	near, bound, clock := e.bound().Add(-nearFor), e.bound(), e.odooTime()
	for _, g := range due {
		group.Go(func() error {
			from := near
			if g.wide {
				from = g.until.Add(-e.Overlap).Truncate(time.Second)
			}
			if err := g.look(ctx, e.domains[0].source(), from, clock); err != nil {
				return err
			}
			g.looked = now
			if g.wide {
				g.leave(from)
				g.until, g.reachedBack = bound, now
			}
			return nil
		})
	}
	return due, group.Wait()
}

// bound is a time of Odoo's database that has passed: what will be committed from
// now on is stamped no earlier than one overlap before it.
func (e *Engine) bound() time.Time {
	if clock := e.domains[0].source().Clock().Add(-skew); clock.After(e.high) {
		return clock
	}
	return e.high
}

// odooTime is Odoo's time or, where it tells none, the mesh's.
func (e *Engine) odooTime() time.Time {
	if t := e.domains[0].source().Clock(); !t.IsZero() {
		return t
	}
	return e.clock.Now()
}

// touch notes which records the changed rows of a model show in: by what Odoo
// says now, and by what the cache has seen, for rows that were moved or deleted.
func (e *Engine) touch(ctx context.Context, model string, rows []int64) error {
	if len(rows) == 0 {
		return nil
	}
	for _, d := range e.domains {
		watched := false
		for _, w := range d.source().Watches() {
			if w.Model != model {
				continue
			}
			watched = true
			d.source().Forget(model)
			ids, err := d.source().Touched(ctx, w, rows)
			if err != nil {
				return err
			}
			if err := e.mark(ctx, d, ids); err != nil {
				return err
			}
		}
		if watched {
			if err := e.touchOwners(d, model, rows); err != nil {
				return err
			}
		}
	}
	return nil
}

// mark notes that the records of root rows are to be read.
func (e *Engine) mark(ctx context.Context, d *domain, rows []int64) error {
	keys, err := keysOf(ctx, d.source(), rows)
	if err != nil {
		return err
	}
	for _, key := range keys {
		d.pending[key] = true
	}
	return nil
}

// touchOwners notes the records that the cache knows to be made of the rows.
func (e *Engine) touchOwners(d *domain, model string, rows []int64) error {
	snapshot := e.cache.Snapshot()
	defer snapshot.Close()
	for _, row := range rows {
		keys, err := e.owners(snapshot, d, model, row)
		if err != nil {
			return err
		}
		for _, key := range keys {
			d.pending[key] = true
		}
	}
	return nil
}

// settle reads and stores what is pending in a domain.
func (e *Engine) settle(ctx context.Context, d *domain) error {
	if len(d.pending) == 0 {
		return nil
	}
	_, err := e.refresh(ctx, d, slices.Sorted(maps.Keys(d.pending)))
	var held *HeldError
	if errors.As(err, &held) {
		e.logger.LogAttrs(ctx, slog.LevelError, "mass deletion held back", slog.String("collection", d.Name), slog.Int("count", held.Count))
		err = nil
	}
	if err != nil {
		return err
	}
	clear(d.pending)
	return nil
}
