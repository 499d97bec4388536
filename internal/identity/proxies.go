package identity

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"net"
	"net/netip"
	"net/url"
	"strings"

	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"

	"odoomesh/internal/fault"
)

const (
	forwardedFor = "x-forwarded-for"
	// mostCertificates bounds a header with a certificate, and those between it and its
	// authority.
	mostCertificates = 32 << 10
)

// Proxies are those who are believed where a call comes from. What anybody else tells of
// that is passed over.
type Proxies struct {
	networks []netip.Prefix
	// certificateHeader is the metadata with the certificate of a proxy's client, as PEM
	// that is escaped as in URLs; empty where none is believed.
	certificateHeader string
}

// NewProxies believes the callers of some networks. A certificate is read out of a header
// where one is named.
func NewProxies(networks []netip.Prefix, certificateHeader string) *Proxies {
	return &Proxies{networks: networks, certificateHeader: strings.ToLower(certificateHeader)}
}

func (p *Proxies) trusts(a netip.Addr) bool {
	for _, network := range p.networks {
		if network.Contains(a) {
			return true
		}
	}
	return false
}

// addressOf is a peer's address; false where it has none.
func addressOf(addr net.Addr) (netip.Addr, bool) {
	if tcp, is := addr.(*net.TCPAddr); is {
		a, ok := netip.AddrFromSlice(tcp.IP)
		return a.Unmap(), ok
	}
	if addr == nil {
		return netip.Addr{}, false
	}
	at, err := netip.ParseAddrPort(addr.String())
	return at.Addr().Unmap(), err == nil
}

// Origin is the address that a call comes from: of the peer or, where that is a proxy
// that is believed, what it tells. Behind several proxies in a row it is what the last
// one that is believed was called by: what stands before that anybody can have written.
// It is invalid where nothing is known.
func (p *Proxies) Origin(ctx context.Context) netip.Addr {
	caller, ok := peer.FromContext(ctx)
	if !ok {
		return netip.Addr{}
	}
	at, ok := addressOf(caller.Addr)
	if !ok || p == nil || !p.trusts(at) {
		return at
	}
	var hops []string
	for _, list := range metadata.ValueFromIncomingContext(ctx, forwardedFor) {
		hops = append(hops, strings.Split(list, ",")...)
	}
	for i := len(hops) - 1; i >= 0 && p.trusts(at); i-- {
		hop, err := addressIn(hops[i])
		if err != nil {
			return netip.Addr{} // the proxy hides it, or passes on what is none
		}
		at = hop
	}
	return at
}

// addressIn reads an address, with or without a port.
func addressIn(text string) (netip.Addr, error) {
	text = strings.TrimSpace(text)
	if at, err := netip.ParseAddrPort(text); err == nil {
		return at.Addr().Unmap(), nil
	}
	a, err := netip.ParseAddr(strings.Trim(text, "[]"))
	return a.Unmap(), err
}

// tellsCertificates tells whether a peer is a proxy that tells the certificates of its
// clients; its own is then nobody's.
func (p *Proxies) tellsCertificates(addr net.Addr) bool {
	if p == nil || p.certificateHeader == "" {
		return false
	}
	at, ok := addressOf(addr)
	return ok && p.trusts(at)
}

// certificate is what the header holds; nil where there is none.
func (p *Proxies) certificate(ctx context.Context) (shown, error) {
	given := metadata.ValueFromIncomingContext(ctx, p.certificateHeader)
	if len(given) == 0 || len(given) == 1 && given[0] == "" {
		return nil, nil
	}
	refused := fault.Unauthenticated("The proxy tells no client certificate that can be read: one header, with certificates in PEM that are escaped as in URLs.")
	if len(given) != 1 || len(given[0]) > mostCertificates {
		return nil, refused
	}
	text, err := url.PathUnescape(given[0])
	if err != nil {
		return nil, refused
	}
	var s shown
	block, rest := pem.Decode([]byte(text))
	for ; block != nil; block, rest = pem.Decode(rest) {
		one, err := x509.ParseCertificate(block.Bytes)
		if block.Type != "CERTIFICATE" || err != nil {
			return nil, refused
		}
		s = append(s, one)
	}
	if len(s) == 0 || strings.TrimSpace(string(rest)) != "" {
		return nil, refused
	}
	return s, nil
}
