package read

import (
	"context"
	"runtime"

	"golang.org/x/sync/errgroup"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"odoomesh/internal/resource"
	"odoomesh/internal/store"
)

// Where answers every record that has a value in an indexed field, by id: for
// services that put records together. An index that does not exist answers none.
func (c *Collection[T]) Where(ctx context.Context, path, value string) ([]T, error) {
	verified := c.source.Status().Verified
	return c.where(ctx, path, value, func(raw []byte) (proto.Message, error) { return c.kind.Decode(raw, verified) })
}

// WherePart is Where for some fields of the records, which is several times as fast
// where there are thousands. Neither etag nor provenance is among them.
func (c *Collection[T]) WherePart(ctx context.Context, path, value string, fields ...protoreflect.Name) ([]T, error) {
	part, err := c.kind.Part(fields...)
	if err != nil {
		return nil, err
	}
	return c.where(ctx, path, value, part.Decode)
}

func (c *Collection[T]) where(ctx context.Context, path, value string, decode func([]byte) (proto.Message, error)) ([]T, error) {
	if err := notLoaded(c.kind.Collection, c.source.Status()); err != nil {
		return nil, err
	}
	snapshot := c.cache.Snapshot()
	defer snapshot.Close()
	keys, err := c.keysOf(ctx, snapshot, path, value)
	if err != nil {
		return nil, err
	}
	records := make([]T, len(keys))
	group, ctx := errgroup.WithContext(ctx)
	// A lot can have ten thousand movements: they are read on all cores.
	share := max(1, (len(keys)+runtime.GOMAXPROCS(0)-1)/runtime.GOMAXPROCS(0))
	for from := 0; from < len(keys); from += share {
		group.Go(func() error {
			for i := from; i < min(from+share, len(keys)) && ctx.Err() == nil; i++ {
				raw, err := snapshot.Get(c.kind.Collection, keys[i])
				if err != nil {
					return err
				}
				m, err := decode(raw)
				if err != nil {
					return err
				}
				records[i] = m.(T)
			}
			return ctx.Err()
		})
	}
	return records, group.Wait()
}

func (c *Collection[T]) keysOf(ctx context.Context, snapshot store.Snapshot, path, value string) ([][]byte, error) {
	var keys [][]byte
	for _, f := range c.fields {
		if f.Path != path || !f.IsText() {
			continue
		}
		for h, err := range snapshot.Index(c.kind.Collection, path, store.Range{Prefix: f.Text(value), Exact: true, KeysOnly: true}) {
			if err != nil {
				return nil, err
			}
			keys = append(keys, h.Key)
		}
	}
	return keys, ctx.Err()
}

// Find answers the records with these names that exist, to be looked into: what
// Get and BatchGet answer may be good for sending only. A name of another
// collection is an error.
func (c *Collection[T]) Find(ctx context.Context, names []string) ([]T, error) {
	if len(names) == 0 {
		return nil, nil
	}
	keys := make([][]byte, len(names))
	for i, name := range names {
		key, err := resource.KeyOf(c.kind.Collection, name)
		if err != nil {
			return nil, err
		}
		keys[i] = key
	}
	records, err := c.records.Get(ctx, keys, how{form: open})
	if err != nil {
		return nil, err
	}
	var found []T
	for _, m := range records {
		if m != nil {
			found = append(found, m.(T))
		}
	}
	return found, nil
}
