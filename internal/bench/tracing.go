package main

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"

	"google.golang.org/grpc/metadata"

	productv1 "odoomesh/gen/go/mesh/product/v1"
)

// measureTracing compares what a cached read costs a mesh that traces with what it
// costs one that does not: in time of the processor, as the collector and two meshes
// share the machine. The callers send no trace context, so that the ratio decides.
func measureTracing(ctx context.Context, p *place) ([]row, error) {
	_, odoo, err := startOdoo(products)
	if err != nil {
		return nil, err
	}
	defer odoo.Close()
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
	}))
	defer collector.Close()
	plain, err := startReader(ctx, p, odoo.URL, "tracing-off")
	if err != nil {
		return nil, err
	}
	defer plain.close()
	var rows []row
	for _, c := range []struct {
		ratio string
		goal  goal
	}{{"0", atMost(1.1)}, {"0.01", atMost(1.1)}, {"1", atMost(1.6)}} {
		over, err := plain.beside(ctx, p, odoo.URL, collector.URL, c.ratio)
		if err != nil {
			return rows, err
		}
		rows = append(rows, over.row("processor of a cached GetProduct, traced at "+c.ratio, "µs", micros, c.goal))
	}
	return rows, nil
}

// reader is a mesh and a cached read of its products.
type reader struct {
	*mesh
	conns conns
	read  call
	calls atomic.Int64
}

// startReader brings up a mesh that serves products alone.
func startReader(ctx context.Context, p *place, odooURL, name string, more ...string) (*reader, error) {
	mesh, err := p.startMesh(p.path(name), odooURL, append(more, "--services=product")...)
	if err != nil {
		return nil, err
	}
	r := &reader{mesh: mesh}
	if err := r.open(ctx); err != nil {
		r.close()
		return nil, err
	}
	return r, nil
}

func (r *reader) open(ctx context.Context) error {
	if _, err := r.ready(ctx); err != nil {
		return err
	}
	names, err := r.names(ctx)
	if err != nil {
		return err
	}
	requests, err := getRequests(names)
	if err != nil {
		return err
	}
	if r.conns, err = dial(r.grpcAddr); err != nil {
		return err
	}
	next := newRotation(len(requests))
	r.read = func(ctx context.Context, caller int) error {
		r.calls.Add(1)
		ctx = metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+token)
		_, err := unary(ctx, r.conns[caller%len(r.conns)], productv1.ProductService_GetProduct_FullMethodName, requests[next(caller)])
		return err
	}
	return nil
}

func (r *reader) close() {
	r.conns.close()
	r.stop()
}

// cost lets callers read for a turn, and notes what a read took of the processor.
func (r *reader) cost(ctx context.Context) (pace, error) {
	before, err := r.metrics(ctx, "process_cpu_seconds_total")
	if err != nil {
		return pace{}, err
	}
	r.calls.Store(0)
	how, err := hammer(ctx, callers, turn, r.read)
	if err != nil {
		return pace{}, err
	}
	after, err := r.metrics(ctx, "process_cpu_seconds_total")
	if err != nil {
		return pace{}, err
	}
	how.processor = (after[0] - before[0]) / float64(r.calls.Load())
	return how, nil
}

func micros(p pace) float64 { return p.processor * 1e6 }

// beside takes turns with a mesh that traces.
func (r *reader) beside(ctx context.Context, p *place, odooURL, collectorURL, ratio string) (compared, error) {
	var c compared
	traced, err := startReader(ctx, p, odooURL, "tracing-"+ratio, "--trace-endpoint="+collectorURL, "--trace-ratio="+ratio)
	if err != nil {
		return c, err
	}
	defer traced.close()
	for n := range turns + 1 {
		bare, err := r.cost(ctx)
		if err != nil {
			return c, err
		}
		full, err := traced.cost(ctx)
		if err != nil {
			return c, err
		}
		if n > 0 { // the first turns are for warming up
			c.bare, c.full = append(c.bare, bare), append(c.full, full)
		}
	}
	return c, nil
}
