package gateway

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/protobuf/proto"

	meshrecord "odoomesh/internal/record"
)

const (
	headerRequestID    = "X-Request-Id"
	headerVerifiedTime = "Mesh-Verified-Time"
)

// Values shared by all answers; a header's slice is replaced, never changed.
var (
	contentTypeJSON   = []string{mimeJSON}
	cacheNoStore      = []string{"no-store"}
	cachePrivate      = []string{"private, no-cache"}
	noSniff           = []string{"nosniff"}
	sameOrigin        = []string{"same-origin"}
	nothingIsExecuted = []string{"default-src 'none'; frame-ancestors 'none'"}
)

// setCommonHeaders has few headers on purpose: each costs both sides time on
// every call. The policy forbids frames, so pages alone repeat it for old browsers.
func setCommonHeaders(h http.Header) {
	h["Cache-Control"] = cacheNoStore
	h["Content-Security-Policy"] = nothingIsExecuted
	h["Cross-Origin-Resource-Policy"] = sameOrigin
	h["X-Content-Type-Options"] = noSniff
}

// setRequestIDFromServer lets the id that the server logged under win.
func setRequestIDFromServer(ctx context.Context, w http.ResponseWriter) {
	md, ok := runtime.ServerMetadataFromContext(ctx)
	if !ok {
		return
	}
	if ids := md.HeaderMD["x-request-id"]; len(ids) > 0 && safeRequestID(ids[0]) {
		w.Header()[headerRequestID] = ids[:1:1]
	}
}

// beforeAnswer sets what depends on the message. For a stream it is called
// without one before the first message, and then for each.
func beforeAnswer(ctx context.Context, w http.ResponseWriter, m proto.Message) error {
	c := callFrom(ctx)
	if c.streaming {
		if m == nil {
			setRequestIDFromServer(ctx, w)
			beginStream(w)
		}
		return nil
	}
	setRequestIDFromServer(ctx, w)
	answerLater(ctx, w)
	r, ok := m.(record)
	if !ok || c.request == nil || (c.request.Method != http.MethodGet && c.request.Method != http.MethodHead) {
		return nil
	}
	// Records have it with its quotes, as RFC 9110 writes it.
	tag := strings.Trim(r.GetEtag(), `"`)
	if tag == "" || strings.ContainsAny(tag, "\"\r\n") {
		return nil
	}
	// Weak: the same etag comes with another time of verification.
	etag := `W/"` + tag + `"`
	h := w.Header()
	h["Etag"] = []string{etag}
	h["Cache-Control"] = cachePrivate
	if matches(c.request.Header["If-None-Match"], tag) {
		// The client's copy says when it was verified last; this is news.
		if verified := r.GetProvenance().GetVerifiedTime(); verified.IsValid() {
			h[headerVerifiedTime] = []string{string(meshrecord.AppendTime(nil, verified))}
		}
		delete(h, "Content-Type")
		w.WriteHeader(http.StatusNotModified)
	}
	return nil
}

// matches compares as RFC 9110 does for If-None-Match, where W/ does not count.
func matches(headers []string, etag string) bool {
	for _, header := range headers {
		for candidate := range strings.SplitSeq(header, ",") {
			candidate = strings.TrimSpace(candidate)
			if candidate == "*" || strings.TrimPrefix(candidate, "W/") == `"`+etag+`"` {
				return true
			}
		}
	}
	return false
}

// beginStream lifts the server's time limits, which are meant for answers that
// end, and asks proxies not to gather what is to be seen at once.
func beginStream(w http.ResponseWriter) {
	w.Header()["X-Accel-Buffering"] = []string{"no"}
	control := http.NewResponseController(w)
	// A writer that has no such limit says so, and then there is none to lift.
	_ = control.SetWriteDeadline(time.Time{})
	_ = control.SetReadDeadline(time.Time{})
}

// answerLater says, as RFC 7240 does, that a command was taken on and is carried out
// later, as its caller has wished.
func answerLater(ctx context.Context, w http.ResponseWriter) {
	md, _ := runtime.ServerMetadataFromContext(ctx)
	if applied := md.HeaderMD["preference-applied"]; len(applied) > 0 {
		w.Header()["Preference-Applied"] = applied[:1:1]
		w.WriteHeader(http.StatusAccepted)
	}
}
