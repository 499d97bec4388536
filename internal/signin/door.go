package signin

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	"odoomesh/internal/access"
	"odoomesh/internal/audit"
	"odoomesh/internal/clock"
	"odoomesh/internal/identity/oidc"
	"odoomesh/internal/identity/session"
)

// The pages.
const (
	PathSignIn   = "/signin"
	PathCallback = "/signin/callback"
	PathSession  = "/session"
	PathSignOut  = "/signout"
	// PathSignedOut is where the provider leads back to.
	PathSignedOut = "/signedout"
)

// Client is the mesh at its identity provider.
type Client interface {
	// Begin is where a browser is sent to sign in.
	Begin(ctx context.Context, a oidc.Attempt) (string, error)
	// End finds out who has signed in. Its errors repeat neither code nor token.
	End(ctx context.Context, a oidc.Attempt, code string) (*oidc.Verified, error)
	// SignOut is where a browser is sent to sign out at the provider; empty for nowhere.
	SignOut(who *oidc.Verified, state string) string
}

// Config is what a Door needs.
type Config struct {
	// URL is by which browsers reach the mesh: scheme and host. It being https is what
	// makes cookies Secure.
	URL      string
	Issuer   string
	Client   Client
	Sessions *session.Sessions
	// File is the access file that is in force.
	File func() *access.File
	// Audit records who has signed in and out.
	Audit audit.Recorder
	// Address tells where a request comes from.
	Address func(*http.Request) string
	// Environment is shown on the pages.
	Environment string
	// Lifetime is how long a browser keeps the id of a session.
	Lifetime time.Duration
	Clock    clock.Clock
	Logger   *slog.Logger
	// Registerer gets the metrics; nil: nobody.
	Registerer prometheus.Registerer
}

// Door is where people come in. It is safe for concurrent use.
type Door struct {
	Config
	host   string
	secure bool
	// own knows what a page of another origin has sent.
	own     *http.CrossOriginProtection
	seal    sealer
	spent   spent
	asking  chan struct{}
	metrics metrics
}

// New makes a door. It starts nothing.
func New(c Config) (*Door, error) {
	at, err := url.Parse(c.URL)
	if err != nil || at.Host == "" {
		return nil, fmt.Errorf("%q is no address by which browsers reach the mesh", c.URL)
	}
	d := &Door{Config: c, host: at.Host, secure: at.Scheme == "https", own: http.NewCrossOriginProtection(), asking: make(chan struct{}, mostAsking), metrics: newMetrics(c.Registerer)}
	// Before a proxy that gives the mesh another host, too, this is the own origin.
	if err := d.own.AddTrustedOrigin(at.Scheme + "://" + at.Host); err != nil {
		return nil, fmt.Errorf("knowing the mesh's own pages: %w", err)
	}
	if d.seal, err = newSealer(); err != nil {
		return nil, err
	}
	return d, nil
}

// Pages adds the pages to others.
func (d *Door) Pages(mux *http.ServeMux) {
	for pattern, page := range map[string]http.HandlerFunc{
		"GET " + PathSignIn: d.begin, "GET " + PathCallback: d.callback, "GET " + PathSession: d.show, "POST " + PathSignOut: d.signOut, "GET " + PathSignedOut: d.signedOut,
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			setHeaders(w.Header())
			page(w, r)
		})
	}
}

// refusal is a sign-in that does not come about.
type refusal struct {
	code    int
	reason  errorsv1.Reason
	message string
	// cause is for the log alone.
	cause error
}

func refused(code int, message string) *refusal {
	return &refusal{code, errorsv1.Reason_REASON_UNAUTHENTICATED, message, nil}
}

func (r *refusal) because(err error) *refusal {
	r.cause = err
	return r
}

// refuse says why a sign-in does not come about, and records it.
func (d *Door) refuse(w http.ResponseWriter, r *http.Request, began time.Time, no *refusal) {
	id := rand.Text()
	d.metrics.signIns.WithLabelValues(outcomeRefused).Inc()
	d.Logger.LogAttrs(r.Context(), slog.LevelInfo, "sign-in refused", slog.String("request_id", id), slog.String("caller", d.Address(r)),
		slog.Int("http_status", no.code), slog.String("reason", no.message), slog.Any("cause", no.cause))
	record := d.record(r, id, PathSignIn, began)
	record.Outcome = no.reason.String()
	if err := d.Audit.Record(r.Context(), record); err != nil {
		d.Logger.LogAttrs(r.Context(), slog.LevelWarn, "a refused sign-in has no record in the audit", slog.String("request_id", id), slog.Any("error", err))
	}
	d.page(w, no.code, view{Title: "Not signed in", Message: no.message, RequestID: id, Again: true})
}

func (d *Door) record(r *http.Request, id, method string, began time.Time) audit.Record {
	return audit.Record{Began: began, Took: d.Clock.Now().Sub(began), RequestID: id, Address: d.Address(r), Method: method}
}
