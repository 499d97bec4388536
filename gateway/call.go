package gateway

import (
	"context"
	"crypto/rand"
	"net/http"
	"time"

	"odoomesh/internal/identity/session"
	meshrecord "odoomesh/internal/record"
)

// call is what the gateway knows about one HTTP request while it is answered.
// Only the goroutine of the request writes to it.
type call struct {
	// request is as it came: its context ends when the client goes away, and
	// not at the deadline of the call.
	request *http.Request
	// began is when it came.
	began time.Time
	// id is the request's id: the caller's own, or one made here.
	id string
	// session is what the browser's cookie shows; nil for nothing.
	session *session.Shown
	// ticket opens a stream; nil where none was given.
	ticket *givenTicket
	// buffer is where the JSON of an answer is made; nil: in memory of its own.
	buffer *[]byte
	// fields are those that the request's read mask names; nil for all.
	fields *meshrecord.Fields
	// reply tells which records of the answer are rendered; nil: none.
	reply *meshrecord.Reply
	// streaming: the answer is a stream.
	streaming bool
	// takeLines lets the body be of any length and take its time, for a call of which each
	// line is a message; nil where there is no body.
	takeLines func()
	// lines: it was done.
	lines bool
	// started: the first message of the stream was handed out.
	started bool
	// lost: writing the answer failed, so nobody reads it any more.
	lost bool
	// bodyTooLarge: the body went past the limit while it was read.
	bodyTooLarge bool
	// page: it is a page for people, whose calls need no rendering.
	page bool
	// probe: the request only asks whether a route exists.
	probe bool
	// matched: a route was found by a probe.
	matched bool
}

type callKey struct{}

// callFrom is never nil, so that code that runs outside a request needs no check.
func callFrom(ctx context.Context) *call {
	if c, ok := ctx.Value(callKey{}).(*call); ok {
		return c
	}
	return &call{}
}

// clientGone says whether nobody reads the answer any more.
func (c *call) clientGone() bool {
	return c.lost || c.request != nil && c.request.Context().Err() != nil
}

const maxRequestIDLength = 128

// requestID answers the caller's own id when it is safe to log and to send
// back, otherwise a new one.
func requestID(h http.Header) string {
	if id := h.Get("X-Request-Id"); safeRequestID(id) {
		return id
	}
	return rand.Text()
}

func safeRequestID(id string) bool {
	if id == "" || len(id) > maxRequestIDLength {
		return false
	}
	for i := range len(id) {
		switch c := id[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
		case c == '-', c == '_', c == '.', c == ':', c == '/', c == '+', c == '=':
		default:
			return false
		}
	}
	return true
}
