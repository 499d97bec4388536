package capture

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// windowMarks is how far the windows have come whose findings a collection has stored,
// by model, kept in the cache: after a restart they go on from there.
type windowMarks struct {
	// Until holds times of Odoo's database.
	Until map[string]time.Time `json:"until"`
	// Kept is the mesh's time at which they were kept. It tells how long ago that was
	// where the database's clock has gone back since.
	Kept time.Time `json:"kept"`
	// Deletions is the position in the log up to which what pointed at deleted records
	// was read again.
	Deletions uint64 `json:"deletions"`

	changed bool
}

func (m *windowMarks) reach(model string, until time.Time) {
	if m.Until == nil {
		m.Until = map[string]time.Time{}
	}
	m.Until[model], m.changed = until, true
}

func (m *windowMarks) follow(position uint64) {
	if position > m.Deletions {
		m.Deletions, m.changed = position, true
	}
}

func windowsKey(collection string) string { return "capture/until/" + collection }

// resume lets the windows go on from where the run before this one had come to or, in
// a new cache, from now on: what was written before is loaded.
func (e *Engine) resume(ctx context.Context, p *plan) error {
	now := e.clock.Now()
	bound := e.database.bound(now)
	// A window that was looked through in this run goes on: what it has found is not
	// lost with the connection.
	fresh := map[*stamps]bool{}
	for _, s := range p.stamps {
		fresh[s] = s.until.IsZero()
	}
	for _, c := range e.collections {
		marks, err := e.readMarks(c)
		if err != nil {
			return err
		}
		if c.until.Until == nil {
			c.until = marks
		}
		// A clock that has gone back since stands at least where it would have come to.
		most := bound.Add(-max(0, now.Sub(c.until.Kept)))
		for _, w := range c.records().Watches() {
			s := p.stamps[w.Model]
			until, known := c.until.Until[w.Model]
			switch {
			case !known && c.loaded.Load():
				until = epoch // nothing tells how far it had come
			case !known:
				until = bound
			case until.After(most) && !c.until.Kept.IsZero():
				until = most
			}
			if fresh[s] && (s.until.IsZero() || until.Before(s.until)) {
				s.until = until
			}
			if !known {
				c.until.reach(w.Model, until)
			}
		}
		if err := c.keepUntil(ctx, now); err != nil {
			return err
		}
	}
	if err := e.resumeOrphans(); err != nil {
		return err
	}
	return e.followDeletions(ctx)
}

func (e *Engine) readMarks(c *collection) (windowMarks, error) {
	var marks windowMarks
	raw, err := e.cache.Meta(windowsKey(c.Name))
	if err == nil && raw != nil {
		err = json.Unmarshal(raw, &marks)
	}
	if err != nil {
		return marks, fmt.Errorf("reading how far the windows of %s had come: %w", c.Name, err)
	}
	return marks, nil
}

// keepUntil remembers how far the windows have come, now and then.
func (c *collection) keepUntil(ctx context.Context, now time.Time) error {
	if !c.until.changed || now.Sub(c.until.Kept) < c.engine.Reach {
		return nil
	}
	// Between two deletions, too: the way behind them is to stay short.
	if err := c.engine.followDeletions(ctx); err != nil {
		return err
	}
	c.until.Kept, c.until.changed = now, false
	raw, err := json.Marshal(c.until)
	if err != nil {
		return err
	}
	if err := c.Cache.SetMeta(ctx, windowsKey(c.Name), raw); err != nil {
		return fmt.Errorf("remembering how far the windows of %s have come: %w", c.Name, err)
	}
	return nil
}
