package tlsfiles_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"odoomesh/internal/clock"
	"odoomesh/internal/devcert"
	"odoomesh/internal/tlsfiles"
)

// place is a folder with the files of a server, as somebody renews them.
type place struct {
	t     *testing.T
	dir   string
	ca    devcert.Pair
	files tlsfiles.Files
	said  said
}

// said is what the log was told.
type said struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

func newPlace(t *testing.T) *place {
	p := &place{t: t, dir: t.TempDir()}
	p.ca = must(devcert.Authority("ours", time.Now()))(t)
	p.files = tlsfiles.Files{Cert: p.path("server.pem"), Key: p.path("server-key.pem")}
	p.renew(365 * 24 * time.Hour)
	return p
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func (p *place) path(name string) string { return filepath.Join(p.dir, name) }

func (p *place) write(name string, text []byte) {
	p.t.Helper()
	if err := os.WriteFile(p.path(name), text, 0o600); err != nil {
		p.t.Fatal(err)
	}
}

// renew writes another certificate for the server.
func (p *place) renew(lasts time.Duration) devcert.Pair {
	pair := must(p.ca.Server([]string{"mesh.test"}, time.Now(), time.Now().Add(lasts)))(p.t)
	p.write("server.pem", pair.CertPEM())
	p.write("server-key.pem", must(pair.KeyPEM())(p.t))
	return pair
}

func (p *place) client(name string) devcert.Pair {
	return must(p.ca.Client(must(url.Parse(name))(p.t), time.Now(), time.Now().Add(time.Hour)))(p.t)
}

func (p *place) revoke(pairs ...devcert.Pair) {
	list := &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: time.Now(), NextUpdate: time.Now().Add(time.Hour)}
	for _, one := range pairs {
		list.RevokedCertificateEntries = append(list.RevokedCertificateEntries, x509.RevocationListEntry{SerialNumber: one.Cert.SerialNumber, RevocationTime: time.Now()})
	}
	der := must(x509.CreateRevocationList(rand.Reader, list, p.ca.Cert, p.ca.Key))(p.t)
	p.write("revoked.pem", pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: der}))
}

func (p *place) open() *tlsfiles.Source {
	p.t.Helper()
	return must(tlsfiles.Open(p.files, clock.System{}, slog.New(slog.NewTextHandler(&p.said, nil))))(p.t)
}

// session is an open connection.
type session struct {
	*tls.Conn
	server *tls.Conn
}

// says sends a byte to the server and back.
func (s session) says(t *testing.T) {
	t.Helper()
	go func() { _, _ = io.CopyN(s.server, s.server, 1) }()
	if _, err := s.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(s, make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
}

// greet connects to the listener of a source.
func (p *place) greet(s *tlsfiles.Source, change func(*tls.Config)) (session, error) {
	near, far := net.Pipe()
	roots := x509.NewCertPool()
	roots.AddCert(p.ca.Cert)
	c := &tls.Config{RootCAs: roots, ServerName: "mesh.test", Time: time.Now}
	if change != nil {
		change(c)
	}
	client, server := tls.Client(near, c), tls.Server(far, s.Config())
	p.t.Cleanup(func() { near.Close(); far.Close() })
	greeted := make(chan error, 1)
	go func() {
		err := server.Handshake()
		if err == nil {
			// What tells the client of a refusal, or of how to come back, is read with this.
			_, err = server.Write([]byte("!"))
		}
		greeted <- err
	}()
	err := client.Handshake()
	if err == nil {
		_, err = io.ReadFull(client, make([]byte, 1))
	}
	if err != nil {
		near.Close()
	}
	return session{client, server}, errors.Join(err, <-greeted)
}

func with(pair devcert.Pair) func(*tls.Config) {
	return func(c *tls.Config) {
		c.Certificates = []tls.Certificate{{Certificate: [][]byte{pair.Cert.Raw}, PrivateKey: pair.Key}}
	}
}

func TestARenewedCertificateIsTakenAndNoConnectionIsCut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlace(t)
		s := p.open()
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- s.Run(ctx) }()
		before := must(p.greet(s, nil))(t)
		renewed := p.renew(100 * 24 * time.Hour)
		time.Sleep(3 * time.Second)
		after := must(p.greet(s, nil))(t)
		if got := after.ConnectionState().PeerCertificates[0].SerialNumber; got.Cmp(renewed.Cert.SerialNumber) != 0 {
			t.Error("the old certificate is shown")
		}
		before.says(t)
		after.says(t)

		// A certificate beside another one's key: the old pair stays, told once.
		stray := must(p.ca.Server([]string{"mesh.test"}, time.Now(), time.Now().Add(time.Hour)))(t)
		p.write("server.pem", stray.CertPEM())
		time.Sleep(time.Minute)
		still := must(p.greet(s, nil))(t)
		if got := still.ConnectionState().PeerCertificates[0].SerialNumber; got.Cmp(renewed.Cert.SerialNumber) != 0 {
			t.Error("a certificate without its key is shown")
		}
		if n := strings.Count(p.said.String(), "cannot be used"); n != 1 {
			t.Errorf("told %d times: %s", n, p.said.String())
		}
		if strings.Contains(p.said.String(), "PRIVATE") {
			t.Error("the log shows a key")
		}
		// Its key comes a moment later.
		p.write("server-key.pem", must(stray.KeyPEM())(t))
		time.Sleep(3 * time.Second)
		last := must(p.greet(s, nil))(t)
		if got := last.ConnectionState().PeerCertificates[0].SerialNumber; got.Cmp(stray.Cert.SerialNumber) != 0 {
			t.Error("a pair that fits again is not taken")
		}
		stop()
		<-ended
	})
}

func TestReloadDoesNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlace(t)
		s := p.open()
		renewed := p.renew(time.Hour)
		s.Reload(t.Context())
		if got := must(p.greet(s, nil))(t).ConnectionState().PeerCertificates[0].SerialNumber; got.Cmp(renewed.Cert.SerialNumber) != 0 {
			t.Error("the old certificate is shown")
		}
	})
}

func TestVersionsAndCiphers(t *testing.T) {
	only := func(version uint16, ciphers ...uint16) func(*tls.Config) {
		return func(c *tls.Config) { c.MaxVersion, c.CipherSuites = version, ciphers }
	}
	for _, tt := range []struct {
		name   string
		old    bool
		client func(*tls.Config)
		taken  bool
	}{
		{"1.3", false, nil, true},
		{"1.2 where 1.3 is asked for", false, only(tls.VersionTLS12), false},
		{"1.2", true, only(tls.VersionTLS12), true},
		{"1.2 with AEAD", true, only(tls.VersionTLS12, tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256), true},
		{"1.2 with CBC", true, only(tls.VersionTLS12, tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA), false},
		{"1.1", true, func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS11, tls.VersionTLS11 }, false},
		{"1.3 where 1.2 may be", true, nil, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newPlace(t)
			p.files.TLS12 = tt.old
			if _, err := p.greet(p.open(), tt.client); (err == nil) != tt.taken {
				t.Error(err)
			}
		})
	}
}

func TestClientCertificates(t *testing.T) {
	p := newPlace(t)
	p.files.ClientCA, p.files.ClientCRL = p.path("ca.pem"), p.path("revoked.pem")
	p.write("ca.pem", p.ca.CertPEM())
	good, bad := p.client("urn:good"), p.client("urn:bad")
	p.revoke(bad)
	others := newPlace(t)
	foreign := others.client("urn:good")
	server := p.renew(time.Hour)
	old := must(p.ca.Client(&url.URL{Scheme: "urn", Opaque: "old"}, time.Now().Add(-2*time.Hour), time.Now().Add(-time.Hour)))(t)
	for _, tt := range []struct {
		name     string
		required bool
		client   func(*tls.Config)
		taken    bool
	}{
		{"one of ours", true, with(good), true},
		{"none where it is welcome", false, nil, true},
		{"none where it is required", true, nil, false},
		{"a revoked one", false, with(bad), false},
		{"one of somebody else's authority", false, with(foreign), false},
		{"one that has ended", false, with(old), false},
		{"a server's", false, with(server), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p.files.RequireClient = tt.required
			c, err := p.greet(p.open(), tt.client)
			if (err == nil) != tt.taken {
				t.Error(err)
			}
			if tt.taken && tt.client != nil && len(c.server.ConnectionState().VerifiedChains) == 0 {
				t.Error("nothing is known of the client")
			}
		})
	}
}

