package change

import (
	"context"
	"maps"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
)

// nearFor is how far back the frequent look reaches: as long as an ordinary
// request of Odoo takes. The wide look sees what commits later.
const nearFor = 10 * time.Second

// step asks Odoo what is due, stores what has changed, and tells how long to rest.
func (e *Engine) step(ctx context.Context) (rest time.Duration, err error) {
	began := e.clock.Now()
	hinted := e.hints.models(began)
	t, rest := e.next(began, hinted)
	if err := e.ask(ctx, t, began); err != nil {
		return 0, err
	}
	if !t.empty() {
		rest = min(e.clock.Now().Sub(began), restMost)
	}
	if err := e.draw(ctx, t, began); err != nil {
		return 0, err
	}
	e.stepped = began
	if err := e.settleAll(ctx); err != nil {
		return 0, err
	}
	if err := e.advance(ctx, t, began); err != nil {
		return 0, err
	}
	if err := e.trim(ctx, began); err != nil {
		return 0, err
	}
	if err := e.censusIfDue(ctx, began); err != nil {
		return 0, err
	}
	if len(hinted) > 0 || e.busy() {
		rest = min(rest, hintPause)
	}
	return rest, nil
}

// ask puts the questions of a turn to Odoo.
func (e *Engine) ask(ctx context.Context, t turn, now time.Time) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(askAtOnce)
	near, bound, odooTime := e.bound().Add(-nearFor), e.bound(), e.odooTime()
	for _, g := range t.glances {
		group.Go(func() error {
			began, from := e.clock.Now(), near
			if g.wide {
				from = g.until.Add(-e.Overlap).Truncate(time.Second)
			}
			if err := g.look(ctx, e.domains[0].source(), from, odooTime); err != nil {
				return err
			}
			e.tops.meet(g.model, g.top)
			g.looked = now
			g.took.add(e.clock.Now().Sub(began))
			if g.wide {
				g.leave(from, odooTime, e.Overlap)
				g.until, g.reachedBack = bound, now
			}
			return nil
		})
	}
	for _, c := range t.counts {
		group.Go(func() (err error) {
			began := e.clock.Now()
			if c.n, err = e.countRows(ctx, c.tally); err != nil {
				return err
			}
			c.counted = now
			c.took.add(e.clock.Now().Sub(began))
			return nil
		})
	}
	return group.Wait()
}

// draw notes which records the answers make stale.
func (e *Engine) draw(ctx context.Context, t turn, now time.Time) error {
	for _, g := range t.glances {
		if len(g.dirty) == 0 {
			continue
		}
		if err := e.touch(ctx, g.model, slices.Sorted(maps.Keys(g.dirty))); err != nil {
			return err
		}
		g.stirred = now
		clear(g.dirty)
	}
	for _, c := range t.counts {
		if err := e.counted(ctx, c.tally, c.n); err != nil {
			return err
		}
	}
	e.reviewArrivals()
	for _, r := range t.readings {
		if err := e.reread(r, now); err != nil {
			return err
		}
	}
	return e.touchForsaken()
}

// advance lets capture stand where the looks of a turn have come to.
func (e *Engine) advance(ctx context.Context, t turn, now time.Time) error {
	for _, g := range t.glances {
		if g.newest.After(e.high) {
			e.high = g.newest
		}
	}
	// After a restart the windows find again what was not stored yet.
	if now.Sub(e.kept) < e.Reach || slices.ContainsFunc(e.domains, (*domain).unsettled) {
		return nil
	}
	e.kept = now
	return e.keepUntil(ctx)
}
