package app

import (
	"context"

	engine "odoomesh/internal/access"
	"odoomesh/internal/read"
	"odoomesh/internal/token"
	"odoomesh/internal/usage"
	"odoomesh/services/access"
)

// Reload reads the access file and the files of TLS now, without waiting for the next look
// at them.
func (a *App) Reload() {
	a.servers.guard.Reload()
	if a.servers.tls != nil {
		a.servers.tls.Reload(context.Background())
	}
}

// Guard decides who may call what.
func (r *rooms) Guard() *engine.Guard { return r.app.servers.guard }

// Usage is who calls which method.
func (r *rooms) Usage() access.Usage { return countedCalls{r.app.usage, r.app} }

// countedCalls are those that were counted, with the page tokens of who calls.
type countedCalls struct {
	*usage.Table
	app *App
}

// Tokens are the page tokens of who calls.
func (c countedCalls) Tokens(ctx context.Context) token.Tokens { return c.app.tokens.For(ctx) }

// Records are those of a collection; false where there is none of that name.
func (r *rooms) Records(collection string) (read.Deps, bool) {
	if _, known := r.kinds[collection]; !known {
		return read.Deps{}, false
	}
	return r.Read(collection), true
}
