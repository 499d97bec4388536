package stockbook

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"
	"google.golang.org/protobuf/proto"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/clock"
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

const (
	// lookForLoad is the pause between two looks whether a load has ended: capture
	// says so in the cache.
	lookForLoad = 200 * time.Millisecond
	// markEvery is after how many changes that made no event the book notes how
	// far it has come. A restart reads at most as many again, to no effect.
	markEvery = 4096
)

// Config is what a Book needs.
type Config struct {
	// Journal keeps the events. Nobody else appends to it.
	Journal store.Journal
	// Log and Cache are those of capture.
	Log   store.Log
	Cache store.Cache
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
	// Escalate is told of a balance that has come to differ from Odoo's stock;
	// nil tells nobody.
	Escalate func(context.Context, Drift) error
	// MaxAge and MaxBytes bound what the journal keeps; 0 is everything.
	MaxAge   time.Duration
	MaxBytes uint64
}

// Book is the book of stock. Make it with New and let Run run.
type Book struct {
	Config
	metrics *metrics
	// ready says that history is complete.
	ready atomic.Bool
	// followed is the last position of the change log that was taken over.
	followed atomic.Uint64
	progress progress
	trimmed  time.Time
}

// New makes a book; it starts nothing.
func New(c Config) (*Book, error) {
	b := &Book{Config: c}
	mark, err := b.mark()
	if err != nil {
		return nil, err
	}
	b.ready.Store(mark != nil)
	b.followed.Store(mark.GetPosition())
	b.metrics = newMetrics(c.Registerer, b)
	return b, nil
}

// Ready tells whether the events reach from Odoo's first movement to now.
func (b *Book) Ready() bool { return b.ready.Load() }

// Run writes the book, and proves it now and then, until the context ends; it
// returns its error, or the error of a store.
func (b *Book) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return b.write(ctx) })
	group.Go(func() error { return b.proveAgainAndAgain(ctx) })
	if err := group.Wait(); err != nil {
		return fmt.Errorf("the book of stock: %w", err)
	}
	return nil
}

func (b *Book) write(ctx context.Context) error {
	for {
		load, err := b.awaitLoad(ctx)
		if err != nil {
			return err
		}
		if err := b.takeOver(ctx, load); err != nil {
			return err
		}
		if err := b.follow(ctx); err != nil {
			return err
		}
		if err := b.trim(ctx); err != nil {
			return err
		}
	}
}

// awaitLoad waits for a load of movements to be complete.
func (b *Book) awaitLoad(ctx context.Context) ([]byte, error) {
	for {
		load, err := b.Load()
		if err != nil {
			return nil, fmt.Errorf("reading whether movements are loaded: %w", err)
		}
		// What was taken over stays, also while a lost cache is filled again.
		if load != nil || b.ready.Load() {
			return load, nil
		}
		if err := pause(ctx, lookForLoad); err != nil {
			return nil, err
		}
	}
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// markKey is the fact that tells how far the book has come.
var markKey = []byte("mark")

// mark is how far the book has come; nil for a new one.
func (b *Book) mark() (*internalv1.BookMark, error) {
	facts := b.Journal.Facts()
	defer facts.Close()
	raw, err := facts.Get(markKey)
	if err != nil || raw == nil {
		return nil, err
	}
	mark := &internalv1.BookMark{}
	if err := proto.Unmarshal(raw, mark); err != nil {
		return nil, fmt.Errorf("reading how far the book of stock has come: %w", err)
	}
	return mark, nil
}

// follow takes over what the change log has now, and waits for a moment where it
// has nothing.
func (b *Book) follow(ctx context.Context) error {
	mark, err := b.mark()
	if err != nil {
		return err
	}
	at := max(mark.GetPosition(), b.followed.Load())
	if b.Log.Head() == at {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-b.Log.Grown(at):
		case <-time.After(lookForLoad): // a load may have ended
			return nil
		}
	}
	w := b.writer(mark)
	defer w.close()
	for entry, err := range b.Log.Read(ctx, at+1) {
		var truncated *store.TruncatedError
		if errors.As(err, &truncated) {
			break // the next round takes the records over as they are
		}
		if err != nil {
			return fmt.Errorf("following the change log: %w", err)
		}
		if err := w.change(ctx, entry); err != nil {
			return fmt.Errorf("following the change log at %d: %w", entry.Position, err)
		}
	}
	return w.finish(ctx)
}
