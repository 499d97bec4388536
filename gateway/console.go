package gateway

import (
	"context"
	"net/http"
	"strings"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
)

// pathConsole is where the pages for people begin.
const pathConsole = "/console"

// serveConsole answers a page for people. The calls that the page makes with the
// request's context are the caller's own: they have its credentials, its session and its
// address, and go through the same chain as calls over REST.
func (g *gateway) serveConsole(w http.ResponseWriter, r *http.Request, c *call) {
	if g.browser != nil {
		c.session = g.browser.Session(r)
	}
	c.page = true
	routed := r.Clone(context.WithValue(r.Context(), callKey{}, c))
	routed.Header = routedHeader(r, []string{c.id}, g.passOn)
	ctx, err := runtime.AnnotateContext(routed.Context(), g.services.all, routed, "")
	if err != nil {
		g.failures.refuse(w, c, http.StatusBadRequest, refusal(errorsv1.Reason_REASON_INVALID_ARGUMENT, "A header of the request cannot be read."))
		return
	}
	g.console.ServeHTTP(w, r.WithContext(withForwardedHosts(ctx)))
}

// isConsole tells whether a path is one of the console's.
func isConsole(path string) bool {
	rest, found := strings.CutPrefix(path, pathConsole)
	return found && (rest == "" || rest[0] == '/')
}
