package odoo

import (
	"context"
	"sync"
)

// Urgency is how urgently Odoo is asked for something that others may come to wait for, more
// urgent ones perhaps: they raise it, also that of a call which waits for its turn already.
// Otherwise a command would wait as long as what is read for the copy, which others pass.
type Urgency struct {
	mu    sync.Mutex
	is    Priority
	risen chan struct{} // closed when it is raised
}

type urgencyKey struct{}

// WithUrgency gives the calls made with the context an urgency that can be raised; it begins
// with the priority that they have.
func WithUrgency(ctx context.Context) (context.Context, *Urgency) {
	u := &Urgency{is: PriorityOf(ctx), risen: make(chan struct{})}
	return context.WithValue(ctx, urgencyKey{}, u), u
}

// RaiseTo makes the calls as urgent as those of another context, where these are more so.
func (u *Urgency) RaiseTo(other context.Context) {
	to := PriorityOf(other)
	u.mu.Lock()
	defer u.mu.Unlock()
	if to < u.is {
		u.is = to
		close(u.risen)
		u.risen = make(chan struct{})
	}
}

func (u *Urgency) now() (Priority, <-chan struct{}) {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.is, u.risen
}

// urgencyOf is the priority of the calls made with a context, and what is closed when it
// rises; nil where it never does.
func urgencyOf(ctx context.Context) (Priority, <-chan struct{}) {
	p, ok := ctx.Value(priorityKey{}).(Priority)
	if !ok {
		p = PriorityLiveRead
	}
	p = min(max(p, PriorityUnsettled), PriorityCensus)
	u, ok := ctx.Value(urgencyKey{}).(*Urgency)
	if !ok {
		return p, nil
	}
	is, risen := u.now()
	return min(p, is), risen
}

// untilRisen is a context that ends when the urgency of its calls rises.
func untilRisen(ctx context.Context) (context.Context, context.CancelFunc) {
	_, risen := urgencyOf(ctx)
	if risen == nil {
		return ctx, func() {}
	}
	until, stop := context.WithCancel(ctx)
	go func() {
		select {
		case <-risen:
			stop()
		case <-until.Done():
		}
	}()
	return until, stop
}
