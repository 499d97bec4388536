package change

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"odoomesh/internal/clock"
	"odoomesh/internal/mapping"
	"odoomesh/internal/store"
)

const maxID = math.MaxInt32

// Config is what an Engine needs. The zero durations stand for the defaults.
type Config struct {
	Log         store.Log
	Cache       store.Cache
	Collections []*Collection
	// Connect signs in to Odoo and fits the mappings to it; it gives a Source for
	// each collection. An error that is a *FatalError ends Run when it comes
	// before the first success; any other is tried again.
	Connect    func(ctx context.Context) (map[string]Source, error)
	Clock      clock.Clock
	Logger     *slog.Logger
	Registerer prometheus.Registerer

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
	// Reread is the time in which every record is read again (24 h).
	Reread time.Duration
	// Retention is how long the log keeps changes; 0 is for ever.
	Retention time.Duration
}

func (c *Config) defaults() {
	for _, d := range []struct {
		have *time.Duration
		want time.Duration
	}{
		{&c.Poll, 300 * time.Millisecond}, {&c.Seldom, 5 * time.Second}, {&c.Overlap, 150 * time.Second},
		{&c.Reach, 5 * time.Second}, {&c.Count, max(time.Second, c.Poll)}, {&c.Census, 10 * time.Minute}, {&c.Reread, 24 * time.Hour},
	} {
		if *d.have == 0 {
			*d.have = d.want
		}
	}
	if c.Part == 0 {
		c.Part = 50_000
	}
}

// FatalError is an error that no waiting cures: a wrong password, an unknown
// database, a mapping that does not fit.
type FatalError struct{ Err error }

func (e *FatalError) Error() string { return e.Err.Error() }
func (e *FatalError) Unwrap() error { return e.Err }

// Engine captures changes. Make it with New and let Run run.
type Engine struct {
	Config
	log      store.Log
	cache    store.Cache
	clock    clock.Clock
	logger   *slog.Logger
	follower *Follower
	metrics  *metrics
	domains  []*domain
	byName   map[string]*domain
	windows  map[string]*window
	// high is the latest stamp met, over all models: all of them are written by
	// transactions of one database, with one clock.
	high      time.Time
	reachable atomic.Bool
	hints     *hints
	tops      tops
	// hinted holds the watched models, for whoever sends hints.
	hinted sync.Map
	// tallies are what is counted, readings what is read again.
	tallies  []*tally
	readings []*reading
	// orphans names records that are gone, and that others may still point at.
	orphans struct {
		sync.Mutex
		names []string
	}
	// stepped is when the last step began, kept when it was remembered how far the
	// windows had come, trimmed when the log was.
	stepped, kept, trimmed time.Time
}

// domain is a collection with what its capture has to remember.
type domain struct {
	*Collection
	from    atomic.Pointer[Source]
	writing sync.Mutex
	loaded  atomic.Bool
	// verified is when the last look began that left nothing to be done, in
	// nanoseconds of Unix time; 0 before the first.
	verified atomic.Int64
	arrivals arrivals
	progress progress
	standing standing
	// resyncing is held while an operator lets the collection be read again.
	resyncing sync.Mutex

	// pending are keys of records to be read; they stay until that has succeeded.
	pending map[string]bool
	// gone are those of them that Odoo did not have.
	gone   map[string]bool
	census time.Time
	// trouble is why it could not be brought up to date, as it was logged.
	trouble string
}

func (d *domain) source() Source { return *d.from.Load() }

// New makes an engine; it starts nothing.
func New(c Config) *Engine {
	c.defaults()
	e := &Engine{
		Config: c, log: c.Log, cache: c.Cache, clock: c.Clock, logger: c.Logger,
		follower: NewFollower(c.Log, c.Cache, c.Collections),
		byName:   map[string]*domain{}, windows: map[string]*window{}, hints: newHints(),
		tops: tops{of: map[string]int64{}},
	}
	for _, col := range c.Collections {
		d := &domain{Collection: col, pending: map[string]bool{}, gone: map[string]bool{}, arrivals: arrivals{noted: map[string]time.Time{}}}
		e.domains = append(e.domains, d)
		e.readings = append(e.readings, &reading{domain: d, asked: c.Clock.Now()})
		e.byName[col.Name] = d
	}
	e.metrics = newMetrics(c.Registerer, e)
	return e
}

