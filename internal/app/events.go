package app

import (
	"bytes"

	"odoomesh/internal/capture"
	"odoomesh/services"
	"odoomesh/services/event"
	"odoomesh/services/event/eventbook"
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
		Keeps:   a.eventsKept,
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

// EventBook is the book of business events.
func (r *rooms) EventBook() *eventbook.Book { return r.app.events }

// EventFeed is what streams of business events read from.
func (r *rooms) EventFeed() event.Feed {
	a := r.app
	feed := a.events.Feed(a.config.Instance, a.config.StreamHeartbeat, a.closing)
	feed.Tokens, feed.Zone, feed.Names = a.tokens, a.zone, a.names
	return feed
}
