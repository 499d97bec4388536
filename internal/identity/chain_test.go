package identity_test

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	"odoomesh/internal/access"
	"odoomesh/internal/clock"
	"odoomesh/internal/devcert"
	"odoomesh/internal/fault"
	"odoomesh/internal/identity"
	"odoomesh/internal/identity/apikey"
	"odoomesh/internal/identity/oidc"
	"odoomesh/internal/identity/oidc/oidctest"
	"odoomesh/internal/identity/session"
	"odoomesh/internal/store/badgerstore"
	"odoomesh/internal/tlsfiles"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/golang/glog.(*fileSink).flushDaemon"))
}

// gate is a whole chain with an access file.
type gate struct {
	t      testing.TB
	chain  *identity.Chain
	file   *access.File
	ca     devcert.Pair
	dir    string
	source *tlsfiles.Source
	keys   *apikey.Ring
	issuer *oidctest.Issuer
	tokens *oidc.Verifier

	sessions *session.Sessions
}

const certificateHeader = "x-client-certificate"

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func newGate(t testing.TB, proxies ...string) *gate {
	t.Helper()
	g := &gate{t: t, dir: t.TempDir(), issuer: oidctest.New(t)}
	g.ca = must(devcert.Authority("ours", time.Now()))(t)
	g.write("ca.pem", string(g.ca.CertPEM()))
	g.source = must(tlsfiles.Open(tlsfiles.Files{ClientCA: g.path("ca.pem")}, clock.System{}, slog.New(slog.DiscardHandler)))(t)

	journal := must(badgerstore.OpenLog(g.path("keys"), badgerstore.LogOptions{Name: "keys"}))(t)
	t.Cleanup(func() { _ = journal.Close() })
	g.keys = must(apikey.Open(apikey.Config{Journal: journal, Environment: "test", Clock: clock.System{}, Random: rand.Reader}))(t)

	tokens := must(oidc.Open(oidc.Config{
		Issuer: g.issuer.URL, Audiences: []string{"mesh"}, Algorithms: []string{"ES256"}, File: g.path("provider"),
		Clock: clock.System{}, Logger: slog.New(slog.DiscardHandler), Transport: g.issuer.Client().Transport,
	}))(t)
	t.Cleanup(tokens.Close)
	g.tokens = tokens
	g.sessions = session.New(session.Config{Lifetime: time.Hour, Idle: time.Hour, Bounds: session.DefaultBounds(), File: func() *access.File { return g.file }, Clock: clock.System{}, Random: rand.Reader})

	var networks []netip.Prefix
	for _, p := range proxies {
		networks = append(networks, netip.MustParsePrefix(p))
	}
	g.chain = identity.New(identity.Config{Certificates: g.source, Tokens: tokens, Keys: g.keys, Sessions: g.sessions, Proxies: identity.NewProxies(networks, headerOf(proxies))})
	g.access(`principals:
- {name: ward, token_sha256: HASH, rights: {"*": [read]}, certificates: ["uri:spiffe://hospital/ward", "dns:ward.example"], oidc: {subject: ward-17}}
- {name: portal, rights: {"*": [read]}, certificates: ["uri:spiffe://hospital/portal"]}
- {name: buyers, rights: {"*": [read]}, oidc: {claims: {realm_access.roles: buyer}}}
- {name: twice, rights: {"*": [read]}, oidc: {claims: {groups: both, realm_access.roles: buyer}}}
`)
	return g
}

func headerOf(proxies []string) string {
	if len(proxies) == 0 {
		return ""
	}
	return "X-Client-Certificate"
}

func (g *gate) path(name string) string { return filepath.Join(g.dir, name) }

func (g *gate) write(name, text string) {
	g.t.Helper()
	if err := os.WriteFile(g.path(name), []byte(text), 0o600); err != nil {
		g.t.Fatal(err)
	}
}

// access replaces the access file.
func (g *gate) access(text string) {
	g.t.Helper()
	hash := sha256.Sum256([]byte("open-sesame"))
	g.write("access.yaml", strings.ReplaceAll(text, "HASH", hex.EncodeToString(hash[:])))
	g.file = must(access.ReadFile(g.path("access.yaml")))(g.t)
}

func (g *gate) certificate(uri string) devcert.Pair {
	return must(g.ca.Client(must(url.Parse(uri))(g.t), time.Now(), time.Now().Add(time.Hour)))(g.t)
}

func (g *gate) key(principal string) string {
	text, _, err := g.keys.Create(context.Background(), "op", apikey.Wish{Principal: principal, Purpose: "x"})
	if err != nil {
		g.t.Fatal(err)
	}
	return text
}

// signIn answers the id of a session.
func (g *gate) signIn(principal string) string {
	says, err := g.tokens.Verify(context.Background(), g.issuer.Token(time.Now(), nil))
	if err != nil {
		g.t.Fatal(err)
	}
	return must(g.sessions.Begin(says, principal))(g.t)
}

