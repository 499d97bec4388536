package issuer_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"odoomesh/internal/clock"
	"odoomesh/internal/identity/oidc/issuer"
)

const (
	at   = "http://127.0.0.1:8080/development-issuer"
	back = "http://127.0.0.1:8080/signin/callback"
	out  = "http://127.0.0.1:8080/signedout"
)

// desk asks an issuer as a browser and as a client do.
type desk struct {
	t      *testing.T
	issuer *issuer.Issuer
	now    time.Time
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{t: t, now: time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)}
	var err error
	d.issuer, err = issuer.New(issuer.Config{
		URL: at, ClientID: "meshd", Redirect: back, SignedOut: out, Clock: clock.Func(func() time.Time { return d.now }),
		People: func() []issuer.Person {
			return []issuer.Person{{Name: "ann <b>", Subject: "ann", Claims: map[string]string{"groups": "buyers"}}, {Name: "portal", Why: "no tokens are this principal's"}}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (d *desk) do(method, path string, form url.Values) *http.Response {
	d.t.Helper()
	r, err := http.NewRequest(method, at+path, strings.NewReader(form.Encode()))
	if err != nil {
		d.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := d.issuer.RoundTrip(r)
	if err != nil {
		d.t.Fatal(err)
	}
	return answer
}

func authorize(verifier string, change ...string) string {
	q := url.Values{
		"client_id": {"meshd"}, "redirect_uri": {back}, "response_type": {"code"}, "state": {"s"}, "nonce": {"n"},
		"code_challenge": {oauth2.S256ChallengeFromVerifier(verifier)}, "code_challenge_method": {"S256"},
	}
	for i := 0; i < len(change); i += 2 {
		q.Set(change[i], change[i+1])
	}
	return "/authorize?" + q.Encode()
}

func (d *desk) code(verifier string) string {
	d.t.Helper()
	answer := d.do(http.MethodPost, authorize(verifier), url.Values{"person": {"ann <b>"}})
	to, err := url.Parse(answer.Header.Get("Location"))
	if err != nil || answer.StatusCode != http.StatusSeeOther || !strings.HasPrefix(to.String(), back+"?") || to.Query().Get("state") != "s" {
		d.t.Fatalf("%d %v %v", answer.StatusCode, to, err)
	}
	return to.Query().Get("code")
}

func TestACodeIsGoodOnceForWhoHasAskedForIt(t *testing.T) {
	d := newDesk(t)
	verifier := oauth2.GenerateVerifier()
	for _, tt := range []struct {
		name   string
		change []string
		late   time.Duration
		want   int
	}{
		{"as it should be", nil, 0, 200},
		{"another verifier", []string{"code_verifier", oauth2.GenerateVerifier()}, 0, 400},
		{"no verifier", []string{"code_verifier", ""}, 0, 400},
		{"another client", []string{"client_id", "other"}, 0, 400},
		{"another way back", []string{"redirect_uri", "http://127.0.0.1:9999/"}, 0, 400},
		{"another grant", []string{"grant_type", "password"}, 0, 400},
		{"no code", []string{"code", ""}, 0, 400},
		{"too late", nil, time.Minute, 400},
	} {
		form := url.Values{"grant_type": {"authorization_code"}, "code": {d.code(verifier)}, "client_id": {"meshd"}, "redirect_uri": {back}, "code_verifier": {verifier}}
		for i := 0; i < len(tt.change); i += 2 {
			form.Set(tt.change[i], tt.change[i+1])
		}
		d.now = d.now.Add(tt.late)
		if answer := d.do(http.MethodPost, "/token", form); answer.StatusCode != tt.want {
			t.Errorf("%s: %d", tt.name, answer.StatusCode)
		}
		if again := d.do(http.MethodPost, "/token", form); again.StatusCode != http.StatusBadRequest {
			t.Errorf("%s, a second time: %d", tt.name, again.StatusCode)
		}
	}
}

func TestNobodyIsSentAnywhereElse(t *testing.T) {
	d := newDesk(t)
	for _, change := range [][]string{
		{"client_id", "other"}, {"redirect_uri", "https://evil.example"}, {"redirect_uri", back + "/.."}, {"response_type", "token"}, {"code_challenge_method", "plain"}, {"code_challenge", ""},
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			if answer := d.do(method, authorize("v", change...), url.Values{"person": {"ann <b>"}}); answer.StatusCode != http.StatusBadRequest || answer.Header.Get("Location") != "" {
				t.Errorf("%s with %v: %d", method, change, answer.StatusCode)
			}
		}
	}
	for _, person := range []string{"", "portal", "nobody"} {
		if answer := d.do(http.MethodPost, authorize("v"), url.Values{"person": {person}}); answer.StatusCode != http.StatusBadRequest {
			t.Errorf("one can be %q: %d", person, answer.StatusCode)
		}
	}
	page, err := io.ReadAll(d.do(http.MethodGet, authorize("v"), nil).Body)
	if err != nil || !strings.Contains(string(page), "ann &lt;b&gt;</button>") || !strings.Contains(string(page), "portal: no tokens") {
		t.Errorf("the page is %s, %v", page, err)
	}
	var about map[string]any
	if err := json.NewDecoder(d.do(http.MethodGet, "/.well-known/openid-configuration", nil).Body).Decode(&about); err != nil || about["issuer"] != at {
		t.Errorf("%v, %v", about, err)
	}
}

func TestSigningOutLeadsBackToTheClientAlone(t *testing.T) {
	d := newDesk(t)
	sign := func(from *issuer.Issuer, audience string) string {
		token, err := from.Sign(map[string]any{"iss": at, "aud": audience, "sub": "ann", "exp": d.now.Add(-time.Hour).Unix()})
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	hint := sign(d.issuer, "meshd")
	for _, tt := range []struct {
		name string
		ask  url.Values
		code int
		to   string
	}{
		{"with a token, which may have ended", url.Values{"id_token_hint": {hint}, "post_logout_redirect_uri": {out}, "state": {"a&b"}}, 303, out + "?state=a%26b"},
		{"as the client", url.Values{"client_id": {"meshd"}, "post_logout_redirect_uri": {out}, "state": {"s"}}, 303, out + "?state=s"},
		{"to stay", url.Values{"client_id": {"meshd"}}, 200, ""},
		{"without saying who asks", url.Values{"post_logout_redirect_uri": {out}}, 400, ""},
		{"to elsewhere", url.Values{"client_id": {"meshd"}, "post_logout_redirect_uri": {"https://evil.example"}}, 400, ""},
		{"to where one signs in", url.Values{"client_id": {"meshd"}, "post_logout_redirect_uri": {back}}, 400, ""},
		{"as another client", url.Values{"client_id": {"other"}, "post_logout_redirect_uri": {out}}, 400, ""},
		{"with another client's token", url.Values{"id_token_hint": {sign(d.issuer, "other")}, "post_logout_redirect_uri": {out}}, 400, ""},
		{"with a token of elsewhere", url.Values{"id_token_hint": {sign(newDesk(t).issuer, "meshd")}, "post_logout_redirect_uri": {out}}, 400, ""},
		{"with no token", url.Values{"id_token_hint": {"made-up"}, "post_logout_redirect_uri": {out}}, 400, ""},
	} {
		for _, answer := range []*http.Response{d.do(http.MethodGet, "/signout?"+tt.ask.Encode(), nil), d.do(http.MethodPost, "/signout", tt.ask)} {
			if answer.StatusCode != tt.code || answer.Header.Get("Location") != tt.to {
				t.Errorf("%s: %d, led to %q", tt.name, answer.StatusCode, answer.Header.Get("Location"))
			}
		}
	}
}

func TestItAnswersThisMachineAlone(t *testing.T) {
	d := newDesk(t)
	page := issuer.OnlyLocal(d.issuer)
	for _, tt := range []struct {
		from, host, header string
		want               int
	}{
		{"127.0.0.1:4711", "127.0.0.1:8080", "", 200}, {"[::1]:4711", "localhost:8080", "", 200},
		{"192.0.2.7:4711", "127.0.0.1:8080", "", 403}, {"127.0.0.1:4711", "evil.example", "", 403}, {"", "127.0.0.1:8080", "", 403},
		{"127.0.0.1:4711", "127.0.0.1:8080", "X-Forwarded-For", 403}, {"127.0.0.1:4711", "127.0.0.1:8080", "Forwarded", 403}, {"127.0.0.1:4711", "127.0.0.1:8080", "Via", 403},
	} {
		r := httptest.NewRequest(http.MethodGet, at+"/keys", nil)
		r.RemoteAddr, r.Host = tt.from, tt.host
		if tt.header != "" {
			r.Header.Set(tt.header, "127.0.0.1")
		}
		w := httptest.NewRecorder()
		if page.ServeHTTP(w, r); w.Code != tt.want {
			t.Errorf("from %q for %q with %q: %d", tt.from, tt.host, tt.header, w.Code)
		}
	}
}