// What is revoked, or signed by an authority that is gone, is refused to connections that
// go on from an earlier one, too.
func TestARevokedClientDoesNotComeBackByATicket(t *testing.T) {
	p := newPlace(t)
	p.files.ClientCA, p.files.ClientCRL = p.path("ca.pem"), p.path("revoked.pem")
	p.write("ca.pem", p.ca.CertPEM())
	p.revoke()
	s := p.open()
	config := s.Config() // one for all: tickets are its own
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() { _, _ = tls.Server(conn, config).Write([]byte("!")); conn.Close() }()
		}
	}()
	one := p.client("urn:one")
	roots := x509.NewCertPool()
	roots.AddCert(p.ca.Cert)
	client := &tls.Config{RootCAs: roots, ServerName: "mesh.test", ClientSessionCache: tls.NewLRUClientSessionCache(4)}
	with(one)(client)
	dial := func() (bool, error) {
		conn, err := tls.Dial("tcp", listener.Addr().String(), client)
		if err != nil {
			return false, err
		}
		defer conn.Close()
		_, err = io.ReadFull(conn, make([]byte, 1))
		return conn.ConnectionState().DidResume, err
	}
	if _, err := dial(); err != nil {
		t.Fatal(err)
	}
	if resumed, err := dial(); err != nil || !resumed {
		t.Fatalf("resumed %v, %v", resumed, err)
	}
	p.revoke(one)
	s.Reload(t.Context())
	if _, err := dial(); err == nil {
		t.Error("a revoked client came back")
	}
	if err := s.Verify([]*x509.Certificate{one.Cert}); err == nil {
		t.Error("a revoked client is good on a connection that was open before")
	}
}

func TestWhatCannotBeUsedIsSaid(t *testing.T) {
	p := newPlace(t)
	stranger := newPlace(t)
	stranger.revoke()
	p.write("ca.pem", p.ca.CertPEM())
	p.write("leaf.pem", p.client("urn:x").CertPEM())
	p.write("nothing", []byte("nothing"))
	for says, change := range map[string]func(*tlsfiles.Files){
		"loading":              func(f *tlsfiles.Files) { f.Key = p.path("ca.pem") },
		"no PEM certificate":   func(f *tlsfiles.Files) { f.ClientCA = p.path("nothing") },
		"of no authority":      func(f *tlsfiles.Files) { f.ClientCA = p.path("leaf.pem") },
		"no such file":         func(f *tlsfiles.Files) { f.ClientCA = p.path("gone") },
		"no list of revoked":   func(f *tlsfiles.Files) { f.ClientCA, f.ClientCRL = p.path("ca.pem"), p.path("nothing") },
		"signed by none of th": func(f *tlsfiles.Files) { f.ClientCA, f.ClientCRL = p.path("ca.pem"), stranger.path("revoked.pem") },
	} {
		f := p.files
		change(&f)
		var wrong *tlsfiles.Error
		if s, err := tlsfiles.Open(f, clock.System{}, slog.Default()); s != nil || !errors.As(err, &wrong) || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v", says, err)
		}
	}
}

func TestTheEndOfACertificateIsMeasuredAndWarnedOf(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlace(t)
		p.renew(14*24*time.Hour + time.Minute)
		s := p.open()
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- s.Run(ctx) }()
		time.Sleep(30 * time.Second)
		metrics := prometheus.NewRegistry()
		metrics.MustRegister(s)
		families := must(metrics.Gather())(t)
		if got := families[0].GetMetric()[0].GetGauge().GetValue(); families[0].GetName() != "mesh_certificate_expiry_seconds" || got != (14*24*time.Hour+30*time.Second).Seconds() {
			t.Errorf("%v seconds", got)
		}
		warned := func() int { return strings.Count(p.said.String(), "about to end") }
		if warned() != 0 {
			t.Error("warned too early")
		}
		time.Sleep(time.Hour)
		if warned() != 1 {
			t.Errorf("warned %d times: %s", warned(), p.said.String())
		}
		stop()
		<-ended
	})
}

func FuzzRevocationLists(f *testing.F) {
	t := &testing.T{}
	ca := must(devcert.Authority("ours", time.Now()))(t)
	der := must(x509.CreateRevocationList(rand.Reader, &x509.RevocationList{Number: big.NewInt(1), Issuer: pkix.Name{CommonName: "ours"}, ThisUpdate: time.Now(), NextUpdate: time.Now()}, ca.Cert, ca.Key))(t)
	f.Add(der)
	f.Add(pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: der}))
	dir := f.TempDir()
	server := must(ca.Server([]string{"a"}, time.Now(), time.Now().Add(time.Hour)))(t)
	files := tlsfiles.Files{Cert: dir + "/c", Key: dir + "/k", ClientCA: dir + "/ca", ClientCRL: dir + "/crl"}
	for path, text := range map[string][]byte{files.Cert: server.CertPEM(), files.Key: must(server.KeyPEM())(t), files.ClientCA: ca.CertPEM()} {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			f.Fatal(err)
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if err := os.WriteFile(files.ClientCRL, text, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := tlsfiles.Open(files, clock.System{}, slog.New(slog.DiscardHandler))
		var wrong *tlsfiles.Error
		if (s == nil) == (err == nil) || err != nil && !errors.As(err, &wrong) {
			t.Errorf("%v, %v", s, err)
		}
	})
}
