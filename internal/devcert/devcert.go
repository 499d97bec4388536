// Package devcert makes certificates to develop and test with: an authority, and what it
// signs for a server and for a client. Nothing that runs in earnest imports it: there,
// an organisation's own authority signs.
package devcert

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"time"
)

// lasts is how long the certificates are good: nobody is to forget that they are for
// development.
const lasts = 365 * 24 * time.Hour

// Pair is a certificate with its key.
type Pair struct {
	Cert *x509.Certificate
	Key  *ecdsa.PrivateKey
}

// CertPEM is the certificate as files have it.
func (p Pair) CertPEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: p.Cert.Raw})
}

// KeyPEM is the private key as files have it.
func (p Pair) KeyPEM() ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(p.Key)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

// Authority makes an authority.
func Authority(name string, now time.Time) (Pair, error) {
	return sign(&x509.Certificate{
		Subject: pkix.Name{CommonName: name}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(lasts), IsCA: true, BasicConstraintsValid: true,
		MaxPathLenZero: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}, nil)
}

// Server makes the certificate of a server that is called by some host names or addresses.
func (p Pair) Server(hosts []string, now, ends time.Time) (Pair, error) {
	t := leaf(hosts[0], now, ends, x509.ExtKeyUsageServerAuth)
	for _, host := range hosts {
		if ip := net.ParseIP(host); ip != nil {
			t.IPAddresses = append(t.IPAddresses, ip)
		} else {
			t.DNSNames = append(t.DNSNames, host)
		}
	}
	return sign(t, &p)
}

// Client makes the certificate of a client that is known by a URI.
func (p Pair) Client(uri *url.URL, now, ends time.Time) (Pair, error) {
	t := leaf(uri.String(), now, ends, x509.ExtKeyUsageClientAuth)
	t.URIs = []*url.URL{uri}
	return sign(t, &p)
}

func leaf(name string, now, ends time.Time, usage x509.ExtKeyUsage) *x509.Certificate {
	return &x509.Certificate{
		Subject: pkix.Name{CommonName: name}, NotBefore: now.Add(-time.Hour), NotAfter: ends, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{usage},
	}
}

// sign makes a key and a certificate of it; without an authority it signs itself.
func sign(t *x509.Certificate, by *Pair) (Pair, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return Pair{}, err
	}
	if t.SerialNumber, err = rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120)); err != nil {
		return Pair{}, err
	}
	parent, signer := t, key
	if by != nil {
		parent, signer = by.Cert, by.Key
	}
	der, err := x509.CreateCertificate(rand.Reader, t, parent, key.Public(), signer)
	if err != nil {
		return Pair{}, err
	}
	made, err := x509.ParseCertificate(der)
	return Pair{Cert: made, Key: key}, err
}

// ClientURI is the name in the client certificate that Write makes.
const ClientURI = "urn:odoomesh:development-client"

// names are the files that Write makes, certificate and key each.
var names = [][2]string{{"ca.pem", "ca-key.pem"}, {"server.pem", "server-key.pem"}, {"client.pem", "client-key.pem"}}

// Write makes an authority, a server's and a client's certificate in a folder, and
// answers what it wrote. It overwrites nothing.
func Write(dir string, hosts []string, now time.Time) ([]string, error) {
	for _, pair := range names {
		for _, name := range pair {
			path := filepath.Join(dir, name)
			if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
				return nil, fmt.Errorf("%s is there already, and is not overwritten; remove it or name another folder", path)
			}
		}
	}
	authority, err := Authority("odoomesh development authority", now)
	if err != nil {
		return nil, err
	}
	server, err := authority.Server(hosts, now, now.Add(lasts))
	if err != nil {
		return nil, err
	}
	client, err := authority.Client(&url.URL{Scheme: "urn", Opaque: "odoomesh:development-client"}, now, now.Add(lasts))
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	var written []string
	for i, pair := range []Pair{authority, server, client} {
		key, err := pair.KeyPEM()
		if err != nil {
			return written, err
		}
		for j, text := range [][]byte{pair.CertPEM(), key} {
			path := filepath.Join(dir, names[i][j])
			if err := create(path, text, []fs.FileMode{0o644, 0o600}[j]); err != nil {
				return written, err
			}
			written = append(written, path)
		}
	}
	return written, nil
}

func create(path string, text []byte, mode fs.FileMode) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	return errors.Join(err, file.Close())
}
