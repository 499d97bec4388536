package capture

import (
	"context"
	"log/slog"
	"math"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"odoomesh/internal/clock"
	"odoomesh/internal/reconcile"
	"odoomesh/internal/store"
)

const maxID = math.MaxInt32

// Config is what an Engine needs. The zero durations stand for the defaults.
type Config struct {
	Log         store.Log
	Cache       store.Cache
	Collections []*reconcile.Collection
	// Owned keeps the fields that Odoo does not own; nil keeps none.
	Owned reconcile.Owned
	// Connect signs in to Odoo and fits the mappings to it. An error that is a
	// *FatalError ends Run when it comes before the first success; any other is tried
	// again, not before what its RetryIn says, if it has that method.
	Connect func(ctx context.Context) (*Connection, error)
	// CredentialsChanged tells that there are other credentials than those that were
	// refused, which are tried at once; nil is never.
	CredentialsChanged func() bool
	Clock              clock.Clock
	Logger             *slog.Logger
	Registerer         prometheus.Registerer
	// Traced does some work under a name, with the context that it is given; nil does it
	// untraced.
	Traced func(ctx context.Context, name string, work func(context.Context) error) error

	// Poll is the pause between two looks at a model that has changed lately (default
	// 300 ms).
	Poll time.Duration
	// Seldom is the pause for data that seldom changes, such as units (5 s).
	Seldom time.Duration
	// Overlap is how long a transaction of Odoo may last (150 s: Odoo ends a
	// request after limit_time_real, 120 s by default).
	Overlap time.Duration
	// Reach is the pause between two looks back over the whole overlap (5 s).
	Reach time.Duration
	// Count is the pause between two counts of a model's rows (1 s, or Poll where that
	// is longer: whoever spares Odoo the looks spares it the counts).
	Count time.Duration
	// Part is how many ids are compared together when a count has changed (50,000); of
	// a table too great for partsAtFirst of them, more.
	Part int64
	// Census is the pause between two comparisons of all ids (10 min).
	Census time.Duration
	// Sweep is the time in which every record is read again (24 h).
	Sweep time.Duration
	// Retry is the pause between two tries of faulty records, some at a time (10 s).
	Retry time.Duration
	// Relearn is the pause between two sign-ins for the database's time (10 min).
	Relearn time.Duration
	// Backoff is the pause after a detector's first failure (1 s). It doubles with each
	// further one, up to thirty times itself.
	Backoff time.Duration
	// Retention tells how long the log keeps changes; 0, and nil, is for ever.
	Retention func() time.Duration
}

func (c *Config) defaults() {
	for _, d := range []struct {
		have *time.Duration
		want time.Duration
	}{
		{&c.Poll, 300 * time.Millisecond}, {&c.Seldom, 5 * time.Second}, {&c.Overlap, 150 * time.Second},
		{&c.Reach, 5 * time.Second}, {&c.Count, max(time.Second, c.Poll)}, {&c.Census, 10 * time.Minute},
		{&c.Sweep, 24 * time.Hour}, {&c.Relearn, 10 * time.Minute}, {&c.Retry, 10 * time.Second}, {&c.Backoff, time.Second},
	} {
		if *d.have == 0 {
			*d.have = d.want
		}
	}
	if c.Part == 0 {
		c.Part = 50_000
	}
	if c.Traced == nil {
		c.Traced = func(ctx context.Context, _ string, work func(context.Context) error) error { return work(ctx) }
	}
}

// FatalError is an error that no waiting cures: an unknown database, a mapping that
// does not fit.
type FatalError struct{ Err error }

func (e *FatalError) Error() string { return e.Err.Error() }
func (e *FatalError) Unwrap() error { return e.Err }
