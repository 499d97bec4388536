package e2e

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/metadata"

	productv1 "odoomesh/gen/go/mesh/product/v1"
)

// webBrowser follows where it is led, and keeps what it saw on the way.
type webBrowser struct {
	t    *testing.T
	rest string
	http *http.Client
	seen []*url.URL
}

func newBrowser(t *testing.T, rest string) *webBrowser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	b := &webBrowser{t: t, rest: rest}
	b.http = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		b.seen = append(b.seen, r.URL)
		return nil
	}}
	return b
}

// open asks as a browser does whose user looks at a page.
func (b *webBrowser) open(method, at string, form string, header ...string) (code int, final *url.URL, text string) {
	b.t.Helper()
	if strings.HasPrefix(at, "/") {
		at = b.rest + at
	}
	r, err := http.NewRequest(method, at, strings.NewReader(form))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Accept", "text/html,application/xhtml+xml")
	if form != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	response, err := b.http.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return response.StatusCode, response.Request.URL, string(body)
}

// signIn goes to a page, is led to the issuer, and is somebody there.
func (b *webBrowser) signIn(page, person string) (code int, final *url.URL, text string) {
	b.t.Helper()
	code, at, people := b.open(http.MethodGet, page, "")
	if code != http.StatusOK || at.Path != "/development-issuer/authorize" || !strings.Contains(people, person) {
		b.t.Fatalf("%s leads to %s: %d %s", page, at, code, people)
	}
	return b.open(http.MethodPost, at.String(), url.Values{"person": {person}}.Encode())
}

func (b *webBrowser) session() string {
	at, err := url.Parse(b.rest)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, c := range b.http.Jar.Cookies(at) {
		if c.Name == "mesh-session" {
			return c.Value
		}
	}
	return ""
}

// A person is led from a page to the issuer and back, works with a session over REST and
// streams, and is out when the session ends; nothing but the browser knows its id.
func TestPeopleSignInWithABrowser(t *testing.T) {
	t.Parallel()
	p := simulated(t, 18, 3)
	path := filepath.Join(t.TempDir(), "access.yaml")
	buyers, audits := [2]string{"buyers", `rights: {"*": [read, write]}, oidc: {claims: {groups: buyers}}`}, [2]string{"audits", "roles: [auditor]"}
	accessFileOf(t, path, buyers, audits)
	s := spawn(t, p, arguments(p, t.TempDir(), "--access-file", path, "--oidc-development-issuer", "--log-level", "debug")...)
	b := newBrowser(t, s.mesh.rest)
	if code, _ := s.mesh.get(t, "/v1/products", nil); code != http.StatusUnauthorized {
		t.Errorf("a program without a credential: %d", code)
	}
	code, final, text := b.signIn("/v1/products?page_size=1", "buyers")
	if final.RequestURI() != "/v1/products?page_size=1" || code != http.StatusOK && code != http.StatusServiceUnavailable {
		t.Fatalf("after the sign-in: %s, %d %s", final, code, text)
	}
	eventually(t, func() (bool, any) {
		code, _, text := b.open(http.MethodGet, "/v1/products?page_size=1", "")
		return code == http.StatusOK, text
	})
	if code, _, text := b.open(http.MethodGet, "/session", ""); code != http.StatusOK || !strings.Contains(text, "<dd>buyers</dd>") {
		t.Errorf("the page says %s", text)
	}

	for name, tt := range map[string]struct {
		header []string
		want   string
	}{
		"a page of elsewhere":           {[]string{"Origin", "https://evil.example"}, "NOT_PERMITTED"},
		"a page of another port":        {[]string{"Origin", "http://127.0.0.1:1"}, "NOT_PERMITTED"},
		"a page beside":                 {[]string{"Sec-Fetch-Site", "same-site"}, "NOT_PERMITTED"},
		"whoever does not say":          {nil, "NOT_PERMITTED"},
		"a page of the mesh":            {[]string{"Sec-Fetch-Site", "same-origin"}, "INVALID_ARGUMENT"},
		"a page of the mesh, of before": {[]string{"Origin", s.mesh.rest}, "INVALID_ARGUMENT"},
	} {
		header := append([]string{"Content-Type", "application/json", "Accept", "application/json"}, tt.header...)
		if code, _, text := b.open(http.MethodPost, "/v1/orders", "{}", header...); code == http.StatusOK || !strings.Contains(text, `"reason":"`+tt.want+`"`) {
			t.Errorf("%s orders: %d %s", name, code, text)
		}
	}
	id := b.session()
	cookie := metadata.AppendToOutgoingContext(t.Context(), "cookie", "mesh-session="+id, "grpc-metadata-cookie", "mesh-session="+id)
	if _, err := s.mesh.products.ListProducts(cookie, &productv1.ListProductsRequest{}); refusalOf(err).reason != "UNAUTHENTICATED" {
		t.Errorf("a cookie over gRPC: %v", err)
	}

	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	watch, err := http.NewRequestWithContext(ctx, http.MethodGet, s.mesh.rest+"/v1/products:watch", nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := b.http.Do(watch)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	lines := bufio.NewScanner(response.Body)
	if response.StatusCode != http.StatusOK || !lines.Scan() {
		t.Fatalf("a stream: %s", response.Status)
	}
	ended := make(chan string, 1)
	go func() {
		last := ""
		for lines.Scan() {
			last = lines.Text()
		}
		ended <- last
	}()
	if code, final, text := b.open(http.MethodPost, "/signout", "", "Origin", s.mesh.rest); code != http.StatusOK || final.Path != "/signedout" || !strings.Contains(text, "signed out here, and at the identity provider") {
		t.Errorf("signing out: %d %s %s", code, final, text)
	}
	select {
	case how := <-ended:
		if !strings.Contains(how, "UNAUTHENTICATED") {
			t.Errorf("the stream ended with %s", how)
		}
	case <-time.After(5 * time.Second):
		t.Error("a stream is open five seconds after its session has ended")
	}

	b.signIn("/signin", "buyers")
	again := b.session()
	if again == "" || again == id {
		t.Errorf("the sessions are %q and %q", id, again)
	}
	accessFileOf(t, path, [2]string{"buyers", `rights: {"*": [read, write]}`}, audits)
	eventually(t, func() (bool, any) {
		code, _, text := b.open(http.MethodGet, "/v1/products", "", "Accept", "application/json")
		return code == http.StatusUnauthorized, fmt.Sprint(code, text)
	})

	for _, method := range []string{"/signin", "/signout"} {
		eventually(t, func() (bool, any) {
			code, _, text := newBrowser(t, s.mesh.rest).open(http.MethodGet, "/v1/auditRecords?command="+url.QueryEscape(method), "", "Authorization", "Bearer audits", "Accept", "application/json")
			return code == http.StatusOK && strings.Contains(text, `"principal":"buyers"`) && strings.Contains(text, `"address":"127.0.0.1"`) && strings.Contains(text, "development-buyers"), text
		})
	}
	log := s.text()
	for _, at := range b.seen {
		for _, name := range []string{"code", "state", "nonce", "code_challenge", "id_token_hint"} {
			if value := at.Query().Get(name); value != "" && strings.Contains(log, value) {
				t.Errorf("%s is in the log", name)
			}
		}
	}
	if strings.Contains(log, id) || strings.Contains(log, again) || !strings.Contains(log, "signed in") {
		t.Errorf("the log has the id of a session, or says too little:\n%s", log)
	}
}
