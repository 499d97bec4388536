package app

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/netip"
	"time"

	healthv1 "google.golang.org/grpc/health/grpc_health_v1"

	"odoomesh/internal/telemetry"
)

// healthEvery is how often gRPC health follows the state of the collections.
const healthEvery = 500 * time.Millisecond

// readiness is the body of /readyz.
type readiness struct {
	// Status is "loading" (503), "ready", or "degraded": reads are answered from
	// the cache, and Odoo does not answer or the disk is full.
	Status string    `json:"status"`
	Odoo   odooState `json:"odoo"`
	// Disk says why nothing is written; absent while there is room.
	Disk        string            `json:"disk,omitempty"`
	Collections []collectionState `json:"collections"`
}

type odooState struct {
	Reachable bool `json:"reachable"`
}

type collectionState struct {
	Name    string `json:"name"`
	Loaded  bool   `json:"loaded"`
	Records int64  `json:"records"`
	// VerifiedTime is when the copy was last known to equal Odoo.
	VerifiedTime *time.Time `json:"verifiedTime,omitempty"`
	AgeSeconds   *float64   `json:"ageSeconds,omitempty"`
	// The first load: rows read, rows in all, and how long it will still take.
	RowsDone    int64   `json:"rowsDone,omitempty"`
	RowsTotal   int64   `json:"rowsTotal,omitempty"`
	SecondsLeft float64 `json:"secondsLeft,omitempty"`
}

func (a *App) readiness() readiness {
	r := readiness{Status: "ready"}
	for _, s := range a.engine.Statuses() {
		c := collectionState{Name: s.Collection, Loaded: s.Loaded, Records: s.Records}
		if !s.Verified.IsZero() {
			age := a.clock.Now().Sub(s.Verified).Seconds()
			c.VerifiedTime, c.AgeSeconds = &s.Verified, &age
		}
		if !s.Loaded {
			r.Status = "loading"
			c.RowsDone, c.RowsTotal, c.SecondsLeft = s.Progress.Done, s.Progress.Total, s.Progress.Left.Seconds()
		}
		r.Odoo.Reachable = s.Reachable
		r.Collections = append(r.Collections, c)
	}
	if err := a.stores.full(); err != nil {
		r.Disk = err.Error()
	}
	if r.Status == "ready" && (!r.Odoo.Reachable || r.Disk != "") {
		r.Status = "degraded"
	}
	return r
}

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
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		r := a.readiness()
		code := http.StatusOK
		if r.Status == "loading" {
			code = http.StatusServiceUnavailable
		}
		writeJSON(w, code, r)
	})
	mux.Handle("GET /metrics", onlyLocal(telemetry.Handler(a.metrics, a.logger)))
	mux.Handle("/", rest)
	return mux, nil
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
		host, _, err := net.SplitHostPort(r.RemoteAddr)
		addr, parseErr := netip.ParseAddr(host)
		if err != nil || parseErr != nil || !addr.Unmap().IsLoopback() {
			writeJSON(w, http.StatusForbidden, map[string]string{"error": "metrics are for callers on this machine"})
			return
		}
		next.ServeHTTP(w, r)
	})
}

// watchHealth lets gRPC health say what /readyz says.
func (a *App) watchHealth(ctx context.Context) error {
	tick := time.NewTicker(healthEvery)
	defer tick.Stop()
	for {
		status := healthv1.HealthCheckResponse_SERVING
		if a.readiness().Status == "loading" {
			status = healthv1.HealthCheckResponse_NOT_SERVING
		}
		a.servers.health.SetServingStatus("", status)
		for name := range a.servers.grpc.GetServiceInfo() {
			a.servers.health.SetServingStatus(name, status)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}
