package main

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"time"

	"odoomesh/internal/capture"
	"odoomesh/internal/clock"
	"odoomesh/internal/reconcile"
	"odoomesh/internal/store/badgerstore"
	"odoomesh/services"
)

// fill lets the capture of the mesh load synthetic records into a data folder, by
// collection. The other collections of the domains are there, and empty.
func fill(ctx context.Context, data string, domains []string, records map[string]catalogue) (err error) {
	log, err := badgerstore.OpenLog(filepath.Join(data, "log"), badgerstore.LogOptions{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, log.Close()) }()
	cache, err := badgerstore.OpenCache(filepath.Join(data, "cache"), badgerstore.CacheOptions{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, cache.Close()) }()
	var collections []*reconcile.Collection
	connection := &capture.Connection{Tables: catalogues(records), Records: map[string]capture.Records{}}
	for _, d := range services.All() {
		if !slices.Contains(domains, d.Name) {
			continue
		}
		for _, c := range d.Collections {
			one, err := reconcile.NewCollection(c.Name, c.Record.ProtoReflect().Type())
			if err != nil {
				return err
			}
			collections, connection.Records[c.Name] = append(collections, one), records[c.Name]
		}
	}
	engine := capture.New(capture.Config{
		Log: log, Cache: cache, Collections: collections, Clock: clock.System{}, Logger: slog.New(slog.DiscardHandler),
		Connect: func(context.Context) (*capture.Connection, error) { return connection, nil },
	})
	if err := engine.Open(ctx); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- engine.Run(ctx) }()
	for name := range connection.Records {
		for !engine.Status(name).Loaded {
			select {
			case err := <-ended:
				return err
			case <-time.After(10 * time.Millisecond):
			}
		}
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}
