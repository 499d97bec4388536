package odoo

import (
	"context"
	"sync"
	"time"
)

const (
	// callsOfSlowModel is how many of capture's calls of one model run at once where it
	// has been slow.
	callsOfSlowModel = 1
	// slowAfter is from when on an answer is slow.
	slowAfter = time.Second
)

// bulkhead keeps one model from taking all places of the budget: where reading lots
// takes ten seconds, products are followed all the same. It holds back capture and
// the census alone, and only what has been slow.
type bulkhead struct {
	mu     sync.Mutex
	models map[string]*compartment
}

type compartment struct {
	running int
	// since is when the calls that run began to do so without an answer.
	since time.Time
	// took is how long the last two answers took.
	took    [2]time.Duration
	waiting []chan struct{}
}

func newBulkhead() *bulkhead { return &bulkhead{models: map[string]*compartment{}} }

func (c *compartment) free(now time.Time) bool {
	slow := min(c.took[0], c.took[1]) > slowAfter || now.Sub(c.since) > slowAfter
	return c.running == 0 || !slow || c.running < callsOfSlowModel
}

func (c *compartment) take(now time.Time) {
	if c.running == 0 {
		c.since = now
	}
	c.running++
}

// enter waits until a call of a model may go on to the budget. Each success needs one
// leave.
func (b *bulkhead) enter(ctx context.Context, model string, now time.Time) error {
	b.mu.Lock()
	c := b.models[model]
	if c == nil {
		c = &compartment{}
		b.models[model] = c
	}
	if len(c.waiting) == 0 && c.free(now) {
		c.take(now)
		b.mu.Unlock()
		return nil
	}
	turn := make(chan struct{})
	c.waiting = append(c.waiting, turn)
	b.mu.Unlock()
	select {
	case <-turn:
		return nil
	case <-ctx.Done():
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for i, w := range c.waiting {
		if w == turn {
			c.waiting = append(c.waiting[:i], c.waiting[i+1:]...)
			return ctx.Err()
		}
	}
	// The turn came as the caller went: hand it on.
	c.running--
	c.admit(now)
	return ctx.Err()
}

// leave gives the place free; took is how long Odoo took, 0 where it was not asked.
func (b *bulkhead) leave(model string, took time.Duration, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	c := b.models[model]
	c.running--
	if took > 0 {
		c.took[0], c.took[1] = c.took[1], took
		c.since = now
	}
	c.admit(now)
}

// admit lets those who wait enter while there is room. The caller holds mu.
func (c *compartment) admit(now time.Time) {
	for len(c.waiting) > 0 && c.free(now) {
		c.take(now)
		close(c.waiting[0])
		c.waiting = c.waiting[1:]
	}
}
