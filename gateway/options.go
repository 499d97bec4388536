package gateway

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc"

	"odoomesh/internal/clock"
	"odoomesh/internal/identity/session"
)

const defaultMaxBodyBytes = 1 << 20

// Register adds the routes of one service to mux; each call goes out over conn.
type Register func(ctx context.Context, mux *runtime.ServeMux, conn grpc.ClientConnInterface) error

// Options is what a gateway is made of.
type Options struct {
	// Register has one function for each service.
	Register []Register
	// OpenAPI is the document behind /openapi.json and /docs/. Without one
	// these paths do not exist.
	OpenAPI []byte
	// Note is added to what the document says of the whole; empty for nothing.
	Note string
	// Logger gets what a caller must not see: panics, and errors that are no
	// status. Nil: slog.Default().
	Logger *slog.Logger
	// AllowedOrigins are the origins whose pages may call from a browser, such as
	// https://ward.example; nil: none but pages of this server.
	AllowedOrigins []string
	// Clock measures how long a refused call took; nil: the system's.
	Clock clock.Clock
	// Zone is whose days those in queries are, as in start_time=2026-11-27; nil: a time has
	// to be written.
	Zone func() *time.Location
	// PassOn names a header that becomes metadata beside those that always do; empty: none.
	PassOn string
	// Browser knows people who have signed in; nil: cookies are passed over.
	Browser Browser
	// Tickets open streams in place of a token; nil: there are none.
	Tickets Tickets
	// Console answers the pages for people, below /console, and browsers that open / are led
	// there; nil: there are none. Its request's context is for calls over the connection:
	// they are made as whoever asks for the page.
	Console http.Handler
	// MaxBodyBytes limits a request's body. 0: 1 MiB.
	MaxBodyBytes int64
}

// Tickets knows for what the tickets of streams stand.
type Tickets interface {
	// Take answers the authorization that a ticket stands for, empty for none, and makes the
	// ticket worthless.
	Take(ticket string) (authorization string, err error)
}

// Browser knows people's browsers by their cookies.
type Browser interface {
	// Session is what the request's cookie shows; nil for nothing.
	Session(r *http.Request) *session.Shown
	// SameOrigin refuses a request that changes something and may come from a page of
	// another origin.
	SameOrigin(r *http.Request) error
	// Lead sends a browser in which nobody is signed in to where people do; false where
	// that is of no use, and nothing was answered.
	Lead(w http.ResponseWriter, r *http.Request) bool
}

func (o Options) withDefaults() Options {
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.Clock == nil {
		o.Clock = clock.System{}
	}
	if o.MaxBodyBytes == 0 {
		o.MaxBodyBytes = defaultMaxBodyBytes
	}
	return o
}
