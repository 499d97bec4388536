package signin_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"odoomesh/internal/access"
	"odoomesh/internal/audit"
	"odoomesh/internal/clock"
	"odoomesh/internal/identity/oidc"
	"odoomesh/internal/identity/oidc/issuer"
	"odoomesh/internal/identity/oidc/oidctest"
	"odoomesh/internal/identity/session"
	"odoomesh/internal/signin"
)

const secret = "the-secret-of-the-client"

const accessFile = `principals:
- {name: buyers, rights: {"*": [read]}, oidc: {claims: {groups: buyers}}}
- {name: ann, rights: {"*": [read]}, oidc: {subject: ann}}
- {name: ann-too, rights: {"*": [read]}, oidc: {claims: {twice: "yes"}}}
`

// house is a door with all that belongs to it, and an identity provider.
type house struct {
	t        *testing.T
	issuer   *oidctest.Issuer
	server   *httptest.Server
	door     *signin.Door
	sessions *session.Sessions
	metrics  *prometheus.Registry

	mu      sync.Mutex
	now     time.Time
	file    *access.File
	log     strings.Builder
	records []audit.Record
	broken  error
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{t: t, issuer: oidctest.New(t), now: time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC), metrics: prometheus.NewRegistry()}
	h.access(accessFile)
	mux := http.NewServeMux()
	h.server = httptest.NewTLSServer(mux)
	t.Cleanup(h.server.Close)
	h.issuer.SignsIn("mesh-console", h.server.URL+signin.PathCallback, h.server.URL+signin.PathSignedOut, h.clock(),
		issuer.Person{Name: "bob", Subject: "bob", Claims: map[string]string{"groups": "buyers"}},
		issuer.Person{Name: "ann", Subject: "ann"},
		issuer.Person{Name: "both", Subject: "ann", Claims: map[string]string{"twice": "yes"}},
		issuer.Person{Name: "nobody", Subject: "nobody"})
	logger := slog.New(slog.NewTextHandler(h, nil))
	tokens, err := oidc.Open(oidc.Config{
		Issuer: h.issuer.URL, Algorithms: []string{"ES256"}, File: filepath.Join(t.TempDir(), "keys"), Clock: h.clock(), Logger: logger, Transport: h.issuer.Client().Transport,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tokens.Close)
	file := func() *access.File { h.mu.Lock(); defer h.mu.Unlock(); return h.file }
	h.sessions = session.New(session.Config{Lifetime: 8 * time.Hour, Idle: 30 * time.Minute, Bounds: session.DefaultBounds(), File: file, Clock: h.clock(), Random: rand.Reader, Registerer: h.metrics})
	door, err := signin.New(signin.Config{
		URL: h.server.URL, Issuer: h.issuer.URL, Sessions: h.sessions, File: file, Audit: h, Environment: "test", Lifetime: 8 * time.Hour,
		Client: tokens.Client(oidc.ClientConfig{
			ID: "mesh-console", Secret: func() (string, error) { return secret, nil }, Redirect: h.server.URL + signin.PathCallback, SignedOut: h.server.URL + signin.PathSignedOut, Scopes: []string{"openid"},
		}),
		Address: func(r *http.Request) string { return "192.0.2.7" }, Clock: h.clock(), Logger: logger, Registerer: h.metrics,
	})
	if err != nil {
		t.Fatal(err)
	}
	h.door = door
	door.Pages(mux)
	return h
}

func (h *house) clock() clock.Clock {
	return clock.Func(func() time.Time { h.mu.Lock(); defer h.mu.Unlock(); return h.now })
}

func (h *house) pass(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = h.now.Add(d)
}

