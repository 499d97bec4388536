package signin_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"odoomesh/internal/signin"
)

var own = map[string]string{"Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"}

// leave signs out as the page does.
func (b *browser) leave(form string) answer {
	b.t.Helper()
	r, err := http.NewRequest(http.MethodPost, b.server.URL+"/signout", strings.NewReader(form))
	if err == nil {
		for name, value := range own {
			r.Header.Set(name, value)
		}
	}
	return b.do(r, err)
}

func TestSigningOutGoesOnAtTheProvider(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.browser()
	b.signIn("bob")
	page := b.get(signin.PathSession)
	if !strings.Contains(page.text, "Sign out here alone") || !strings.HasSuffix(page.header.Get("Content-Security-Policy"), "form-action 'self' http:") {
		t.Errorf("the page is %+v", page)
	}
	out := b.leave("")
	to, err := url.Parse(out.location)
	if err != nil || out.code != http.StatusSeeOther || !strings.HasPrefix(out.location, h.issuer.URL+"/signout?") {
		t.Fatalf("signing out: %+v", out)
	}
	if q := to.Query(); q.Get("client_id") != "mesh-console" || q.Get("post_logout_redirect_uri") != h.server.URL+"/signedout" || len(q.Get("state")) < 26 || !strings.HasPrefix(q.Get("id_token_hint"), "eyJ") {
		t.Errorf("the provider is asked with %v", q)
	}
	if b.who() != "" {
		t.Error("the session goes on until the provider has answered")
	}
	stranger := h.browser()
	back := b.get(out.location)
	if back.code != http.StatusSeeOther || back.location != h.server.URL+"/signedout?state="+to.Query().Get("state") {
		t.Fatalf("the provider answers %+v", back)
	}
	for name, a := range map[string]answer{
		"another browser": stranger.get(back.location), "another state": b.get("/signedout?state=other"), "no state": b.get("/signedout"),
	} {
		if a.code != http.StatusSeeOther || a.location != "/session" {
			t.Errorf("%s is told that it is signed out: %+v", name, a)
		}
	}
	if a := b.get(back.location); a.code != http.StatusOK || !strings.Contains(a.text, "signed out here, and at the identity provider") {
		t.Errorf("it ends with %+v", a)
	}
	if a := b.get(back.location); a.location != "/session" {
		t.Errorf("a second time: %+v", a)
	}
}

func TestThePageOfWhoIsSignedOutDoesNotLie(t *testing.T) {
	t.Parallel()
	b := newHouse(t).browser()
	b.signIn("bob")
	back := b.get(b.leave("").location)
	b.signIn("ann")
	if a := b.get(back.location); a.code != http.StatusSeeOther || a.location != "/session" || b.who() != "ann" {
		t.Errorf("to whom is signed in again it says %+v", a)
	}
}

func TestSigningOutHereInAnyCase(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		before func(h *house, b *browser)
		form   string
		// to is where it leads, and hinted whether the provider is told whom it signs out.
		to     string
		hinted bool
	}{
		{"here alone", func(*house, *browser) {}, "at=here", "/session", false},
		{"a provider that is down", func(h *house, _ *browser) { h.issuer.Down(true) }, "", "/signout?", true},
		{"no audit", func(h *house, _ *browser) { h.breakAudit() }, "", "/signout?", true},
		{"a session that has ended by itself", func(h *house, b *browser) { h.sessions.End(b.cookie(sessionCookie)) }, "", "/signout?", false},
		{"a form that is too long", func(*house, *browser) {}, "a=" + strings.Repeat("b", 5000), "/signout?", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			b := h.browser()
			b.signIn("bob")
			id := b.cookie(sessionCookie)
			tt.before(h, b)
			a := b.leave(tt.form)
			if a.code != http.StatusSeeOther || !strings.HasPrefix(strings.TrimPrefix(a.location, h.issuer.URL), tt.to) || strings.Contains(a.location, "id_token_hint") != tt.hinted {
				t.Errorf("%+v", a)
			}
			if b.put(sessionCookie, id); b.who() != "" {
				t.Error("the session goes on")
			}
		})
	}
	nobody := newHouse(t).browser()
	if a := nobody.leave(""); a.location != "/session" {
		t.Errorf("who is not signed in is sent to %q", a.location)
	}
}
