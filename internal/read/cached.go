package read

import (
	"context"
	"errors"
	"time"

	"google.golang.org/protobuf/proto"

	"odoomesh/internal/store"
)

// cached answers from the cache, whatever the mode.
type cached struct {
	cache  store.Cache
	states versioned
	source Source
	recent *recent
}

// versioned tells one state of a cache from another: what was read after the version
// was asked for holds while it stays the same. A cache without one is read each time.
type versioned interface{ Version() uint64 }

// unknownState is the version of no state.
const unknownState = 0

type unversioned struct{}

func (unversioned) Version() uint64 { return unknownState }

func newCached(d Deps) *cached {
	c := &cached{cache: d.Cache, states: unversioned{}, source: d.Source, recent: &recent{kind: d.Kind}}
	if v, ok := d.Cache.(versioned); ok {
		c.states = v
	}
	return c
}

func (c *cached) Get(_ context.Context, keys [][]byte, how how) ([]proto.Message, error) {
	verified, f := c.source.Status().Verified, how.form
	if how.verified.After(verified) {
		verified = how.verified
	}
	if len(keys) == 1 {
		state := c.states.Version()
		m, err := c.recent.again(keys[0], state, verified, f)
		if m != nil || err != nil {
			return []proto.Message{m}, err
		}
		m, err = c.one(c.cache.Get, keys[0], state, verified, f)
		return []proto.Message{m}, err
	}
	// Several records are answered as of one moment.
	snapshot := c.cache.Snapshot()
	defer snapshot.Close()
	out := make([]proto.Message, len(keys))
	for i, key := range keys {
		m, err := c.one(snapshot.Get, key, unknownState, verified, f)
		if err != nil {
			return nil, err
		}
		out[i] = m
	}
	return out, nil
}

// one reads and shows a record; nil where there is none.
func (c *cached) one(get func(string, []byte) ([]byte, error), key []byte, state uint64, verified time.Time, f form) (proto.Message, error) {
	raw, err := get(c.recent.kind.Collection, key)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return c.recent.show(key, raw, state, verified, f)
}
