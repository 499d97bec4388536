package reconcile

import (
	"container/list"
	"context"
	"sync"

	"odoomesh/internal/mapping"
)

// turn is had by one at a time. Whoever has it asks Odoo as urgently as the most urgent one
// who waits for it would: what is read for the copy is passed by others, and a command that
// waits behind it would be passed, too. Make one with newTurn.
type turn struct {
	taken chan struct{}
	mu    sync.Mutex
	// waiting are the contexts of those who wait, has is the urgency of the one who has it.
	waiting list.List
	has     *mapping.Urgency
}

func newTurn() *turn { return &turn{taken: make(chan struct{}, 1)} }

// take waits for the turn, or until the context ends; each success needs one leave. Odoo is
// to be asked with the context that it answers.
func (t *turn) take(ctx context.Context) (context.Context, error) {
	t.mu.Lock()
	me := t.waiting.PushBack(ctx)
	if t.has != nil {
		t.has.RaiseTo(ctx)
	}
	t.mu.Unlock()
	err := take(ctx, t.taken)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.waiting.Remove(me)
	if err != nil {
		return ctx, err
	}
	ctx, t.has = mapping.Urgent(ctx)
	for other := t.waiting.Front(); other != nil; other = other.Next() {
		t.has.RaiseTo(other.Value.(context.Context))
	}
	return ctx, nil
}

func (t *turn) leave() {
	t.mu.Lock()
	t.has = nil
	t.mu.Unlock()
	<-t.taken
}
