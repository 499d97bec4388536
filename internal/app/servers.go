package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/health"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/reflection"

	"odoomesh"
	"odoomesh/gateway"
	"odoomesh/internal/access"
	"odoomesh/internal/clock"
	"odoomesh/internal/config"
	"odoomesh/internal/rpc"
	"odoomesh/internal/telemetry"
	"odoomesh/internal/tlsfiles"
	"odoomesh/services"
)

const (
	// drainFor is how long running calls may take to end when the server stops.
	drainFor = 10 * time.Second
	// headerTimeout ends connections that send no request, or do not finish to greet.
	headerTimeout = 10 * time.Second
	// idleFor is how long a connection of HTTP may wait for its next request.
	idleFor = 2 * time.Minute
	// maxHeaderBytes is room for a thousand names in a path, and for a certificate in a header.
	maxHeaderBytes = 128 << 10
	maxRecvBytes   = 4 << 20
	// leastStreams is how many calls one connection may have under way at least; the one
	// that is too many waits in its client.
	leastStreams = 1000
	// streamWorkers is how many goroutines answer calls one after the other, on
	// stacks that have grown already; more calls at once get goroutines of their own.
	streamWorkers = 32
	// receiveWindow bounds what a caller may have under way to the mesh. Requests are
	// small: measuring the width of the line, which gRPC does otherwise, costs a ping
	// for about each of them.
	receiveWindow = 1 << 20
)

// servers are the two listeners and what answers on them.
type servers struct {
	// The listener of HTTP is nil where it is off.
	grpcListener, httpListener net.Listener
	// connections are those of both.
	connections *connections

	// tls is nil where there are no certificates, neither the server's nor those of clients.
	tls *tlsfiles.Source
	// encrypts is false on this machine alone.
	encrypts bool

	grpc   *grpc.Server
	http   *http.Server
	health *health.Server
	inside *gateway.Connection
	guard  *access.Guard
	chain  *rpc.Chain
	// reads are the collections that each gRPC service answers from.
	reads map[string][]string

	patience patience
}

// PortError says that an address cannot be listened on.
type PortError struct {
	Addr, Setting string
	Err           error
}

func (e *PortError) Error() string {
	return fmt.Sprintf("cannot listen on %s: %v; stop what uses it, or set another %s", e.Addr, e.Err, e.Setting)
}

func (e *PortError) Unwrap() error { return e.Err }

// listen takes the ports; HTTP may be off. Without its certificate there is no listener at all.
func listen(c config.Config, logger *slog.Logger, clk clock.Clock) (*servers, error) {
	s := &servers{patience: patience{limit: c.LiveTimeout}, connections: newConnections(c.MaxConns, logger)}
	var err error
	if s.encrypts = c.Encrypts(); s.encrypts || c.TLSClientCAFile != "" {
		if s.tls, err = tlsfiles.Open(c.TLSFiles(), clk, logger); err != nil {
			return nil, err
		}
	}
	for _, l := range []struct {
		addr, setting string
		to            *net.Listener
	}{{c.GRPCAddr, "grpc-addr", &s.grpcListener}, {c.HTTPAddr, "http-addr", &s.httpListener}} {
		if l.addr == "" {
			continue
		}
		if *l.to, err = net.Listen("tcp", l.addr); err != nil {
			s.close()
			return nil, &PortError{Addr: l.addr, Setting: l.setting, Err: err}
		}
		if !s.encrypts && !access.IsLocal((*l.to).Addr()) {
			s.close()
			return nil, &PortError{Addr: l.addr, Setting: l.setting, Err: fmt.Errorf("it leads to %s, which can be reached from other machines, and nothing would be encrypted", (*l.to).Addr())}
		}
		*l.to = s.connections.bound(*l.to)
	}
	return s, nil
}

// assemble makes both servers: one chain stands before every handler, for gRPC
// and for REST, which calls the services in this process.
func (s *servers) assemble(a *App, domains []services.Domain, r services.Rooms) error {
	chain, err := newChain(a)
	if err != nil {
		return err
	}
	s.chain = chain
	waiting := rpc.Arrive{Within: bodyTimeout, Missed: newMissed(a.metrics).Inc}
	grpcOptions := append(rpc.OverGRPC(chain), grpc.InTapHandle(waiting.Tap), grpc.MaxConcurrentStreams(uint32(max(leastStreams, a.config.MaxStreams))),
		grpc.ConnectionTimeout(headerTimeout), grpc.MaxRecvMsgSize(maxRecvBytes), grpc.NumStreamWorkers(streamWorkers),
		grpc.StaticStreamWindowSize(receiveWindow), grpc.StaticConnWindowSize(receiveWindow),
		grpc.KeepaliveParams(keepalive.ServerParameters{Time: time.Minute}),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: 10 * time.Second, PermitWithoutStream: true}),
	)
	if s.tls != nil {
		if err := a.metrics.Register(s.tls); err != nil {
			return fmt.Errorf("telling when certificates end: %w", err)
		}
	}
	if s.encrypts {
		grpcOptions = append(grpcOptions, grpc.Creds(credentials.NewTLS(s.tls.Config())))
	}
	s.grpc = grpc.NewServer(grpcOptions...)
	s.inside = gateway.InProcess(chain.Unary, chain.Stream, a.logger)
	s.reads = map[string][]string{}
	var routes []gateway.Register
	for _, d := range domains {
		before := s.grpc.GetServiceInfo()
		if err := d.Serve(both{s.grpc, s.inside}, r); err != nil {
			return fmt.Errorf("service %s: %w", d.Name, err)
		}
		for name := range s.grpc.GetServiceInfo() {
			if _, known := before[name]; !known {
				s.reads[name] = collectionsOf(d, domains)
			}
		}
		routes = append(routes, d.Gateway)
	}
	s.health = health.NewServer()
	healthv1.RegisterHealthServer(s.grpc, s.health)
	reflection.Register(s.grpc)
	if err := chain.Cover(s.grpc.GetServiceInfo()); err != nil {
		return err
	}
	options := gateway.Options{Register: routes, OpenAPI: odoomesh.OpenAPI(), Logger: a.logger, Clock: a.clock, Zone: a.zone, AllowedOrigins: a.config.Origins, PassOn: a.config.CertificateHeader, Tickets: a.identity.tickets}
	if a.identity.people.door != nil {
		options.Browser, options.Note = a.identity.people.door, signInNote
	}
	if a.config.Console {
		options.Console = a.console(s.inside)
	}
	rest, err := gateway.New(s.inside, options)
	if err != nil {
		return err
	}
	pages, err := a.pages(rest)
	if err != nil {
		return err
	}
	s.http = &http.Server{Handler: inTime(newTurnedAway(a.metrics, pages)), ReadHeaderTimeout: headerTimeout, IdleTimeout: idleFor, MaxHeaderBytes: maxHeaderBytes, ErrorLog: slog.NewLogLogger(a.logger.Handler(), slog.LevelInfo)}
	if s.encrypts {
		s.http.TLSConfig = s.tls.Config()
	}
	return nil
}

