package odoo

import (
	"context"
	"time"
)

// Request is one method call on a model.
type Request struct {
	Model  string
	Method string
	// IDs are the records that the method runs on; empty for a method of the
	// model itself.
	IDs []int64
	// Args are positional arguments after the ids. XML-RPC alone carries them;
	// prefer Kwargs.
	Args []any
	// Kwargs are arguments by name, "context" among them.
	Kwargs map[string]any
}

// Transport carries calls to one Odoo as one user. Implementations are safe for
// concurrent use, keep the context's deadline, never repeat a call, and fail
// with *Fault, *TransportError or *ArgumentError only.
type Transport interface {
	// Version asks what the server is, without credentials.
	Version(ctx context.Context) (Version, error)
	// Authenticate gives the user's id, or a *Fault of kind Credentials or
	// UnknownDatabase.
	Authenticate(ctx context.Context) (int64, error)
	// Call calls a method. The result is made of nil, bool, int64, float64,
	// string, time.Time, []any and map[string]any.
	Call(ctx context.Context, r Request) (any, error)
	// LastServerTime is Odoo's own clock as of its latest answer, in whole
	// seconds; zero before there was one.
	LastServerTime() time.Time
	// Close lets idle connections go.
	Close()
}
