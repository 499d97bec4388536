package read

import (
	"context"
	"iter"

	"odoomesh/internal/store"
)

// countAtMost bounds how many records a list counts: whoever has more wants to know that
// there are many.
const countAtMost = 10_000

// count tells how many records pass, whatever the page. A caller is told of those that it
// meets.
func (c *Collection[T]) count(ctx context.Context, s store.Snapshot, q *query) (total int32, capped bool, err error) {
	everything := q.view == nil && q.filter.Everything()
	var scan iter.Seq2[store.Hit, error]
	if equal := q.filter.Equalities(); len(equal) > 0 {
		scan = s.Index(c.kind.Collection, equal[0].Field.Path, store.Range{Prefix: equal[0].Value, Exact: true})
	} else if joined, found, err := c.byJoin(ctx, s, q); err != nil {
		return 0, false, err
	} else if found {
		scan = joined
	} else {
		scan = s.Records(c.kind.Collection, store.Range{KeysOnly: everything})
	}
	for h, err := range scan {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return 0, false, err
		}
		if !everything {
			shown, err := c.show(h, q)
			if err != nil {
				return 0, false, err
			}
			if !q.passes(shown) {
				continue
			}
		}
		if total == countAtMost {
			return total, true, nil
		}
		total++
	}
	return total, false, nil
}