// collectionsOf are a domain's own or, where it has none, those that it needs.
func collectionsOf(d services.Domain, all []services.Domain) []string {
	var names []string
	for _, other := range all {
		if other.Name == d.Name || len(d.Collections) == 0 && slices.Contains(d.Needs, other.Name) {
			for _, c := range other.Collections {
				names = append(names, c.Name)
			}
		}
	}
	return names
}

func newChain(a *App) (*rpc.Chain, error) {
	if err := a.openIdentity(); err != nil {
		return nil, err
	}
	governed, err := a.governedAccess()
	if err != nil {
		return nil, err
	}
	guard, err := access.Open(access.Config{
		File: a.config.AccessFile, Governed: governed, LocalWrites: a.config.LocalWrites, Recognise: a.identity.chain.Recognise, Clock: a.clock, Logger: a.logger, Registerer: a.metrics,
	})
	if err != nil {
		return nil, err
	}
	a.servers.guard = guard
	calls, err := telemetry.NewCalls(a.metrics, a.tracing, a.clock)
	if err != nil {
		return nil, err
	}
	return rpc.Standard(rpc.Parts{Log: a.logger, Calls: calls, Guard: guard, Clock: a.clock, Audit: a.trail, AuditedReads: a.auditedReads(), Usage: a.usage,
		Origin: a.identity.chain.Proxies.Origin,
		Limits: rpc.Limits{UnitsPerSecond: a.config.MaxUnits, Streams: a.config.MaxStreams, PageSize: a.config.MaxPage}}), nil
}

// both registers a service on the gRPC server and on the connection inside.
type both struct{ outside, inside grpc.ServiceRegistrar }

// RegisterService implements grpc.ServiceRegistrar.
func (b both) RegisterService(desc *grpc.ServiceDesc, impl any) {
	b.outside.RegisterService(desc, impl)
	b.inside.RegisterService(desc, impl)
}

// run serves until the context ends or one of the listeners fails, and then
// drains: streams are told to end, running calls get a while, and what is left
// is cut.
func (s *servers) run(ctx context.Context, a *App) error {
	serving := []func() error{func() error { return s.grpc.Serve(s.grpcListener) }}
	if s.httpListener != nil {
		serving = append(serving, s.serveHTTP)
	}
	failed := make(chan error, len(serving))
	for _, serve := range serving {
		go func() { failed <- serve() }()
	}
	a.logger.LogAttrs(ctx, slog.LevelInfo, "serving", slog.String("grpc", a.GRPCAddr()), slog.String("http", a.HTTPAddr()))
	var err error
	running := len(serving)
	select {
	case <-ctx.Done():
		err = ctx.Err()
	case err = <-failed:
		err = fmt.Errorf("a listener ended: %w", err)
		running--
	}
	close(a.closing)
	s.drain(a.logger, drainFor)
	for range running {
		<-failed
	}
	return err
}

func (s *servers) serveHTTP() error {
	if s.encrypts {
		return s.http.ServeTLS(s.httpListener, "", "")
	}
	return s.http.Serve(s.httpListener)
}

func (s *servers) drain(logger *slog.Logger, limit time.Duration) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	s.health.Shutdown()
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.grpc.GracefulStop()
	}()
	if err := s.http.Shutdown(ctx); err != nil {
		logger.Warn("cutting HTTP requests that did not end", "waited", limit.String())
		_ = s.http.Close() // the listener is closed already; what is left is cut
	}
	select {
	case <-done:
	case <-ctx.Done():
		logger.Warn("cutting calls that did not end", "waited", limit.String())
		// gRPC waits, even now, for connections that have not finished to greet.
		s.connections.cut()
		s.grpc.Stop()
		<-done
	}
	// A stream's handler can outlast its HTTP request by a moment.
	s.inside.Wait()
	s.patience.wait()
}

// close frees the ports; after a run they are free already.
func (s *servers) close() {
	for _, l := range []net.Listener{s.grpcListener, s.httpListener} {
		if l == nil {
			continue
		}
		if err := l.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			slog.Default().Warn("closing a listener", "error", err)
		}
	}
}
