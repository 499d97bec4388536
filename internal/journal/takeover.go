package journal

import (
	"bytes"
	"context"
	"log/slog"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
)

// TakeOver lets the author tell what the records say and the journal does not: all of
// history at first, and later what the change log could not tell, after a load or
// behind a gap. It may be broken off at any point and begun again: what is told is
// known.
func (k *Keeper) TakeOver(ctx context.Context, load []byte) error {
	if load == nil {
		return nil
	}
	mark, at := k.mark.Load(), k.followed.Load()
	if k.follows() && bytes.Equal(mark.GetLoad(), load) && at+1 >= k.Log.Oldest() {
		return nil
	}
	snapshot := k.Cache.Snapshot()
	defer snapshot.Close()
	if k.follows() && snapshot.Position() < at {
		return nil // the cache will be there in a moment; older records would undo what was told
	}
	// What the log tells and the records no longer do is told first.
	if k.follows() && at < snapshot.Position() {
		if err := k.followTo(ctx, snapshot.Position()); err != nil {
			return err
		}
	}
	if !k.follows() {
		k.needed.Store(snapshot.Position() + 1) // the keeper will go on from there
	}
	began := k.Clock.Now()
	k.progress.begin(began, k.author.Records())
	defer k.progress.end()
	w := k.writer(nil)
	defer w.close()
	if err := k.author.TakeOver(ctx, w, snapshot, Cause{At: began}); err != nil {
		return err
	}
	w.mark = &internalv1.BookMark{LogId: k.Log.ID(), Position: snapshot.Position(), Load: load}
	if err := w.Flush(ctx); err != nil {
		return err
	}
	if mark == nil {
		k.Logger.LogAttrs(ctx, slog.LevelInfo, k.What+" is complete", slog.Uint64("events", k.Journal.Head()), slog.Duration("took", k.Clock.Now().Sub(began)))
	}
	return nil
}
