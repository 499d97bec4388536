package change

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
)

// settleAtOnce is how many domains are brought up to date at once.
const settleAtOnce = 2

// settleAll reads and stores what is pending in all domains. What fails in one,
// such as a right that the user has lost, must not stop the others: it is tried
// again with the next step.
func (e *Engine) settleAll(ctx context.Context) error {
	failed := make([]error, len(e.domains))
	var group errgroup.Group
	group.SetLimit(settleAtOnce)
	for i, d := range e.domains {
		group.Go(func() error {
			failed[i] = e.readPending(ctx, d)
			return nil
		})
	}
	_ = group.Wait() // none gives an error: each is dealt with on its own
	well := false
	for i, d := range e.domains {
		if failed[i] == nil {
			failed[i] = e.removeGone(ctx, d)
		}
		if err := failed[i]; err != nil {
			if text := err.Error(); ctx.Err() == nil && text != d.trouble {
				d.trouble = text
				e.logger.LogAttrs(ctx, slog.LevelWarn, "a collection cannot be brought up to date", slog.String("collection", d.Name), slog.Any("reason", err))
			}
			continue
		}
		well, d.trouble = true, ""
		if at := e.lookedAt(d); !d.unsettled() && !at.IsZero() {
			d.verified.Store(at.UnixNano())
		}
	}
	if !well || ctx.Err() != nil {
		return errors.Join(failed...)
	}
	return nil
}

// settle brings a domain up to date to the end.
func (e *Engine) settle(ctx context.Context, d *domain) error {
	for d.unsettled() {
		if err := e.readPending(ctx, d); err != nil {
			return err
		}
		if err := e.removeGone(ctx, d); err != nil {
			return err
		}
	}
	return nil
}

// readPending reads and stores a part of what is pending in a domain: while
// thousands of records are read, Odoo is to be looked at all the same.
func (e *Engine) readPending(ctx context.Context, d *domain) error {
	keys := slices.Sorted(maps.Keys(d.pending))
	keys = keys[:min(len(keys), recordsAtOnce)]
	if len(keys) == 0 {
		return nil
	}
	_, gone, err := e.refreshChunk(ctx, d, keys)
	if err != nil {
		return err
	}
	for _, key := range keys {
		delete(d.pending, key)
		delete(d.gone, key)
	}
	for _, key := range gone {
		d.gone[key] = true
	}
	e.release(d, func(key string) bool {
		_, asked := slices.BinarySearch(keys, key)
		return asked && !d.gone[key]
	})
	return nil
}

// removeGone removes what Odoo does not have, when nothing is left to be read: a
// mass deletion is to be seen as one. So the rows are counted once more before,
// for others may have gone with these that nothing has told of yet.
func (e *Engine) removeGone(ctx context.Context, d *domain) error {
	if len(d.gone) == 0 || len(d.pending) > 0 {
		return nil
	}
	if err := e.recount(ctx, d); err != nil || len(d.pending) > 0 {
		return err
	}
	_, err := e.remove(ctx, d, slices.Sorted(maps.Keys(d.gone)), false)
	var held *HeldError
	if errors.As(err, &held) {
		e.logger.LogAttrs(ctx, slog.LevelError, "mass deletion held back", slog.String("collection", d.Name), slog.Int("count", held.Count))
		err = nil
	}
	if err == nil {
		clear(d.gone)
	}
	return err
}

// unsettled tells whether something is left to be read or removed.
func (d *domain) unsettled() bool { return len(d.pending)+len(d.gone) > 0 }

// busy tells whether there is something that can be settled at once.
func (e *Engine) busy() bool {
	return slices.ContainsFunc(e.domains, func(d *domain) bool { return d.trouble == "" && d.unsettled() })
}

// lookedAt is when the models that show in a domain were last looked at, all of
// them but those that change seldom; zero where one was not yet. Where this Odoo has
// none of them, there is nothing to look at, and what is known holds as long as
// anything is looked at.
func (e *Engine) lookedAt(d *domain) time.Time {
	if len(d.source().Watches()) == 0 {
		return e.stepped
	}
	var least time.Time
	for i, w := range e.windowsOf(d) {
		if i == 0 || w.looked.Before(least) {
			least = w.looked
		}
	}
	return least
}

func (e *Engine) windowsOf(d *domain) []*window {
	var all []*window
	for _, w := range d.source().Watches() {
		if window := e.windows[w.Model]; !window.seldom {
			all = append(all, window)
		}
	}
	return all
}
