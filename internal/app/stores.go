package app

import (
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"

	"github.com/prometheus/client_golang/prometheus"

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

func openStores(dir string, logger *slog.Logger, r prometheus.Registerer) (*stores, error) {
	s := &stores{}
	open := func(name string, database func(dir string) error) error {
		if err := database(filepath.Join(dir, name)); err != nil {
			return fmt.Errorf("data folder %s: %w", dir, errors.Join(err, s.close()))
		}
		return nil
	}
	err := open("log", func(dir string) (err error) {
		s.log, err = badgerstore.OpenLog(dir, badgerstore.LogOptions{Logger: logger, Registerer: r})
		return err
	})
	if err != nil {
		return nil, err
	}
	err = open("cache", func(dir string) (err error) {
		s.cache, err = badgerstore.OpenCache(dir, badgerstore.CacheOptions{Logger: logger, Registerer: r})
		return err
	})
	if err != nil {
		return nil, err
	}
	err = open("stock", func(dir string) (err error) {
		s.stock, err = badgerstore.OpenLog(dir, badgerstore.LogOptions{Name: "stock", Compress: true, Logger: logger, Registerer: r})
		return err
	})
	if err != nil {
		return nil, err
	}
	err = open("events", func(dir string) (err error) {
		s.events, err = badgerstore.OpenLog(dir, badgerstore.LogOptions{Name: "events", Compress: true, Logger: logger, Registerer: r})
		return err
	})
	if err != nil {
		return nil, err
	}
	return s, nil
}

func (s *stores) close() error {
	var errs []error
	if s.events != nil {
		errs = append(errs, s.events.Close())
	}
	if s.stock != nil {
		errs = append(errs, s.stock.Close())
	}
	if s.cache != nil {
		errs = append(errs, s.cache.Close())
	}
	if s.log != nil {
		errs = append(errs, s.log.Close())
	}
	return errors.Join(errs...)
}
