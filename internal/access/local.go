package access

import (
	"context"
	"net"
	"net/netip"
	"strings"

	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"

	optionsv1 "odoomesh/gen/go/mesh/options/v1"
	"odoomesh/internal/fault"
)

// local lets in whoever already works on this machine.
type local struct{ principal *Principal }

func newLocal(writes bool) *local {
	rights := []optionsv1.Access{optionsv1.Access_ACCESS_READ, optionsv1.Access_ACCESS_OPERATE}
	if writes {
		rights = append(rights, optionsv1.Access_ACCESS_WRITE)
	}
	return &local{NewPrincipal("local", map[string][]optionsv1.Access{anyDomain: rights})}
}

var byPlace = &Proof{Kind: ByPlace}

func (l *local) recognise(ctx context.Context) (*Principal, *Proof, error) {
	p, ok := peer.FromContext(ctx)
	if !ok || !IsLocal(p.Addr) || !speaksForItself(ctx) {
		return nil, nil, fault.Unauthenticated("Without an access file only callers of this machine are let in.")
	}
	return l.principal, byPlace, nil
}

// IsLocal tells whether a peer's address can only be reached from this machine.
func IsLocal(addr net.Addr) bool {
	switch a := addr.(type) {
	case nil:
		return false
	case *net.TCPAddr:
		return a.IP.IsLoopback()
	case *net.UnixAddr:
		return true
	}
	switch addr.Network() {
	case "unix":
		return true
	case "tcp", "tcp4", "tcp6":
		at, err := netip.ParseAddrPort(addr.String())
		return err == nil && at.Addr().Unmap().IsLoopback()
	}
	return false
}

// speaksForItself is false for a proxy on this machine that passes on what comes
// from elsewhere, and for a browser that was led to this machine under another
// name (DNS rebinding).
func speaksForItself(ctx context.Context) bool {
	for _, header := range []string{"forwarded", "x-real-ip"} {
		if len(metadata.ValueFromIncomingContext(ctx, header)) > 0 {
			return false
		}
	}
	for _, list := range metadata.ValueFromIncomingContext(ctx, "x-forwarded-for") {
		for one := range strings.SplitSeq(list, ",") {
			ip, err := netip.ParseAddr(strings.TrimSpace(one))
			if err != nil || !ip.Unmap().IsLoopback() {
				return false
			}
		}
	}
	for _, host := range metadata.ValueFromIncomingContext(ctx, "x-forwarded-host") {
		if !IsLocalHost(host) {
			return false
		}
	}
	return true
}

// IsLocalHost tells whether a host, with or without a port, is this machine by its name.
func IsLocalHost(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && ip.Unmap().IsLoopback()
}
