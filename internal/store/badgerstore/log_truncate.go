package badgerstore

import (
	"context"
	"fmt"

	"odoomesh/internal/store"
)

// sweepStep is how many entries a truncation removes before it lets appends in.
const sweepStep = 4096

// Truncate moves the oldest position, durably, and then takes the entries off
// the disk step by step. When it is interrupted they stay unreadable, and the
// next call goes on with removing them.
func (l *Log) Truncate(ctx context.Context, before uint64) error {
	if err := l.moveOldest(ctx, before); err != nil {
		return err
	}
	for {
		more, err := l.sweep(ctx)
		if err != nil || !more {
			return err
		}
	}
}

// takeTurn waits until nobody else writes, and fails where nobody can.
func (l *Log) takeTurn(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case l.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	if l.failed != nil {
		<-l.turn
		return l.failed
	}
	return nil
}

func (l *Log) moveOldest(ctx context.Context, before uint64) error {
	if err := l.takeTurn(ctx); err != nil {
		return err
	}
	defer func() { <-l.turn }()
	next := l.edges()
	if before > next.head+1 {
		return &store.BeyondHeadError{Asked: before, Head: next.head}
	}
	if before <= next.oldest {
		return nil
	}
	next.oldest = before
	if err := l.write(next, func(*spiller) error { return nil }); err != nil {
		return fmt.Errorf("truncating the log: %w", err)
	}
	l.publish(next)
	return nil
}

// sweep removes one step of entries that can no longer be read.
func (l *Log) sweep(ctx context.Context) (more bool, err error) {
	if err := l.takeTurn(ctx); err != nil {
		return false, err
	}
	defer func() { <-l.turn }()
	next := l.edges()
	from, to := next.swept, min(next.swept+sweepStep, next.oldest)
	if from == to {
		return false, nil
	}
	next.swept = to
	err = l.write(next, func(w *spiller) error {
		for p := from; p < to; p++ {
			if err := w.delete(entryKey(p)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("removing truncated entries: %w", err)
	}
	l.publish(next)
	return to < next.oldest, nil
}
