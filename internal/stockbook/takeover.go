package stockbook

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"time"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/resource"
	"odoomesh/internal/store"
)

// reportEvery is how often taking over says how far it is.
const reportEvery = 2 * time.Second

// takeOver tells what the records say and the book does not: all of history at
// first, and later what the change log could not tell, after a load or behind a
// gap. It may be broken off at any point and begun again: what is told is known.
func (b *Book) takeOver(ctx context.Context, load []byte) error {
	mark, err := b.mark()
	if err != nil || load == nil {
		return err
	}
	at := max(mark.GetPosition(), b.followed.Load())
	if mark.GetLogId() == b.Log.ID() && bytes.Equal(mark.GetLoad(), load) && at+1 >= b.Log.Oldest() {
		return nil
	}
	snapshot := b.Cache.Snapshot()
	defer snapshot.Close()
	if mark.GetLogId() == b.Log.ID() && snapshot.Position() < at {
		return nil // the cache will be there in a moment; older records would undo what was told
	}
	began := b.Clock.Now()
	b.progress.begin(began, b.Cache.Count(movements))
	defer b.progress.end()
	w := b.writer(nil)
	defer w.close()
	if err := b.tellAll(ctx, w, snapshot); err != nil {
		return err
	}
	w.mark = &internalv1.BookMark{LogId: b.Log.ID(), Position: snapshot.Position(), Load: load}
	if err := w.flush(ctx); err != nil {
		return err
	}
	b.followed.Store(snapshot.Position())
	if !b.ready.Swap(true) {
		b.Logger.LogAttrs(ctx, slog.LevelInfo, "the history of stock is complete", slog.Uint64("events", b.Journal.Head()), slog.Duration("took", b.Clock.Now().Sub(began)))
	}
	return nil
}

// tellAll tells movements in the order of their times, then those without one,
// then what is gone, and then which lots are held.
func (b *Book) tellAll(ctx context.Context, w *writer, s store.Snapshot) error {
	now := cause{at: b.Clock.Now()}
	for hit, err := range s.Index(movements, "move_time", store.Range{}) {
		if err != nil {
			return fmt.Errorf("reading movements by time: %w", err)
		}
		if err := w.movement(ctx, resource.KeyID(hit.Key), hit.Value, now); err != nil {
			return fmt.Errorf("taking movement %d over: %w", resource.KeyID(hit.Key), err)
		}
		if err := b.stepped(ctx, w); err != nil {
			return err
		}
	}
	if err := w.flush(ctx); err != nil {
		return err
	}
	if err := b.tellGone(ctx, w, s, now); err != nil {
		return err
	}
	for hit, err := range s.Records(lots, store.Range{}) {
		if err != nil {
			return fmt.Errorf("reading lots: %w", err)
		}
		if err := w.lot(resource.KeyID(hit.Key), hit.Value, now); err != nil {
			return fmt.Errorf("taking lot %d over: %w", resource.KeyID(hit.Key), err)
		}
		if err := b.stepped(ctx, w); err != nil {
			return err
		}
	}
	return nil
}

// stepped makes durable what has gathered, and says how far the book is.
func (b *Book) stepped(ctx context.Context, w *writer) error {
	if b.progress.step(b.Clock.Now()) {
		p := b.progress.at(b.Clock.Now())
		b.Logger.LogAttrs(ctx, slog.LevelInfo, "taking the history of stock over",
			slog.Int64("rows_done", p.Done), slog.Int64("rows_to_do", p.Total-p.Done), slog.Duration("time_left", p.Left.Round(time.Second)))
	}
	return b.gathered(ctx, w)
}

func (b *Book) gathered(ctx context.Context, w *writer) error {
	if len(w.events) < eventsAtOnce {
		return ctx.Err()
	}
	return w.flush(ctx)
}

// tellGone tells of rows that the book knows and that are gone, and of movements
// without a time.
func (b *Book) tellGone(ctx context.Context, w *writer, s store.Snapshot, now cause) error {
	facts := b.Journal.Facts()
	defer facts.Close()
	return beside(facts, rowTag, s.Records(movements, store.Range{KeysOnly: true}), func(key, known []byte, hit *store.Hit) error {
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
			if err := w.movement(ctx, id, raw, now); err != nil {
				return err
			}
		}
		return b.gathered(ctx, w)
	})
}
