package gateway

import (
	"context"
	"log/slog"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc"

	"odoomesh/internal/clock"
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
	// Logger gets what a caller must not see: panics, and errors that are no
	// status. Nil: slog.Default().
	Logger *slog.Logger
	// AllowedOrigins are the origins whose pages may call from a browser, such as
	// https://ward.example; nil: none but pages of this server.
	AllowedOrigins []string
	// Clock measures how long a refused call took; nil: the system's.
	Clock clock.Clock
	// PassOn names a header that becomes metadata beside those that always do; empty: none.
	PassOn string
	// MaxBodyBytes limits a request's body. 0: 1 MiB.
	MaxBodyBytes int64
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
