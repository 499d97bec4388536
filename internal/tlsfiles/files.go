package tlsfiles

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

// Files say where the parts of TLS are, and what is asked of clients.
type Files struct {
	// Cert is the PEM chain of the server, Key its private key. Both are empty where
	// something else listens with TLS, and clients alone are to be known.
	Cert, Key string
	// ClientCA has the PEM certificates of the authorities that sign those of clients;
	// empty: no client is asked for one.
	ClientCA string
	// ClientCRL lists the certificates that those authorities have revoked; may be empty.
	ClientCRL string
	// RequireClient refuses connections without a client certificate.
	RequireClient bool
	// TLS12 lets clients in that know nothing newer, with authenticated ciphers alone.
	TLS12 bool
}

// Error is a file that cannot be used.
type Error struct{ Err error }

func (e *Error) Error() string { return fmt.Sprintf("TLS: %v", e.Err) }

func (e *Error) Unwrap() error { return e.Err }

// aead are the ciphers of TLS 1.2 that authenticate what they encrypt, and forget their
// keys. Those of TLS 1.3 all do.
var aead = []uint16{
	tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
	tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
	tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
}

// stamp is a file as it was looked at; zero where it is not there.
type stamp struct{ info fs.FileInfo }

func (s stamp) same(other stamp) bool {
	if s.info == nil || other.info == nil {
		return s.info == other.info
	}
	return os.SameFile(s.info, other.info) && s.info.ModTime().Equal(other.info.ModTime()) && s.info.Size() == other.info.Size()
}

// stamps looks at all files.
func (f Files) stamps() [4]stamp {
	var all [4]stamp
	for i, path := range []string{f.Cert, f.Key, f.ClientCA, f.ClientCRL} {
		if path == "" {
			continue
		}
		if info, err := os.Stat(path); err == nil {
			all[i] = stamp{info}
		}
	}
	return all
}

// loaded is what the files held at one moment.
type loaded struct {
	config *tls.Config
	// ends is when the first certificate of the server's chain ends, clientsEnd when the
	// first authority of clients does; zero without one.
	ends, clientsEnd time.Time
	clients          *clients
}

// load reads all files: all of them can be used, or none is.
func (f Files) load(now func() time.Time) (*loaded, error) {
	l := &loaded{config: f.config(now)}
	if err := f.loadServer(l); err != nil {
		return nil, &Error{err}
	}
	if f.ClientCA == "" {
		return l, nil
	}
	var err error
	if l.clients, err = readClients(f.ClientCA, f.ClientCRL); err != nil {
		return nil, &Error{err}
	}
	for _, ca := range l.clients.authorities {
		l.clientsEnd = earlier(l.clientsEnd, ca.NotAfter)
	}
	l.config.ClientCAs, l.config.ClientAuth = l.clients.pool, tls.VerifyClientCertIfGiven
	if f.RequireClient {
		l.config.ClientAuth = tls.RequireAndVerifyClientCert
	}
	l.config.VerifyConnection = func(c tls.ConnectionState) error { return l.clients.greet(c, now()) }
	return l, nil
}

func (f Files) loadServer(l *loaded) error {
	if f.Cert == "" && f.Key == "" {
		return nil
	}
	pair, err := tls.LoadX509KeyPair(f.Cert, f.Key)
	if err != nil {
		return fmt.Errorf("loading %s with %s: %w", f.Cert, f.Key, err)
	}
	l.config.Certificates = []tls.Certificate{pair}
	for _, raw := range pair.Certificate {
		one, err := x509.ParseCertificate(raw)
		if err != nil {
			return fmt.Errorf("reading the chain in %s: %w", f.Cert, err)
		}
		l.ends = earlier(l.ends, one.NotAfter)
	}
	return nil
}

// config is what holds whatever the files hold.
func (f Files) config(now func() time.Time) *tls.Config {
	c := &tls.Config{MinVersion: tls.VersionTLS13, NextProtos: []string{"h2", "http/1.1"}, Time: now}
	if f.TLS12 {
		c.MinVersion, c.CipherSuites = tls.VersionTLS12, aead
	}
	return c
}

func earlier(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}

// certificates reads the certificates of a PEM file, of which there has to be one.
func certificates(path string) ([]*x509.Certificate, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var found []*x509.Certificate
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		one, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("reading certificate %d in %s: %w", len(found)+1, path, err)
		}
		found = append(found, one)
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%s: %w", path, errors.New("there is no PEM certificate in it"))
	}
	return found, nil
}