func (h *house) access(text string) {
	h.t.Helper()
	path := filepath.Join(h.t.TempDir(), "access.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		h.t.Fatal(err)
	}
	file, err := access.ReadFile(path)
	if err != nil {
		h.t.Fatal(err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.file = file
}

// Write implements io.Writer: it is the log.
func (h *house) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.log.Write(p)
}

// Ready implements audit.Recorder.
func (h *house) Ready() error { h.mu.Lock(); defer h.mu.Unlock(); return h.broken }

// Record implements audit.Recorder.
func (h *house) Record(_ context.Context, r audit.Record) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.records = append(h.records, r)
	return nil
}

func (h *house) breakAudit() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.broken = errors.New("no space left")
}

func (h *house) lastRecord() audit.Record {
	h.t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.records) == 0 {
		h.t.Fatal("nothing is recorded")
	}
	return h.records[len(h.records)-1]
}

// browser is a person's, which is sent on nowhere by itself.
type browser struct {
	*house
	client *http.Client
}

func (h *house) browser() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.t.Fatal(err)
	}
	c := *h.server.Client()
	c.Jar, c.CheckRedirect = jar, func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &browser{h, &c}
}

// answer is a page that was got, and where it leads.
type answer struct {
	code     int
	location string
	text     string
	header   http.Header
}

func (b *browser) do(r *http.Request, err error) answer {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
	response, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return answer{response.StatusCode, response.Header.Get("Location"), string(text), response.Header}
}

func (b *browser) get(at string) answer {
	b.t.Helper()
	if strings.HasPrefix(at, "/") {
		at = b.server.URL + at
	}
	return b.do(http.NewRequest(http.MethodGet, at, nil))
}

func (b *browser) post(at string, header map[string]string) answer {
	b.t.Helper()
	r, err := http.NewRequest(http.MethodPost, b.server.URL+at, nil)
	if err == nil {
		for name, value := range header {
			r.Header.Set(name, value)
		}
	}
	return b.do(r, err)
}

// pick goes to the provider and is somebody there; it answers where the provider leads.
func (b *browser) pick(begin, person string) (callback string) {
	b.t.Helper()
	begun := b.get(begin)
	if begun.code != http.StatusSeeOther || !strings.HasPrefix(begun.location, b.issuer.URL+"/authorize?") {
		b.t.Fatalf("it begins with %+v", begun)
	}
	request, err := http.NewRequest(http.MethodPost, begun.location, strings.NewReader(url.Values{"person": {person}}.Encode()))
	if err == nil {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	picked := b.do(request, err)
	if picked.code != http.StatusSeeOther {
		b.t.Fatalf("the provider says %+v", picked)
	}
	return picked.location
}

// cookie is one that the browser would send; empty for none.
func (b *browser) cookie(name string) string {
	at, err := url.Parse(b.server.URL)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, c := range b.client.Jar.Cookies(at) {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

func (b *browser) put(name, value string) {
	at, err := url.Parse(b.server.URL)
	if err != nil {
		b.t.Fatal(err)
	}
	b.client.Jar.SetCookies(at, []*http.Cookie{{Name: name, Value: value, Secure: true, Path: "/"}})
}

// signIn is the whole way.
func (b *browser) signIn(person string) {
	b.t.Helper()
	if a := b.get(b.pick("/signin", person)); a.code != http.StatusSeeOther || b.who() == "" {
		b.t.Fatalf("%s is not signed in: %+v", person, a)
	}
}

// who is signed in, as the page says.
func (b *browser) who() string {
	b.t.Helper()
	page := b.get(signin.PathSession)
	_, rest, is := strings.Cut(page.text, "<dt>As</dt><dd>")
	name, _, _ := strings.Cut(rest, "<")
	if !is && !strings.Contains(page.text, "Nobody is signed in") {
		b.t.Fatalf("the page says %+v", page)
	}
	return name
}

func (b *browser) withState(callback, name, value string) string {
	at, err := url.Parse(callback)
	if err != nil {
		b.t.Fatal(err)
	}
	q := at.Query()
	q.Set(name, value)
	return fmt.Sprintf("%s%s?%s", b.server.URL, at.Path, q.Encode())
}
