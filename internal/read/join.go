package read

import (
	"context"
	"iter"

	"odoomesh/internal/index"
	"odoomesh/internal/store"
)

// byJoin answers the records, in no order and each once, that name one of those that a
// condition through a reference finds. It is not found where there is no such condition, or
// where too many fulfil it.
func (c *Collection[T]) byJoin(ctx context.Context, s store.Snapshot, q *query) (scan iter.Seq2[store.Hit, error], found bool, err error) {
	if q.joined == nil {
		// The count of all records asks once more what the page has asked.
		if q.joined, err = q.join(ctx); err != nil {
			return nil, false, err
		}
	}
	if by := q.joined.by; by != nil {
		return eachOnce(c.naming(s, by.Path, q.joined.names, by.Text)), true, nil
	}
	return nil, false, nil
}

// joined are the names of the records that fulfil a condition through a reference, and the
// index in which they are looked for; none where no condition finds few enough.
type joined struct {
	by    *index.Field
	names []string
}

func (q *query) join(ctx context.Context) (*joined, error) {
	for _, j := range q.filter.Joins() {
		names, ok, err := q.named.Fulfilling(ctx, j)
		if err != nil {
			return nil, err
		}
		if ok {
			return &joined{j.Field, names}, nil
		}
	}
	return &joined{}, nil
}

// naming are the records that have one of some names in an index.
func (c *Collection[T]) naming(s store.Snapshot, path string, names []string, written func(string) []byte) iter.Seq2[store.Hit, error] {
	return func(yield func(store.Hit, error) bool) {
		for _, name := range names {
			for h, err := range s.Index(c.kind.Collection, path, store.Range{Prefix: written(name), Exact: true}) {
				if !yield(h, err) {
					return
				}
			}
		}
	}
}

// eachOnce leaves out what was met before.
func eachOnce(scan iter.Seq2[store.Hit, error]) iter.Seq2[store.Hit, error] {
	return func(yield func(store.Hit, error) bool) {
		met := map[string]bool{}
		for h, err := range scan {
			if err == nil && met[string(h.Key)] {
				continue
			}
			met[string(h.Key)] = true
			if !yield(h, err) {
				return
			}
		}
	}
}
