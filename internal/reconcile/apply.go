package reconcile

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"google.golang.org/protobuf/proto"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/store"
)

// applyAtOnce bounds how many entries of the log go into the cache in one
// transaction, and applyBytes their size: a reader of the cache waits for none
// of it, and Badger's transactions are limited.
const (
	applyAtOnce = 200
	applyBytes  = 1 << 20
)

// Applier lets the cache follow the log. No entry stops it: one that the cache
// cannot take is shown as its header with a fault, and one that cannot be decoded
// is stepped over; Skipped hears of both.
type Applier struct {
	log         store.Log
	cache       store.Cache
	collections map[string]*Collection
	// Skipped is told of an entry that was not applied as it stands; nil is nobody.
	// Set it before the first CatchUp.
	Skipped func(ctx context.Context, position uint64, name string, reason error)
	one     sync.Mutex
}

// NewApplier makes an applier for the collections.
func NewApplier(log store.Log, cache store.Cache, collections []*Collection) *Applier {
	a := &Applier{log: log, cache: cache, collections: map[string]*Collection{}}
	for _, c := range collections {
		a.collections[c.Name] = c
	}
	return a
}

// ErrLost says that the log does not reach back to where the cache stands.
var ErrLost = errors.New("the log does not reach back to the cache's position")

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

// CatchUp brings the cache to the log's head. It reads back what was just written,
// as every follower of the log does: so a replica is the same code. It fails with
// ErrLost where that cannot be done and the cache has to be filled again.
func (a *Applier) CatchUp(ctx context.Context) error {
	a.one.Lock()
	defer a.one.Unlock()
	at := a.cache.Position()
	if head := a.log.Head(); at > head {
		return fmt.Errorf("%w: it is at %d, the log ends at %d", ErrLost, at, head)
	} else if at == head {
		return nil
	}
	var batch []applied
	var size int
	for entry, err := range a.log.Read(ctx, at+1) {
		var truncated *store.TruncatedError
		if errors.As(err, &truncated) {
			return fmt.Errorf("%w: it is at %d, the log begins at %d", ErrLost, at, truncated.Oldest)
		}
		if err != nil {
			return fmt.Errorf("following the log: %w", err)
		}
		e, err := a.decode(entry)
		if err != nil {
			a.skip(ctx, e, err)
		}
		batch = append(batch, e)
		if e.mutation != nil {
			size += len(e.mutation.Value)
		}
		if len(batch) >= applyAtOnce || size >= applyBytes {
			if err := a.apply(ctx, batch); err != nil {
				return err
			}
			batch, size = batch[:0], 0
		}
	}
	return a.apply(ctx, batch)
}

// apply gives the cache a batch of entries, one by one where they are too many or
// one is too great for it.
func (a *Applier) apply(ctx context.Context, batch []applied) error {
	if len(batch) == 0 {
		return nil
	}
	var mutations []store.Mutation
	for _, e := range batch {
		if e.mutation != nil {
			mutations = append(mutations, *e.mutation)
		}
	}
	last := batch[len(batch)-1].position
	err := a.cache.Apply(ctx, last, mutations)
	var tooLarge *store.TooLargeError
	if !errors.As(err, &tooLarge) {
		if err != nil {
			return fmt.Errorf("applying the log up to %d: %w", last, err)
		}
		return nil
	}
	if len(batch) > 1 {
		for i := range batch {
			if err := a.apply(ctx, batch[i:i+1]); err != nil {
				return err
			}
		}
		return nil
	}
	return a.applyHeader(ctx, batch[0], err)
}

// applyHeader shows a record that the cache cannot hold by its header, and moves on
// without it where even that is too great.
func (a *Applier) applyHeader(ctx context.Context, e applied, cause error) error {
	a.skip(ctx, e, cause)
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

func (a *Applier) skip(ctx context.Context, e applied, reason error) {
	if a.Skipped != nil {
		a.Skipped(ctx, e.position, e.name, reason)
	}
}

// decode turns an entry of the log into what the cache has to do. With an error it
// gives what is to be done in place of it, which is nothing.
func (a *Applier) decode(entry store.Entry) (applied, error) {
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
