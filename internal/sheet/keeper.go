package sheet

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/protobuf/proto"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/clock"
	"odoomesh/internal/follow"
	"odoomesh/internal/resource"
	"odoomesh/internal/store"
)

const (
	// lookAgain is the pause between two looks whether the cache has moved, or is loaded.
	lookAgain = 200 * time.Millisecond
	// noteEvery is after how many records it is noted how far filling is.
	noteEvery = 1000
)

// Rows are what is kept of one collection.
type Rows interface {
	// Begin forgets all.
	Begin()
	// Put takes over a record, given by the ids of its key and as the cache has it; nil is
	// one that is gone.
	Put(ids []int64, kept *internalv1.CacheRecord) error
	// Settle is called when a share of records was taken over, before they are read.
	Settle()
}

// Source is a collection that is followed.
type Source struct {
	Collection string
	Rows       Rows
	// Status tells whether it is loaded, and until when it is known to equal Odoo's.
	Status func() (loaded bool, verified time.Time, reachable bool)
}

// Config is what a Keeper needs.
type Config struct {
	// Name is what the keeper is called among the followers of the log.
	Name string
	// Followers are who follows the log, whom the keeper joins; nil is nobody.
	Followers *follow.Followers
	// Log and Cache are those of capture.
	Log     store.Log
	Cache   store.Cache
	Sources []Source
	Clock   clock.Clock
	Logger  *slog.Logger
}

// Keeper has rows follow the cache: of each record that the log says has changed, it reads
// what the cache has of it. So the rows say what the cache says, at its own position, also of
// a record that the cache could not hold as a whole. Make it with New and let Run run.
type Keeper struct {
	Config
	of map[string]Source
	// turn is held by the one who follows.
	turn chan struct{}
	// rows is held to read the rows, or to change them.
	rows sync.RWMutex
	// full says that the rows are those of the cache; done and total tell how far filling is.
	full        atomic.Bool
	done, total atomic.Int64
	// at is the position that the rows have reached; as and reachable how they stand.
	at        atomic.Uint64
	as        time.Time
	reachable bool
}

// New makes a keeper; it starts nothing.
func New(c Config) *Keeper {
	k := &Keeper{Config: c, of: map[string]Source{}, turn: make(chan struct{}, 1)}
	for _, s := range c.Sources {
		k.of[s.Collection] = s
	}
	if c.Followers != nil {
		c.Followers.Join(c.Name, k.Standing)
	}
	return k
}

// Standing is how far the rows have come. They need nothing of the log after a kill, as they
// are made anew then.
func (k *Keeper) Standing() follow.Standing { return follow.Standing{Followed: k.at.Load()} }

// Run follows until the context ends; it returns its error, or the error of a store.
func (k *Keeper) Run(ctx context.Context) error {
	for {
		if err := k.round(ctx); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-k.Clock.After(lookAgain):
		}
	}
}

func (k *Keeper) round(ctx context.Context) error {
	select {
	case k.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-k.turn }()
	if k.full.Load() {
		err := k.follow(ctx)
		if !errors.Is(err, follow.ErrLost) {
			return err
		}
		// Retention took what it had not read, or the cache was begun anew.
		k.full.Store(false)
	}
	return k.fill(ctx)
}

// standing is how the sources stand; what is read from the cache afterwards is at least as
// new.
func (k *Keeper) standing() (loaded bool, as time.Time, reachable bool) {
	loaded, reachable = true, true
	for i, s := range k.Sources {
		is, verified, answers := s.Status()
		loaded, reachable = loaded && is, reachable && answers
		if i == 0 || verified.Before(as) {
			as = verified
		}
	}
	return loaded, as, reachable
}

