package signin_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"odoomesh/internal/audit"
	"odoomesh/internal/signin"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/golang/glog.(*fileSink).flushDaemon"))
}

const (
	sessionCookie = "__Host-mesh-session"
	attemptCookie = "__Host-mesh-signin"
)

func TestAPersonSignsInAndOut(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.browser()
	if who := b.who(); who != "" {
		t.Fatalf("%q is signed in before", who)
	}
	begun := b.get("/signin?return=" + url.QueryEscape("/docs/?a=b#c"))
	asks, err := url.Parse(begun.location)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"response_type": "code", "client_id": "mesh-console", "redirect_uri": h.server.URL + "/signin/callback", "scope": "openid", "code_challenge_method": "S256"} {
		if got := asks.Query().Get(name); got != want {
			t.Errorf("the provider is asked with %s %q, want %q", name, got, want)
		}
	}
	for _, name := range []string{"state", "nonce", "code_challenge"} {
		if got := asks.Query().Get(name); len(got) < 26 {
			t.Errorf("the provider is asked with %s %q, which can be guessed", name, got)
		}
	}
	in := b.get(b.pick("/signin?return="+url.QueryEscape("/docs/?a=b#c"), "bob"))
	if in.code != http.StatusSeeOther || in.location != h.server.URL+"/docs/?a=b#c" {
		t.Errorf("it ends with %+v", in)
	}
	for _, set := range in.header.Values("Set-Cookie") {
		if strings.HasPrefix(set, sessionCookie+"=") {
			for _, has := range []string{"; Path=/", "; Secure", "; HttpOnly", "; SameSite=Lax", "; Max-Age=28800"} {
				if !strings.Contains(set, has) || strings.Contains(set, "Domain") {
					t.Errorf("the cookie is %q, without %q", set, has)
				}
			}
		}
	}
	if b.cookie(attemptCookie) != "" || len(b.cookie(sessionCookie)) != 43 {
		t.Errorf("the cookies are %q and %q", b.cookie(attemptCookie), b.cookie(sessionCookie))
	}
	if who := b.who(); who != "buyers" {
		t.Errorf("%q is signed in", who)
	}
	if r := h.lastRecord(); r.Method != "/signin" || r.Principal != "buyers" || r.Outcome != audit.Answered || r.Address != "192.0.2.7" || r.Proof != "session "+h.issuer.URL+" bob" || r.Reads {
		t.Errorf("recorded is %+v", r)
	}

	before := b.cookie(sessionCookie)
	b.signIn("ann")
	if other := h.browser(); other.cookie(sessionCookie) != "" || b.who() != "ann" {
		t.Errorf("%q is signed in", b.who())
	} else if other.put(sessionCookie, before); other.who() != "" {
		t.Error("the session before is good after another sign-in of its browser")
	}

	id := b.cookie(sessionCookie)
	for name, header := range map[string]map[string]string{
		"a page of elsewhere": {"Origin": "https://evil.example"}, "a page beside": {"Sec-Fetch-Site": "same-site"}, "a frame": {"Origin": "null"}, "whatever": nil,
	} {
		if a := b.post("/signout", header); a.code != http.StatusForbidden || b.who() != "ann" {
			t.Errorf("%s signs out: %+v", name, a)
		}
	}
	if a := b.post("/signout", map[string]string{"Origin": h.server.URL}); a.code != http.StatusSeeOther || b.who() != "" || b.cookie(sessionCookie) != "" {
		t.Errorf("signing out: %+v", a)
	}
	if r := h.lastRecord(); r.Method != "/signout" || r.Principal != "ann" || r.Outcome != audit.Answered {
		t.Errorf("recorded is %+v", r)
	}
	if b.put(sessionCookie, id); b.who() != "" {
		t.Error("the session is good after signing out")
	}
}

