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
		writeReadiness(w, a.readiness(), a.lets(r, statusMethod))
	})
	mux.Handle("GET /metrics", a.allowed(access.Metrics, telemetry.Handler(a.metrics, a.logger)))
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

// allowed keeps a page to whom lets lets see it: metrics tell a stranger more than it
// should know.
func (a *App) allowed(page string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !a.lets(r, page) {
			writeJSON(w, http.StatusForbidden, map[string]string{"error": page + " is for callers on this machine that speak for themselves, and for those with the right: write rights: {metrics: [operate]} or the role monitor into the access file, and call with that principal's credential"})
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

// lets tells whether a caller may see what a method or a page shows: one on this machine
// that speaks for itself, which needs no credential, or one with the right.
func (a *App) lets(r *http.Request, what string) bool {
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
	sent, names := metadata.MD{}, append([]string{"Authorization", "X-Forwarded-Host"}, passedOn...)
	if a.config.CertificateHeader != "" {
		names = append(names, a.config.CertificateHeader)
	}
	for _, name := range names {
		sent.Append(name, r.Header.Values(name)...)
	}
	guard := a.servers.guard
	ctx, err := guard.Authenticate(metadata.NewIncomingContext(ctx, sent), what)
	return err == nil && guard.Authorise(ctx, what) == nil && guard.Narrow(ctx, what) == nil
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
