package stockbook

import (
	"context"
	"time"

	"odoomesh/internal/journal"
	"odoomesh/internal/store"
)

const (
	// followWithin bounds the waiting for the book to follow to a place in the change log.
	followWithin = 5 * time.Second
	// behindAtMost is how many events may have been told since a place was asked for.
	behindAtMost = 10_000
)

// AsOf is the number of the last event that a place in the change log tells of, 0 for none:
// what the events up to it add up to is the stock at that place. It is not known where the
// book has not followed so far, or has long gone on.
func (b *Book) AsOf(ctx context.Context, position uint64) (event uint64, known bool, err error) {
	if b == nil || !b.Ready() {
		return 0, false, nil
	}
	ctx, cancel := context.WithTimeout(ctx, followWithin)
	defer cancel()
	for b.keeper.Followed() < position {
		if pause(ctx, lookSettled) != nil {
			return 0, false, nil
		}
	}
	head := b.Journal.Head()
	for event = head; event > 0 && head-event < behindAtMost; event-- {
		if event < b.Journal.Oldest() {
			return 0, false, nil
		}
		entry, err := store.At(ctx, b.Journal, event)
		if err != nil {
			return 0, false, err
		}
		if change, err := journal.Change(entry); err != nil || change <= position {
			return event, err == nil, err
		}
	}
	return 0, event == 0, nil
}
