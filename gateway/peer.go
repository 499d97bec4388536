package gateway

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
)

// httpPeer is the HTTP client as gRPC knows callers.
func httpPeer(r *http.Request) *peer.Peer {
	p := &peer.Peer{Addr: remoteAddr(r)}
	if r.TLS != nil {
		p.AuthInfo = credentials.TLSInfo{
			State:          *r.TLS,
			CommonAuthInfo: credentials.CommonAuthInfo{SecurityLevel: credentials.PrivacyAndIntegrity},
		}
	}
	return p
}

// remoteAddr answers the client's address. What cannot be understood has a
// network of its own, so that nobody takes it for a local address.
func remoteAddr(r *http.Request) net.Addr {
	if addr, err := netip.ParseAddrPort(r.RemoteAddr); err == nil {
		return net.TCPAddrFromAddrPort(addr)
	}
	if local, ok := r.Context().Value(http.LocalAddrContextKey).(*net.UnixAddr); ok {
		return &net.UnixAddr{Net: local.Net, Name: r.RemoteAddr}
	}
	return unknownAddr(r.RemoteAddr)
}

type unknownAddr string

func (unknownAddr) Network() string  { return "unknown" }
func (a unknownAddr) String() string { return string(a) }

// answerHeaders collects the headers and trailers that a unary handler sets.
type answerHeaders struct {
	method string

	mu      sync.Mutex
	sent    bool
	header  metadata.MD
	trailer metadata.MD
}

var _ grpc.ServerTransportStream = (*answerHeaders)(nil)

func (h *answerHeaders) Method() string { return h.method }

func (h *answerHeaders) SetHeader(md metadata.MD) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.sent {
		return errors.New("the headers are sent already")
	}
	h.header = joined(h.header, md)
	return nil
}

func (h *answerHeaders) SendHeader(md metadata.MD) error {
	err := h.SetHeader(md)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.sent = true
	return err
}

func (h *answerHeaders) SetTrailer(md metadata.MD) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.trailer = joined(h.trailer, md)
	return nil
}

func joined(a, b metadata.MD) metadata.MD {
	if len(a) == 0 {
		return b
	}
	return metadata.Join(a, b)
}

// deliver puts what was collected where the caller asked for it.
func (h *answerHeaders) deliver(opts []grpc.CallOption) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.sent = true
	for _, opt := range opts {
		switch opt := opt.(type) {
		case grpc.HeaderCallOption:
			*opt.HeaderAddr = h.header
		case grpc.TrailerCallOption:
			*opt.TrailerAddr = h.trailer
		}
	}
}
