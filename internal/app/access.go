package app

import (
	"context"

	"fmt"
	"strings"
	"time"

	"odoomesh/internal/access"
	"odoomesh/internal/read"
	"odoomesh/services/operations/exception"
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

// glassCauses say who has more than usually.
func glassCauses(broken []access.BrokenGlass) (causes []exception.Cause) {
	for _, b := range broken {
		causes = append(causes, exception.Cause{
			Kind: exception.BreakGlass, Subject: b.Principal,
			Summary: fmt.Sprintf("%s has broken the glass and has the roles %s until %s.", b.Principal, strings.Join(b.Roles, ", "), b.Until.UTC().Format(time.RFC3339)),
			Detail:  "The reason that was given: " + b.Reason,
		})
	}
	return causes
}

func accessFileCauses(at access.Standing) []exception.Cause {
	if at.Problem == nil {
		return nil
	}
	return []exception.Cause{{
		Kind: exception.AccessFile, Subject: "access",
		Summary: "The access file cannot be used as it is now: the one before is in force.",
		Detail:  at.Problem.Error() + "\nmeshctl access check tells all that is wrong with it.",
	}}
}
