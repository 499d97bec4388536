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
		Load: func() ([]byte, error) { return a.stores.cache.Meta(capture.FillMark(inventory.Movements)) },
		// Odoo deletes empty stock all the time: deleted rows count, too.
		Settled:  func() time.Time { return a.engine.Counted(inventory.Movements, inventory.Positions) },
		Recounts: a.recounts, Clock: a.clock, Logger: a.logger, Registerer: a.metrics,
		Verify: a.config.ProofInterval, Escalate: inventory.Drifted(a.board), Keeps: a.eventsKept,
		Skipped: a.engine.Skip, Followers: a.engine.Followers(),
	})
	return err
}

func (a *App) recounts() bool {
	server, known := a.client.Server()
	return known && inventory.Recounts(server.Version.Major, server.Version.Minor)
}

// StockBook is the book of stock.
func (r *rooms) StockBook() *stockbook.Book { return r.app.book }

// HoldLocations are complete names of places to which held goods may go.
func (r *rooms) HoldLocations() []string { return r.app.config.HoldLocations }

// QuarantineLocations are complete names of places to which held goods are moved.
func (r *rooms) QuarantineLocations() []string { return r.app.config.Quarantine }

// StockFeed is what streams of inventory events read from.
func (r *rooms) StockFeed() inventory.EventFeed {
	a := r.app
	feed := a.book.Feed(a.config.Instance, a.config.StreamHeartbeat, a.closing)
	feed.Tokens, feed.Zone, feed.Names = a.tokens, a.zone, a.names
	return feed
}
