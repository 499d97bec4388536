package app

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/netip"
	"time"

	"google.golang.org/grpc/credentials"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"

	"odoomesh/internal/access"
	"odoomesh/internal/telemetry"
)

// healthEvery is how often gRPC health follows the state of the collections.
const healthEvery = 500 * time.Millisecond

// pages puts the operator's pages before REST.
func (a *App) pages(rest http.Handler) (http.Handler, error) {
	mux := http.NewServeMux()
	hints, err := a.hintHandler()
	if err != nil {
		return nil, err
	}
	if hints != nil {
		mux.HandleFunc("POST /hints/odoo/{secret}", hints)
	}
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, map[string]string{"status": "alive"})
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		writeReadiness(w, a.readiness(), seesAll(r, a.servers.guard))
	})
	mux.Handle("GET /metrics", onlyLocal(telemetry.Handler(a.metrics, a.logger)))
	a.identity.people.pages(mux)
	mux.Handle("/", rest)
	return mux, nil
}

// writeReadiness is 503 only while nothing can be answered at all: what is loaded is
// served while the rest is read.
func writeReadiness(w http.ResponseWriter, r readiness, all bool) {
	code := http.StatusOK
	if !r.serves() {
		code = http.StatusServiceUnavailable
	}
	if all {
		writeJSON(w, code, r)
		return
	}
	writeJSON(w, code, map[string]string{"status": r.Status})
}

func writeJSON(w http.ResponseWriter, code int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(code)
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	_ = e.Encode(v) // the caller has gone away
}

// onlyLocal keeps a page to callers on this machine: metrics tell a stranger more
// than it should know, and a scraper beside the mesh needs no credentials.
func onlyLocal(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if at, ok := remote(r); !ok || !at.Addr().Unmap().IsLoopback() {
			writeJSON(w, http.StatusForbidden, map[string]string{"error": "metrics are for callers on this machine"})
			return
		}
		next.ServeHTTP(w, r)
	})
}

func remote(r *http.Request) (netip.AddrPort, bool) {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	return at, err == nil
}

// passedOn are the headers by which a proxy of this machine tells that the caller is
// elsewhere.
var passedOn = []string{"Forwarded", "X-Forwarded-For", "X-Real-Ip"}

// statusMethod is the call that tells an operator how the mesh stands.
const statusMethod = "/mesh.operations.v1.OperationsService/GetStatus"

// seesAll tells whether a caller may know more than the status: one on this machine
// that speaks for itself, or one with the right to operate.
func seesAll(r *http.Request, guard *access.Guard) bool {
	at, ok := remote(r)
	if !ok {
		return false
	}
	direct := true
	for _, name := range passedOn {
		direct = direct && r.Header.Get(name) == ""
	}
	if direct && at.Addr().Unmap().IsLoopback() {
		return true
	}
	caller := &peer.Peer{Addr: net.TCPAddrFromAddrPort(at)}
	if r.TLS != nil {
		caller.AuthInfo = credentials.TLSInfo{State: *r.TLS}
	}
	ctx := peer.NewContext(r.Context(), caller)
	sent := metadata.MD{}
	for _, name := range append([]string{"Authorization", "X-Forwarded-Host"}, passedOn...) {
		sent.Append(name, r.Header.Values(name)...)
	}
	ctx, err := guard.Authenticate(metadata.NewIncomingContext(ctx, sent), statusMethod)
	return err == nil && guard.Authorise(ctx, statusMethod) == nil && guard.Narrow(ctx, statusMethod) == nil
}

// watchHealth lets gRPC health say what /readyz says: of all, and of each service
// whether what it reads is loaded.
func (a *App) watchHealth(ctx context.Context) error {
	tick := time.NewTicker(healthEvery)
	defer tick.Stop()
	for {
		r := a.readiness()
		a.servers.health.SetServingStatus("", serving(r.serves()))
		for name := range a.servers.grpc.GetServiceInfo() {
			a.servers.health.SetServingStatus(name, serving(r.loaded(a.servers.reads[name])))
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

func serving(yes bool) healthv1.HealthCheckResponse_ServingStatus {
	if yes {
		return healthv1.HealthCheckResponse_SERVING
	}
	return healthv1.HealthCheckResponse_NOT_SERVING
}
