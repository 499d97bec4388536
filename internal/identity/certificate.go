package identity

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"sync"
	"time"

	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/peer"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	"odoomesh/internal/access"
	"odoomesh/internal/fault"
)

// Certificates tell whether client certificates are good.
type Certificates interface {
	// Verify refuses a certificate, the first of those given, that is not good now.
	Verify(given []*x509.Certificate) error
	// Epoch is another value when something has changed that Verify goes by.
	Epoch() any
}

// shown is the certificate that a call shows, and those between it and its authority.
type shown []*x509.Certificate

// thumbprint is the certificate's as tokens name it.
func (s shown) thumbprint() string {
	sum := sha256.Sum256(s[0].Raw)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// shown is the certificate of the client: of the connection or, where that is a proxy
// which tells the certificates of its clients, what it tells. nil for none.
func (c *Chain) shown(ctx context.Context) (shown, error) {
	p, ok := peer.FromContext(ctx)
	if !ok {
		return nil, nil
	}
	if c.Proxies.tellsCertificates(p.Addr) {
		return c.Proxies.certificate(ctx)
	}
	if c.Certificates == nil {
		return nil, nil
	}
	if tls, is := p.AuthInfo.(credentials.TLSInfo); is && len(tls.State.PeerCertificates) > 0 {
		return tls.State.PeerCertificates, nil
	}
	return nil, nil
}

// named is what was found out about a certificate.
type named struct {
	// It holds for these alone.
	epoch any
	file  *access.File
	ends  time.Time

	// principal is nil where the certificate names none.
	principal *access.Principal
	proof     *access.Proof
}

// mostRemembered bounds what is kept of certificates.
const mostRemembered = 4096

// remembered is what was found out about certificates, by their bytes.
type remembered struct {
	mu    sync.RWMutex
	known map[string]*named
}

func (r *remembered) get(c *x509.Certificate) *named {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.known[string(c.Raw)]
}

func (r *remembered) put(c *x509.Certificate, n *named) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.known) >= mostRemembered {
		clear(r.known)
	}
	r.known[string(c.Raw)] = n
}

// byCertificate finds whose certificate it is; nil for none.
func (c *Chain) byCertificate(s shown, file *access.File) (*named, error) {
	if s == nil {
		return nil, nil
	}
	if c.Certificates == nil {
		return nil, fault.Unauthenticated("Client certificates are not believed here.")
	}
	now, epoch := c.Clock.Now(), c.Certificates.Epoch()
	if n := c.certificates.get(s[0]); n != nil && n.epoch == epoch && n.file == file && now.Before(n.ends) {
		return n, nil
	}
	// Anew, on a connection that was open before, too: what it goes by has changed.
	if err := c.Certificates.Verify(s); err != nil {
		return nil, fault.New(errorsv1.Reason_REASON_UNAUTHENTICATED,
			"The client certificate is not good: it has ended, is revoked, or is signed by no authority that is believed.", fault.Because(err))
	}
	p, name, err := file.ByCertificate(s[0])
	if err != nil {
		return nil, fault.Unauthenticated("The client certificate has names of several principals.")
	}
	n := &named{epoch: epoch, file: file, principal: p, proof: &access.Proof{Kind: access.ByCertificate, Credential: name}}
	for _, one := range s {
		if n.ends.IsZero() || one.NotAfter.Before(n.ends) {
			n.ends = one.NotAfter
		}
	}
	c.certificates.put(s[0], n)
	return n, nil
}
