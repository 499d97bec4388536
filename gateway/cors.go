package gateway

import (
	"net/http"
	"slices"
	"strings"
)

// crossOrigin lets pages of other origins call, as browsers ask (Fetch, section 3.2).
// It lists exact origins. No cookie is of use to them: their tokens come in Authorization,
// so that browsers need not be allowed to send credentials of their own.
type crossOrigin struct{ allowed []string }

var (
	allowedMethods = []string{"GET, HEAD, POST, PUT, PATCH, DELETE"}
	// allowedHeaders are the request headers that the mesh reads, beside those that
	// browsers always send.
	allowedHeaders = []string{strings.Join([]string{
		"Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match", headerLastEventID, "Prefer", headerTimeout, "Traceparent", "Tracestate", headerRequestID,
	}, ", ")}
	exposedHeaders = []string{strings.Join([]string{"ETag", "Preference-Applied", headerRequestID, "Retry-After", headerVerifiedTime}, ", ")}
	// preflightAge is how many seconds browsers keep what they were told.
	preflightAge   = []string{"600"}
	varyByOrigin   = []string{"Origin"}
	anyOriginReads = []string{"cross-origin"}
)

// allow puts what a browser has to know into an answer, and tells whether the request
// comes from a page that may call.
func (c crossOrigin) allow(h http.Header, r *http.Request) bool {
	if len(c.allowed) == 0 {
		return false
	}
	h["Vary"] = varyByOrigin
	origin := r.Header["Origin"]
	if len(origin) != 1 || !slices.Contains(c.allowed, origin[0]) {
		return false
	}
	h["Access-Control-Allow-Origin"] = origin
	h["Access-Control-Expose-Headers"] = exposedHeaders
	h["Cross-Origin-Resource-Policy"] = anyOriginReads
	return true
}

// isPreflight tells whether a browser asks if a page may make a request.
func (c crossOrigin) isPreflight(r *http.Request) bool {
	return len(c.allowed) > 0 && r.Method == http.MethodOptions && r.Header.Get("Origin") != "" && r.Header.Get("Access-Control-Request-Method") != ""
}

// answerPreflight lets a page make any request; who calls is asked with the request.
func answerPreflight(w http.ResponseWriter) {
	h := w.Header()
	h["Access-Control-Allow-Methods"] = allowedMethods
	h["Access-Control-Allow-Headers"] = allowedHeaders
	h["Access-Control-Max-Age"] = preflightAge
	delete(h, "Access-Control-Expose-Headers")
	w.WriteHeader(http.StatusNoContent)
}
