package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"time"

	"odoomesh/gen/go/mesh/product/v1/productservice"
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
// tells how soon a meshd answers from it, and what it holds, while it tells the history
// of a million products and afterwards. Odoo is down meanwhile: the start has to do
// without it.
func measureMillion(ctx context.Context, p *place) ([]row, error) {
	data := p.path("million")
	if err := fill(ctx, data, []string{"product", "supplier"}, map[string]catalogue{
		productservice.Products: {model: "product.product", rows: million, record: syntheticProduct},
	}); err != nil {
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
	if err := mesh.historyTold(ctx); err != nil {
		return nil, err
	}
	peak, err := mesh.resident("VmHWM")
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
	grown, err := mesh.resident("VmRSS")
	if err != nil {
		return nil, err
	}
	own, err := mesh.resident("RssAnon")
	if err != nil {
		return nil, err
	}
	return []row{
		within("start with a warm cache of 1,000,000 products", took.Seconds(), 0.3, "s"),
		within("memory at most while the history of 1,000,000 products is told", peak, 512, "MiB"),
		within(fmt.Sprintf("resident memory with 1,000,000 products, after %d reads", someReads), resident, 512, "MiB"),
		within(fmt.Sprintf("resident memory with 1,000,000 products, after %d reads", someReads+manyReads), grown, 512, "MiB"),
		within(fmt.Sprintf("memory of its own with 1,000,000 products, after %d reads", someReads+manyReads), own, 512, "MiB"),
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

// historyTold waits until the business events that the records imply are written.
func (m *mesh) historyTold(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		text, err := os.ReadFile(m.log)
		if err != nil || bytes.Contains(text, []byte("the history of business events is complete")) {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for the history of business events: %w", ctx.Err())
		case <-time.After(50 * time.Millisecond):
		}
	}
}
