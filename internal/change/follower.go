package change

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

// Follower lets the cache follow the log.
type Follower struct {
	log         store.Log
	cache       store.Cache
	collections map[string]*Collection
	one         sync.Mutex
}

// NewFollower makes a follower for the collections.
func NewFollower(log store.Log, cache store.Cache, collections []*Collection) *Follower {
	f := &Follower{log: log, cache: cache, collections: map[string]*Collection{}}
	for _, c := range collections {
		f.collections[c.Name] = c
	}
	return f
}

// errLost says that the log does not reach back to where the cache stands.
var errLost = errors.New("the log does not reach back to the cache's position")

// CatchUp brings the cache to the log's head. It fails with errLost where that
// cannot be done and the cache has to be filled again.
func (f *Follower) CatchUp(ctx context.Context) error {
	f.one.Lock()
	defer f.one.Unlock()
	at := f.cache.Position()
	if head := f.log.Head(); at > head {
		return fmt.Errorf("%w: it is at %d, the log ends at %d", errLost, at, head)
	} else if at == head {
		return nil
	}
	var batch []store.Mutation
	var size int
	flush := func(position uint64) error {
		if err := f.cache.Apply(ctx, position, batch); err != nil {
			return fmt.Errorf("applying the log up to %d: %w", position, err)
		}
		batch, size = batch[:0], 0
		return nil
	}
	for entry, err := range f.log.Read(ctx, at+1) {
		var truncated *store.TruncatedError
		if errors.As(err, &truncated) {
			return fmt.Errorf("%w: it is at %d, the log begins at %d", errLost, at, truncated.Oldest)
		}
		if err != nil {
			return fmt.Errorf("following the log: %w", err)
		}
		m, err := f.mutation(entry)
		if err != nil {
			return fmt.Errorf("following the log at %d: %w", entry.Position, err)
		}
		if m != nil {
			batch = append(batch, *m)
			size += len(m.Value)
		}
		at = entry.Position
		if len(batch) >= applyAtOnce || size >= applyBytes {
			if err := flush(at); err != nil {
				return err
			}
		}
	}
	if at > f.cache.Position() {
		return flush(at)
	}
	return nil
}

// mutation turns an entry of the log into what the cache has to do; nil where it
// is of a collection that is not served here.
func (f *Follower) mutation(entry store.Entry) (*store.Mutation, error) {
	c := f.collections[entry.Collection]
	if c == nil {
		return nil, nil
	}
	var change internalv1.ChangeRecord
	if err := proto.Unmarshal(entry.Payload, &change); err != nil {
		return nil, err
	}
	key := change.GetKey()
	if change.GetKind() == internalv1.ChangeKind_CHANGE_KIND_DELETED {
		m, err := c.mutation(key, nil, nil)
		return &m, err
	}
	var record internalv1.CacheRecord
	if err := proto.Unmarshal(change.GetAfter(), &record); err != nil {
		return nil, err
	}
	record.Revision = entry.Position
	m, err := c.mutation(key, &record, nil)
	return &m, err
}
