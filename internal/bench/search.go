package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"odoomesh/gen/go/mesh/product/v1/productservice"
)

// searches are how often each text is searched.
const searches = 60

// measureSearch searches a million products, for whatever somebody may type or scan. The
// slowest kind of text counts.
func measureSearch(ctx context.Context, p *place) ([]row, error) {
	data := p.path("search")
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
	if _, err := mesh.ready(ctx); err != nil {
		return nil, err
	}
	if err := mesh.historyTold(ctx); err != nil {
		return nil, err
	}
	var rows []row
	for _, kind := range []struct {
		says string
		text func(i int64) string
		any  bool // it may find nothing
	}{
		{"a code", func(i int64) string { return fmt.Sprintf("sku-%08d", i) }, false},
		{"a GTIN", func(i int64) string { return fmt.Sprintf("%014d", i*97) }, false},
		{"a word that all have", func(int64) string { return "STERILE" }, false},
		{"two words that all have", func(int64) string { return "sterile catheter" }, false},
		{"a common word and a rare one", func(i int64) string { return fmt.Sprintf("%d mm catheter", i%256) }, false},
		{"beginnings of words", func(i int64) string { return fmt.Sprintf("cath %x", i%4096) }, true},
		{"words that few have together", func(i int64) string { return fmt.Sprintf("%d lot %x ste", i%256, i%256) }, true},
		{"the beginning of a code", func(i int64) string { return fmt.Sprintf("sku-%05d", i%1_000) }, false},
	} {
		took, err := mesh.searchMany(ctx, kind.text, kind.any)
		if err != nil {
			return rows, err
		}
		rows = append(rows, within("searching 1,000,000 products for "+kind.says+", p95", took, 50, "ms"))
	}
	return rows, nil
}

// searchMany searches again and again, and answers the 95th percentile in milliseconds.
func (m *mesh) searchMany(ctx context.Context, text func(int64) string, mayBeNone bool) (float64, error) {
	took := make([]time.Duration, 0, searches)
	for i := range int64(searches) {
		q := text(i*7919%million + 1)
		began := now()
		body, err := fetch(ctx, http.DefaultClient, fmt.Sprintf("http://%s/v1/search?q=%s", m.httpAddr, url.QueryEscape(q)), true)
		if err != nil {
			return 0, err
		}
		took = append(took, now().Sub(began))
		var found struct{ Hits []json.RawMessage }
		if err := json.Unmarshal(body, &found); err != nil {
			return 0, err
		}
		if len(found.Hits) == 0 && !mayBeNone {
			return 0, fmt.Errorf("nothing is found by %q", q)
		}
	}
	slices.Sort(took)
	return float64(quantile(took, 0.95).Microseconds()) / 1e3, nil
}