// Open brings the cache up to the log, so that reads can be served from what a
// run before this one had captured.
func (e *Engine) Open(ctx context.Context) error {
	err := e.follower.CatchUp(ctx)
	if errors.Is(err, errLost) {
		e.logger.LogAttrs(ctx, slog.LevelWarn, "the cache cannot follow the log and is filled again", slog.Any("reason", err))
		err = e.cache.Clear(ctx)
	}
	if err != nil {
		return err
	}
	marked := false
	for _, d := range e.domains {
		mark, err := e.cache.Meta(FillMark(d.Name))
		if err != nil {
			return err
		}
		d.loaded.Store(mark != nil)
		marked = marked || mark != nil
	}
	if !marked && e.log.Head() > 0 {
		return e.cache.SetMeta(ctx, resendMark, []byte{1})
	}
	return nil
}

// Run captures until the context ends, and then returns its error. It returns
// earlier with a *FatalError when Odoo refuses the configuration, or with an
// error of the stores.
func (e *Engine) Run(ctx context.Context) error {
	if len(e.domains) == 0 {
		<-ctx.Done()
		return ctx.Err()
	}
	connected := false
	for attempt := 0; ; attempt++ {
		err := e.connect(ctx)
		var fatal *FatalError
		if err == nil {
			connected, attempt = true, 0
			err = e.capture(ctx)
		} else if errors.As(err, &fatal) && !connected {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if e.reachable.Swap(false) || attempt == 0 {
			e.logger.LogAttrs(ctx, slog.LevelWarn, "Odoo cannot be read: answers come from the cache", slog.Any("reason", err))
		}
		if !pause(ctx, min(e.Poll<<min(attempt, 5), 5*time.Second)) {
			return ctx.Err()
		}
	}
}

// connect signs in and takes the sources of all domains.
func (e *Engine) connect(ctx context.Context) error {
	sources, err := e.Connect(ctx)
	if err != nil {
		return err
	}
	watched := map[string]bool{}
	for _, d := range e.domains {
		s, ok := sources[d.Name]
		if !ok {
			return fmt.Errorf("no source for %s", d.Name)
		}
		d.from.Store(&s)
		for _, w := range s.Watches() {
			if e.windows[w.Model] == nil {
				e.windows[w.Model] = newWindow(w.Model)
				e.hinted.Store(w.Model, true)
			}
			e.windows[w.Model].seldom = e.windows[w.Model].seldom && w.Seldom
			watched[w.Model] = true
		}
	}
	// What a module had that was uninstalled since is looked at no more.
	maps.DeleteFunc(e.windows, func(model string, _ *window) bool { return !watched[model] })
	for _, w := range e.windows {
		w.shown = nil
		for _, d := range e.domains {
			w.shown = append(w.shown, d.source().Shown(w.model)...)
		}
		slices.Sort(w.shown)
		w.shown = slices.Compact(w.shown)
	}
	e.tallies = e.tallied(e.tallies)
	return nil
}

// capture loads what is missing and then follows Odoo until something fails.
func (e *Engine) capture(ctx context.Context) error {
	ctx = mapping.ForCapture(ctx)
	if err := e.begin(ctx); err != nil {
		return err
	}
	for _, d := range e.domains {
		if err := e.load(ctx, d); err != nil {
			return err
		}
	}
	if err := e.cache.SetMeta(ctx, resendMark, nil); err != nil {
		return err
	}
	for {
		rest, err := e.step(ctx)
		if err != nil {
			return err
		}
		if !e.reachable.Swap(true) {
			e.logger.LogAttrs(ctx, slog.LevelInfo, "following Odoo")
		}
		if !e.await(ctx, rest) {
			return ctx.Err()
		}
	}
}

// await waits for a hint, at most for a while; false when the context has ended.
func (e *Engine) await(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
	case <-e.hints.wake:
	}
	return true
}

func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
