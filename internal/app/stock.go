package app

import (
	"context"
	"errors"
	"time"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	"odoomesh/internal/capture"
	"odoomesh/internal/fault"
	"odoomesh/internal/stockbook"
	"odoomesh/services/inventory"
)

// openBook makes the book of stock, which follows what capture writes.
func (a *App) openBook() error {
	var err error
	a.book, err = stockbook.New(stockbook.Config{
		Journal: a.stores.stock, Log: a.stores.log, Cache: a.stores.cache,
		Load:    func() ([]byte, error) { return a.stores.cache.Meta(capture.FillMark(inventory.Movements)) },
		Settled: a.stockVerified, Recounts: a.recounts, Clock: a.clock, Logger: a.logger, Registerer: a.metrics,
		Verify: a.config.ProofInterval, Escalate: a.settleDrift, MaxAge: a.config.EventRetention, MaxBytes: uint64(a.config.EventMaxMiB) << 20,
		Skipped: a.engine.Skip, Followers: a.engine.Followers(),
	})
	return err
}

// stockVerified is when movements and stock positions were last known to equal
// Odoo's, both, deleted ones too: Odoo deletes empty stock all the time.
func (a *App) stockVerified() time.Time {
	moved, there := a.engine.Status(inventory.Movements), a.engine.Status(inventory.Positions)
	if moved.Counted.Before(there.Counted) {
		return moved.Counted
	}
	return there.Counted
}

// recounts tells whether this Odoo lets a product be counted that has moved before:
// up to 18.0 it refuses that.
func (a *App) recounts() bool {
	server, known := a.client.Server()
	v := server.Version
	return known && (v.Major > 18 || v.Major == 18 && v.Minor > 0)
}

// StockBook is the book of stock as its service sees it.
func (r *rooms) StockBook() inventory.Book { return bookRoom{r.app} }

type bookRoom struct{ app *App }

// Feed is what streams of inventory events read from.
func (b bookRoom) Feed() inventory.EventFeed {
	a := b.app
	return a.book.Feed(a.config.Instance, a.config.StreamHeartbeat, a.closing)
}

// Prove compares all balances with Odoo's stock.
func (b bookRoom) Prove(ctx context.Context) (inventory.Proof, error) {
	if !b.app.book.Ready() {
		return inventory.Proof{}, fault.Unavailable(errorsv1.Reason_REASON_NOT_LOADED, "The history of stock is being taken over.", askAgain)
	}
	found, err := b.app.book.Prove(ctx)
	if errors.Is(err, stockbook.ErrUnsettled) {
		return inventory.Proof{}, fault.Unavailable(errorsv1.Reason_REASON_ODOO_UNAVAILABLE,
			"Some balances differ, and Odoo does not answer whether they still do.", askAgain, fault.Because(err))
	}
	if err != nil {
		return inventory.Proof{}, err
	}
	proof := inventory.Proof{
		LastEvent: int64(found.LastEvent), Compared: int64(found.Compared),
		Verified: found.Verified, Reachable: b.app.engine.Status(inventory.Positions).Reachable,
	}
	for _, d := range found.Drifts {
		proof.Drifts = append(proof.Drifts, d.Message())
	}
	for _, d := range found.Explained {
		proof.Explained = append(proof.Explained, d.Message())
	}
	return proof, nil
}

// LotChanges are the events in which stock took a lot, or lost it, where it lies.
func (b bookRoom) LotChanges(lot string) ([]*inventory.Event, error) {
	return b.app.book.LotChanges(lot)
}
