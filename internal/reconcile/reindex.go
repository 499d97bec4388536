package reconcile

import (
	"context"
	"errors"
	"fmt"

	"google.golang.org/protobuf/proto"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/store"
)

// IndexMark is the key of the fact in the cache that says how the records of a collection
// are indexed for searches.
func IndexMark(collection string) string { return "indexed/" + collection }

// Indexed tells whether all records of the collection are indexed as this program searches
// them.
func (c *Collection) Indexed(cache store.Cache) (bool, error) {
	mark, err := cache.Meta(IndexMark(c.Name))
	if err != nil {
		return false, fmt.Errorf("reading how %s are indexed: %w", c.Name, err)
	}
	return string(mark) == c.searched.Fingerprint(), nil
}

// NoteIndexed says that all records of the collection are indexed so.
func (c *Collection) NoteIndexed(ctx context.Context, cache store.Cache) error {
	return cache.SetMeta(ctx, IndexMark(c.Name), []byte(c.searched.Fingerprint()))
}

// Reindex writes the index entries of all records anew that a program before this one has
// stored. Odoo is not asked, nobody who watches hears of it, and records are read and
// changed meanwhile. A kill lets it begin again.
func (r *Reconciler) Reindex(ctx context.Context) error {
	var after []byte
	for {
		var err error
		if after, err = r.reindexSome(ctx, after); err != nil {
			return fmt.Errorf("indexing %s anew: %w", r.Name, err)
		}
		if after == nil {
			return r.NoteIndexed(ctx, r.Cache)
		}
	}
}

// reindexSome writes those of a few records behind a key, and tells the last one's key;
// nil where there are no more.
func (r *Reconciler) reindexSome(ctx context.Context, after []byte) ([]byte, error) {
	if err := r.store(ctx); err != nil {
		return nil, err
	}
	defer r.stored()
	snapshot := r.Cache.Snapshot()
	defer snapshot.Close()
	var mutations []store.Mutation
	size := 0
	for hit, err := range snapshot.Records(r.Name, store.Range{AfterKey: after}) {
		if err != nil {
			return nil, err
		}
		record := &internalv1.CacheRecord{}
		if err := proto.Unmarshal(hit.Value, record); err != nil {
			return nil, err
		}
		m, err := r.mutation(hit.Key, record, nil)
		if err != nil {
			return nil, err
		}
		m.Value = hit.Value // what was stored, to the byte
		var tooLarge *store.TooLargeError
		if err := m.Fits(); err == nil {
			mutations = append(mutations, m)
		} else if !errors.As(err, &tooLarge) {
			return nil, err
		}
		after = hit.Key
		if size += len(hit.Value); len(mutations) == AtOnce || size > applyBytes {
			return after, r.Cache.Fill(ctx, mutations)
		}
	}
	return nil, r.Cache.Fill(ctx, mutations)
}
