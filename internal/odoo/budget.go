package odoo

import (
	"container/list"
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"odoomesh/internal/clock"
)

// budget lets calls begin: at most so many at once and so many a second, the
// highest priority first and the longest waiting first among equals. The rate
// is spent when a call begins, not when it queues, so that a command never waits
// behind the census for a token; it does not wait for one at all, up to a second's
// tokens: others wait the longer for theirs. Where two calls or more may run, capture and the
// census leave one place free, so that a command does not wait for the end of
// their long reads.
type budget struct {
	clock   clock.Clock
	limiter *rate.Limiter // nil: no rate

	mu       sync.Mutex
	free     int
	reserved int                   // of free, not for capture and the census
	queues   [priorities]list.List // of chan struct{}, closed when its call may begin
	wakes    time.Time             // when a timer dispatches again; zero where none does
}

func newBudget(calls int, perSecond float64, c clock.Clock) *budget {
	b := &budget{clock: c, free: calls, reserved: min(1, calls-1)}
	if perSecond > 0 {
		// Half a second's calls may begin at once: a look at many models comes in
		// bursts, and how many run together is bounded apart.
		b.limiter = rate.NewLimiter(rate.Limit(perSecond), max(calls, int(perSecond/2)))
	}
	return b
}

// acquire waits until a call may begin. Each success needs one release.
func (b *budget) acquire(ctx context.Context, p Priority) error {
	turn := make(chan struct{})
	b.mu.Lock()
	place := b.queues[p].PushBack(turn)
	b.dispatch()
	b.mu.Unlock()
	select {
	case <-turn:
		return nil
	case <-ctx.Done():
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	select {
	case <-turn:
		// The turn came as the caller went: hand it on.
		b.free++
		b.dispatch()
	default:
		b.queues[p].Remove(place)
	}
	return ctx.Err()
}

func (b *budget) release() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.free++
	b.dispatch()
}

// dispatch lets calls begin while there is room. The caller holds mu.
func (b *budget) dispatch() {
	for i := range b.queues {
		queue, kept := &b.queues[i], 0
		if Priority(i) >= PriorityCapture {
			kept = b.reserved
		}
		for queue.Len() > 0 {
			if b.free <= kept || !b.spend(Priority(i)) {
				return
			}
			b.free--
			close(queue.Remove(queue.Front()).(chan struct{}))
		}
	}
}

// debt is how much of the rate commands may spend before it is there.
const debt = time.Second

// spend takes a token of the rate, or sets a timer for when there will be one.
func (b *budget) spend(p Priority) bool {
	if b.limiter == nil {
		return true
	}
	now := b.clock.Now()
	reservation := b.limiter.ReserveN(now, 1)
	wait := reservation.DelayFrom(now)
	if wait == 0 || p <= PriorityCommand && wait <= debt {
		return true
	}
	reservation.CancelAt(now)
	if p <= PriorityCommand {
		wait -= debt
	}
	b.wake(now, max(wait, time.Millisecond))
	return false
}

// wake dispatches again after a time, unless that is done sooner anyway.
func (b *budget) wake(now time.Time, after time.Duration) {
	at := now.Add(after)
	if !b.wakes.IsZero() && !at.Before(b.wakes) {
		return
	}
	b.wakes = at
	time.AfterFunc(after, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		if b.wakes.Equal(at) {
			b.wakes = time.Time{}
		}
		b.dispatch()
	})
}