func TestWhatASignInIsRefusedFor(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, tt := range []struct {
		name   string
		person string
		// between is what happens between the provider and the callback, which it answers.
		between func(b *browser, callback string) string
		code    int
		says    string
	}{
		{"another browser's (login CSRF)", "bob", func(b *browser, c string) string { *b = *b.browser(); return c }, 400, "begun no sign-in"},
		{"another sign-in's of the browser", "bob", func(b *browser, c string) string { b.get("/signin"); return c }, 400, "another sign-in"},
		{"another state", "bob", func(b *browser, c string) string { return b.withState(c, "state", "other") }, 400, "another sign-in"},
		{"no state", "bob", func(b *browser, c string) string { return b.withState(c, "state", "") }, 400, "another sign-in"},
		{"answered before", "bob", func(b *browser, c string) string {
			kept := b.cookie(attemptCookie)
			b.get(c)
			b.post("/signout", map[string]string{"Sec-Fetch-Site": "same-origin"})
			b.put(attemptCookie, kept)
			return c
		}, 400, "answered once"},
		{"a seal of nobody", "bob", func(b *browser, c string) string {
			b.put(attemptCookie, strings.Repeat("A", 200))
			return c
		}, 400, "begun no sign-in"},
		{"too late", "bob", func(b *browser, c string) string { b.pass(10 * time.Minute); return c }, 400, "begun no sign-in"},
		{"another provider", "bob", func(b *browser, c string) string { return b.withState(c, "iss", "https://evil.example") }, 400, "another identity provider"},
		{"turned away by the provider", "bob", func(b *browser, c string) string { return b.withState(c, "error", "access_denied") }, 403, "not signed you in"},
		{"no code", "bob", func(b *browser, c string) string { return b.withState(c, "code", "") }, 400, "no code"},
		{"a code that was made up", "bob", func(b *browser, c string) string { return b.withState(c, "code", "made-up") }, 403, "not believed"},
		{"somebody else's code", "bob", func(b *browser, c string) string {
			theirs, err := url.Parse(b.browser().pick("/signin", "ann"))
			if err != nil {
				b.t.Fatal(err)
			}
			return b.withState(c, "code", theirs.Query().Get("code"))
		}, 403, "not believed"},
		{"another nonce", "bob", bent(map[string]any{"nonce": "of another"}), 403, "not believed"},
		{"no nonce", "bob", bent(map[string]any{"nonce": nil}), 403, "not believed"},
		{"a token for somebody else", "bob", bent(map[string]any{"aud": "mesh"}), 403, "not believed"},
		{"a token made for another client", "bob", bent(map[string]any{"aud": []string{"mesh-console", "other"}, "azp": "other"}), 403, "not believed"},
		{"a token that has ended", "bob", bent(map[string]any{"exp": 1_700_000_000}), 403, "not believed"},
		{"a token of another issuer", "bob", bent(map[string]any{"iss": "https://evil.example"}), 403, "not believed"},
		{"whom nobody knows", "nobody", func(_ *browser, c string) string { return c }, 403, "No principal"},
		{"who is two principals", "both", func(_ *browser, c string) string { return c }, 403, "Several principals"},
		{"while the provider is away", "bob", func(b *browser, c string) string { b.issuer.Down(true); return c }, 503, "cannot be asked"},
	} {
		b := h.browser()
		to := tt.between(b, b.pick("/signin", tt.person))
		a := b.get(to)
		h.issuer.Bend(nil)
		h.issuer.Down(false)
		if a.code != tt.code || !strings.Contains(a.text, tt.says) {
			t.Errorf("%s: %d %s", tt.name, a.code, a.text)
		}
		if b.who() != "" || b.cookie(sessionCookie) != "" {
			t.Errorf("%s: signed in as %q", tt.name, b.who())
		}
		if r := h.lastRecord(); r.Principal != "" || r.Outcome != "REASON_UNAUTHENTICATED" || r.Address != "192.0.2.7" {
			t.Errorf("%s: recorded is %+v", tt.name, r)
		}
	}

	b := h.browser()
	to := b.pick("/signin", "bob")
	h.breakAudit()
	if a := b.get(to); a.code != http.StatusServiceUnavailable || !strings.Contains(a.text, "audit") || b.who() != "" {
		t.Errorf("without an audit: %+v", a)
	}
}

