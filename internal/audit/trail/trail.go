package trail

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"odoomesh/internal/audit"
	"odoomesh/internal/audit/tlog"
	"odoomesh/internal/clock"
	"odoomesh/internal/follow"
	"odoomesh/internal/store"
)

const (
	// linger is how long what nobody waits for lies before it is written: what somebody
	// waits for mostly comes meanwhile, and is written with it.
	linger = 100 * time.Millisecond
	// again is the pause after what could not be written.
	again = time.Second
	// sumEvery is how long calls are summed.
	sumEvery = time.Minute
)

// Log is the log in which every change of a record shows.
type Log interface {
	Append(ctx context.Context, leaves [][]byte) error
	Size(ctx context.Context) (uint64, error)
	Root(ctx context.Context, size uint64) ([]byte, error)
	Holds(ctx context.Context, before tlog.Checkpoint) error
	Leaves(ctx context.Context, from, to uint64) ([][]byte, error)
	Checkpoint(ctx context.Context) (tlog.Checkpoint, error)
	Consistency(ctx context.Context, before, size uint64) ([][]byte, error)
	Inclusion(ctx context.Context, index, size uint64) ([][]byte, error)
	Key() string
}

// Config is what a Trail needs.
type Config struct {
	// Journal keeps the records with their payloads. Nobody else writes to it.
	Journal store.Journal
	Log     Log
	// Ledger is what is followed, and Tell says what an entry of it means; nothing is
	// written of one of which it says false.
	Ledger store.Journal
	Tell   func(store.Entry) (audit.Statement, bool, error)
	// Sums are the calls that are summed although they were answered and only read, by
	// their method; nil is none.
	Sums func(method string) bool
	// Retention tells how long payloads are kept; 0 is for ever.
	Retention func() time.Duration
	// Witness is who has to see the log now and then; nil is nobody.
	Witness    *tlog.WitnessKey
	Clock      clock.Clock
	Logger     *slog.Logger
	Registerer prometheus.Registerer
}

// Trail writes the audit. It is safe for concurrent use.
type Trail struct {
	Config
	metrics metrics
	sums    sums

	// asked counts who waits; what is asked before a round begins is in it.
	asked atomic.Uint64
	// one lets one round at a time.
	one turn
	// answered and err are how the last round ended: of all who asked before it.
	answered uint64
	err      error
	place    place

	mu sync.Mutex
	// waiting are what is told of calls, and not written yet.
	waiting []audit.Statement
	failing error
	// woken has something in it when there is something to write.
	woken chan struct{}
}

var _ audit.Recorder = (*Trail)(nil)

// New makes a trail; it starts nothing.
func New(c Config) *Trail {
	t := &Trail{Config: c, woken: make(chan struct{}, 1), one: make(turn, 1)}
	t.metrics = newMetrics(t, c.Registerer)
	t.sums.clock = c.Clock
	return t
}

// Ready fails while nothing can be written.
func (t *Trail) Ready() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.failing
}

// Open brings the log up to the journal. What stands in the way is told by Ready.
func (t *Trail) Open(ctx context.Context) { _ = t.settle(ctx) }

// Run writes what nobody waits for, until the context ends.
func (t *Trail) Run(ctx context.Context) error {
	// A round that is under way goes on, whoever began it.
	defer t.one.wait()
	next := t.Clock.Now().Add(sumEvery)
	for {
		err := t.settle(ctx)
		pause := linger
		if err != nil {
			pause = again
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-t.Clock.After(pause):
		}
		if err != nil {
			continue
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-t.woken:
		case <-t.Ledger.Grown(t.followed()):
		case <-t.Clock.After(next.Sub(t.Clock.Now())):
			next = t.Clock.Now().Add(sumEvery)
			t.add(t.sums.take()...)
			if err := t.Expire(ctx); err != nil {
				t.Logger.LogAttrs(ctx, slog.LevelWarn, "what the audit's records say could not be erased after its time", slog.Any("error", err))
			}
		}
	}
}

// Close writes what is left, and how far the log is.
func (t *Trail) Close() error {
	t.add(t.sums.take()...)
	ctx := context.Background()
	if err := t.settle(ctx); err != nil {
		return err
	}
	t.one.Lock()
	defer t.one.Unlock()
	return t.write(ctx, nil, nil)
}

