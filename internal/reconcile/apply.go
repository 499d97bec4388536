package reconcile

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"google.golang.org/protobuf/proto"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/follow"
	"odoomesh/internal/store"
)

// applyAtOnce bounds how many entries of the log go into the cache in one
// transaction, and applyBytes their size: a reader of the cache waits for none
// of it, and Badger's transactions are limited.
const (
	applyAtOnce = 200
	applyBytes  = 1 << 20
)

// CacheFollower lets the cache follow the log. No entry stops it: one that the cache
// cannot take is shown as its header with a fault, and one that cannot be decoded
// is stepped over; Skipped, to be set before the first CatchUp, hears of both.
type CacheFollower struct {
	follow.Follower
	cache       store.Cache
	collections map[string]*Collection
	one         sync.Mutex
}

// NewCacheFollower makes what lets the cache of some collections follow the log.
func NewCacheFollower(log store.Log, cache store.Cache, collections []*Collection) *CacheFollower {
	a := &CacheFollower{Follower: follow.Follower{Log: log}, cache: cache, collections: map[string]*Collection{}}
	for _, c := range collections {
		a.collections[c.Name] = c
	}
	return a
}

// CatchUp brings the cache to the log's head. It reads back what was just written,
// as every follower of the log does: so a replica is the same code. It fails with
// follow.ErrLost where that cannot be done and the cache has to be filled again.
func (a *CacheFollower) CatchUp(ctx context.Context) error {
	a.one.Lock()
	defer a.one.Unlock()
	return a.Follow(ctx, a.cache.Position(), a.Log.Head(), &batch{follower: a})
}

// Standing is how far the cache has come, which a kill does not undo: after a crash of
// the machine the cache is filled again.
func (a *CacheFollower) Standing() follow.Standing {
	at := a.cache.Position()
	return follow.Standing{Followed: at, Needs: at + 1}
}

// applied is an entry as the cache is to take it.
type applied struct {
	position uint64
	name     string
	// mutation is nil where the entry is of a collection that is not served here.
	mutation *store.Mutation
	// record and collection let it be made smaller where it is too great.
	record     *internalv1.CacheRecord
	collection *Collection
}

// batch is what goes into the cache in one transaction.
type batch struct {
	follower *CacheFollower
	entries  []applied
	size     int
}

// Take implements follow.Applier.
func (b *batch) Take(_ context.Context, entry store.Entry) (string, error) {
	e, err := b.follower.decode(entry)
	b.entries = append(b.entries, e)
	if e.mutation != nil {
		b.size += len(e.mutation.Value)
	}
	if err != nil {
		err = fmt.Errorf("%w: %w", follow.ErrUnreadable, err)
	}
	return e.name, err
}

// Full implements follow.Applier.
func (b *batch) Full() bool { return len(b.entries) >= applyAtOnce || b.size >= applyBytes }

// Commit implements follow.Applier.
func (b *batch) Commit(ctx context.Context, _ uint64) error {
	entries := b.entries
	b.entries, b.size = b.entries[:0], 0
	return b.follower.apply(ctx, entries)
}

// apply gives the cache a batch of entries, one by one where they are too many or
// one is too great for it.
func (a *CacheFollower) apply(ctx context.Context, entries []applied) error {
	var mutations []store.Mutation
	for _, e := range entries {
		if e.mutation != nil {
			mutations = append(mutations, *e.mutation)
		}
	}
	last := entries[len(entries)-1].position
	err := a.cache.Apply(ctx, last, mutations)
	var tooLarge *store.TooLargeError
	if !errors.As(err, &tooLarge) {
		if err != nil {
			return fmt.Errorf("applying the log up to %d: %w", last, err)
		}
		return nil
	}
	if len(entries) > 1 {
		for i := range entries {
			if err := a.apply(ctx, entries[i:i+1]); err != nil {
				return err
			}
		}
		return nil
	}
	return a.applyHeader(ctx, entries[0], err)
}

// applyHeader shows a record that the cache cannot hold by its header, and moves on
// without it where even that is too great.
func (a *CacheFollower) applyHeader(ctx context.Context, e applied, cause error) error {
	a.Skip(ctx, e.position, e.name, cause)
	var mutations []store.Mutation
	if e.record != nil {
		header, err := e.collection.header(e.record, cause.Error())
		if err == nil {
			var m store.Mutation
			if m, err = e.collection.mutation(e.mutation.Key, header, nil); err == nil {
				mutations = append(mutations, m)
			}
		}
		if err != nil {
			mutations = nil
		}
	}
	err := a.cache.Apply(ctx, e.position, mutations)
	var tooLarge *store.TooLargeError
	if errors.As(err, &tooLarge) && len(mutations) > 0 {
		err = a.cache.Apply(ctx, e.position, nil)
	}
	if err != nil {
		return fmt.Errorf("stepping over position %d of the log: %w", e.position, err)
	}
	return nil
}

// decode turns an entry of the log into what the cache has to do. With an error it
// gives what is to be done in place of it, which is nothing.
func (a *CacheFollower) decode(entry store.Entry) (applied, error) {
	e := applied{position: entry.Position}
	c := a.collections[entry.Collection]
	if c == nil {
		return e, nil
	}
	var change internalv1.ChangeRecord
	if err := proto.Unmarshal(entry.Payload, &change); err != nil {
		return e, fmt.Errorf("decoding the entry: %w", err)
	}
	e.name = change.GetName()
	key := change.GetKey()
	if change.GetKind() == internalv1.ChangeKind_CHANGE_KIND_DELETED {
		m, err := c.mutation(key, nil, nil)
		e.mutation = &m
		return e, err
	}
	var record internalv1.CacheRecord
	if err := proto.Unmarshal(change.GetAfter(), &record); err != nil {
		return e, fmt.Errorf("decoding %s: %w", e.name, err)
	}
	record.Revision = entry.Position
	m, err := c.mutation(key, &record, nil)
	if err != nil {
		return e, err
	}
	e.mutation, e.record, e.collection = &m, &record, c
	return e, nil
}
