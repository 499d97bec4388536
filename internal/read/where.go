package read

import (
	"cmp"
	"context"
	"runtime"

	"golang.org/x/sync/errgroup"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/index"
	"odoomesh/internal/resource"
	"odoomesh/internal/scope"
	"odoomesh/internal/store"
)

// Where answers every record that has a value in an indexed field, by id: for
// services that put records together. The value is a text, or the name of an
// enumeration's. An index that does not exist answers none.
func (c *Collection[T]) Where(ctx context.Context, path, value string) ([]T, error) {
	view, err := c.view(ctx)
	if err != nil {
		return nil, err
	}
	return c.whereWhole(ctx, path, value, view)
}

// whereWhole is Where for a caller with a view. An index that it does not meet has
// nothing for it.
func (c *Collection[T]) whereWhole(ctx context.Context, path, value string, view *scope.View) ([]T, error) {
	if view.Refused() || view.HidesPath(path) {
		return nil, nil
	}
	verified := c.freshness.Status().Verified
	// What is not met is read as little as possible, so that it takes about as long as what
	// does not exist.
	names := view.Names()
	part, err := c.kind.Part(names...)
	if err != nil {
		return nil, err
	}
	return c.where(ctx, path, value, func(s store.Snapshot, h store.Hit) (proto.Message, error) {
		raw, err := s.Get(c.kind.Collection, h.Key)
		if err != nil {
			return nil, err
		}
		if len(names) > 0 {
			m, err := part.Decode(raw)
			if err != nil || !view.Sees(0, m.ProtoReflect()) {
				return nil, err
			}
		}
		m, err := c.kind.Decode(raw, verified)
		if err != nil {
			return nil, err
		}
		return meet(view, m), nil
	})
}

// WherePart is Where for some fields of the records, which is several times as fast
// where there are thousands, and once more where the index carries these fields.
// Neither etag nor provenance is among them. A caller with a view is answered the
// whole records.
func (c *Collection[T]) WherePart(ctx context.Context, path, value string, fields ...protoreflect.Name) ([]T, error) {
	view, err := c.view(ctx)
	if err != nil {
		return nil, err
	}
	if view != nil {
		return c.whereWhole(ctx, path, value, view)
	}
	part, err := c.kind.Part(fields...)
	if err != nil {
		return nil, err
	}
	field := c.indexOf(path)
	covered := field != nil && field.Carries(fields...)
	return c.where(ctx, path, value, func(s store.Snapshot, h store.Hit) (proto.Message, error) {
		if covered {
			if carried, ok := field.Carried(h.Carried); ok {
				return part.DecodeBody(carried)
			}
		}
		raw, err := s.Get(c.kind.Collection, h.Key)
		if err != nil {
			return nil, err
		}
		return part.Decode(raw)
	})
}

func (c *Collection[T]) where(ctx context.Context, path, value string, read func(store.Snapshot, store.Hit) (proto.Message, error)) ([]T, error) {
	if err := notLoaded(c.kind.Collection, c.freshness.Status()); err != nil {
		return nil, err
	}
	snapshot := c.cache.Snapshot()
	defer snapshot.Close()
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	var shares []*[]T
	scanned := c.eachShare(snapshot, path, value, func(hits []store.Hit) error {
		records := make([]T, 0, len(hits))
		shares = append(shares, &records)
		group.Go(func() error {
			for i := 0; i < len(hits) && ctx.Err() == nil; i++ {
				m, err := read(snapshot, hits[i])
				if err != nil {
					return err
				}
				if m != nil {
					records = append(records, m.(T))
				}
			}
			return ctx.Err()
		})
		return ctx.Err()
	})
	if err := cmp.Or(group.Wait(), scanned); err != nil {
		return nil, err
	}
	found := 0
	for _, share := range shares {
		found += len(*share)
	}
	all := make([]T, 0, found)
	for _, share := range shares {
		all = append(all, *share...)
	}
	return all, nil
}

// indexOf is the index of a field; nil where there is none.
func (c *Collection[T]) indexOf(path string) *index.Field {
	for _, f := range c.fields {
		if f.Path == path {
			return f
		}
	}
	return nil
}

// share is how many records are read at a time: a lot can have ten thousand
// movements, which are read on all cores while the walk over the index goes on.
const share = 500

// WhereLast answers the newest records that have a value in an indexed field, at most so
// many; more says that there are others.
func (c *Collection[T]) WhereLast(ctx context.Context, path, value string, most int) (newest []T, more bool, err error) {
	view, err := c.view(ctx)
	if err != nil || view.Refused() || view.HidesPath(path) {
		return nil, false, err
	}
	if err := notLoaded(c.kind.Collection, c.freshness.Status()); err != nil {
		return nil, false, err
	}
	f := c.indexOf(path)
	if f == nil {
		return nil, false, nil
	}
	held, ok := f.Written(value)
	if !ok {
		return nil, false, nil
	}
	verified := c.freshness.Status().Verified
	snapshot := c.cache.Snapshot()
	defer snapshot.Close()
	for h, err := range snapshot.Index(c.kind.Collection, path, store.Range{Prefix: held, Exact: true, Descending: true}) {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return nil, false, err
		}
		m, err := c.kind.Decode(h.Value, verified)
		if err != nil {
			return nil, false, err
		}
		if m = meet(view, m); m == nil {
			continue
		}
		if len(newest) == most {
			return newest, true, nil
		}
		newest = append(newest, m.(T))
	}
	return newest, false, nil
}

// eachShare walks over the records that have a value in an index, in shares.
func (c *Collection[T]) eachShare(snapshot store.Snapshot, path, value string, do func([]store.Hit) error) error {
	f := c.indexOf(path)
	if f == nil {
		return nil
	}
	held, ok := f.Written(value)
	if !ok {
		return nil
	}
	var hits []store.Hit
	for h, err := range snapshot.Index(c.kind.Collection, path, store.Range{Prefix: held, Exact: true, KeysOnly: true}) {
		if err != nil {
			return err
		}
		if hits = append(hits, h); len(hits) < share {
			continue
		}
		if err := do(hits); err != nil {
			return err
		}
		hits = make([]store.Hit, 0, share)
	}
	return do(hits)
}

// Find answers the records with these names, as the copy has them, that the caller meets. A
// name of another collection is an error.
func (c *Collection[T]) Find(ctx context.Context, names []string) ([]T, error) {
	return c.FindIn(ctx, names, nil)
}

// FindIn is Find in a mode of reading, such as live.
func (c *Collection[T]) FindIn(ctx context.Context, names []string, mode *typesv1.ReadMode) ([]T, error) {
	if len(names) == 0 {
		return nil, nil
	}
	view, err := c.view(ctx)
	if err != nil || view.Refused() {
		return nil, err
	}
	keys := make([][]byte, len(names))
	for i, name := range names {
		key, err := resource.KeyOf(c.kind.Collection, name)
		if err != nil {
			return nil, err
		}
		keys[i] = key
	}
	records, err := c.records.Get(ctx, keys, how{mode: mode})
	if err != nil {
		return nil, err
	}
	var found []T
	for _, s := range records {
		if s == nil {
			continue
		}
		if m := meet(view, s.Message); m != nil {
			found = append(found, c.computed(m, c.clock.Now()).(T))
		}
	}
	return found, nil
}
