package badgerstore

import (
	"context"
	"fmt"

	"odoomesh/internal/store"
)

// Entries are taken off the disk by the common beginning of their keys, which
// lets Badger drop whole tables: single deletions would leave the space taken
// until enough of them had sunk to the lowest level.
const (
	fine   = 1 << 8  // positions that share all but the last byte of their key
	coarse = 1 << 16 // positions that share all but the last two

	// sweepAfter is how many unreadable entries are left on the disk before they
	// are taken off: it stops appends for tens of milliseconds.
	sweepAfter = 4 * fine
)

// Truncate moves the oldest position, durably, and takes the entries off the
// disk when there are enough of them. A crash in between loses nothing but the
// space, which the next call takes back.
func (l *Log) Truncate(ctx context.Context, before uint64) error {
	if err := l.takeTurn(ctx); err != nil {
		return err
	}
	defer func() { <-l.turn }()
	next := l.edges()
	if before > next.head+1 {
		return &store.BeyondHeadError{Asked: before, Head: next.head}
	}
	if before > next.oldest {
		next.oldest = before
		if err := l.moveBounds(next); err != nil {
			return fmt.Errorf("truncating the log: %w", err)
		}
	}
	if err := l.sweep(next); err != nil {
		return fmt.Errorf("removing truncated entries: %w", err)
	}
	return nil
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

// moveBounds stores the bounds and shows them. Whoever calls it has the turn.
func (l *Log) moveBounds(next bounds) error {
	err := l.write(next, func(*spiller) error { return nil })
	if err == nil {
		l.publish(next)
	}
	return err
}

// sweep drops the entries before the oldest. Whoever calls it has the turn.
func (l *Log) sweep(now bounds) error {
	end := now.oldest / fine * fine
	if end < now.swept+sweepAfter {
		return nil
	}
	if err := l.db.DropPrefix(cover(now.swept, end)...); err != nil {
		l.failed = fmt.Errorf("the log takes no more writes until it is opened anew: %w", err)
		return l.failed
	}
	now.swept = end
	return l.moveBounds(now)
}

// cover is the fewest key prefixes that stand for all positions from (or some
// before it) up to and without end, a multiple of fine.
func cover(from, end uint64) (prefixes [][]byte) {
	for p := from / fine * fine; p < end; {
		if p%coarse == 0 && p+coarse <= end {
			prefixes = append(prefixes, entryKey(p)[:1+6])
			p += coarse
		} else {
			prefixes = append(prefixes, entryKey(p)[:1+7])
			p += fine
		}
	}
	return prefixes
}
