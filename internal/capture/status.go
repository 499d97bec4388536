package capture

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"odoomesh/internal/index"
	"odoomesh/internal/store"
)

// Copy is how far the cache has what Odoo has of a collection. Every read asks for it.
type Copy struct {
	// Indexed says that all records are indexed as searches need it.
	Indexed bool
	// Loaded says that the first load is complete.
	Loaded bool
	// Progress of the first load while it runs.
	Progress Progress
	// Verified is the last time at which the cache was known to equal Odoo; zero
	// before the first.
	Verified time.Time
	// Reachable says whether Odoo answers.
	Reachable bool
}

// Status is how one collection stands.
type Status struct {
	Collection string
	Copy
	// Counted is the last time at which all that feeds the collection had been looked
	// at anew, the counts that find deletions too, what changes seldom left aside; zero
	// before the first since the start.
	Counted time.Time
	// Degraded lists what stands in the way of following Odoo; empty where nothing does.
	Degraded []Trouble
	// Records is how many the cache has, Faulty how many of them have a fault.
	Records, Faulty int64
	// Held is how many records seem to be gone from Odoo and wait for an operator.
	Held int64
	// Drift is what the last comparison of all ids found.
	Drift Drift
	// MappingVersion is 0 before Odoo was reached.
	MappingVersion int
}

// Drift is what the last comparison of all ids found.
type Drift struct {
	// Compared is when it ended; zero before the first since the start.
	Compared time.Time
	// Gone are records that only the cache had, Missed those that only Odoo had,
	// GoneRows rows that records are made of and that only the cache had.
	Gone, Missed, GoneRows int64
}

// standing is what is told of a collection beside its progress.
type standing struct {
	mu     sync.Mutex
	drift  Drift
	faulty int64
	// counted is when the faulty records were counted.
	counted time.Time
}

func (s *standing) compared(d Drift) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drift = d
}

// Copy tells how far the copy of a collection has come; the zero Copy for an unknown one.
func (e *Engine) Copy(name string) Copy {
	c := e.byName[name]
	if c == nil {
		return Copy{}
	}
	s := Copy{Loaded: c.loaded.Load(), Indexed: c.indexed.Load(), Reachable: e.Reachability().Reachable, Progress: c.progress.at(e.clock.Now())}
	if at := c.verified.Load(); at != 0 {
		s.Verified = time.Unix(0, at).UTC()
	}
	return s
}

// Status tells how a collection stands; the zero Status for an unknown one.
func (e *Engine) Status(name string) Status {
	c := e.byName[name]
	if c == nil {
		return Status{}
	}
	s := Status{
		Collection: name, Copy: e.Copy(name),
		Records: e.cache.Count(name), Held: c.Held(), Faulty: c.faulty(e.clock.Now()),
	}
	if at := c.counted.Load(); at != 0 {
		s.Counted = time.Unix(0, at).UTC()
	}
	c.standing.mu.Lock()
	s.Drift = c.standing.drift
	c.standing.mu.Unlock()
	if from := c.from.Load(); from != nil {
		s.MappingVersion, s.Degraded = (*from).MappingVersion(), c.degraded()
	}
	return s
}

// Counted is the Counted of several collections together: the oldest of their times.
func (e *Engine) Counted(collections ...string) time.Time {
	oldest := e.Status(collections[0]).Counted
	for _, name := range collections[1:] {
		if at := e.Status(name).Counted; at.Before(oldest) {
			oldest = at
		}
	}
	return oldest
}

// degraded lists what stands in the way of the collection, each reason once.
func (c *collection) degraded() []Trouble {
	var all []Trouble
	add := func(t Trouble, is bool) {
		if is && !slices.ContainsFunc(all, func(o Trouble) bool { return o.Model == t.Model && o.Reason == t.Reason }) {
			all = append(all, t)
		}
	}
	for _, d := range c.engine.plan().all {
		if d.feeds(c) {
			add(d.health().trouble(d.kind(), d.model()))
		}
	}
	kind := "reconcile"
	if !c.loaded.Load() {
		kind = "load"
	}
	add(c.state.trouble(kind, ""))
	return all
}

// Statuses tells how all collections stand, in the order of the configuration.
func (e *Engine) Statuses() []Status {
	var all []Status
	for _, c := range e.collections {
		all = append(all, e.Status(c.Name))
	}
	return all
}

// Clock tells what is known of the time of Odoo's database.
func (e *Engine) Clock() ClockState { return e.database.state() }

// faultyEvery is the pause between two counts of the faulty records.
const faultyEvery = 2 * time.Second

// faulty counts the faulty records, now and then.
func (c *collection) faulty(now time.Time) int64 {
	s := &c.standing
	s.mu.Lock()
	defer s.mu.Unlock()
	if now.Sub(s.counted) < faultyEvery && now.After(s.counted) {
		return s.faulty
	}
	snapshot := c.Cache.Snapshot()
	defer snapshot.Close()
	s.faulty, s.counted = 0, now
	for _, err := range snapshot.Index(c.Name, index.Faulty, store.Range{Prefix: index.FaultyValue, Exact: true, KeysOnly: true}) {
		if err != nil {
			break
		}
		s.faulty++
	}
	return s.faulty
}

// Skipped is an entry of the log, or a record, that a follower of the log could not
// take as it stands.
type Skipped struct {
	// Position is the entry's; 0 where the record came from the cache.
	Position uint64
	// Name is the record's, as far as it could be read.
	Name, Reason string
}

// skippedAtMost bounds how many of them are remembered.
const skippedAtMost = 100

type skippedEntries struct {
	mu  sync.Mutex
	all []Skipped
}

// Skip says that a follower of the log stepped over an entry of it. Several followers
// step over the same one, which is told once.
func (e *Engine) Skip(ctx context.Context, position uint64, name string, reason error) {
	e.skipped.mu.Lock()
	defer e.skipped.mu.Unlock()
	if slices.ContainsFunc(e.skipped.all, func(s Skipped) bool {
		return s.Position == position && (position > 0 || s.Name == name)
	}) {
		return
	}
	e.logger.LogAttrs(ctx, slog.LevelError, "an entry of the log cannot be applied as it stands, and is stepped over",
		slog.Uint64("position", position), slog.String("name", name), slog.Any("reason", reason))
	e.metrics.skipped.Inc()
	if len(e.skipped.all) < skippedAtMost {
		e.skipped.all = append(e.skipped.all, Skipped{position, name, reason.Error()})
	}
}

// Skipped lists the entries of the log that were stepped over since the start.
func (e *Engine) Skipped() []Skipped {
	e.skipped.mu.Lock()
	defer e.skipped.mu.Unlock()
	return slices.Clone(e.skipped.all)
}
