package exception

import (
	"context"
	"fmt"
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
// returns its error, or that of a watch or a store.
func (b *Board) Watch(ctx context.Context, watches []Watch) error {
	for {
		for _, w := range watches {
			causes, err := w.Causes(ctx)
			if err != nil {
				return fmt.Errorf("looking for %s: %w", label(w.Kind), err)
			}
			if err := b.Settle(ctx, w.Kind, causes); err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-b.Clock.After(lookEvery):
		}
	}
}
