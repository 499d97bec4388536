package stream

import (
	"context"
	"errors"
	"sort"
	"time"

	"odoomesh/internal/fault"
	"odoomesh/internal/store"
)

// since is the first position of the change log that was recorded at a time or later; it
// lies behind the head where there is none. Where the log does not keep all of them any
// more, the time is refused: what began later would leave changes out without a word.
// Retention leaves one entry that is older than it has to keep, so that whatever is later
// than the oldest entry is complete. position makes what callers go on from.
func since(ctx context.Context, l store.Log, t time.Time, position func(uint64) string) (uint64, error) {
	oldest := l.Oldest()
	if oldest > 1 {
		switch entry, err := store.At(ctx, l, oldest); {
		case gone(err):
			return 0, fault.TimeTooOld(time.Time{}, position(oldest-1))
		case err != nil:
			return 0, err
		case !t.After(entry.Time):
			return 0, fault.TimeTooOld(entry.Time.Add(time.Nanosecond), position(oldest-1))
		}
	}
	at, err := seek(ctx, l, func(e store.Entry) (time.Time, error) { return e.Time, nil }, t)
	if gone(err) {
		return 0, fault.TimeTooOld(time.Time{}, position(l.Oldest()-1))
	}
	return at, err
}

// gone says that an entry that was asked for is not kept, or that there is none.
func gone(err error) bool {
	var truncated *store.TruncatedError
	var beyond *store.BeyondHeadError
	return errors.As(err, &truncated) || errors.As(err, &beyond)
}

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
