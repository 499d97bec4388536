package app

import (
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"odoomesh/internal/clock"
)

const (
	// bodyTimeout is how long a request's body may take to come. It has at most some
	// megabytes: who needs longer sends it drop by drop.
	bodyTimeout = 20 * time.Second
	// writeTimeout is how long a caller may take to read what was written for it, a piece
	// of a stream or a whole answer.
	writeTimeout = time.Minute
)

// inTime ends requests whose callers keep them open without sending, or reading, on. A
// stream has no end that could be set for the whole of it, so that each piece has one.
// Connections know the machine's time alone.
func inTime(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		connection := http.NewResponseController(w)
		if r.Body != nil && r.Body != http.NoBody {
			_ = connection.SetReadDeadline(clock.System{}.Now().Add(bodyTimeout)) // tests have writers without a connection
			body := *r
			body.Body = &timedBody{r.Body, connection}
			r = &body
		}
		_ = connection.SetWriteDeadline(time.Time{}) // of the request before
		next.ServeHTTP(&timedWriter{w, connection}, r)
	})
}

// timedBody takes its time limit away when all of it has come: the caller is watched for
// going away from then on.
type timedBody struct {
	io.ReadCloser
	connection *http.ResponseController
}

func (b *timedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err == io.EOF {
		_ = b.connection.SetReadDeadline(time.Time{})
	}
	return n, err
}

type timedWriter struct {
	http.ResponseWriter
	connection *http.ResponseController
}

func (w *timedWriter) Write(p []byte) (int, error) {
	_ = w.connection.SetWriteDeadline(clock.System{}.Now().Add(writeTimeout))
	return w.ResponseWriter.Write(p)
}

// FlushError sends what was written on its way.
func (w *timedWriter) FlushError() error {
	_ = w.connection.SetWriteDeadline(clock.System{}.Now().Add(writeTimeout))
	return w.connection.Flush()
}

// Unwrap lets http.ResponseController reach what the server offers.
func (w *timedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// newMissed counts the calls over gRPC whose request did not come.
func newMissed(r prometheus.Registerer) prometheus.Counter {
	c := prometheus.NewCounter(prometheus.CounterOpts{Name: "mesh_grpc_requests_missed_total", Help: "Calls over gRPC that were begun, and ended because their request did not come."})
	r.MustRegister(c)
	return c
}

// turnedAway counts the answers of HTTP that refuse, by their code.
type turnedAway struct {
	next    http.Handler
	refused *prometheus.CounterVec
}

func newTurnedAway(r prometheus.Registerer, next http.Handler) *turnedAway {
	t := &turnedAway{next: next, refused: prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "mesh_http_refused_total", Help: "Answers of HTTP that refuse, those too that no method was asked for, by their code.",
	}, []string{"code"})}
	r.MustRegister(t.refused)
	return t
}

func (t *turnedAway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	t.next.ServeHTTP(&countedWriter{w, t.refused}, r)
}

type countedWriter struct {
	http.ResponseWriter
	refused *prometheus.CounterVec
}

func (w *countedWriter) WriteHeader(code int) {
	if code >= http.StatusBadRequest {
		w.refused.WithLabelValues(strconv.Itoa(code)).Inc()
	}
	w.ResponseWriter.WriteHeader(code)
}

// Unwrap lets http.ResponseController reach what the server offers.
func (w *countedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
