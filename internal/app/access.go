package app

import (
	"context"

	engine "odoomesh/internal/access"
	"odoomesh/internal/read"
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
func (r *rooms) Usage() access.Usage { return r.app.usage }

// Records are those of a collection; false where there is none of that name.
func (r *rooms) Records(collection string) (read.Deps, bool) {
	if _, known := r.kinds[collection]; !known {
		return read.Deps{}, false
	}
	return r.Read(collection), true
}
