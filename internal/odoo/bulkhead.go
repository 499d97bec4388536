package odoo

import (
	"context"
	"sync"
	"time"
)

const (
	// callsOfModel is how many of capture's calls of one model run at once, and
	// callsOfSlowModel how many where it has been slow.
	callsOfModel     = 2
	callsOfSlowModel = 1
	// slowAfter is from when on an answer is slow.
	slowAfter = time.Second
)

// bulkhead keeps one model from taking all places of the budget: where reading lots
// takes ten seconds, products are followed all the same. It holds back capture and
// the census alone.
type bulkhead struct {
	mu     sync.Mutex
	models map[string]*compartment
}

type compartment struct {
	running int
	// took is how long the last two answers took.
	took    [2]time.Duration
	waiting []chan struct{}
}

func newBulkhead() *bulkhead { return &bulkhead{models: map[string]*compartment{}} }

func (c *compartment) free() bool {
	if min(c.took[0], c.took[1]) > slowAfter {
		return c.running < callsOfSlowModel
	}
	return c.running < callsOfModel
}

// enter waits until a call of a model may go on to the budget. Each success needs one
// leave.
func (b *bulkhead) enter(ctx context.Context, model string) error {
	b.mu.Lock()
	c := b.models[model]
	if c == nil {
		c = &compartment{}
		b.models[model] = c
	}
	if len(c.waiting) == 0 && c.free() {
		c.running++
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
	c.admit()
	return ctx.Err()
}

// leave gives the place free; took is how long Odoo took, 0 where it was not asked.
func (b *bulkhead) leave(model string, took time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	c := b.models[model]
	c.running--
	if took > 0 {
		c.took[0], c.took[1] = c.took[1], took
	}
	c.admit()
}

// admit lets those who wait enter while there is room. The caller holds mu.
func (c *compartment) admit() {
	for len(c.waiting) > 0 && c.free() {
		c.running++
		close(c.waiting[0])
		c.waiting = c.waiting[1:]
	}
}
