package gateway

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	"odoomesh/internal/fault"
)

type gateway struct {
	services *routes
	pages    *http.ServeMux
	failures errorWriter
	maxBody  int64
	buffers  sync.Pool // of *[]byte
	// origins keeps pages of other sites from changing anything in the name of
	// the browser's user.
	origins *http.CrossOriginProtection
	cors    crossOrigin
	browser Browser
	// tickets is nil where there are none.
	tickets Tickets
	// console is nil where there is none.
	console http.Handler
	// passOn is a header that becomes metadata, as http.Header spells it; empty for none.
	passOn string
	// zone is whose days the days in queries are; nil: there are none.
	zone func() *time.Location
}

// New makes the HTTP side of the services behind conn, which is either an
// InProcess connection or one to another process. It starts nothing.
func New(conn grpc.ClientConnInterface, o Options) (http.Handler, error) {
	o = o.withDefaults()
	g := &gateway{browser: o.Browser, tickets: o.Tickets, console: o.Console, failures: errorWriter{o.Logger, o.Clock, o.MaxBodyBytes, o.Browser}, maxBody: o.MaxBodyBytes, origins: http.NewCrossOriginProtection()}
	g.buffers.New = func() any { return new([]byte) }
	for _, origin := range o.AllowedOrigins {
		if err := g.origins.AddTrustedOrigin(origin); err != nil {
			return nil, fmt.Errorf("letting pages of %s call: %w", origin, err)
		}
	}
	g.passOn = http.CanonicalHeaderKey(o.PassOn)
	g.cors.allowed, g.zone = o.AllowedOrigins, o.Zone
	lines := newJSONMarshaler()
	options := []runtime.ServeMuxOption{
		runtime.WithMarshalerOption(runtime.MIMEWildcard, lines),
		runtime.WithMarshalerOption(mimeEvents, eventMarshaler{lines}),
		runtime.WithMarshalerOption(mimeLines, lineMarshaler{lines, o.MaxBodyBytes}),
		runtime.WithForwardResponseOption(beforeAnswer),
		runtime.WithForwardResponseRewriter(toAnswer),
		runtime.WithIncomingHeaderMatcher(incoming(g.passOn)),
		runtime.WithOutgoingHeaderMatcher(nothing),
		runtime.WithOutgoingTrailerMatcher(nothing),
		runtime.WithErrorHandler(g.failures.handle),
		runtime.WithStreamErrorHandler(g.failures.handleStream),
		runtime.WithRoutingErrorHandler(g.notRouted),
		runtime.WithMiddlewares(answerProbe),
		runtime.WithDisablePathLengthFallback(),
		runtime.WithDisableHTTPMethodOverride(),
		runtime.WithDisableChunkedEncoding(),
		runtime.WithWriteContentLength(),
	}
	var err error
	newMux := func() *runtime.ServeMux { return runtime.NewServeMux(options...) }
	if g.services, err = newRoutes(newMux, o.Register, checkedConn{conn}); err != nil {
		return nil, err
	}
	pages, err := newPages(o.OpenAPI, o.Note, o.Console != nil)
	if err != nil {
		return nil, err
	}
	g.pages = pages
	return compress(g)
}

func nothing(string) (string, bool) { return "", false }

func toAnswer(ctx context.Context, m proto.Message) (any, error) {
	c := callFrom(ctx)
	a := answer{message: m, fields: c.fields, reply: c.reply, first: c.streaming && !c.started}
	c.started = c.streaming
	if !c.streaming {
		a.buffer = c.buffer
	}
	return a, nil
}

