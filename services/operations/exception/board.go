package exception

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	operationsv1 "odoomesh/gen/go/mesh/operations/v1"
	"odoomesh/internal/clock"
	"odoomesh/internal/store"
	"odoomesh/internal/token"
	"odoomesh/services/event/rules"
)

const (
	// openAtMost bounds the exceptions of a kind that are not closed: nobody looks at
	// more, and whoever reports says the rest in a number.
	openAtMost = 1000
	// keepClosed and closedAtMost bound what is kept of closed exceptions.
	keepClosed   = 90 * 24 * time.Hour
	closedAtMost = 10_000
)

// Cause is something that people have to settle, while it lasts.
type Cause struct {
	Kind Kind
	// Subject is the name of a record, a collection or a model of Odoo. A kind and a
	// subject have one exception at a time.
	Subject string
	// Summary says what is wrong, in a sentence for people.
	Summary string
	// Detail is what is known of the cause, for people; may be empty.
	Detail string
	// Numbers are what it rests on, by name; may be nil.
	Numbers map[string]string
}

// Config is what a Board needs.
type Config struct {
	// Journal keeps the exceptions, as facts.
	Journal store.Journal
	// Tokens makes the tokens of the next pages.
	Tokens *token.Maker
	// Escalate tells the business event of an opening; it returns when that is durable,
	// and tells each opening once however often it is called.
	Escalate func(context.Context, rules.Exception) error
	// Accept lets whoever reports a cause know that a person takes it as it is, before
	// that is noted; an error refuses the acknowledgement. nil accepts all.
	Accept func(ctx context.Context, c Cause, reason, by string) error
	// Zone is whose days a filter asks for.
	Zone       func() *time.Location
	Clock      clock.Clock
	Logger     *slog.Logger
	Registerer prometheus.Registerer
}

// about is what an exception is about: there is one at a time.
type about struct {
	kind    Kind
	subject string
}

// Board keeps the exceptions. It is safe for concurrent use.
type Board struct {
	Config
	metrics metrics
	// opened wakes Run.
	opened chan struct{}

	mu sync.Mutex
	// all holds what is kept, by number; what it points to is never changed.
	all map[uint64]*entry
	// lasting holds the numbers of those that are not closed.
	lasting map[about]uint64
	// last is the last number that was given.
	last uint64
}

// New reads what is kept; it starts nothing.
func New(c Config) (*Board, error) {
	b := &Board{Config: c, metrics: newMetrics(c.Registerer), opened: make(chan struct{}, 1), all: map[uint64]*entry{}, lasting: map[about]uint64{}}
	if err := b.load(); err != nil {
		return nil, err
	}
	b.measure()
	return b, nil
}

// Report says that a cause is there. It opens an exception, or brings what the one that
// is there says up to date; where nothing is new it costs nothing. Beyond a thousand of
// a kind that are not closed no more are opened.
func (b *Board) Report(ctx context.Context, c Cause) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	changes := b.report(nil, c, map[Kind]int{})
	return b.keep(ctx, changes)
}

// Clear says that a cause is gone: its exception closes. Where there is none it costs
// nothing.
func (b *Board) Clear(ctx context.Context, kind Kind, subject string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	number, found := b.lasting[about{kind, subject}]
	if !found {
		return nil
	}
	return b.keep(ctx, []*entry{b.all[number].closed(b.Clock.Now())})
}

// Settle says which causes of a kind there are: it reports them, and clears all others
// of the kind.
func (b *Board) Settle(ctx context.Context, kind Kind, causes []Cause) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	there := map[string]bool{}
	for _, c := range causes {
		if c.Kind != kind {
			return fmt.Errorf("settling %s: %s is %s", kind, c.Subject, c.Kind)
		}
		there[c.Subject] = true
	}
	var changes []*entry
	for of, number := range b.lasting {
		if of.kind == kind && !there[of.subject] {
			changes = append(changes, b.all[number].closed(b.Clock.Now()))
		}
	}
	opening := map[Kind]int{kind: -len(changes)}
	for _, c := range causes {
		changes = b.report(changes, c, opening)
	}
	return b.keep(ctx, changes)
}

// report adds the change that a cause makes, if any. opening is how many more of each
// kind there will be by the changes before.
func (b *Board) report(changes []*entry, c Cause, opening map[Kind]int) []*entry {
	now := b.Clock.Now()
	if number, found := b.lasting[about{c.Kind, c.Subject}]; found {
		updated := b.all[number].updated(c, now)
		if updated == nil {
			return changes
		}
		acknowledged := updated.state() == operationsv1.ExceptionState_EXCEPTION_STATE_ACKNOWLEDGED
		if c.Kind != StockWithoutMovement && c.Kind != AcknowledgementDifference && c.Kind != AnnouncementDifference || !acknowledged {
			return append(changes, updated)
		}
		// Another difference than the one that was taken as it is: an alarm anew.
		changes = append(changes, b.all[number].closed(now))
		b.last++
		return append(changes, opened(b.last, c, now))
	}
	there := opening[c.Kind]
	for of := range b.lasting {
		if of.kind == c.Kind {
			there++
		}
	}
	if there >= openAtMost {
		b.metrics.left.WithLabelValues(label(c.Kind)).Inc()
		return changes
	}
	opening[c.Kind]++
	b.last++
	return append(changes, opened(b.last, c, now))
}

// Counts tells how many exceptions are open, and how many acknowledged.
func (b *Board) Counts() (open, acknowledged int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, number := range b.lasting {
		if b.all[number].state() == operationsv1.ExceptionState_EXCEPTION_STATE_OPEN {
			open++
		} else {
			acknowledged++
		}
	}
	return open, acknowledged
}

// Run tells the business events of what opens, until the context ends; it returns its
// error, or the error of a store.
func (b *Board) Run(ctx context.Context) error {
	for {
		for _, e := range b.untold() {
			if err := b.Escalate(ctx, e.opening()); err != nil {
				return fmt.Errorf("telling of %s: %w", e.name(), err)
			}
			if err := b.told(ctx, e.number); err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-b.opened:
		}
	}
}
