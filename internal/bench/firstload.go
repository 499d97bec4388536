package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"sync"
	"time"
)

const (
	loadProducts = 100_000
	// loadLines is how many done move lines are loaded where BENCH_MOVE_LINES names
	// no other number, such as the million of a large house, which takes many minutes.
	loadLines = 100_000
	// linesOfProduct is among how many lines a product stands.
	linesOfProduct = 100
	// oneIn is which part of the load's calls is made again to know what they cost.
	oneIn = 10
)

// measureFirstLoad compares first loads with the time that Odoo alone needs to
// answer their calls: a tenth of them is made again, one after the other, by a
// caller who throws the answers away.
func measureFirstLoad(ctx context.Context, p *place) ([]row, error) {
	sim, odoo, err := startOdoo(loadProducts)
	if err != nil {
		return nil, err
	}
	defer odoo.Close()
	sim.Faults().Costs(1)
	l, err := p.load(ctx, "load", sim, odoo.URL, "product")
	if err != nil {
		return nil, err
	}
	return []row{l.row(fmt.Sprintf("first load of %d products", loadProducts))}, nil
}

// measureLinesLoad is measureFirstLoad for done move lines, with the lots, locations
// and quants that belong to them.
func measureLinesLoad(ctx context.Context, p *place) ([]row, error) {
	lines, err := numberFrom("BENCH_MOVE_LINES", loadLines)
	if err != nil {
		return nil, err
	}
	sim, odoo, err := startOdoo(1)
	if err != nil {
		return nil, err
	}
	defer odoo.Close()
	if err := sim.LoadVolume(max(1, lines/linesOfProduct), lines); err != nil {
		return nil, err
	}
	sim.Faults().Costs(1)
	l, err := p.load(ctx, "lines", sim, odoo.URL, "inventory")
	if err != nil {
		return nil, err
	}
	name := fmt.Sprintf("first load of %d move lines", lines)
	return []row{
		l.row(name + ", with their lots and quants"),
		within(name+", memory at most during it", l.peak, 512, "MiB"),
	}, nil
}

// numberFrom reads a number from the environment.
func numberFrom(variable string, otherwise int) (int, error) {
	text := os.Getenv(variable)
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, fmt.Errorf("%s is %q and has to be a number above 0", variable, text)
	}
	return n, nil
}

// loaded is a first load that was measured.
type loaded struct {
	took, alone time.Duration
	peak        float64 // MiB resident
}

func (l loaded) row(name string) row {
	return row{
		Name: name, Value: l.took.Seconds(), Unit: "s",
		Reference: l.alone.Seconds(), Ratio: l.took.Seconds() / l.alone.Seconds(), Goal: atMost(1.10),
	}
}

// load lets a meshd load a domain for the first time.
func (p *place) load(ctx context.Context, folder string, odoo http.Handler, odooURL, domain string) (loaded, error) {
	var l loaded
	calls := &recorder{next: odoo}
	front := httptest.NewServer(calls)
	defer front.Close()
	mesh, err := p.startMesh(p.path(folder), front.URL, "--services="+domain)
	if err != nil {
		return l, err
	}
	l.took, err = mesh.ready(ctx)
	if err == nil {
		l.peak, err = mesh.resident("VmHWM")
	}
	mesh.stop()
	if err != nil {
		return l, err
	}
	l.alone, err = calls.again(ctx, odooURL)
	return l, err
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
	// Drawn, because the calls come in rounds: every tenth would be of one kind.
	draw := rand.New(rand.NewPCG(1, 1))
	began := now()
	for i := range r.calls {
		if draw.IntN(oneIn) != 0 {
			continue
		}
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
