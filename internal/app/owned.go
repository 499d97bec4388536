package app

import (
	"context"
	"fmt"
	"log/slog"
	"slices"

	"google.golang.org/protobuf/reflect/protoreflect"

	"odoomesh/internal/capture"
	"odoomesh/internal/owned"
	"odoomesh/services"
)

// keptIn are the kinds of records that Odoo has nothing of.
func keptIn(domains []services.Domain) (kept []services.Collection) {
	for _, d := range domains {
		kept = append(kept, d.Kept...)
	}
	return kept
}

// openOwned opens the book of the fields that Odoo does not own, and of the records that
// it has nothing of. Capture, which merges the fields into records, takes it over.
func (a *App) openOwned(ctx context.Context, collections, kept []services.Collection) (*owned.Book, error) {
	records := map[string]protoreflect.MessageType{}
	for _, c := range slices.Concat(collections, kept) {
		records[c.Name] = c.Record.ProtoReflect().Type()
	}
	book, err := owned.New(owned.Config{Journal: a.stores.owned, Records: records, Clock: a.clock})
	if err != nil {
		return nil, err
	}
	for _, c := range kept {
		if err := book.Fitted(ctx, c.Name, nil); err != nil {
			return nil, err
		}
	}
	return book, nil
}

// healOwned lets the copy show what the book keeps: a kill may have come between the two.
func (a *App) healOwned(ctx context.Context, book *owned.Book, kept []services.Collection) error {
	a.owned = owned.NewWriter(book, a.stores.cache, func(ctx context.Context, collection string, keys [][]byte) (int, error) {
		if slices.ContainsFunc(kept, func(c services.Collection) bool { return c.Name == collection }) {
			return 0, nil // the copy has nothing of it
		}
		return a.engine.Merge(ctx, collection, keys)
	})
	healed, err := a.owned.Heal(ctx)
	if err != nil {
		return fmt.Errorf("showing the fields that Odoo does not own: %w", err)
	}
	if healed > 0 {
		a.logger.LogAttrs(ctx, slog.LevelWarn, "the copy did not show the fields that Odoo does not own as they are kept", slog.Int("records_mended", healed))
	}
	return nil
}

// fitOwned tells the book which fields this Odoo fills: those are Odoo's.
func fitOwned(ctx context.Context, book *owned.Book, connection *capture.Connection) error {
	for name, records := range connection.Records {
		plan, fitted := records.(interface{ Fills() []string })
		if !fitted {
			continue
		}
		if err := book.Fitted(ctx, name, plan.Fills()); err != nil {
			return err
		}
	}
	return nil
}

// Owned writes the fields that Odoo does not own, and shows them at once.
func (a *App) Owned() *owned.Writer { return a.owned }

// Owned writes the fields that Odoo does not own, and shows them at once.
func (r *rooms) Owned() *owned.Writer { return r.app.owned }
