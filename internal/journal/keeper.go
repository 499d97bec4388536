package journal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/clock"
	"odoomesh/internal/follow"
	"odoomesh/internal/store"
)

const (
	// lookForLoad is the pause between two looks whether a load has ended: capture
	// says so in the cache.
	lookForLoad = 200 * time.Millisecond
	// noteEvery is how often the keeper notes how far it has come where changes made no
	// entry. A restart reads what came since again, to no effect, so that retention of
	// the change log keeps it.
	noteEvery = time.Minute
)

// Config is what a Keeper needs.
type Config struct {
	// Name is what metrics call the journal, such as "stock".
	Name string
	// What the journal is, for messages to people, such as "the history of stock".
	What string
	// Collection is what the entries are, such as "inventoryEvents"; each says so in
	// its header.
	Collection string
	// Journal keeps the entries. Nobody else appends to it.
	Journal store.Journal
	// Log and Cache are those of capture.
	Log   store.Log
	Cache store.Cache
	// Followers are who follows the log, whom the keeper joins; nil is nobody.
	Followers *follow.Followers
	// Load is the mark of the last complete load of what the author reads; nil
	// before the first.
	Load   func() ([]byte, error)
	Clock  clock.Clock
	Logger *slog.Logger
	// Keeps tells up to which age and size the journal keeps events; 0 is everything, and
	// nil is both.
	Keeps func() (age time.Duration, bytes uint64)
	// Follows are the collections whose changes the author is told of.
	Follows []string
	// Skipped is told of what could not be read and was stepped over: the place in
	// the change log, 0 while records are taken over, and the record's name as far as
	// it is known. nil is nobody.
	Skipped func(ctx context.Context, position uint64, name string, reason error)
}

// Author says what is to be written. Its methods are called one at a time.
type Author interface {
	// Change tells what an entry of the change log means.
	Change(ctx context.Context, w *Writer, c *internalv1.ChangeRecord, by Cause) error
	// TakeOver tells what the records say and the journal does not. It may be broken
	// off at any point and begun again. It calls Step once for each record, with the
	// record's own error if it has one.
	TakeOver(ctx context.Context, w *Writer, s store.Snapshot, by Cause) error
	// Records is how many records TakeOver steps through.
	Records() int64
	// Begin says that a writer begins behind the head: what was gathered before was
	// recorded, or has come to nothing.
	Begin()
	// Recorded says that what was gathered since Begin is durable.
	Recorded()
}

// Cause is what makes entries: a place in the change log, 0 for none, and when it came.
type Cause struct {
	Change uint64
	At     time.Time
}

// Keeper writes a journal. Make it with New and let Run run.
type Keeper struct {
	Config
	author   Author
	follower follow.Follower
	// mark is how far the keeper has come, as the journal notes it; nil before history
	// is complete.
	mark atomic.Pointer[internalv1.BookMark]
	// followed is the last position of the change log that was taken over, and needed
	// the first that would be read after a kill; 0 for none.
	followed, needed atomic.Uint64
	progress         progress
	trimmed, noted   time.Time
	turns            chan *turn
}

// New makes a keeper; it starts nothing.
func New(c Config, a Author) (*Keeper, error) {
	k := &Keeper{Config: c, author: a, turns: make(chan *turn)}
	k.follower = follow.Follower{Log: c.Log, Skipped: k.skipped}
	if err := k.readMark(); err != nil {
		return nil, err
	}
	if c.Followers != nil {
		c.Followers.Join(c.Name, k.Standing)
	}
	return k, nil
}

// Ready tells whether the entries reach from the beginning of history to now.
func (k *Keeper) Ready() bool { return k.mark.Load() != nil }

// Followed is the last position of the change log that was taken over.
func (k *Keeper) Followed() uint64 { return k.followed.Load() }

// Standing is how far the keeper has come. It needs nothing of a change log of which it
// has noted no place: it takes the records over as they are.
func (k *Keeper) Standing() follow.Standing {
	return follow.Standing{Followed: k.followed.Load(), Needs: k.needed.Load()}
}

// Run writes until the context ends; it returns its error, or the error of a store.
func (k *Keeper) Run(ctx context.Context) error {
	for {
		load, err := k.awaitLoad(ctx)
		if err != nil {
			return err
		}
		if err := k.TakeOver(ctx, load); err != nil {
			return err
		}
		if err := k.Follow(ctx); err != nil {
			return err
		}
		if err := k.note(ctx); err != nil {
			return err
		}
		if err := k.trim(ctx); err != nil {
			return err
		}
	}
}

// awaitLoad waits for a load to be complete.
func (k *Keeper) awaitLoad(ctx context.Context) ([]byte, error) {
	for {
		load, err := k.Load()
		if err != nil {
			return nil, fmt.Errorf("reading whether the records are loaded: %w", err)
		}
		// What was taken over stays, also while a lost cache is filled again.
		if load != nil || k.Ready() {
			return load, nil
		}
		if err := pause(ctx, lookForLoad); err != nil {
			return nil, err
		}
	}
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// Follow takes over what the change log has now, and waits for a moment where it
// has nothing.
func (k *Keeper) Follow(ctx context.Context) error {
	if err := k.await(ctx); err != nil || !k.follows() || k.Log.Head() == k.followed.Load() {
		return err
	}
	return k.followTo(ctx, k.Log.Head())
}

// follows tells whether the keeper has a place in the change log. In another log, such
// as one that was begun anew, it has none until the records were taken over.
func (k *Keeper) follows() bool { return k.mark.Load().GetLogId() == k.Log.ID() }

// followTo takes over what the change log has, up to a place.
func (k *Keeper) followTo(ctx context.Context, upTo uint64) error {
	w := k.writer(k.here())
	defer w.close()
	err := k.follower.Follow(ctx, k.followed.Load(), upTo, w)
	var truncated *store.TruncatedError
	if errors.Is(err, follow.ErrLost) && errors.As(err, &truncated) {
		return nil // the next round takes the records over as they are
	}
	return err
}

// await waits until there is something to follow, or for a moment: a load may have
// ended. Who has asked for a turn gets it.
func (k *Keeper) await(ctx context.Context) error {
	timeout := time.NewTimer(lookForLoad)
	defer timeout.Stop()
	var grown <-chan struct{}
	if k.follows() {
		grown = k.Log.Grown(k.followed.Load())
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case t := <-k.turns:
		return k.give(ctx, t)
	case <-grown:
		return nil
	case <-timeout.C:
		return nil
	}
}

// turn is one who wants to write besides what the records say.
type turn struct {
	do   func(*Writer) error
	done chan error
}

// Tell lets somebody write besides what the records say. It returns when that is
// durable, or with the error of the function, of which nothing is written then. It
// waits for history to be complete.
func (k *Keeper) Tell(ctx context.Context, do func(*Writer) error) error {
	t := &turn{do: do, done: make(chan error, 1)}
	select {
	case k.turns <- t:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-t.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (k *Keeper) give(ctx context.Context, t *turn) error {
	w := k.writer(k.here())
	defer w.close()
	if err := t.do(w); err != nil {
		t.done <- err
		return nil
	}
	err := w.Flush(ctx)
	t.done <- err
	return err
}
