package gateway

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"runtime/debug"

	"github.com/fullstorydev/grpchan/inprocgrpc"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/peer"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
)

// InProcess makes a connection to services in this process. Services are
// registered on it as on a grpc.Server; calls go through the interceptors with
// deadline, cancellation and metadata, and peer.FromContext answers the address,
// and the TLS state, of the HTTP client. Either interceptor may be nil.
//
// Messages are not copied but shared: neither a handler nor an interceptor may
// change a message after it has returned or sent it. A panic ends the call, not
// the process, and is logged.
func InProcess(unary grpc.UnaryServerInterceptor, stream grpc.StreamServerInterceptor, logger *slog.Logger) *inprocgrpc.Channel {
	server := &inProcessServer{unary: unary, stream: stream, logger: logger}
	return new(inprocgrpc.Channel).
		WithCloner(sharer{}).
		WithServerUnaryInterceptor(server.interceptUnary).
		WithServerStreamInterceptor(server.interceptStream)
}

type inProcessServer struct {
	unary  grpc.UnaryServerInterceptor
	stream grpc.StreamServerInterceptor
	logger *slog.Logger
}

func (s *inProcessServer) interceptUnary(ctx context.Context, req any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (resp any, err error) {
	defer s.recover(info.FullMethod, &err)
	ctx = withHTTPPeer(ctx)
	if s.unary == nil {
		return handler(ctx, req)
	}
	return s.unary(ctx, req, info, handler)
}

func (s *inProcessServer) interceptStream(srv any, ss grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler) (err error) {
	defer s.recover(info.FullMethod, &err)
	ss = peerStream{ServerStream: ss, ctx: withHTTPPeer(ss.Context())}
	if s.stream == nil {
		return handler(srv, ss)
	}
	return s.stream(srv, ss, info, handler)
}

// recover is needed although the mesh's own chain recovers: the call runs on a
// goroutine of the channel, where a panic outside that chain would end the process.
func (s *inProcessServer) recover(method string, err *error) {
	p := recover()
	if p == nil {
		return
	}
	s.logger.Error("panic in a call", "method", method, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
	*err = refusal(errorsv1.Reason_REASON_INTERNAL, internalMessage).Err()
}

type peerStream struct {
	grpc.ServerStream
	ctx context.Context
}

func (s peerStream) Context() context.Context { return s.ctx }

// withHTTPPeer puts the HTTP client in the place of the channel's own peer.
func withHTTPPeer(ctx context.Context) context.Context {
	client := inprocgrpc.ClientContext(ctx)
	if client == nil {
		return ctx
	}
	r := callFrom(client).request
	if r == nil {
		return ctx
	}
	p := &peer.Peer{Addr: remoteAddr(r)}
	if r.TLS != nil {
		p.AuthInfo = credentials.TLSInfo{
			State:          *r.TLS,
			CommonAuthInfo: credentials.CommonAuthInfo{SecurityLevel: credentials.PrivacyAndIntegrity},
		}
	}
	return peer.NewContext(ctx, p)
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
