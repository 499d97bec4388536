package journal

import (
	"context"
	"fmt"

	"google.golang.org/protobuf/proto"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
)

// markKey is the fact that tells how far the keeper has come.
var markKey = []byte("mark")

// readMark reads how far the keeper has come; a new journal does not say.
func (k *Keeper) readMark() error {
	facts := k.Journal.Facts()
	defer facts.Close()
	raw, err := facts.Get(markKey)
	if err != nil || raw == nil {
		return err
	}
	mark := &internalv1.BookMark{}
	if err := proto.Unmarshal(raw, mark); err != nil {
		return fmt.Errorf("reading how far %s has come: %w", k.What, err)
	}
	k.reached(mark)
	return nil
}

// reached says that the journal notes a mark.
func (k *Keeper) reached(mark *internalv1.BookMark) {
	k.mark.Store(mark)
	k.followed.Store(mark.GetPosition())
	needed := uint64(0)
	if k.follows() {
		needed = mark.GetPosition() + 1
	}
	k.needed.Store(needed)
}

// here is the mark of where the keeper is; nil before history is complete.
func (k *Keeper) here() *internalv1.BookMark {
	mark := proto.CloneOf(k.mark.Load())
	if mark != nil {
		mark.Position = k.followed.Load()
	}
	return mark
}

// note notes how far the keeper has come, now and then, where no entry has done so.
func (k *Keeper) note(ctx context.Context) error {
	now := k.Clock.Now()
	if k.followed.Load() == k.mark.Load().GetPosition() || now.Sub(k.noted) < noteEvery {
		return nil
	}
	k.noted = now
	w := k.writer(k.here())
	defer w.close()
	return w.Flush(ctx)
}

// skipped says of what could not be read who has stepped over it.
func (k *Keeper) skipped(ctx context.Context, position uint64, name string, reason error) {
	if k.Skipped != nil {
		k.Skipped(ctx, position, name, fmt.Errorf("%s: %w", k.What, reason))
	}
}
