package change

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"
)

const (
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