// settle returns when all that was told, and all that the ledger holds, is durable.
// Several who ask at once are answered by one round. Who asks waits no longer than its
// context lasts; what it has told is written all the same.
func (t *Trail) settle(ctx context.Context) error {
	mine := t.asked.Add(1)
	select {
	case t.one <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	if t.answered >= mine {
		defer t.one.Unlock()
		return t.err
	}
	done := make(chan error, 1)
	go func() { // it has the turn, which whoever ends waits for
		defer t.one.Unlock()
		all := t.asked.Load()
		t.err = t.round(context.WithoutCancel(ctx))
		t.answered = all
		t.fails(ctx, t.err)
		done <- t.err
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// turn is a lock for which one can wait as long as a context lasts.
type turn chan struct{}

func (t turn) Lock()   { t <- struct{}{} }
func (t turn) Unlock() { <-t }

// wait returns when whoever has the turn has given it back.
func (t turn) wait() {
	t <- struct{}{}
	<-t
}

// fails notes whether anything can be written, and says so once.
func (t *Trail) fails(ctx context.Context, err error) {
	t.mu.Lock()
	before := t.failing
	t.failing = err
	t.mu.Unlock()
	switch {
	case err != nil && before == nil:
		t.metrics.failing.Set(1)
		t.Logger.LogAttrs(ctx, slog.LevelError, "the audit cannot be written: commands are refused until it can", slog.Any("error", err))
	case err == nil && before != nil:
		t.metrics.failing.Set(0)
		t.Logger.LogAttrs(ctx, slog.LevelInfo, "the audit is written again")
	}
}

// round writes what the ledger has, and then what was told of calls.
func (t *Trail) round(ctx context.Context) error {
	if err := t.load(ctx); err != nil {
		return err
	}
	// What was told before the ledger is read may be about it.
	calls := &calls{t.take()}
	err := t.follow(ctx, calls)
	for err == nil && len(calls.told) > 0 {
		now := calls.next(maxBatch)
		if err = t.write(ctx, now, nil); err == nil {
			calls.written(len(now))
		}
	}
	if err == nil {
		err = t.seal(ctx)
	}
	if err != nil {
		t.place.loaded = false
		t.putBack(calls.told)
	}
	return err
}

// calls are what was told of calls, and is to be written.
type calls struct{ told []audit.Statement }

func (c *calls) next(most int) []audit.Statement {
	n := max(0, min(most, len(c.told)))
	return c.told[:n:n]
}

func (c *calls) written(n int) { c.told = c.told[n:] }

// follow writes what the ledger has, and with the last of it calls, as far as they fit.
func (t *Trail) follow(ctx context.Context, with *calls) error {
	head := t.Ledger.Head()
	if t.place.Ledger != t.Ledger.ID() || t.place.Followed > head {
		return t.refollow(ctx, with)
	}
	f := follow.Follower{Log: t.Ledger, Skipped: t.skipped}
	err := f.Follow(ctx, t.place.Followed, head, &taking{trail: t, states: map[string]string{}, upTo: head, calls: with})
	if errors.Is(err, follow.ErrLost) {
		return t.refollow(ctx, with)
	}
	return err
}

// skipped tells of an entry of the ledger that cannot be read.
func (t *Trail) skipped(ctx context.Context, position uint64, name string, reason error) {
	t.Logger.LogAttrs(ctx, slog.LevelError, "an entry of the ledger cannot be read, and the audit says only that it is there",
		slog.Uint64("position", position), slog.String("name", name), slog.Any("error", reason))
}

// refollow goes on with a ledger that is not the one that was followed, or was put back.
// One that was restored is known again by the last entry that was followed.
func (t *Trail) refollow(ctx context.Context, with *calls) error {
	p, head := &t.place, t.Ledger.Head()
	before := *p
	p.Ledger = t.Ledger.ID()
	if before.Followed > 0 && before.Followed <= head && before.Followed >= t.Ledger.Oldest() {
		last, err := store.At(ctx, t.Ledger, before.Followed)
		if err != nil {
			return err
		}
		if bytes.Equal(sumOf(last), before.Sum) {
			return t.follow(ctx, with)
		}
	}
	oldest := max(t.Ledger.Oldest(), 1) - 1
	switch {
	case before.Followed == 0 && oldest == 0:
		return t.follow(ctx, with)
	case before.Followed > head && head > oldest:
		last, err := store.At(ctx, t.Ledger, head)
		if err != nil {
			return err
		}
		p.Followed, p.Sum = head, sumOf(last)
	default:
		p.Followed = oldest
	}
	text := fmt.Sprintf("The ledger is not the one that the audit followed up to %d, or was put back: it is followed from %d on.", before.Followed, p.Followed+1)
	t.Logger.LogAttrs(ctx, slog.LevelError, text)
	err := t.write(ctx, []audit.Statement{{Leaf: audit.Leaf{Time: t.Clock.Now(), Kind: audit.OfLog}, Payload: audit.Payload{Explanation: text}}}, nil)
	if err != nil {
		return err
	}
	return t.follow(ctx, with)
}

// followed is how far the ledger was followed.
func (t *Trail) followed() uint64 {
	t.one.Lock()
	defer t.one.Unlock()
	return t.place.Followed
}

func (t *Trail) add(told ...audit.Statement) {
	t.mu.Lock()
	t.waiting = append(t.waiting, told...)
	t.mu.Unlock()
	if len(told) == 0 {
		return
	}
	select {
	case t.woken <- struct{}{}:
	default:
	}
}

func (t *Trail) take() []audit.Statement {
	t.mu.Lock()
	defer t.mu.Unlock()
	told := t.waiting
	t.waiting = nil
	return told
}

func (t *Trail) putBack(told []audit.Statement) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.waiting = append(told, t.waiting...)
}
