package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"odoomesh/internal/access"
	"odoomesh/internal/business"
	"odoomesh/internal/capture"
	"odoomesh/internal/eventbook"
	"odoomesh/internal/fault"
	"odoomesh/services"
	"odoomesh/services/event"
)

// openEvents makes the book of business events, which follows what capture writes.
func (a *App) openEvents(domains []services.Domain) error {
	var collections []string
	for _, d := range domains {
		for _, c := range d.Collections {
			collections = append(collections, c.Name)
		}
	}
	var err error
	a.events, err = eventbook.New(eventbook.Config{
		Journal: a.stores.events, Log: a.stores.log, Cache: a.stores.cache, Collections: collections,
		Load:          func() ([]byte, error) { return a.loadOf(collections) },
		HoldLocations: a.config.HoldLocations, Clock: a.clock, Logger: a.logger, Registerer: a.metrics,
		MaxAge: a.config.EventRetention, MaxBytes: uint64(a.config.EventMaxMiB) << 20,
		Skipped: a.engine.Skip, Followers: a.engine.Followers(),
	})
	if err != nil {
		return err
	}
	return a.openBoard()
}

// loadOf is the mark of the last load of several collections; nil until all of them
// are loaded.
func (a *App) loadOf(collections []string) ([]byte, error) {
	var marks [][]byte
	for _, c := range collections {
		mark, err := a.stores.cache.Meta(capture.FillMark(c))
		if err != nil || mark == nil {
			return nil, err
		}
		marks = append(marks, mark)
	}
	return bytes.Join(marks, nil), nil
}

// EventBook is the book of business events as its service sees it.
func (r *rooms) EventBook() event.Book {
	a := r.app
	return event.Book{
		Consumers: consumers{a.events}, Types: business.Types(), Freshness: a.eventsVerified,
		Caller: caller,
		Feed:   a.events.Feed(a.config.Instance, a.config.StreamHeartbeat, a.closing), Source: eventbook.Source(a.config.Instance),
	}
}

// caller is who makes a call, as the service of events knows it.
func caller(ctx context.Context) event.Caller {
	p := access.From(ctx)
	if p == nil {
		return event.Caller{}
	}
	return event.Caller{Name: p.Name, Operates: p.Operates("event")}
}

// eventsVerified is that of the oldest copy of whatever means events.
func (a *App) eventsVerified() (verified time.Time, reachable bool) {
	verified = a.clock.Now()
	for _, s := range a.engine.Statuses() {
		if !slices.Contains(business.Collections(), s.Collection) {
			continue
		}
		if reachable = s.Reachable; s.Verified.Before(verified) {
			verified = s.Verified
		}
	}
	return verified, reachable
}

// consumers are those of the book, as their service sees them.
type consumers struct{ book *eventbook.Book }

func (c consumers) Consumer(name string) (event.Consumer, bool, error) {
	found, known, err := c.book.Consumer(name)
	return event.Consumer(found), known, err
}

func (c consumers) Consumers() ([]event.Consumer, error) {
	known, err := c.book.Consumers()
	var all []event.Consumer
	for _, one := range known {
		all = append(all, event.Consumer(one))
	}
	return all, err
}

func (c consumers) Acknowledge(ctx context.Context, name string, position uint64, caller string, may func(string) error) (event.Consumer, error) {
	now, err := c.book.Acknowledge(ctx, name, position, caller, may)
	if errors.As(err, &eventbook.TooManyError{}) {
		return event.Consumer{}, fault.Invalid(fault.Violation("consumer", fmt.Sprint(err)))
	}
	return event.Consumer(now), err
}

func (c consumers) Forget(ctx context.Context, name string) (bool, error) {
	return c.book.Forget(ctx, name)
}
