package app

import (
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"odoomesh/internal/store"
	"odoomesh/internal/store/badgerstore"
)

// stores are the databases of a data folder.
type stores struct {
	log   *badgerstore.Log
	cache *badgerstore.Cache
	// stock is the journal of inventory events.
	stock *badgerstore.Log
	// events is the journal of business events.
	events *badgerstore.Log
}

// lost says what goes with a store that cannot be read and is begun anew.
var lost = map[string]string{
	"log":    "without it watchers have to begin anew, and changes that no consumer has read yet are not told",
	"stock":  "without it the history of stock is taken over from Odoo again, under other positions and without its corrections",
	"events": "without it business events are derived anew under the same ids, and consumers have to begin anew",
}

// full is a *store.NoSpaceError where one of the stores can write nothing; nil where
// all can.
func (s *stores) full() error {
	for _, one := range []interface{ Room() (store.Room, error) }{s.log, s.cache, s.stock, s.events} {
		room, err := one.Room()
		if err == nil {
			err = room.Err()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// openStores opens all of them at once: each compares its files with what it closed.
func openStores(dir string, logger *slog.Logger, r prometheus.Registerer) (*stores, error) {
	s := &stores{}
	var group errgroup.Group
	open := func(name string, database func(dir string) error) {
		group.Go(func() error {
			err := database(filepath.Join(dir, name))
			var damaged *store.CorruptError
			if errors.As(err, &damaged) && lost[name] != "" {
				err = fmt.Errorf("%w: %s", err, lost[name])
			}
			return err
		})
	}
	open("log", func(dir string) (err error) {
		s.log, err = badgerstore.OpenLog(dir, badgerstore.LogOptions{Logger: logger, Registerer: r})
		return err
	})
	open("cache", func(dir string) (err error) {
		s.cache, err = badgerstore.OpenCache(dir, badgerstore.CacheOptions{Logger: logger, Registerer: r})
		return err
	})
	open("stock", func(dir string) (err error) {
		s.stock, err = badgerstore.OpenLog(dir, badgerstore.LogOptions{Name: "stock", Compress: true, Logger: logger, Registerer: r})
		return err
	})
	open("events", func(dir string) (err error) {
		s.events, err = badgerstore.OpenLog(dir, badgerstore.LogOptions{Name: "events", Compress: true, Logger: logger, Registerer: r})
		return err
	})
	if err := group.Wait(); err != nil {
		return nil, fmt.Errorf("data folder %s: %w", dir, errors.Join(err, s.close()))
	}
	return s, nil
}

func (s *stores) close() error {
	var group errgroup.Group
	if s.events != nil {
		group.Go(s.events.Close)
	}
	if s.stock != nil {
		group.Go(s.stock.Close)
	}
	if s.cache != nil {
		group.Go(s.cache.Close)
	}
	if s.log != nil {
		group.Go(s.log.Close)
	}
	return group.Wait()
}
