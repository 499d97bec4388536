package app

import (
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"

	"github.com/prometheus/client_golang/prometheus"

	"odoomesh/internal/store/badgerstore"
)

// stores are the two databases of a data folder.
type stores struct {
	log   *badgerstore.Log
	cache *badgerstore.Cache
}

func openStores(dir string, logger *slog.Logger, r prometheus.Registerer) (*stores, error) {
	log, err := badgerstore.OpenLog(filepath.Join(dir, "log"), badgerstore.LogOptions{Logger: logger, Registerer: r})
	if err != nil {
		return nil, fmt.Errorf("data folder %s: %w", dir, err)
	}
	cache, err := badgerstore.OpenCache(filepath.Join(dir, "cache"), badgerstore.CacheOptions{Logger: logger, Registerer: r})
	if err != nil {
		return nil, fmt.Errorf("data folder %s: %w", dir, errors.Join(err, log.Close()))
	}
	return &stores{log: log, cache: cache}, nil
}

func (s *stores) close() error { return errors.Join(s.cache.Close(), s.log.Close()) }
