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
	// pageSize is how many of them a page has.
	pageSize = 100
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
	gets, err := getRequests(names)
	if err != nil {
		return nil, err
	}
	get, echo, err := besideEcho(ctx, conns, echoes, productv1.ProductService_GetProduct_FullMethodName, gets)
	if err != nil {
		return nil, err
	}
	over, err := inTurns(ctx, turns, callers, turn, echo, get)
	if err != nil {
		return nil, err
	}
	alone, err := inTurns(ctx, turns, 1, turn, echo, get)
	if err != nil {
		return nil, err
	}
	rows := []row{
		over.row("GetProduct from the cache, gRPC, rate", "calls/s", rate, atLeast(0.85)),
		over.row("GetProduct from the cache, gRPC, p99", "µs", p99Micros, atMost(2)),
		alone.row("GetProduct from the cache, gRPC, one caller, p50", "µs", p50Micros, atMost(1.25)),
	}
	listed, err := measureLists(ctx, conns, echoes)
	if rows = append(rows, listed...); err != nil {
		return rows, err
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

func getRequests(names []string) (requests [][]byte, err error) {
	for _, name := range names {
		request, err := proto.Marshal(&productv1.GetProductRequest{Name: name})
		if err != nil {
			return nil, fmt.Errorf("asking for %s: %w", name, err)
		}
		requests = append(requests, request)
	}
	return requests, nil
}

// measureLists compares pages of a hundred products with an echo of the same bytes.
func measureLists(ctx context.Context, mesh, bare conns) ([]row, error) {
	var requests [][]byte
	for ask := (&productv1.ListProductsRequest{PageSize: pageSize}); ; {
		request, err := proto.Marshal(ask)
		if err != nil {
			return nil, fmt.Errorf("asking for a page: %w", err)
		}
		requests = append(requests, request)
		page, err := productv1.NewProductServiceClient(mesh[0]).ListProducts(signedIn(ctx), ask)
		if err != nil {
			return nil, fmt.Errorf("listing products: %w", err)
		}
		if ask.PageToken = page.GetNextPageToken(); ask.PageToken == "" {
			break
		}
	}
	list, echo, err := besideEcho(ctx, mesh, bare, productv1.ProductService_ListProducts_FullMethodName, requests)
	if err != nil {
		return nil, err
	}
	over, err := inTurns(ctx, turns, callers, turn, echo, list)
	if err != nil {
		return nil, err
	}
	return []row{over.row(fmt.Sprintf("a page of %d products, gRPC, rate", pageSize), "calls/s", rate, atLeast(0.70))}, nil
}

// besideEcho are calls of a method of the mesh, and an echo of the bytes that it answers.
// The callers leave the answers as bytes, so that both cost them the same.
func besideEcho(ctx context.Context, mesh, bare conns, method string, requests [][]byte) (full, echo call, err error) {
	echoes := make([][]byte, len(requests))
	for i, request := range requests {
		body, err := unary(signedIn(ctx), mesh[0], method, request)
		if err != nil {
			return nil, nil, fmt.Errorf("calling %s: %w", method, err)
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
	return over(mesh, method, requests, signedIn), over(bare, echoMethod, echoes, bareContext), nil
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
