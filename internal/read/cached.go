package read

import (
	"context"
	"errors"
	"time"

	"odoomesh/internal/record"
	"odoomesh/internal/store"
)

// cached answers from the cache, whatever the mode.
type cached struct {
	kind      *record.Kind
	cache     store.Cache
	states    versioned
	freshness Freshness
	recent    *record.Renderings
}

// versioned tells one state of a cache from another: what was read after the version
// was asked for holds while it stays the same. A cache without one is read each time.
type versioned interface{ Version() uint64 }

type unversioned struct{}

func (unversioned) Version() uint64 { return record.UnknownState }

func newCached(d Deps) *cached {
	c := &cached{kind: d.Kind, cache: d.Cache, states: unversioned{}, freshness: d.Freshness, recent: d.Recent}
	if v, ok := d.Cache.(versioned); ok {
		c.states = v
	}
	return c
}

func (c *cached) Get(_ context.Context, keys [][]byte, how how) ([]*record.Shown, error) {
	verified := c.freshness.Status().Verified
	if how.verified.After(verified) {
		verified = how.verified
	}
	if len(keys) == 1 {
		state := c.states.Version()
		if r := c.recent.Same(c.kind, keys[0], state); r != nil {
			s, err := r.Show(verified, how.namer)
			return []*record.Shown{s}, err
		}
		s, err := c.one(c.cache.Get, keys[0], state, verified, how.namer)
		return []*record.Shown{s}, err
	}
	// Several records are answered as of one moment.
	snapshot := c.cache.Snapshot()
	defer snapshot.Close()
	out := make([]*record.Shown, len(keys))
	for i, key := range keys {
		s, err := c.one(snapshot.Get, key, record.UnknownState, verified, how.namer)
		if err != nil {
			return nil, err
		}
		out[i] = s
	}
	return out, nil
}

// one reads and shows a record; nil where there is none.
func (c *cached) one(get func(string, []byte) ([]byte, error), key []byte, state uint64, verified time.Time, namer record.Namer) (*record.Shown, error) {
	raw, err := get(c.kind.Collection, key)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	r, err := c.recent.Of(c.kind, key, raw, state)
	if err != nil {
		return nil, err
	}
	return r.Show(verified, namer)
}