// Of two sign-ins in one browser the one that was begun last goes on.
func TestAnOldAnswerDoesNotEndANewSignIn(t *testing.T) {
	t.Parallel()
	b := newHouse(t).browser()
	old, last := b.pick("/signin", "ann"), b.pick("/signin", "bob")
	if a := b.get(old); a.code != http.StatusBadRequest {
		t.Errorf("the first ends with %+v", a)
	}
	if a := b.get(last); a.code != http.StatusSeeOther || b.who() != "buyers" {
		t.Errorf("the last ends with %+v as %q", a, b.who())
	}
}

func TestWhoIsLedToTheDoor(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.browser()
	b.signIn("bob")
	for _, tt := range []struct {
		name, method, path string
		header             [2]string
		want               string
	}{
		{"a browser", "GET", "/v1/products?page_size=1", [2]string{}, "/signin?return=%2Fv1%2Fproducts%3Fpage_size%3D1"},
		{"a browser that says so", "GET", "/v1/products", [2]string{"Sec-Fetch-Mode", "navigate"}, "/signin?return=%2Fv1%2Fproducts"},
		{"a browser whose session has ended", "GET", "/v1/products", [2]string{"Cookie", sessionCookie + "=ended"}, "/signin?return=%2Fv1%2Fproducts"},
		{"a path that is none to return to", "GET", "/v1/" + strings.Repeat("a", 2000), [2]string{}, "/signin"},
		{"a script of a page", "GET", "/v1/products", [2]string{"Sec-Fetch-Mode", "cors"}, ""},
		{"a form", "POST", "/v1/products", [2]string{}, ""},
		{"a program", "GET", "/v1/products", [2]string{"Accept", "application/json"}, ""},
		{"who has a token", "GET", "/v1/products", [2]string{"Authorization", "Bearer x"}, ""},
		{"whom it would not help", "GET", "/v1/products", [2]string{"Cookie", sessionCookie + "=" + b.cookie(sessionCookie)}, ""},
	} {
		r := httptest.NewRequest(tt.method, tt.path, nil)
		r.Header.Set("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
		if tt.header[0] != "" {
			r.Header.Set(tt.header[0], tt.header[1])
		}
		w := httptest.NewRecorder()
		if led := h.door.Lead(w, r); led != (tt.want != "") || w.Header().Get("Location") != tt.want {
			t.Errorf("%s: %v, %q", tt.name, led, w.Header().Get("Location"))
		}
	}
}

// The cookie has to be where the provider leads back to.
func TestASignInGoesByThePublicName(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	r := httptest.NewRequest(http.MethodGet, "https://mesh/signin?return=%2Fdocs%2F", nil)
	mux, w := http.NewServeMux(), httptest.NewRecorder()
	h.door.Pages(mux)
	if mux.ServeHTTP(w, r); w.Header().Get("Location") != h.server.URL+"/signin?by-name=&return=%2Fdocs%2F" || w.Header().Get("Set-Cookie") != "" {
		t.Errorf("by another name: %v", w.Header())
	}
	// Behind a proxy that keeps the name to itself it goes on.
	r.URL.RawQuery += "&by-name="
	w = httptest.NewRecorder()
	if mux.ServeHTTP(w, r); !strings.HasPrefix(w.Header().Get("Location"), h.issuer.URL) || w.Header().Get("Set-Cookie") == "" {
		t.Errorf("a second time: %v", w.Header())
	}
}

func bent(claims map[string]any) func(*browser, string) string {
	return func(b *browser, callback string) string {
		b.issuer.Bend(claims)
		return callback
	}
}

func TestNobodyIsLedToWhereNoProviderIs(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.issuer.Down(true)
	if a := h.browser().get("/signin"); a.code != http.StatusServiceUnavailable || !strings.Contains(a.text, "cannot be asked") {
		t.Errorf("%+v", a)
	}
}

func TestASessionEndsByItself(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		end  func(h *house, b *browser)
	}{
		{"unused", func(h *house, _ *browser) { h.pass(30 * time.Minute) }},
		{"at its age", func(h *house, b *browser) {
			for range 16 {
				if h.pass(29 * time.Minute); b.who() != "buyers" {
					h.t.Error("it ends while it is used")
				}
			}
			h.pass(17 * time.Minute)
		}},
		{"with its entry", func(h *house, _ *browser) {
			h.access(strings.Replace(accessFile, "groups: buyers", "groups: others", 1))
		}},
		{"as another principal's", func(h *house, _ *browser) {
			h.access(strings.Replace(accessFile, "name: buyers", "name: sellers", 1))
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			b := h.browser()
			b.signIn("bob")
			tt.end(h, b)
			if who := b.who(); who != "" || b.cookie(sessionCookie) != "" {
				t.Errorf("%q is signed in", who)
			}
			if h.access(accessFile); b.who() != "" {
				t.Error("it came back")
			}
		})
	}
}

