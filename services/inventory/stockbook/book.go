package stockbook

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"odoomesh/internal/clock"
	"odoomesh/internal/follow"
	"odoomesh/internal/journal"
	"odoomesh/internal/store"
)

// The collections that the book follows, the one that it is held to, and the one
// that tells which products Odoo counts.
const (
	movements = "movements"
	lots      = "lots"
	positions = "stockPositions"
	products  = "products"
)

// Config is what a Book needs.
type Config struct {
	// Journal keeps the events. Nobody else appends to it.
	Journal store.Journal
	// Log and Cache are those of capture.
	Log   store.Log
	Cache store.Cache
	// Followers are who follows the log, whom the book joins; nil is nobody.
	Followers *follow.Followers
	// Load is the mark of the last complete load of movements; nil before the first.
	Load func() ([]byte, error)
	// Settled tells until when movements and stock positions are known to equal
	// Odoo's; zero when that is not known.
	Settled    func() time.Time
	Clock      clock.Clock
	Logger     *slog.Logger
	Registerer prometheus.Registerer
	// Verify is the pause between two proofs of the balances; 0 is never.
	Verify time.Duration
	// Escalate is told after each proof which balances differ from Odoo's stock, none
	// too; nil tells nobody.
	Escalate func(context.Context, []Drift) error
	// Recounts tells whether this Odoo lets a product be counted that has moved
	// before; nil says that it does not.
	Recounts func() bool
	// Keeps tells up to which age and size the journal keeps events; 0 is everything.
	Keeps func() (age time.Duration, bytes uint64)
	// Skipped is told of a record that could not be read and was stepped over: its
	// place in the change log or 0, and its name as far as it is known. nil is nobody.
	Skipped func(ctx context.Context, position uint64, name string, reason error)
}

// Book is the book of stock. Make it with New and let Run run.
type Book struct {
	Config
	keeper  *journal.Keeper
	author  *author
	metrics *metrics
	// proving holds a token while a proof runs: what one explains the next knows.
	proving chan struct{}
	// proven is the newest proof; nil before the first.
	proven atomic.Pointer[Proof]
}

// New makes a book; it starts nothing.
func New(c Config) (*Book, error) {
	b := &Book{Config: c, proving: make(chan struct{}, 1)}
	b.author = &author{Book: b}
	var err error
	b.keeper, err = journal.New(journal.Config{
		Name: "stock", Followers: c.Followers,
		What: "the history of stock", Collection: "inventoryEvents", Journal: c.Journal, Log: c.Log, Cache: c.Cache, Load: c.Load,
		Clock: c.Clock, Logger: c.Logger, Keeps: c.Keeps,
		Follows: []string{movements, lots}, Skipped: c.Skipped,
	}, b.author)
	if err != nil {
		return nil, err
	}
	b.metrics = newMetrics(c.Registerer, b)
	return b, nil
}

// Proven is the newest proof since the start; nil before the first.
func (b *Book) Proven() *Proof { return b.proven.Load() }

// Ready tells whether the events reach from Odoo's first movement to now.
func (b *Book) Ready() bool { return b.keeper.Ready() }

// Progress tells how far taking history over is.
func (b *Book) Progress() journal.Progress { return b.keeper.Progress() }

// Run writes the book, and proves it now and then, until the context ends; it
// returns its error, or the error of a store.
func (b *Book) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return b.keeper.Run(ctx) })
	group.Go(func() error { return b.proveAgainAndAgain(ctx) })
	if err := group.Wait(); err != nil {
		return fmt.Errorf("the book of stock: %w", err)
	}
	return nil
}
