package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/wrapperspb"

	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/internal/odoosim"
)

const (
	// callers at once, over this many connections.
	callers     = 16
	connections = 4
	// turns is how often bare and mesh take turns, and turn how long each lasts.
	turns = 7
	turn  = 700 * time.Millisecond
	// products is how many there are to read; callers read them all in turn.
	products = 2000
	// odooRelease is the release that the simulated Odoo plays.
	odooRelease = 18
)

// traceParent is a trace that its caller does not sample, as most are in
// production.
const traceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"

// measureReads compares single reads over gRPC, over REST and past the mesh.
func measureReads(ctx context.Context, p *place) ([]row, error) {
	sim, odoo, err := startOdoo(products)
	if err != nil {
		return nil, err
	}
	defer odoo.Close()
	mesh, err := p.startMesh(p.path("reads"), odoo.URL)
	if err != nil {
		return nil, err
	}
	defer mesh.stop()
	if _, err := mesh.ready(ctx); err != nil {
		return nil, err
	}
	// Ready is a mesh that has loaded something: the products may still come.
	if err := mesh.verified(ctx); err != nil {
		return nil, err
	}
	names, err := mesh.names(ctx)
	if err != nil {
		return nil, err
	}
	texts, err := mesh.texts(ctx, names)
	if err != nil {
		return nil, err
	}
	bare, err := startBare(texts)
	if err != nil {
		return nil, err
	}
	defer bare.stop()
	conns, err := dial(mesh.grpcAddr)
	if err != nil {
		return nil, err
	}
	defer conns.close()
	echoes, err := dial(bare.grpcAddr)
	if err != nil {
		return nil, err
	}
	defer echoes.close()
	get, echo, err := unaryCalls(ctx, conns, echoes, names)
	if err != nil {
		return nil, err
	}
	over, err := inTurns(ctx, turns, callers, turn, echo, get)
	if err != nil {
		return nil, err
	}
	rows := []row{
		over.row("GetProduct from the cache, gRPC, rate", "calls/s", rate, atLeast(0.85)),
		over.row("GetProduct from the cache, gRPC, p99", "µs", p99Micros, atMost(2)),
	}
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: callers}}
	defer client.CloseIdleConnections()
	over, err = inTurns(ctx, turns, callers, turn, getter(client, "http://"+bare.httpAddr, names), getter(client, "http://"+mesh.httpAddr, names))
	if err != nil {
		return rows, err
	}
	rows = append(rows, over.row("GetProduct from the cache, REST, rate", "calls/s", rate, atLeast(0.60)))
	direct, err := measureDirect(ctx, sim, odoo.URL, names, get)
	return append(rows, direct...), err
}

// startOdoo serves a simulated Odoo whose catalogue was written over the last year.
func startOdoo(n int) (*odoosim.Sim, *httptest.Server, error) {
	past := &pastClock{}
	past.at.Store(now().Add(-365 * 24 * time.Hour).UnixNano())
	sim, err := odoosim.New(odoosim.Options{Version: odooRelease, Clock: past})
	if err != nil {
		return nil, nil, err
	}
	if err := sim.LoadClinical(n); err != nil {
		return nil, nil, fmt.Errorf("filling the simulated Odoo: %w", err)
	}
	past.at.Store(0)
	return sim, httptest.NewServer(sim), nil
}

// pastClock goes ten minutes further each time that somebody looks at it, until it
// is set to 0 and tells the time.
type pastClock struct{ at atomic.Int64 }

// Now implements clock.Clock.
func (c *pastClock) Now() time.Time {
	if c.at.Load() == 0 {
		return now()
	}
	return time.Unix(0, c.at.Add(int64(10*time.Minute)))
}

// After waits for the machine's time.
func (c *pastClock) After(d time.Duration) <-chan time.Time { return time.After(d) }

// conns are connections to one gRPC server.
type conns []*grpc.ClientConn

func dial(addr string) (conns, error) {
	var all conns
	for range connections {
		c, err := grpc.NewClient(addr, grpc.WithTransportCredentials(insecure.NewCredentials()))
		if err != nil {
			all.close()
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

func (c conns) close() {
	for _, conn := range c {
		_ = conn.Close()
	}
}

// unaryCalls are a read of the mesh and an echo of the same bytes. The callers
// leave the answers as bytes, so that both cost them the same.
func unaryCalls(ctx context.Context, mesh, bare conns, names []string) (get, echo call, err error) {
	gets, echoes := make([][]byte, len(names)), make([][]byte, len(names))
	for i, name := range names {
		if gets[i], err = proto.Marshal(&productv1.GetProductRequest{Name: name}); err != nil {
			return nil, nil, err
		}
		body, err := unary(signedIn(ctx), mesh[0], productv1.ProductService_GetProduct_FullMethodName, gets[i])
		if err != nil {
			return nil, nil, fmt.Errorf("reading %s: %w", name, err)
		}
		if echoes[i], err = proto.Marshal(wrapperspb.Bytes(body)); err != nil {
			return nil, nil, err
		}
	}
	over := func(to conns, method string, requests [][]byte, with func(context.Context) context.Context) call {
		next := newRotation(len(requests))
		contexts := make([]struct{ given, made context.Context }, callers)
		return func(ctx context.Context, caller int) error {
			// As by a caller that makes its metadata once.
			if c := &contexts[caller]; c.given != ctx {
				c.given, c.made = ctx, with(ctx)
			}
			body, err := unary(contexts[caller].made, to[caller%len(to)], method, requests[next(caller)])
			if err == nil && len(body) == 0 {
				err = fmt.Errorf("%s answered nothing", method)
			}
			return err
		}
	}
	bareContext := func(ctx context.Context) context.Context { return ctx }
	return over(mesh, productv1.ProductService_GetProduct_FullMethodName, gets, signedIn), over(bare, echoMethod, echoes, bareContext), nil
}

func signedIn(ctx context.Context) context.Context {
	return metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+token, "traceparent", traceParent)
}

// newRotation lets each caller go through n things from its own place on.
func newRotation(n int) func(caller int) int {
	var at [callers]struct {
		next int
		_    [56]byte // no two callers in one line of the processor's cache
	}
	for i := range at {
		at[i].next = i * n / callers
	}
	return func(caller int) int {
		at[caller].next++
		return at[caller].next % n
	}
}

// getter reads over HTTP.
func getter(client *http.Client, root string, names []string) call {
	next := newRotation(len(names))
	return func(ctx context.Context, caller int) error {
		_, err := fetch(ctx, client, root+"/v1/"+names[next(caller)], false)
		return err
	}
}
