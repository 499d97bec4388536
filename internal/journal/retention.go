package journal

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
// facts stay.
func (k *Keeper) trim(ctx context.Context) error {
	now := k.Clock.Now()
	if k.Keeps == nil || now.Sub(k.trimmed) < trimEvery {
		return nil
	}
	age, most := k.Keeps()
	if age <= 0 && most == 0 {
		return nil
	}
	k.trimmed = now
	oldest, head := k.Journal.Oldest(), k.Journal.Head()
	if oldest > head {
		return nil
	}
	size, err := k.bytesBefore(ctx, head)
	if err != nil {
		return err
	}
	var failed error
	// Times and sizes rise with positions: the first to be kept is found by halving.
	keep := oldest + uint64(sort.Search(int(head-oldest), func(i int) bool {
		entry, err := store.At(ctx, k.Journal, oldest+uint64(i))
		if err != nil {
			failed = err
			return true
		}
		kept, err := opened(entry)
		if err != nil {
			failed = err
			return true
		}
		tooOld := age > 0 && entry.Time.Before(now.Add(-age))
		tooMuch := most > 0 && size-kept.GetBytesBefore() > most
		return !tooOld && !tooMuch
	}))
	if failed != nil || keep == oldest {
		return failed
	}
	k.Logger.LogAttrs(ctx, slog.LevelInfo, "dropping old events of "+k.What, slog.Uint64("count", keep-oldest), slog.Uint64("oldest", keep))
	return k.Journal.Truncate(ctx, keep)
}

func (k *Keeper) bytesBefore(ctx context.Context, position uint64) (uint64, error) {
	entry, err := store.At(ctx, k.Journal, position)
	if err != nil {
		return 0, err
	}
	kept, err := opened(entry)
	return kept.GetBytesBefore(), err
}
