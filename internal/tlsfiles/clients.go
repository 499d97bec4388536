package tlsfiles

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"time"
)

// clients are the authorities of client certificates, and what they have revoked.
type clients struct {
	pool        *x509.CertPool
	authorities []*x509.Certificate
	// revoked has issuer and serial number.
	revoked map[string]struct{}
	// nextList is when the first list of revoked certificates is to be replaced; zero
	// where none says so.
	nextList time.Time
}

func readClients(caFile, crlFile string) (*clients, error) {
	c := &clients{pool: x509.NewCertPool(), revoked: map[string]struct{}{}}
	var err error
	if c.authorities, err = certificates(caFile); err != nil {
		return nil, err
	}
	for _, ca := range c.authorities {
		if ca.BasicConstraintsValid && !ca.IsCA {
			return nil, fmt.Errorf("%s: %s is the certificate of no authority; name the one that signs client certificates", caFile, ca.Subject)
		}
		c.pool.AddCert(ca)
	}
	if crlFile == "" {
		return c, nil
	}
	lists, err := revocationLists(crlFile)
	if err != nil {
		return nil, err
	}
	for i, list := range lists {
		if !c.signed(list) {
			return nil, fmt.Errorf("%s: list %d is signed by none of the authorities in %s", crlFile, i+1, caFile)
		}
		for _, one := range list.RevokedCertificateEntries {
			c.revoked[string(list.RawIssuer)+"\x00"+one.SerialNumber.String()] = struct{}{}
		}
		if !list.NextUpdate.IsZero() {
			c.nextList = earlier(c.nextList, list.NextUpdate)
		}
	}
	return c, nil
}

func (c *clients) signed(list *x509.RevocationList) bool {
	for _, ca := range c.authorities {
		if bytes.Equal(ca.RawSubject, list.RawIssuer) && list.CheckSignatureFrom(ca) == nil {
			return true
		}
	}
	return false
}

// revocationLists reads the lists of a file: PEM, one or more, or DER, one.
func revocationLists(path string) ([]*x509.RevocationList, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var found []*x509.RevocationList
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "X509 CRL" {
			continue
		}
		list, err := x509.ParseRevocationList(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("reading list %d in %s: %w", len(found)+1, path, err)
		}
		found = append(found, list)
	}
	if len(found) > 0 {
		return found, nil
	}
	list, err := x509.ParseRevocationList(text)
	if err != nil {
		return nil, fmt.Errorf("%s is no list of revoked certificates, neither PEM (X509 CRL) nor DER", path)
	}
	return []*x509.RevocationList{list}, nil
}

// errRevoked is a certificate that its authority has taken back.
var errRevoked = errors.New("the client certificate is revoked")

// greet refuses a connection whose certificate is revoked. One that goes on from an
// earlier connection is looked at anew: the authorities may be others by now.
func (c *clients) greet(state tls.ConnectionState, now time.Time) error {
	switch {
	case len(state.PeerCertificates) == 0:
		return nil
	case state.DidResume:
		return c.verify(state.PeerCertificates, now)
	}
	return c.standing(state.VerifiedChains)
}

// verify tells whether a certificate, the first of those given, is good now.
func (c *clients) verify(given []*x509.Certificate, now time.Time) error {
	between := x509.NewCertPool()
	for _, one := range given[1:] {
		between.AddCert(one)
	}
	chains, err := given[0].Verify(x509.VerifyOptions{
		Roots: c.pool, Intermediates: between, CurrentTime: now, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	})
	if err != nil {
		return err
	}
	return c.standing(chains)
}

// standing finds a chain of which nothing is revoked.
func (c *clients) standing(chains [][]*x509.Certificate) error {
	for _, chain := range chains {
		if !c.anyRevoked(chain) {
			return nil
		}
	}
	return errRevoked
}

func (c *clients) anyRevoked(chain []*x509.Certificate) bool {
	for _, one := range chain {
		if _, is := c.revoked[string(one.RawIssuer)+"\x00"+one.SerialNumber.String()]; is {
			return true
		}
	}
	return false
}
