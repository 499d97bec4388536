package badgerstore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/dgraph-io/badger/v4"

	"odoomesh/internal/store"
)

// errEmptyBatch refuses an append of nothing: it would have no position.
var errEmptyBatch = errors.New("an append needs at least one entry")

// appending is one caller's batch on its way to the disk.
type appending struct {
	at     time.Time
	drafts []store.Draft
	facts  []store.Fact
	// after is the head that is expected; nil where any will do.
	after *uint64
	done  chan struct{} // closed when first and err are set
	first uint64
	err   error
}

// Append adds the batch. Appends that wait at the same time share one sync.
//
// A payload over store.MaxPayload is refused with a *store.TooLargeError. When the
// context ends while others write, the batch is taken back; once its own write
// has begun, Append waits for the disk. After a failed write (a full disk, a
// failed sync) it is unknown what the disk holds: every further append is
// refused until the log is opened anew.
func (l *Log) Append(ctx context.Context, at time.Time, drafts []store.Draft) (uint64, error) {
	if len(drafts) == 0 {
		return 0, errEmptyBatch
	}
	return l.append(ctx, &appending{at: at, drafts: drafts, done: make(chan struct{})})
}

func (l *Log) append(ctx context.Context, own *appending) (uint64, error) {
	for _, d := range own.drafts {
		if err := checkName("collection", d.Collection); err != nil {
			return 0, err
		}
		if len(d.Payload) > store.MaxPayload {
			return 0, &store.TooLargeError{What: "payload", Size: int64(len(d.Payload)), Limit: store.MaxPayload, Unit: "bytes"}
		}
	}
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	l.mu.Lock()
	l.queue = append(l.queue, own)
	l.mu.Unlock()

	for {
		select {
		case <-own.done: // by another caller's turn, or its own
			return own.first, own.err
		case l.turn <- struct{}{}:
			l.commitQueue()
			<-l.turn
		case <-ctx.Done():
			if l.takeBack(own) {
				return 0, ctx.Err()
			}
			<-own.done
		}
	}
}

// takeBack removes a batch from the queue; false when somebody writes it already.
func (l *Log) takeBack(own *appending) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := slices.Index(l.queue, own)
	if i < 0 {
		return false
	}
	l.queue = slices.Delete(l.queue, i, i+1)
	return true
}

// commitQueue writes the waiting batches, as many as their facts allow. Whoever
// calls it has the turn.
func (l *Log) commitQueue() {
	l.mu.Lock()
	n := groupSize(l.queue)
	queued, next := l.queue[:n:n], l.bounds
	l.queue = l.queue[n:]
	l.mu.Unlock()
	var group []*appending
	for _, a := range queued {
		if a.after != nil && *a.after != next.head {
			a.err = &store.HeadMovedError{Expected: *a.after, Head: next.head}
			close(a.done)
			continue
		}
		a.first = next.head + 1
		next.head += uint64(len(a.drafts))
		group = append(group, a)
	}
	if len(group) == 0 {
		return
	}
	err := l.folder.hasRoom()
	if err == nil {
		err = l.write(next, func(w *spiller) error { return writeEntries(w, group) })
	}
	if err == nil {
		l.publish(next)
		l.scrape.committed(group)
	}
	for _, a := range group {
		if err != nil {
			a.first, a.err = 0, fmt.Errorf("appending to the log: %w", err)
		}
		close(a.done)
	}
}

func writeEntries(w *spiller, group []*appending) error {
	for _, a := range group {
		for i, d := range a.drafts {
			if err := writeEntry(w, a.first+uint64(i), a.at, d); err != nil {
				return err
			}
		}
	}
	return writeFacts(w, group)
}

// write stores what fill sets and, last and in the same transaction as the end
// of it, the new bounds. Whoever calls it has the turn.
func (l *Log) write(next bounds, fill func(*spiller) error) error {
	if l.failed != nil {
		return l.failed
	}
	w := &spiller{db: l.db, txn: l.db.NewTransaction(true)}
	err := fill(w)
	if err == nil {
		err = w.set(boundsKey, next.encode())
	}
	if err == nil {
		err = w.txn.Commit()
	}
	w.txn.Discard()
	if err == nil {
		err = l.names.sync()
	}
	if err != nil {
		l.failed = fmt.Errorf("the log takes no more writes until it is opened anew: %w", err)
	}
	return err
}

// spiller spreads writes over as many transactions as they need.
type spiller struct {
	db  *badger.DB
	txn *badger.Txn
	// size is how many bytes the transaction has to write.
	size int
}

func (w *spiller) set(key, value []byte) error {
	err := w.txn.Set(key, value)
	if errors.Is(err, badger.ErrTxnTooBig) {
		if err := w.spill(); err != nil {
			return err
		}
		err = w.txn.Set(key, value)
	}
	w.size += len(key) + len(value)
	return err
}

// spill commits what was set so far and begins another transaction.
func (w *spiller) spill() error {
	if err := w.txn.Commit(); err != nil {
		return err
	}
	w.txn, w.size = w.db.NewTransaction(true), 0
	return nil
}
