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
//
// No priority starves the others: clients who ask again and again for the same command
// would keep the mesh from signing in, and its copy old. Of every few calls one is of those
// that were passed over for too long.
type budget struct {
	clock   clock.Clock
	limiter *rate.Limiter // nil: no rate

	mu       sync.Mutex
	free     int
	reserved int                   // of free, not for capture and the census
	behind   int                   // how many calls of capture and the census run
	most     int                   // how many of them may
	queues   [priorities]list.List // of waiting
	passed   int                   // how many calls have begun since one that was overdue
	wakes    time.Time             // when a timer dispatches again; zero where none does
}

// waiting is a call that waits; its turn is closed when it may begin.
type waiting struct {
	turn  chan struct{}
	since time.Time
}

const (
	// tooLong is how long a call may be passed over by those of a higher priority.
	tooLong = time.Second
	// passes is how many calls begin before each that was passed over so long.
	passes = 3
)

func newBudget(calls int, perSecond float64, c clock.Clock) *budget {
	reserved := min(1, calls-1)
	b := &budget{clock: c, free: calls, reserved: reserved, most: calls - reserved}
	if perSecond > 0 {
		// Half a second's calls may begin at once: a look at many models comes in
		// bursts, and how many run together is bounded apart.
		b.limiter = rate.NewLimiter(rate.Limit(perSecond), max(calls, int(perSecond/2)))
	}
	return b
}

// acquire waits until a call may begin, and tells with which priority it does. Each success
// needs one release of that.
func (b *budget) acquire(ctx context.Context) (Priority, error) {
	turn := make(chan struct{})
	p, risen := urgencyOf(ctx)
	b.mu.Lock()
	place := b.queues[p].PushBack(waiting{turn, b.clock.Now()})
	b.dispatch()
	b.mu.Unlock()
	for {
		select {
		case <-turn:
			return p, nil
		case <-risen:
			p, place, risen = b.rise(ctx, p, place)
		case <-ctx.Done():
			b.mu.Lock()
			defer b.mu.Unlock()
			select {
			case <-turn:
				// The turn came as the caller went: hand it on.
				b.end(p)
			default:
				b.queues[p].Remove(place)
			}
			return p, ctx.Err()
		}
	}
}

// rise lets a call that waits go on waiting among more urgent ones.
func (b *budget) rise(ctx context.Context, from Priority, place *list.Element) (Priority, *list.Element, <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	to, risen := urgencyOf(ctx)
	select {
	case <-place.Value.(waiting).turn:
		return from, place, nil // it begins as what it was
	default:
	}
	if to < from {
		w := b.queues[from].Remove(place)
		place = b.queues[to].PushBack(w)
		b.dispatch()
	}
	return to, place, risen
}

func (b *budget) release(p Priority) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.end(p)
}

// end gives a place back. The caller holds mu, as for those below.
func (b *budget) end(p Priority) {
	b.free++
	if p >= PriorityCapture {
		b.behind--
	}
	b.dispatch()
}

// dispatch lets calls begin while there is room.
func (b *budget) dispatch() {
	for b.free > 0 {
		p, late := b.overdue()
		if !late {
			p = b.first()
		}
		if p < 0 || !b.spend(late || p <= PriorityCommand) {
			return
		}
		b.free--
		b.passed++
		if late {
			b.passed = 0
		}
		if p >= PriorityCapture {
			b.behind++
		}
		close(b.queues[p].Remove(b.queues[p].Front()).(waiting).turn)
	}
}

// first is the highest priority of which a call waits that has room; -1 where there is none.
func (b *budget) first() Priority {
	for p := range Priority(priorities) {
		if b.queues[p].Len() > 0 && (p < PriorityCapture || b.free > b.reserved) {
			return p
		}
	}
	return -1
}

// overdue is the priority of the call that was passed over longest, and too long, where it
// is its turn.
func (b *budget) overdue() (of Priority, is bool) {
	if b.passed < passes {
		return 0, false
	}
	oldest, higher := b.clock.Now().Add(-tooLong), false
	for p := range Priority(priorities) {
		front := b.queues[p].Front()
		if front == nil {
			continue
		}
		if since := front.Value.(waiting).since; higher && since.Before(oldest) && (p < PriorityCapture || b.behind < b.most) {
			of, is, oldest = p, true, since
		}
		higher = true
	}
	return of, is
}

// debt is how much of the rate commands, and what is overdue, may spend before it is there.
const debt = time.Second

// spend takes a token of the rate, or sets a timer for when there will be one.
func (b *budget) spend(ahead bool) bool {
	if b.limiter == nil {
		return true
	}
	now := b.clock.Now()
	reservation := b.limiter.ReserveN(now, 1)
	wait := reservation.DelayFrom(now)
	if wait == 0 || ahead && wait <= debt {
		return true
	}
	reservation.CancelAt(now)
	if ahead {
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
