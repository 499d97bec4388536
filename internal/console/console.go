package console

import (
	"bytes"
	"embed"
	"html/template"
	"log/slog"
	"net/http"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"

	"odoomesh/internal/clock"
)

// Path is where the pages begin.
const Path = "/console"

// policy lets a page use the files of this server and nothing else.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// Config is what the console needs.
type Config struct {
	// Conn leads to the services. Calls with the context of a page's request are made as
	// whoever asks for the page.
	Conn grpc.ClientConnInterface
	// Lead sends a browser in which nobody is signed in to where people do; false where
	// that is of no use. nil: people do not sign in.
	Lead func(http.ResponseWriter, *http.Request) bool
	// Zone is the time zone in which times are shown; nil: UTC.
	Zone func() *time.Location
	// Environment is named on every page.
	Environment string
	Clock       clock.Clock
	Logger      *slog.Logger
}

// Console is the pages. It is safe for concurrent use.
type Console struct {
	Config
	collections map[string]*collection
	mux         *http.ServeMux
}

//go:embed page.html
var pageText string

//go:embed static
var files embed.FS

var layout = template.Must(template.New("page").Parse(pageText))

// New makes the pages. It starts nothing.
func New(c Config) *Console {
	p := &Console{Config: c, collections: collectionsOfContract(), mux: http.NewServeMux()}
	for pattern, show := range map[string]func(*http.Request) (*page, error){
		"": p.home, "/{$}": p.home, "/proof": p.proof, "/search": p.search, "/journeys": p.journey, "/stock": p.stock, "/expiring": p.expiring,
		"/late": p.late, "/payables": p.payables, "/events": p.events, "/exceptions": p.exceptions, "/faulty": p.faulty, "/consumers": p.consumers,
		"/records": p.records, "/{collection}": p.list, "/{collection}/{id}": p.record, "/lots/{id}/trace": p.trace,
	} {
		p.mux.HandleFunc("GET "+Path+pattern, func(w http.ResponseWriter, r *http.Request) { p.show(w, r, show) })
	}
	for name, kind := range map[string]string{"console.css": "text/css; charset=utf-8", "console.js": "text/javascript; charset=utf-8"} {
		content, _ := files.ReadFile("static/" + name) // it is embedded
		p.mux.HandleFunc("GET "+Path+"/static/"+name, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			w.Header().Set("Cache-Control", "no-cache")
			_, _ = w.Write(content) // the caller has gone away
		})
	}
	return p
}

// ServeHTTP answers a page.
func (c *Console) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	if _, pattern := c.mux.Handler(r); pattern == "" {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			h.Set("Allow", "GET, HEAD")
			c.write(w, r, http.StatusMethodNotAllowed, &page{Title: "Not possible", Problem: "Pages of the console are only read."})
			return
		}
		c.write(w, r, http.StatusNotFound, &page{Title: "Not found", Problem: "There is no such page."})
		return
	}
	c.mux.ServeHTTP(w, r)
}

// show answers a page, or the page that says why there is none.
func (c *Console) show(w http.ResponseWriter, r *http.Request, make func(*http.Request) (*page, error)) {
	p, err := make(r)
	if err == nil {
		code := http.StatusOK
		if p.code != 0 {
			code = p.code
		}
		c.write(w, r, code, p)
		return
	}
	if codeOf(err) == codes.Unauthenticated && c.Lead != nil && c.Lead(w, r) {
		return
	}
	code, why := refused(err)
	if code >= http.StatusInternalServerError {
		c.Logger.LogAttrs(r.Context(), slog.LevelWarn, "a page of the console was not answered", slog.String("path", r.URL.Path), slog.Any("error", err))
	}
	c.write(w, r, code, &page{Title: titleOf(code), Problem: why.Problem, Advice: why.Advice})
}

func (c *Console) write(w http.ResponseWriter, r *http.Request, code int, p *page) {
	p.Environment, p.Look, p.Path, p.Query = c.Environment, lookOf(c.Environment), r.URL.Path, clean(r.URL.Query().Get("q"))
	p.Now, p.SignsIn = c.at(c.Clock.Now()), c.Lead != nil
	var text bytes.Buffer
	if err := layout.Execute(&text, p); err != nil {
		c.Logger.LogAttrs(r.Context(), slog.LevelError, "a page of the console could not be made", slog.String("path", r.URL.Path), slog.Any("error", err))
		http.Error(w, "This page could not be made; the log says why.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(code)
	_, _ = text.WriteTo(w) // the caller has gone away
}

// zone is in which times are shown.
func (c *Console) zone() *time.Location {
	if c.Zone == nil {
		return time.UTC
	}
	return c.Zone()
}