// fill reads everything, once all sources are loaded.
func (k *Keeper) fill(ctx context.Context) error {
	loaded, as, reachable := k.standing()
	if !loaded {
		return nil
	}
	k.rows.Lock()
	defer k.rows.Unlock()
	began := k.Clock.Now()
	total := int64(0)
	for _, s := range k.Sources {
		total += k.Cache.Count(s.Collection)
	}
	k.done.Store(0)
	k.total.Store(total)
	snapshot := k.Cache.Snapshot()
	defer snapshot.Close()
	n := int64(0)
	for _, s := range k.Sources {
		s.Rows.Begin()
		for hit, err := range snapshot.Records(s.Collection, store.Range{}) {
			if err == nil && n%noteEvery == 0 {
				k.done.Store(n)
				err = ctx.Err()
			}
			if err != nil {
				return fmt.Errorf("reading %s for sums: %w", s.Collection, err)
			}
			k.put(ctx, s, hit.Key, hit.Value)
			n++
		}
		s.Rows.Settle()
	}
	k.at.Store(snapshot.Position())
	k.as, k.reachable = as, reachable
	k.full.Store(true)
	k.Logger.LogAttrs(ctx, slog.LevelInfo, "sums are ready", slog.Int64("records", n), slog.Duration("took", k.Clock.Now().Sub(began)))
	return nil
}

// put takes a record over. One that cannot be read counts as one that is not there.
func (k *Keeper) put(ctx context.Context, s Source, key, raw []byte) {
	ids := resource.IDs(key)
	var kept *internalv1.CacheRecord
	var err error
	if raw != nil {
		kept = &internalv1.CacheRecord{}
		err = proto.Unmarshal(raw, kept)
	}
	if err == nil {
		err = s.Rows.Put(ids, kept)
	}
	if err != nil {
		_ = s.Rows.Put(ids, nil) // what is gone is read from nothing
		k.Logger.LogAttrs(ctx, slog.LevelError, "a record is left out of sums: it cannot be read",
			slog.String("record", resource.NameOf(s.Collection, key)), slog.Any("error", err))
	}
}

// follow brings the rows to where the cache is. It fails with follow.ErrLost where the log
// does not reach from where they are.
func (k *Keeper) follow(ctx context.Context) error {
	_, as, reachable := k.standing()
	at := k.at.Load()
	if k.Cache.Position() == at {
		k.rows.Lock()
		k.as, k.reachable = as, reachable
		k.rows.Unlock()
		return nil
	}
	snapshot := k.Cache.Snapshot()
	defer snapshot.Close()
	upTo := snapshot.Position()
	if upTo < at { // the cache was begun anew
		return follow.ErrLost
	}
	changed := changes{of: k.of, keys: map[string]map[string]bool{}}
	log := follow.Follower{Log: k.Log} // what cannot be read the cache stepped over, and told
	if err := log.Follow(ctx, at, upTo, changed); err != nil {
		return err
	}
	k.rows.Lock()
	defer k.rows.Unlock()
	for _, s := range k.Sources {
		for key := range changed.keys[s.Collection] {
			raw, err := snapshot.Get(s.Collection, []byte(key))
			if errors.Is(err, store.ErrNotFound) {
				raw, err = nil, nil
			}
			if err != nil {
				return fmt.Errorf("reading %s for sums: %w", s.Collection, err)
			}
			k.put(ctx, s, []byte(key), raw)
		}
		if len(changed.keys[s.Collection]) > 0 {
			s.Rows.Settle()
		}
	}
	k.at.Store(upTo)
	k.as, k.reachable = as, reachable
	return nil
}

// changes are which records of the sources the log says have changed. Nothing of it is
// durable: rows are made anew at each start.
type changes struct {
	of   map[string]Source
	keys map[string]map[string]bool // of a collection
}

// Take implements follow.Applier.
func (c changes) Take(_ context.Context, entry store.Entry) (string, error) {
	if _, followed := c.of[entry.Collection]; !followed {
		return "", nil
	}
	var change internalv1.ChangeRecord
	if err := proto.Unmarshal(entry.Payload, &change); err != nil {
		return entry.Collection, err
	}
	if c.keys[entry.Collection] == nil {
		c.keys[entry.Collection] = map[string]bool{}
	}
	c.keys[entry.Collection][string(change.GetKey())] = true
	return "", nil
}

// Full implements follow.Applier: keys are small.
func (c changes) Full() bool { return false }

// Commit implements follow.Applier.
func (c changes) Commit(context.Context, uint64) error { return nil }
