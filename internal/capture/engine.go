package capture

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"odoomesh/internal/clock"
	"odoomesh/internal/follow"
	"odoomesh/internal/mapping"
	"odoomesh/internal/odoo"
	"odoomesh/internal/reconcile"
	"odoomesh/internal/store"
)

// Engine captures changes. Make it with New and let Run run.
type Engine struct {
	Config
	log         store.Log
	cache       store.Cache
	clock       clock.Clock
	logger      *slog.Logger
	stores      reconcile.Stores
	metrics     *metrics
	collections []*collection
	byName      map[string]*collection
	database    databaseClock
	hints       *hints
	tops        tops
	connection  atomic.Pointer[Connection]
	planned     atomic.Pointer[plan]
	reach       reachability
	skipped     skippedEntries
	followers   *follow.Followers
	// loads and readers are places in the first load, censusing is held by the
	// collection that takes its census.
	loads, readers chan struct{}
	censusing      sync.Mutex
	orphans        orphans
	// renew has something in it when another mapping is to be taken.
	renew chan struct{}
	// trimmed is when the log was trimmed last, and held says that more would have gone
	// if all followers had read it.
	trimmed time.Time
	held    bool
}

// plan is what is asked of the Odoo that was connected to last.
type plan struct {
	all    []detector
	stamps map[string]*stamps
	counts []*counts
}

// New makes an engine; it starts nothing.
func New(c Config) *Engine {
	c.defaults()
	e := &Engine{
		Config: c, log: c.Log, cache: c.Cache, clock: c.Clock, logger: c.Logger,
		byName: map[string]*collection{}, hints: newHints(), tops: tops{of: map[string]int64{}},
		loads: make(chan struct{}, loadsAtOnce), readers: make(chan struct{}, allReadersAtOnce), renew: make(chan struct{}, 1),
	}
	e.planned.Store(&plan{})
	e.metrics = newMetrics()
	follower := reconcile.NewCacheFollower(c.Log, c.Cache, c.Collections)
	follower.Skipped = e.Skip
	e.followers = follow.NewFollowers(c.Log, c.Clock, c.Registerer)
	e.followers.Join("cache", follower.Standing)
	e.stores = reconcile.Stores{
		Log: c.Log, Cache: c.Cache, CacheFollower: follower, Owned: c.Owned, Clock: c.Clock, Logger: c.Logger, Appended: e.metrics.appended,
	}
	for _, col := range c.Collections {
		one := newCollection(e, col)
		e.collections = append(e.collections, one)
		e.byName[col.Name] = one
	}
	e.metrics.register(c.Registerer, e)
	return e
}

func (e *Engine) tables() Tables { return e.connection.Load().Tables }

func (e *Engine) plan() *plan { return e.planned.Load() }

// Followers are who follows the log, the cache first. Who joins them before Run loses
// nothing to retention.
func (e *Engine) Followers() *follow.Followers { return e.followers }

// Open brings the cache up to the log, so that reads can be served from what a
// run before this one had captured.
func (e *Engine) Open(ctx context.Context) error {
	err := e.stores.CacheFollower.CatchUp(ctx)
	if errors.Is(err, follow.ErrLost) {
		e.logger.LogAttrs(ctx, slog.LevelWarn, "the cache cannot follow the log and is filled again", slog.Any("reason", err))
		err = e.beginAnew(ctx)
	}
	if err != nil {
		return err
	}
	if err := e.checkIndexed(ctx); err != nil {
		return err
	}
	marked := false
	for _, c := range e.collections {
		mark, err := e.cache.Meta(FillMark(c.Name))
		if err != nil {
			return err
		}
		c.loaded.Store(mark != nil)
		marked = marked || mark != nil
	}
	if !marked && e.log.Head() > 0 {
		return e.cache.SetMeta(ctx, resendMark, []byte{1})
	}
	return nil
}

// beginAnew empties the cache and places it where the log begins. What retention took
// from there, the load brings.
func (e *Engine) beginAnew(ctx context.Context) error {
	if err := e.cache.Clear(ctx); err != nil {
		return err
	}
	if before := e.log.Oldest() - 1; before > 0 {
		return e.cache.Apply(ctx, before, nil)
	}
	return nil
}

// errRenew ends the following of Odoo so that it begins anew with other mappings.
var errRenew = errors.New("other mappings are to be taken")

