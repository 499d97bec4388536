package gateway

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"google.golang.org/grpc/status"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
)

// headerTimeout is the caller's time limit in seconds, such as 2.5.
const headerTimeout = "Request-Timeout"

// maxTimeout bounds what a caller can ask for; more is no limit in practice.
const maxTimeout = 24 * time.Hour

func withTimeout(ctx context.Context, h http.Header) (context.Context, context.CancelFunc, *status.Status) {
	text := h.Get(headerTimeout)
	if text == "" {
		return ctx, func() {}, nil
	}
	seconds, err := strconv.ParseFloat(text, 64)
	if err != nil || !(seconds > 0) {
		return nil, nil, refusal(errorsv1.Reason_REASON_INVALID_ARGUMENT,
			"The header "+headerTimeout+" has to be a number of seconds above 0, such as 2.5.")
	}
	limit := maxTimeout
	if seconds < maxTimeout.Seconds() {
		limit = time.Duration(seconds * float64(time.Second))
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	return ctx, cancel, nil
}

// wantsEvents says whether Server-Sent Events are among the types accepted. A
// program that wants lines does not name them, so their weight does not matter.
func wantsEvents(accept []string) bool {
	for _, header := range accept {
		for item := range strings.SplitSeq(header, ",") {
			if !strings.Contains(item, "event-stream") {
				continue
			}
			kind, _, err := mime.ParseMediaType(item)
			if err == nil && kind == mimeEvents {
				return true
			}
		}
	}
	return false
}

// trackedWriter remembers whether an answer has begun. That a client has left is
// nothing to report: a failed write is noted in the call, and the watch ends.
type trackedWriter struct {
	http.ResponseWriter
	call  *call
	wrote bool
}

func (w *trackedWriter) WriteHeader(code int) {
	w.wrote = true
	w.ResponseWriter.WriteHeader(code)
}

func (w *trackedWriter) Write(p []byte) (int, error) {
	w.wrote = true
	n, err := w.ResponseWriter.Write(p)
	if err != nil && w.call.streaming {
		w.call.lost = true
		return len(p), nil
	}
	return n, err
}

// FlushError sends what was written on its way.
func (w *trackedWriter) FlushError() error {
	err := http.NewResponseController(w.ResponseWriter).Flush()
	if err != nil && !errors.Is(err, http.ErrNotSupported) {
		w.call.lost = true
		return nil
	}
	return err
}

// Unwrap lets http.ResponseController reach what the server offers.
func (w *trackedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// discard is the writer of a probe, whose answer nobody reads.
type discard struct{}

func (discard) Header() http.Header         { return http.Header{} }
func (discard) Write(p []byte) (int, error) { return len(p), nil }
func (discard) WriteHeader(int)             {}

var errBodyTooLarge = errors.New("the body is too large")

// limitedBody fails when a body goes past the limit, and notes it for the answer.
type limitedBody struct {
	io.ReadCloser
	left int64
	call *call
}

func (b *limitedBody) Read(p []byte) (int, error) {
	// One byte more than is left tells a body of just the limit from a longer one.
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.ReadCloser.Read(p)
	if b.left -= int64(n); b.left < 0 {
		b.left = -1
		b.call.bodyTooLarge = true
		return 0, errBodyTooLarge
	}
	return n, err
}
