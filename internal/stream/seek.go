package stream

import (
	"context"
	"sort"
	"time"

	"odoomesh/internal/store"
)

// seek is the first position from which on no event of the time or later is left
// out: the first whose latest time so far reaches it. It lies behind the head
// where there is none.
func seek(ctx context.Context, l store.Log, latest func(store.Entry) (time.Time, error), t time.Time) (uint64, error) {
	oldest, head := l.Oldest(), l.Head()
	var failed error
	n := sort.Search(int(head+1-oldest), func(i int) bool {
		if failed != nil {
			return true
		}
		entry, err := store.At(ctx, l, oldest+uint64(i))
		if err != nil {
			failed = err
			return true
		}
		at, err := latest(entry)
		if err != nil {
			failed = err
			return true
		}
		return !at.Before(t)
	})
	return oldest + uint64(n), failed
}