// Renew has Connect called again, as when its mappings are others: what they change is read
// again, and the copy is served meanwhile.
func (e *Engine) Renew() {
	select {
	case e.renew <- struct{}{}:
	default:
	}
}

// Run captures until the context ends, and then returns its error. It returns
// earlier with a *FatalError when Odoo refuses the configuration.
func (e *Engine) Run(ctx context.Context) error {
	if len(e.collections) == 0 {
		<-ctx.Done()
		return ctx.Err()
	}
	indexing, stop := context.WithCancel(ctx)
	var group sync.WaitGroup
	group.Go(func() { e.reindex(indexing) })
	defer group.Wait()
	defer stop()
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
		if errors.Is(err, errRenew) {
			continue
		}
		if e.reach.lost(err, e.clock.Now()) {
			e.logger.LogAttrs(ctx, slog.LevelWarn, "Odoo cannot be read: answers come from the cache", slog.Any("reason", err))
		}
		if !e.rest(ctx, err, attempt) {
			return ctx.Err()
		}
	}
}

// rest waits until Odoo may be connected to again: longer with each attempt, and as
// long as the error asks for, unless there are other credentials.
func (e *Engine) rest(ctx context.Context, err error, attempt int) bool {
	wait := max(min(e.Poll<<min(attempt, 5), 5*time.Second), odoo.RetryAfter(err))
	var asked interface{ RetryIn() time.Duration }
	if errors.As(err, &asked) {
		wait = max(wait, asked.RetryIn())
	}
	for until := e.clock.Now().Add(wait); ; {
		left := until.Sub(e.clock.Now())
		if left <= 0 || e.CredentialsChanged != nil && e.CredentialsChanged() {
			return ctx.Err() == nil
		}
		if !clock.Sleep(ctx, e.clock, min(left, time.Second)) {
			return false
		}
	}
}

// connect signs in, takes the records of all collections, and plans what is asked.
func (e *Engine) connect(ctx context.Context) error {
	connection, err := e.Connect(ctx)
	if err != nil {
		return err
	}
	for _, c := range e.collections {
		records, ok := connection.Records[c.Name]
		if !ok {
			return fmt.Errorf("no records for %s", c.Name)
		}
		c.from.Store(&records)
	}
	e.connection.Store(connection)
	if connection.Evidence != nil {
		e.database.learn(*connection.Evidence)
	}
	e.observeHeader()
	p := e.newPlan(e.plan())
	if err := e.resume(ctx, p); err != nil {
		return err
	}
	e.planned.Store(p)
	return nil
}

// newPlan lists the detectors. What is watched already goes on; what a module had that
// was uninstalled since is looked at no more.
func (e *Engine) newPlan(before *plan) *plan {
	p := &plan{stamps: map[string]*stamps{}}
	var models []string
	for _, c := range e.collections {
		for _, w := range c.records().Watches() {
			s := p.stamps[w.Model]
			if s == nil {
				if s = before.stamps[w.Model]; s == nil {
					s = newStamps(e, w.Model)
				}
				s.shown = nil
				p.stamps[w.Model] = s
				models = append(models, w.Model)
			}
			s.seldom = s.seldom && w.Seldom
		}
	}
	slices.Sort(models)
	fresh := &newcomers{engine: e}
	for _, model := range models {
		s := p.stamps[model]
		for _, c := range e.collections {
			s.shown = append(s.shown, c.records().Shown(model)...)
		}
		slices.Sort(s.shown)
		s.shown = slices.Compact(s.shown)
		s.state.soon()
		p.all = append(p.all, s)
		if !s.seldom {
			fresh.models = append(fresh.models, model)
		}
	}
	p.counts = e.counted(before.counts)
	for _, t := range p.counts {
		t.state.soon()
		p.all = append(p.all, t)
	}
	clockLearned := &signIns{engine: e}
	clockLearned.state.succeeded(e.clock.Now(), 0)
	p.all = append(p.all, fresh, clockLearned)
	return p
}

// capture follows Odoo until it cannot be asked any more.
func (e *Engine) capture(ctx context.Context) error {
	group, ctx := errgroup.WithContext(mapping.ForCapture(ctx))
	group.Go(func() error {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-e.renew:
			return errRenew
		}
	})
	group.Go(func() error { return e.loop(ctx) })
	for _, c := range e.collections {
		c.state.soon()
		group.Go(func() error { return c.work(ctx) })
	}
	return group.Wait()
}
