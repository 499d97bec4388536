package app

import (
	"context"

	"odoomesh/internal/access"
	"odoomesh/internal/read"
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
func (r *rooms) Guard() *access.Guard { return r.app.servers.guard }

// Records are those of a collection; false where there is none of that name.
func (r *rooms) Records(collection string) (read.Deps, bool) {
	if _, known := r.kinds[collection]; !known {
		return read.Deps{}, false
	}
	return r.Read(collection), true
}
