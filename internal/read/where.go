package read

import (
	"context"
	"runtime"

	"golang.org/x/sync/errgroup"

	"odoomesh/internal/store"
)

// Where answers every record that has a value in an indexed field, by id: for
// services that put records together. An index that does not exist answers none.
func (c *Collection[T]) Where(ctx context.Context, path, value string) ([]T, error) {
	if err := notLoaded(c.kind.Collection, c.source.Status()); err != nil {
		return nil, err
	}
	hits, err := c.hitsOf(ctx, path, value)
	if err != nil {
		return nil, err
	}
	verified := c.source.Status().Verified
	records := make([]T, len(hits))
	group, _ := errgroup.WithContext(ctx)
	// A lot can have ten thousand movements: they are decoded on all cores.
	share := max(1, (len(hits)+runtime.GOMAXPROCS(0)-1)/runtime.GOMAXPROCS(0))
	for from := 0; from < len(hits); from += share {
		group.Go(func() error {
			for i := from; i < min(from+share, len(hits)); i++ {
				m, err := c.kind.Decode(hits[i].Value, verified)
				if err != nil {
					return err
				}
				records[i] = m.(T)
			}
			return nil
		})
	}
	return records, group.Wait()
}

func (c *Collection[T]) hitsOf(ctx context.Context, path, value string) ([]store.Hit, error) {
	snapshot := c.cache.Snapshot()
	defer snapshot.Close()
	var hits []store.Hit
	for _, f := range c.fields {
		if f.Path != path || !f.IsText() {
			continue
		}
		for h, err := range snapshot.Index(c.kind.Collection, path, store.Range{Prefix: f.Text(value), Exact: true}) {
			if err != nil {
				return nil, err
			}
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			hits = append(hits, h)
		}
	}
	return hits, nil
}

// Find answers the records with these names that exist, and how fresh they are.
func (c *Collection[T]) Find(ctx context.Context, names []string) ([]T, error) {
	if len(names) == 0 {
		return nil, nil
	}
	b, err := c.BatchGet(ctx, names, nil, nil)
	if err != nil {
		return nil, err
	}
	return b.Found, nil
}
