package stockbook

import (
	"context"
	"fmt"

	"odoomesh/internal/journal"
	"odoomesh/internal/resource"
	"odoomesh/internal/store"
)

// TakeOver tells movements in the order of their times, then those without one,
// then what is gone, and then which lots are held.
func (a *author) TakeOver(ctx context.Context, j *journal.Writer, s store.Snapshot, now journal.Cause) error {
	w := a.writer(j)
	for hit, err := range s.Index(movements, "move_time", store.Range{}) {
		if err != nil {
			return fmt.Errorf("reading movements by time: %w", err)
		}
		err := w.movement(ctx, resource.KeyID(hit.Key), hit.Value, now)
		if err := w.Step(ctx, resource.NameOf(movements, hit.Key), err); err != nil {
			return err
		}
	}
	if err := w.Flush(ctx); err != nil {
		return err
	}
	if err := a.tellGone(ctx, w, s, now); err != nil {
		return err
	}
	for hit, err := range s.Records(lots, store.Range{}) {
		if err != nil {
			return fmt.Errorf("reading lots: %w", err)
		}
		err := w.lot(resource.KeyID(hit.Key), hit.Value, now)
		if err := w.Step(ctx, resource.NameOf(lots, hit.Key), err); err != nil {
			return err
		}
	}
	return nil
}

// tellGone tells of rows that the book knows and that are gone, and of movements
// without a time.
func (a *author) tellGone(ctx context.Context, w *writer, s store.Snapshot, now journal.Cause) error {
	facts := a.Journal.Facts()
	defer facts.Close()
	return journal.Beside(facts, rowTag, s.Records(movements, store.Range{KeysOnly: true}), func(key, known []byte, hit *store.Hit) error {
		id := resource.KeyID(key)
		switch {
		case hit == nil:
			if err := w.undone(ctx, id, now); err != nil {
				return err
			}
		case known == nil:
			raw, err := s.Get(movements, key)
			if err != nil {
				return err
			}
			if err := w.movement(ctx, id, raw, now); err != nil && !w.Skips(ctx, resource.Name(movements, id), err) {
				return err
			}
		}
		return w.Gathered(ctx)
	})
}
