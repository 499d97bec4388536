package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"time"
)

const (
	loadProducts = 100_000
	// oneIn is which part of the load's calls is made again to know what they cost.
	oneIn = 10
)

// measureFirstLoad compares the first load with the time that Odoo alone needs to
// answer its calls: every tenth of them is made again, one after the other, by a
// caller who throws the answers away.
func measureFirstLoad(ctx context.Context, p *place) ([]row, error) {
	sim, odoo, err := startOdoo(loadProducts)
	if err != nil {
		return nil, err
	}
	defer odoo.Close()
	sim.Faults().Costs(true)
	calls := &recorder{next: sim}
	front := httptest.NewServer(calls)
	defer front.Close()
	mesh, err := p.startMesh(p.path("load"), front.URL, "--services=product")
	if err != nil {
		return nil, err
	}
	took, err := mesh.ready(ctx)
	mesh.stop()
	if err != nil {
		return nil, err
	}
	alone, err := calls.again(ctx, odoo.URL)
	if err != nil {
		return nil, err
	}
	return []row{{
		Name: fmt.Sprintf("first load of %d products", loadProducts), Value: took.Seconds(), Unit: "s",
		Reference: alone.Seconds(), Ratio: took.Seconds() / alone.Seconds(), Goal: atMost(1.15),
	}}, nil
}

// recorder keeps the calls that it hands on.
type recorder struct {
	next  http.Handler
	mu    sync.Mutex
	calls []recorded
}

type recorded struct {
	path string
	body []byte
}

func (r *recorder) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return // the caller has gone away
	}
	r.mu.Lock()
	r.calls = append(r.calls, recorded{req.URL.Path, body})
	r.mu.Unlock()
	req.Body = io.NopCloser(bytes.NewReader(body))
	r.next.ServeHTTP(w, req)
}

// again makes a part of the calls again and tells how long all would take.
func (r *recorder) again(ctx context.Context, root string) (time.Duration, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := 0
	began := now()
	for i := 0; i < len(r.calls); i += oneIn {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, root+r.calls[i].path, bytes.NewReader(r.calls[i].body))
		if err != nil {
			return 0, err
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return 0, fmt.Errorf("making a call again: %w", err)
		}
		_, err = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		if err != nil {
			return 0, err
		}
		n++
	}
	if n == 0 {
		return 0, fmt.Errorf("the first load made no calls")
	}
	return now().Sub(began) * time.Duration(len(r.calls)) / time.Duration(n), nil
}
