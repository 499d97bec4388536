package eventbook

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/protobuf/proto"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	"odoomesh/internal/clock"
	"odoomesh/internal/follow"
	"odoomesh/internal/journal"
	"odoomesh/internal/resource"
	"odoomesh/internal/store"
	"odoomesh/services/event/rules"
)

// Config is what a Book needs.
type Config struct {
	// Journal keeps the events and the consumers. Nobody else appends to it.
	Journal store.Journal
	// Log and Cache are those of capture.
	Log   store.Log
	Cache store.Cache
	// Followers are who follows the log, whom the book joins; nil is nobody.
	Followers *follow.Followers
	// Collections are those that capture has; of them, those that mean events are
	// followed.
	Collections []string
	// Load is the mark of the last complete load of all of them; nil before the first.
	Load func() ([]byte, error)
	// HoldLocations are complete names of locations; what lies there or below must
	// not be used.
	HoldLocations []string
	Clock         clock.Clock
	Logger        *slog.Logger
	Registerer    prometheus.Registerer
	// Keeps tells up to which age and size the journal keeps events; 0 is everything.
	Keeps func() (age time.Duration, bytes uint64)
	// Skipped is told of a record that could not be read and was stepped over: its
	// place in the change log or 0, and its name as far as it is known. nil is nobody.
	Skipped func(ctx context.Context, position uint64, name string, reason error)
}

// Book is the book of business events. Make it with New and let Run run.
type Book struct {
	Config
	keeper *journal.Keeper
	author *author
	// acknowledging is held while a consumer is read and written.
	acknowledging sync.Mutex
}

// New makes a book; it starts nothing.
func New(c Config) (*Book, error) {
	b := &Book{Config: c}
	told := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "mesh_business_events_total", Help: "Business events recorded."}, []string{"type"})
	if c.Registerer != nil {
		c.Registerer.MustRegister(told, newLags(b))
	}
	epoch, err := epochOf(c.Journal)
	if err != nil {
		return nil, err
	}
	a := &author{Book: b, told: told, epoch: epoch}
	b.author = a
	a.rules = rules.Rules{HoldLocations: c.HoldLocations, Places: b.completeName}
	for _, name := range rules.Collections() {
		if slices.Contains(c.Collections, name) {
			a.collections = append(a.collections, name)
		}
	}
	b.keeper, err = journal.New(journal.Config{
		Name: "events", Followers: c.Followers,
		What: "the history of business events", Collection: "events", Journal: c.Journal, Log: c.Log, Cache: c.Cache, Load: b.loaded,
		Clock: c.Clock, Logger: c.Logger, Keeps: c.Keeps,
		Follows: a.collections, Skipped: c.Skipped,
	}, a)
	return b, err
}

// Ready tells whether all of history was told.
func (b *Book) Ready() bool { return b.keeper.Ready() }

// Run writes the book until the context ends; it returns its error, or the error of
// a store.
func (b *Book) Run(ctx context.Context) error {
	return fmt.Errorf("the book of business events: %w", b.keeper.Run(ctx))
}

// layout names how the book counts what has happened. Where it changes, all records are
// looked at again.
const layout = "conditions/1 "

// loaded is the mark of the last load, with that of the book itself: a journal that was
// kept in another way is taken over anew.
func (b *Book) loaded() ([]byte, error) {
	load, err := b.Load()
	if err != nil || load == nil {
		return nil, err
	}
	return append([]byte(layout), load...), nil
}

// Escalate tells of an exception that has opened, once for each opening. It returns
// when that is durable, and waits for history to be complete.
func (b *Book) Escalate(ctx context.Context, e rules.Exception) error {
	return b.keeper.Tell(ctx, func(w *journal.Writer) error {
		return b.author.look(ctx, w, rules.Escalated(e), journal.Cause{At: e.Opened})
	})
}

// completeName is where Odoo has a location; empty where the cache does not know it.
func (b *Book) completeName(location string) (string, error) {
	key, err := resource.KeyOf("locations", location)
	if err != nil {
		return "", err
	}
	raw, err := b.Cache.Get("locations", key)
	if errors.Is(err, store.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	kept, place := &internalv1.CacheRecord{}, &inventoryv1.Location{}
	if err := proto.Unmarshal(raw, kept); err != nil {
		return "", err
	}
	if err := proto.Unmarshal(kept.GetBody(), place); err != nil {
		return "", err
	}
	return place.GetCompleteName(), nil
}
