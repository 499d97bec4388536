package read

import (
	"context"
	"errors"
	"time"

	"google.golang.org/protobuf/proto"

	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/store"
)

// cached answers from the cache, whatever the mode.
type cached struct {
	cache  store.Cache
	source Source
	recent *recent
}

func (c *cached) Get(_ context.Context, keys [][]byte, _ *typesv1.ReadMode, f form) ([]proto.Message, error) {
	verified := c.source.Status().Verified
	if len(keys) == 1 {
		m, err := c.one(c.cache.Get, keys[0], verified, f)
		return []proto.Message{m}, err
	}
	// Several records are answered as of one moment.
	snapshot := c.cache.Snapshot()
	defer snapshot.Close()
	out := make([]proto.Message, len(keys))
	for i, key := range keys {
		m, err := c.one(snapshot.Get, key, verified, f)
		if err != nil {
			return nil, err
		}
		out[i] = m
	}
	return out, nil
}

// one reads and shows a record; nil where there is none.
func (c *cached) one(get func(string, []byte) ([]byte, error), key []byte, verified time.Time, f form) (proto.Message, error) {
	raw, err := get(c.recent.kind.Collection, key)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return c.recent.show(key, raw, verified, f)
}
