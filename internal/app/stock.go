package app

import (
	"time"

	"odoomesh/internal/capture"
	"odoomesh/services/inventory"
	"odoomesh/services/inventory/stockbook"
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

// StockBook is the book of stock.
func (r *rooms) StockBook() *stockbook.Book { return r.app.book }

// StockFeed is what streams of inventory events read from.
func (r *rooms) StockFeed() inventory.EventFeed {
	a := r.app
	return a.book.Feed(a.config.Instance, a.config.StreamHeartbeat, a.closing)
}
