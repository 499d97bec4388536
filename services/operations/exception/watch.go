package exception

import (
	"context"
	"log/slog"
	"time"
)

// lookEvery is the pause between two looks at what people have to settle: an exception is
// there within a second.
const lookEvery = 500 * time.Millisecond

// Watch tells which causes of a kind there are at the moment. Looking is cheap: it is done
// again and again.
type Watch struct {
	Kind   Kind
	Causes func(context.Context) ([]Cause, error)
}

// Looks is a Watch of what is known without asking anything.
func Looks(kind Kind, causes func() []Cause) Watch {
	return Watch{kind, func(context.Context) ([]Cause, error) { return causes(), nil }}
}

// Watch opens and closes exceptions by what the watches tell, until the context ends; it
// returns its error, or that of a store. Where a look fails, what it told before stays as
// it is, and it is tried again: one that cannot look keeps no other from it.
func (b *Board) Watch(ctx context.Context, watches []Watch) error {
	failed := map[Kind]string{}
	for {
		for _, w := range watches {
			causes, err := w.Causes(ctx)
			if err == nil {
				delete(failed, w.Kind)
				if err := b.Settle(ctx, w.Kind, causes); err != nil {
					return err
				}
			} else if text := err.Error(); text != failed[w.Kind] && ctx.Err() == nil {
				failed[w.Kind] = text
				b.Logger.LogAttrs(ctx, slog.LevelError, "it could not be found out what people have to settle", slog.String("kind", label(w.Kind)), slog.Any("error", err))
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-b.Clock.After(lookEvery):
		}
	}
}
