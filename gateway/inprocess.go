package gateway

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"

	"github.com/fullstorydev/grpchan/inprocgrpc"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"

	"odoomesh/internal/fault"
	"odoomesh/internal/identity/session"
	meshrecord "odoomesh/internal/record"
)

// Connection leads to services in this process. Services are registered on it as
// on a grpc.Server; calls go through the interceptors with deadline, cancellation
// and metadata, and peer.FromContext answers the address, and the TLS state, of
// the HTTP client.
//
// Messages are not copied but shared: neither a handler nor an interceptor may
// change a message after it has returned or sent it. A unary call ends when its
// handler ends, which has to watch its context. A panic ends the call, not the
// process, and is logged.
type Connection struct {
	streams *inprocgrpc.Channel
	unary   map[string]unaryMethod // by "/package.Service/Method"
	server  *interceptingServer
}

var (
	_ grpc.ClientConnInterface = (*Connection)(nil)
	_ grpc.ServiceRegistrar    = (*Connection)(nil)
)

type unaryMethod struct {
	desc    grpc.MethodDesc
	service any
}

// InProcess makes a connection without services. All have to be registered
// before the first call. Either interceptor may be nil.
func InProcess(unary grpc.UnaryServerInterceptor, stream grpc.StreamServerInterceptor, logger *slog.Logger) *Connection {
	server := &interceptingServer{unary: unary, stream: stream, logger: logger}
	return &Connection{
		streams: new(inprocgrpc.Channel).WithCloner(sharer{}).WithServerStreamInterceptor(server.interceptStream),
		unary:   make(map[string]unaryMethod),
		server:  server,
	}
}

// RegisterService adds a service with its implementation.
func (c *Connection) RegisterService(desc *grpc.ServiceDesc, service any) {
	c.streams.RegisterService(desc, service)
	for _, method := range desc.Methods {
		c.unary["/"+desc.ServiceName+"/"+method.MethodName] = unaryMethod{desc: method, service: service}
	}
}

// GetServiceInfo answers what is registered.
func (c *Connection) GetServiceInfo() map[string]grpc.ServiceInfo { return c.streams.GetServiceInfo() }

// Invoke makes a unary call on the caller's own goroutine: half the cost of a
// call is saved that way against handing it to another.
func (c *Connection) Invoke(ctx context.Context, method string, args, reply any, opts ...grpc.CallOption) error {
	m, ok := c.unary[method]
	if !ok {
		return c.streams.Invoke(ctx, method, args, reply, opts...) // says what is missing
	}
	headers := &answerHeaders{method: method}
	received := func(in any) error { return sharer{}.Copy(in, args) }
	answer, err := m.desc.Handler(m.service, serverContext(ctx, headers), received, c.server.interceptUnary)
	headers.deliver(opts)
	if err != nil {
		return err
	}
	if err := (sharer{}).Copy(reply, answer); err != nil {
		return err
	}
	callFrom(ctx).reply.HandOver(answer, reply)
	return nil
}

// NewStream makes a streaming call, whose handler runs on a goroutine of its own.
func (c *Connection) NewStream(ctx context.Context, desc *grpc.StreamDesc, method string, opts ...grpc.CallOption) (grpc.ClientStream, error) {
	return c.streams.NewStream(ctx, desc, method, opts...)
}

// Wait returns when no handler of a stream runs any more. A handler can outlast
// its HTTP request for a moment, so what the handlers use is to be closed after
// Wait; it is called when the HTTP server has been shut down.
func (c *Connection) Wait() { c.server.running.Wait() }

// serverContext turns a client's context into a server's. The outgoing metadata
// is taken away, so that a handler that makes calls of its own does not send the
// caller's credentials along.
func serverContext(client context.Context, headers *answerHeaders) context.Context {
	md, _ := metadata.FromOutgoingContext(client)
	ctx := metadata.NewOutgoingContext(client, nil)
	ctx = metadata.NewIncomingContext(ctx, md)
	ctx = grpc.NewContextWithServerTransportStream(ctx, headers)
	call := callFrom(client)
	if call.request == nil {
		return ctx
	}
	if call.page {
		return withHTTPPeer(ctx, client) // a page makes several calls, also at once
	}
	call.reply = &meshrecord.Reply{JSON: true}
	return meshrecord.WithReply(withHTTPPeer(ctx, client), call.reply)
}

type interceptingServer struct {
	unary  grpc.UnaryServerInterceptor
	stream grpc.StreamServerInterceptor
	logger *slog.Logger
	// running are the handlers of streams.
	running sync.WaitGroup
}

func (s *interceptingServer) interceptUnary(ctx context.Context, req any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (resp any, err error) {
	defer s.recover(info.FullMethod, &err)
	if s.unary == nil {
		return handler(ctx, req)
	}
	return s.unary(ctx, req, info, handler)
}

func (s *interceptingServer) interceptStream(service any, ss grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler) (err error) {
	s.running.Add(1)
	defer s.running.Done()
	defer s.recover(info.FullMethod, &err)
	if client := inprocgrpc.ClientContext(ss.Context()); client != nil {
		ss = peerStream{ServerStream: ss, ctx: withHTTPPeer(ss.Context(), client)}
	}
	if s.stream == nil {
		return handler(service, ss)
	}
	return s.stream(service, ss, info, handler)
}

// recover is needed although the mesh's own chain recovers: the handler of a
// stream runs on a goroutine where a panic outside that chain would end the
// process.
func (s *interceptingServer) recover(method string, err *error) {
	p := recover()
	if p == nil {
		return
	}
	s.logger.Error("panic in a call", "method", method, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
	*err = fault.Internal(fmt.Errorf("panic: %v", p))
}

type peerStream struct {
	grpc.ServerStream
	ctx context.Context
}

func (s peerStream) Context() context.Context { return s.ctx }

// withHTTPPeer says that the caller is the HTTP client of the call, and what its cookie
// shows: no cookie becomes metadata, which callers over gRPC could send, too.
func withHTTPPeer(ctx, client context.Context) context.Context {
	c := callFrom(client)
	if c.request == nil {
		return ctx
	}
	if c.session != nil {
		ctx = session.With(ctx, c.session)
	}
	return peer.NewContext(ctx, httpPeer(c.request))
}
