package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"time"

	"odoomesh/internal/change"
	"odoomesh/internal/clock"
	"odoomesh/internal/store/badgerstore"
	"odoomesh/services/product"
	"odoomesh/services/supplier"

	productv1 "odoomesh/gen/go/mesh/product/v1"
	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
)

const (
	million = 1_000_000
	// someReads and manyReads are how many reads from all over the cache come before
	// the memory is looked at. What the process holds itself does not grow with
	// them; what is resident does, by pages of files that the kernel takes back
	// where memory is short.
	someReads = 1_000
	manyReads = 20_000
	noOdoo    = "http://127.0.0.1:1"
)

// measureMillion fills a cache of 1,000,000 products as a first load does, and
// tells how soon a meshd answers from it, and what it holds. Odoo is down
// meanwhile: the start has to do without it.
func measureMillion(ctx context.Context, p *place) ([]row, error) {
	data := p.path("million")
	if err := fillMillion(ctx, data); err != nil {
		return nil, fmt.Errorf("filling the cache: %w", err)
	}
	mesh, err := p.startMesh(data, noOdoo, "--services=product,supplier")
	if err != nil {
		return nil, err
	}
	defer mesh.stop()
	took, err := mesh.ready(ctx)
	if err != nil {
		return nil, err
	}
	if err := mesh.readMany(ctx, someReads); err != nil {
		return nil, err
	}
	resident, err := mesh.resident("VmRSS")
	if err != nil {
		return nil, err
	}
	if err := mesh.readMany(ctx, manyReads); err != nil {
		return nil, err
	}
	own, err := mesh.resident("RssAnon")
	if err != nil {
		return nil, err
	}
	return []row{
		within("start with a warm cache of 1,000,000 products", took.Seconds(), 1, "s"),
		within(fmt.Sprintf("resident memory with 1,000,000 products, after %d reads", someReads), resident, 512, "MiB"),
		within(fmt.Sprintf("memory of its own with 1,000,000 products, after %d reads", manyReads), own, 512, "MiB"),
	}, nil
}

// readMany reads products from all over the cache.
func (m *mesh) readMany(ctx context.Context, n int) error {
	for i := range n {
		id := i*7919%million + 1
		if _, err := fetch(ctx, http.DefaultClient, fmt.Sprintf("http://%s/v1/products/%d", m.httpAddr, id), false); err != nil {
			return err
		}
	}
	return nil
}

// fillMillion lets the capture of the mesh load synthetic products.
func fillMillion(ctx context.Context, data string) (err error) {
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
	products, err := change.NewCollection(product.Collection, (&productv1.Product{}).ProtoReflect().Type())
	if err != nil {
		return err
	}
	suppliers, err := change.NewCollection(supplier.Collection, (&supplierv1.Supplier{}).ProtoReflect().Type())
	if err != nil {
		return err
	}
	engine := change.New(change.Config{
		Log: log, Cache: cache, Collections: []*change.Collection{products, suppliers}, Clock: clock.System{}, Logger: slog.New(slog.DiscardHandler),
		Connect: func(context.Context) (map[string]change.Source, error) {
			return map[string]change.Source{product.Collection: catalogue{rows: million}, supplier.Collection: catalogue{}}, nil
		},
	})
	if err := engine.Open(ctx); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- engine.Run(ctx) }()
	for !engine.Status(product.Collection).Loaded || !engine.Status(supplier.Collection).Loaded {
		select {
		case err := <-ended:
			return err
		case <-time.After(10 * time.Millisecond):
		}
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}