func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r, ticket := g.withoutTicket(g.withDays(r))
	c := &call{request: r, ticket: ticket, began: g.failures.clock.Now(), id: requestID(r.Header)}
	id := []string{c.id}
	h := w.Header()
	setCommonHeaders(h)
	h[headerRequestID] = id
	tracked := &trackedWriter{ResponseWriter: w, call: c}
	defer g.recover(tracked, r)
	allowed := g.cors.allow(h, r)
	if g.cors.isPreflight(r) {
		if !allowed {
			g.failures.refuse(tracked, c, http.StatusForbidden, refusal(errorsv1.Reason_REASON_NOT_PERMITTED,
				"Pages of this origin may not call: cors-allowed-origins does not name it.", fault.Instead("Name the origin in cors-allowed-origins.")))
			return
		}
		answerPreflight(tracked)
		return
	}
	if g.console != nil && isConsole(r.URL.Path) {
		g.serveConsole(tracked, r, c)
		return
	}
	if !strings.HasPrefix(r.URL.Path, versionPath) {
		if page, pattern := g.pages.Handler(r); pattern != "" {
			page.ServeHTTP(tracked, r)
			return
		}
	}
	if err := g.origins.Check(r); err != nil {
		g.failures.refuse(tracked, c, http.StatusForbidden, refusal(errorsv1.Reason_REASON_NOT_PERMITTED,
			"A page of another site may not change anything here."))
		return
	}
	if g.browser != nil {
		if c.session = g.browser.Session(r); c.session != nil {
			if err := g.browser.SameOrigin(r); err != nil {
				g.failures.refuse(tracked, c, http.StatusForbidden, refusal(errorsv1.Reason_REASON_NOT_PERMITTED, sentence(err)))
				return
			}
		}
	}
	ctx, cancel, err := withTimeout(context.WithValue(r.Context(), callKey{}, c), r.Header)
	if err != nil {
		g.failures.refuse(tracked, c, http.StatusBadRequest, err)
		return
	}
	defer cancel()
	routed := r.WithContext(ctx)
	routed.Header = routedHeader(r, id, g.passOn)
	if r.Method == http.MethodHead {
		routed.Method = http.MethodGet
	}
	if r.ContentLength > g.maxBody && !sendsLines(r.Header) {
		g.failures.refuse(tracked, c, http.StatusRequestEntityTooLarge, bodyTooLarge(g.maxBody))
		return
	}
	if r.Body != nil && r.Body != http.NoBody {
		limited := &limitedBody{ReadCloser: r.Body, left: g.maxBody, call: c}
		routed.Body = limited
		c.takeLines = func() { limited.left = math.MaxInt64 - 1; takeLines(tracked) }
	}
	if r.ProtoMajor == 1 {
		c.buffer = g.buffers.Get().(*[]byte)
	}
	g.services.of(r.URL.Path).ServeHTTP(tracked, routed)
	if c.lines {
		leaveLines(tracked, g.failures.clock.Now())
	}
	g.reuse(c.buffer)
}

// reuse takes back a buffer. It is only used over HTTP/1, whose writes are done
// when they return: in HTTP/2, a stream that was reset may still be written from.
func (g *gateway) reuse(buffer *[]byte) {
	if buffer != nil && cap(*buffer) <= maxPooledBytes {
		g.buffers.Put(buffer)
	}
}

// recover answers 500 when nothing was sent yet; otherwise the connection is
// broken off, so that a piece is not taken for the whole.
func (g *gateway) recover(w *trackedWriter, r *http.Request) {
	p := recover()
	if p == nil {
		return
	}
	if p == http.ErrAbortHandler {
		panic(p)
	}
	g.failures.logger.ErrorContext(r.Context(), "panic in the gateway",
		"path", r.URL.Path, "request_id", w.call.id,
		"panic", fmt.Sprint(p), "stack", string(debug.Stack()))
	if w.wrote {
		panic(http.ErrAbortHandler)
	}
	g.failures.refuse(w, w.call, http.StatusInternalServerError, fault.Internal(nil).GRPCStatus())
}

// answerProbe stands before every route. A request that only asks whether the
// route exists goes no further.
func answerProbe(next runtime.HandlerFunc) runtime.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request, params map[string]string) {
		if c := callFrom(r.Context()); c.probe {
			c.matched = true
			return
		}
		next(w, r, params)
	}
}

func (g *gateway) notRouted(_ context.Context, _ *runtime.ServeMux, _ runtime.Marshaler, w http.ResponseWriter, r *http.Request, httpCode int) {
	switch {
	case callFrom(r.Context()).probe:
	case httpCode == http.StatusMethodNotAllowed:
		allowed := g.allowed(r)
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		message := "This path does not take " + r.Method + ", but " + strings.Join(allowed, ", ") + "."
		if !slices.ContainsFunc(allowed, func(m string) bool { return m != http.MethodGet && m != http.MethodHead }) {
			message += " It can only be read."
		}
		g.failures.refuse(w, callFrom(r.Context()), httpCode, refusal(errorsv1.Reason_REASON_NOT_SUPPORTED, message))
	case httpCode == http.StatusNotFound:
		g.failures.refuse(w, callFrom(r.Context()), httpCode, g.services.nothingAt(r.URL.Path))
	default:
		g.failures.refuse(w, callFrom(r.Context()), http.StatusBadRequest, refusal(errorsv1.Reason_REASON_INVALID_ARGUMENT, "The path cannot be read."))
	}
}

// allowed asks the router for the same path with every other method.
func (g *gateway) allowed(r *http.Request) []string {
	var methods []string
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		c := &call{probe: true}
		probe := r.WithContext(context.WithValue(r.Context(), callKey{}, c))
		probe.Method = method
		g.services.of(r.URL.Path).ServeHTTP(discard{}, probe)
		if !c.matched {
			continue
		}
		methods = append(methods, method)
		if method == http.MethodGet {
			methods = append(methods, http.MethodHead)
		}
	}
	return methods
}
