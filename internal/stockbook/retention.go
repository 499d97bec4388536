package stockbook

import (
	"context"
	"log/slog"
	"sort"
	"time"

	"odoomesh/internal/store"
)

// trimEvery is the pause between two looks for what the journal need not keep.
const trimEvery = time.Minute

// trim drops the oldest events beyond the age and the size that are to be kept. The
// balances stay: they are facts.
func (b *Book) trim(ctx context.Context) error {
	now := b.Clock.Now()
	if b.MaxAge <= 0 && b.MaxBytes == 0 || now.Sub(b.trimmed) < trimEvery {
		return nil
	}
	b.trimmed = now
	oldest, head := b.Journal.Oldest(), b.Journal.Head()
	if oldest > head {
		return nil
	}
	size, err := b.bytesBefore(ctx, head)
	if err != nil {
		return err
	}
	var failed error
	// Times and sizes rise with positions: the first to be kept is found by halving.
	keep := oldest + uint64(sort.Search(int(head-oldest), func(i int) bool {
		entry, err := store.At(ctx, b.Journal, oldest+uint64(i))
		if err != nil {
			failed = err
			return true
		}
		kept, err := opened(entry)
		if err != nil {
			failed = err
			return true
		}
		tooOld := b.MaxAge > 0 && entry.Time.Before(now.Add(-b.MaxAge))
		tooMuch := b.MaxBytes > 0 && size-kept.GetBytesBefore() > b.MaxBytes
		return !tooOld && !tooMuch
	}))
	if failed != nil || keep == oldest {
		return failed
	}
	b.Logger.LogAttrs(ctx, slog.LevelInfo, "dropping old events of stock", slog.Uint64("count", keep-oldest), slog.Uint64("oldest", keep))
	return b.Journal.Truncate(ctx, keep)
}

func (b *Book) bytesBefore(ctx context.Context, position uint64) (uint64, error) {
	entry, err := store.At(ctx, b.Journal, position)
	if err != nil {
		return 0, err
	}
	kept, err := opened(entry)
	return kept.GetBytesBefore(), err
}