// call is what a call shows.
type call struct {
	from        string
	certificate *devcert.Pair
	header      metadata.MD
	session     string
}

func (c call) context() context.Context {
	from := c.from
	if from == "" {
		from = "203.0.113.7:4711"
	}
	p := &peer.Peer{Addr: net.TCPAddrFromAddrPort(netip.MustParseAddrPort(from))}
	if c.certificate != nil {
		p.AuthInfo = credentials.TLSInfo{State: tls.ConnectionState{PeerCertificates: []*x509.Certificate{c.certificate.Cert}}}
	}
	ctx := peer.NewContext(context.Background(), p)
	if c.session != "" {
		ctx = session.With(ctx, session.Show(c.session))
	}
	return metadata.NewIncomingContext(ctx, c.header)
}

func bearer(token string) metadata.MD { return metadata.Pairs("authorization", "Bearer "+token) }

func TestWhoCalls(t *testing.T) {
	g := newGate(t)
	ward, portal, stranger := g.certificate("spiffe://hospital/ward"), g.certificate("spiffe://hospital/portal"), g.certificate("spiffe://hospital/unknown")
	foreign := newGate(t)
	forged := foreign.certificate("spiffe://hospital/ward")
	server := must(g.ca.Server([]string{"ward.example"}, time.Now(), time.Now().Add(time.Hour)))(t)
	key := g.key("portal")
	browser := g.signIn("ward")
	thumbprint := sha256.Sum256(portal.Cert.Raw)
	bound := map[string]any{"cnf": map[string]any{"x5t#S256": base64.RawURLEncoding.EncodeToString(thumbprint[:])}}
	token := func(change map[string]any) string { return g.issuer.Token(time.Now(), change) }
	role := func(more map[string]any) map[string]any {
		all := map[string]any{"sub": "x", "realm_access": map[string]any{"roles": []string{"other", "buyer"}}}
		for k, v := range more {
			all[k] = v
		}
		return all
	}
	for _, tt := range []struct {
		name string
		call call
		want string // the principal, or a part of the refusal behind "!"
		by   access.Kind
	}{
		{"nobody", call{}, "!header", ""},
		{"a token of the file", call{header: bearer("open-sesame")}, "ward", access.ByFileToken},
		{"an unknown token", call{header: bearer("open-barley")}, "!not known", ""},
		{"a password", call{header: metadata.Pairs("authorization", "Basic b3Blbg==")}, "!Bearer", ""},
		{"an empty token", call{header: bearer("")}, "!Bearer", ""},
		{"two tokens", call{header: metadata.Pairs("authorization", "Bearer open-sesame", "authorization", "Bearer open-sesame")}, "!more than one", ""},
		{"a certificate", call{certificate: &ward}, "ward", access.ByCertificate},
		{"a certificate of nobody", call{certificate: &stranger}, "!certificates", ""},
		{"a certificate of another authority", call{certificate: &forged}, "!not good", ""},
		{"a server's certificate", call{certificate: &server}, "!not good", ""},
		{"a key", call{header: bearer(key)}, "portal", access.ByAPIKey},
		{"a mistyped key", call{header: bearer(key[:len(key)-1] + "x")}, "!mistyped", ""},
		{"a key of another environment", call{header: bearer(foreignKey(t))}, "!production", ""},
		{"a key of a principal that is gone", call{header: bearer(g.key("gone"))}, "!does not have the principal", ""},
		{"a token of the provider by its subject", call{header: bearer(token(nil))}, "ward", access.ByIDToken},
		{"a token of the provider by a claim", call{header: bearer(token(role(nil)))}, "buyers", access.ByIDToken},
		{"a token of the provider of nobody", call{header: bearer(token(map[string]any{"sub": "x"}))}, "!No principal", ""},
		{"a token of the provider of two", call{header: bearer(token(role(map[string]any{"groups": []string{"both"}})))}, "!Several", ""},
		{"a token for somebody else", call{header: bearer(token(map[string]any{"aud": "payroll"}))}, "!audience", ""},
		{"a certificate and the same principal's token", call{certificate: &ward, header: bearer("open-sesame")}, "ward", access.ByFileToken},
		{"a certificate and another principal's token", call{certificate: &portal, header: bearer("open-sesame")}, "!two principals", ""},
		{"a good certificate and a wrong token", call{certificate: &ward, header: bearer("open-barley")}, "!not known", ""},
		{"a certificate of nobody and a token", call{certificate: &stranger, header: bearer("open-sesame")}, "ward", access.ByFileToken},
		{"a wrong certificate and a good token", call{certificate: &forged, header: bearer("open-sesame")}, "!not good", ""},
		{"a bound token without its certificate", call{header: bearer(token(bound))}, "!bound", ""},
		{"a bound token with another certificate", call{certificate: &ward, header: bearer(token(bound))}, "!bound", ""},
		{"a bound token with its certificate, of another principal", call{certificate: &portal, header: bearer(token(bound))}, "!two principals", ""},
		{"a session", call{session: browser}, "ward", access.BySession},
		{"a session that is none", call{session: browser[1:]}, "!has ended", ""},
		{"a session that is none, and a certificate", call{session: browser[1:], certificate: &ward}, "!has ended", ""},
		{"a session and the same principal's certificate", call{session: browser, certificate: &ward}, "ward", access.BySession},
		{"a session and another principal's certificate", call{session: browser, certificate: &portal}, "!two principals", ""},
		{"a session and a key that somebody has put before it", call{session: browser, header: bearer(key)}, "portal", access.ByAPIKey},
		{"a session and a wrong token", call{session: browser, header: bearer("open-barley")}, "!not known", ""},
		{"a session in a cookie, as metadata", call{header: metadata.Pairs("cookie", "__Host-mesh-session="+browser+"; mesh-session="+browser)}, "!header", ""},
		{"a session as a token", call{header: bearer(browser)}, "!not known", ""},
		{"a header with a certificate from anybody", call{header: metadata.Pairs(certificateHeader, url.PathEscape(string(ward.CertPEM())))}, "!header", ""},
	} {
		for range 2 { // found, and remembered
			p, proof, err := g.chain.Recognise(tt.call.context(), g.file)
			says, refused := strings.CutPrefix(tt.want, "!")
			switch {
			case refused && (err == nil || fault.ReasonOf(err) != errorsv1.Reason_REASON_UNAUTHENTICATED || !strings.Contains(err.Error(), says)):
				t.Errorf("%s: %v, %v", tt.name, p, err)
			case !refused && (err != nil || p.Name != tt.want || proof.Kind != tt.by):
				t.Errorf("%s: %v, %+v, %v", tt.name, p, proof, err)
			}
		}
	}
}