func TestOnlyPathsOfThisServerAreReturnedTo(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, path := range []string{"/docs/", "/v1/products?filter=a%20%3D%20b&page_size=5", "/", "/a//b", "/a/../b"} {
		if a := h.browser().get("/signin?return=" + url.QueryEscape(path)); a.code != http.StatusSeeOther {
			t.Errorf("%s: %+v", path, a)
		}
	}
	for _, path := range []string{"", "https://evil.example", "//evil.example", "///evil.example", `/\evil.example`, `\\evil.example`, "/\t/evil.example", "/\n/evil.example", " //evil.example", "javascript:alert(1)",
		"docs/", "/signin", "/signin/callback?code=a", "/signout", "/é", "/" + strings.Repeat("a", 1500), "/%zz", "@evil.example", ".evil.example"} {
		if a := h.browser().get("/signin?return=" + url.QueryEscape(path)); a.code != http.StatusBadRequest || !strings.Contains(a.text, "return: ") {
			t.Errorf("%q: %+v", path, a)
		}
	}
}

// What is secret is in no log, in no record, and in what browsers get only where it has to be.
func TestNothingSecretIsTold(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.browser()
	callback := b.pick("/signin", "bob")
	sealed := b.cookie(attemptCookie)
	at, err := url.Parse(callback)
	if err != nil {
		t.Fatal(err)
	}
	in := b.get(callback)
	id := b.cookie(sessionCookie)
	b.put(attemptCookie, sealed)
	again := b.get(callback)
	page := b.get(signin.PathSession)
	h.pass(time.Hour)
	ended := b.get(signin.PathSession)
	b.signIn("ann")
	out := b.post("/signout", map[string]string{"Origin": h.server.URL})

	h.mu.Lock()
	defer h.mu.Unlock()
	told := h.log.String()
	for _, r := range h.records {
		told += strings.Join([]string{r.Principal, r.Proof, r.Address, r.Method, r.Subject, r.RequestID, r.Outcome}, " ")
	}
	// The ID token goes back to where it comes from, and there alone.
	if !strings.HasPrefix(out.location, h.issuer.URL+"/signout?") {
		t.Errorf("signing out leads to %q", out.location)
	}
	seen := in.text + in.location + out.text
	for _, a := range []answer{again, page, ended} {
		seen += a.text + a.location
	}
	for _, hidden := range []string{at.Query().Get("code"), at.Query().Get("state"), sealed, id, secret, "eyJ"} {
		if hidden == "" || strings.Contains(told, hidden) || strings.Contains(seen, hidden) {
			t.Errorf("%q is told", hidden)
		}
	}
	if !strings.Contains(told, "signed in") || !strings.Contains(told, "signed out") || !strings.Contains(told, "sign-in refused") {
		t.Errorf("the log is\n%s", told)
	}
}
