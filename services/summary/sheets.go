package summary

import (
	"context"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"odoomesh/internal/clock"
	"odoomesh/internal/follow"
	"odoomesh/internal/read"
	"odoomesh/internal/sheet"
	"odoomesh/internal/store"
)

// The collections that sums are made from.
const (
	positions = "stockPositions"
	products  = "products"
	locations = "locations"
	lots      = "lots"
	receipts  = "receipts"
	movements = "movements"
	orders    = "orders"
	invoices  = "invoices"
)

// Config is what Sheets need.
type Config struct {
	// Log and Cache are those of capture.
	Log   store.Log
	Cache store.Cache
	// Followers are who follows the log, whom the sheets join; nil is nobody.
	Followers *follow.Followers
	// Read gives how a collection stands.
	Read func(collection string) read.Deps
	// Bills says that invoices are served, too: without them nothing is told of what is owed.
	Bills bool
	// Zone is whose days are told.
	Zone   func() *time.Location
	Clock  clock.Clock
	Logger *slog.Logger
}

// Sheets are what is kept in memory to be added up. Each follows the collections that it is
// made of alone: where orders cannot be read, stock is added up all the same.
type Sheets struct {
	Config
	stock  *stock
	stocks *sheet.Keeper
	open   *openOrders
	opens  *sheet.Keeper
	// delivered is what has come of orders, which takes receipts, too.
	delivered *deliveries
	leads     *sheet.Keeper
	// owed is what is owed to suppliers, which takes invoices; payables is nil without them.
	owed     *owed
	payables *sheet.Keeper
}

// NewSheets makes them; it starts nothing.
func NewSheets(c Config) *Sheets {
	s := &Sheets{Config: c, stock: newStock(), open: newOpenOrders(), delivered: newDeliveries(), owed: newOwed()}
	s.stocks = s.keeper("stock_sums", s.stock.sources())
	s.opens = s.keeper("order_sums", map[string]sheet.Rows{orders: s.open})
	s.leads = s.keeper("delivery_sums", s.delivered.sources())
	if c.Bills {
		s.payables = s.keeper("payable_sums", s.owed.sources())
	}
	return s
}

func (s *Sheets) keeper(name string, rows map[string]sheet.Rows) *sheet.Keeper {
	c := sheet.Config{Name: name, Followers: s.Followers, Log: s.Log, Cache: s.Cache, Clock: s.Clock, Logger: s.Logger}
	// What others point at comes first.
	for _, collection := range []string{products, locations, lots, receipts, positions, movements, orders, invoices} {
		if r := rows[collection]; r != nil {
			freshness := s.Read(collection).Freshness
			c.Sources = append(c.Sources, sheet.Source{Collection: collection, Rows: r, Status: func() (bool, time.Time, bool) {
				now := freshness.Status()
				return now.Loaded, now.Verified, now.Reachable
			}})
		}
	}
	return sheet.New(c)
}

// Run keeps them current until the context ends; it returns its error, or the error of a
// store.
func (s *Sheets) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return s.stocks.Run(ctx) })
	group.Go(func() error { return s.opens.Run(ctx) })
	group.Go(func() error { return s.leads.Run(ctx) })
	if s.payables != nil {
		group.Go(func() error { return s.payables.Run(ctx) })
	}
	return group.Wait()
}