// foreignKey is a key of production.
func foreignKey(t *testing.T) string {
	journal := must(badgerstore.OpenLog(t.TempDir(), badgerstore.LogOptions{Name: "keys"}))(t)
	defer journal.Close()
	ring := must(apikey.Open(apikey.Config{Journal: journal, Environment: "production", Clock: clock.System{}, Random: rand.Reader}))(t)
	text, _, err := ring.Create(t.Context(), "op", apikey.Wish{Principal: "portal", Purpose: "x"})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// What was remembered holds for one access file and one set of authorities.
func TestWhatIsRememberedEndsWithWhatItGoesBy(t *testing.T) {
	g := newGate(t)
	ward := g.certificate("spiffe://hospital/ward")
	token := g.issuer.Token(time.Now(), nil)
	who := func(c call) string {
		p, _, err := g.chain.Recognise(c.context(), g.file)
		if err != nil {
			return ""
		}
		return p.Name
	}
	byCertificate, byToken := call{certificate: &ward}, call{header: bearer(token)}
	if who(byCertificate) != "ward" || who(byToken) != "ward" {
		t.Fatal("they are not known")
	}
	g.access("principals:\n- {name: other, rights: {\"*\": [read]}, certificates: [\"uri:spiffe://hospital/ward\"], oidc: {subject: ward-17}}\n")
	if who(byCertificate) != "other" || who(byToken) != "other" {
		t.Error("they are who they were in the file before")
	}
	g.write("ca.pem", string(newGate(t).ca.CertPEM()))
	g.source.Reload(t.Context())
	if who(byCertificate) != "" {
		t.Error("a certificate is good whose authority is believed no more, on a connection that was open before")
	}
}

func TestAConflictOfCertificatesIsFoundInTheFile(t *testing.T) {
	g := newGate(t)
	g.write("access.yaml", "principals:\n- {name: a, rights: {\"*\": [read]}, certificates: [\"dns:Ward.example\"]}\n- {name: b, rights: {\"*\": [read]}, certificates: [\"dns:ward.example\"]}\n")
	if _, err := access.ReadFile(g.path("access.yaml")); err == nil || !strings.Contains(err.Error(), `dns:ward.example is "a" already`) {
		t.Error(err)
	}
}

func TestProxiesAreBelievedByName(t *testing.T) {
	g := newGate(t, "10.0.0.0/24", "127.0.0.1/32")
	ward, forged := g.certificate("spiffe://hospital/ward"), newGate(t).certificate("spiffe://hospital/ward")
	proxy := g.certificate("spiffe://hospital/portal")
	told := func(text string) metadata.MD { return metadata.Pairs(certificateHeader, text) }
	escaped := url.PathEscape(string(ward.CertPEM()))
	for _, tt := range []struct {
		name string
		call call
		want string
	}{
		{"a certificate that a proxy tells", call{from: "10.0.0.5:1", header: told(escaped)}, "ward"},
		{"the same from anybody", call{from: "10.0.1.5:1", header: told(escaped)}, ""},
		{"one of another authority", call{from: "10.0.0.5:1", header: told(url.PathEscape(string(forged.CertPEM())))}, ""},
		{"the proxy's own", call{from: "10.0.0.5:1", certificate: &proxy}, ""},
		{"the proxy's own beside its client's", call{from: "10.0.0.5:1", certificate: &proxy, header: told(escaped)}, "ward"},
		{"a client's own, without a proxy", call{from: "10.0.1.5:1", certificate: &proxy}, "portal"},
		{"none", call{from: "10.0.0.5:1", header: told("")}, ""},
		{"two", call{from: "10.0.0.5:1", header: metadata.Pairs(certificateHeader, escaped, certificateHeader, escaped)}, ""},
		{"garbage", call{from: "10.0.0.5:1", header: told("%zz")}, ""},
		{"garbage behind it", call{from: "10.0.0.5:1", header: told(escaped + "x")}, ""},
		{"a key in place of it", call{from: "10.0.0.5:1", header: told(url.PathEscape("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"))}, ""},
	} {
		p, _, err := g.chain.Recognise(tt.call.context(), g.file)
		if got := p; (err == nil) != (tt.want != "") || err == nil && got.Name != tt.want {
			t.Errorf("%s: %v, %v", tt.name, p, err)
		}
	}
}

func TestWhereACallComesFrom(t *testing.T) {
	proxies := identity.NewProxies([]netip.Prefix{netip.MustParsePrefix("10.0.0.0/24"), netip.MustParsePrefix("fd00::/64")}, "")
	for _, tt := range []struct {
		name, from string
		told       []string
		want       string
	}{
		{"without a proxy", "203.0.113.7:1", nil, "203.0.113.7"},
		{"anybody's word", "203.0.113.7:1", []string{"198.51.100.1"}, "203.0.113.7"},
		{"a proxy's word", "10.0.0.5:1", []string{"198.51.100.1"}, "198.51.100.1"},
		{"what a client puts before it", "10.0.0.5:1", []string{"1.2.3.4, 198.51.100.1"}, "198.51.100.1"},
		{"in a header of its own", "10.0.0.5:1", []string{"1.2.3.4", "198.51.100.1"}, "198.51.100.1"},
		{"two proxies in a row", "10.0.0.5:1", []string{"1.2.3.4, 198.51.100.1, 10.0.0.6"}, "198.51.100.1"},
		{"a proxy's own call", "10.0.0.5:1", nil, "10.0.0.5"},
		{"IPv6, with a port", "[fd00::1]:1", []string{"[2001:db8::7]:4711"}, "2001:db8::7"},
		{"IPv4 in IPv6", "[::ffff:10.0.0.5]:1", []string{"::ffff:198.51.100.1"}, "198.51.100.1"},
		{"a proxy that hides", "10.0.0.5:1", []string{"unknown"}, "invalid IP"},
		{"a list that ends in nothing", "10.0.0.5:1", []string{"198.51.100.1,"}, "invalid IP"},
	} {
		header := metadata.MD{}
		header.Append("x-forwarded-for", tt.told...)
		if got := proxies.Origin(call{from: tt.from, header: header}.context()).String(); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
	if (*identity.Proxies)(nil).Origin(context.Background()).IsValid() {
		t.Error("a call without a peer comes from somewhere")
	}
}

func FuzzCertificateHeader(f *testing.F) {
	g := newGate(f, "10.0.0.0/24")
	ward := g.certificate("spiffe://hospital/ward")
	f.Add(url.PathEscape(string(ward.CertPEM())))
	f.Add("%2D%2D%2D")
	f.Add(string(ward.CertPEM()))
	f.Fuzz(func(t *testing.T, text string) {
		ctx := call{from: "10.0.0.5:1", header: metadata.Pairs(certificateHeader, text)}.context()
		if p, _, err := g.chain.Recognise(ctx, g.file); (p == nil) == (err == nil) {
			t.Errorf("%v, %v", p, err)
		}
	})
}

// The cost of knowing who calls, by what is shown. The header is read by gRPC's own means,
// which costs one small allocation.
func BenchmarkRecognise(b *testing.B) {
	g := newGate(b)
	ward := g.certificate("spiffe://hospital/ward")
	for name, c := range map[string]call{
		"token":       {header: bearer("open-sesame")},
		"key":         {header: bearer(g.key("portal"))},
		"oidc":        {header: bearer(g.issuer.Token(time.Now(), nil))},
		"certificate": {certificate: &ward},
		"session":     {session: g.signIn("ward")},
	} {
		ctx := c.context()
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := g.chain.Recognise(ctx, g.file); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
