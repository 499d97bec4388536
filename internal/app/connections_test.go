package app

import (
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/health"

	"odoomesh/gateway"
)

// text is a log.
type text struct {
	mu sync.Mutex
	strings.Builder
}

func (b *text) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Builder.Write(p)
}

func (b *text) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Builder.String()
}

func listenHere(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func dial(t *testing.T, l net.Listener) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// An address has so many connections; the next is closed at once, until one of them
// is closed.
func TestAnAddressHasABoundOfConnections(t *testing.T) {
	log := &text{}
	all := newConnections(1, slog.New(slog.NewTextHandler(log, nil)))
	l := all.bound(listenHere(t))
	accepted := make(chan net.Conn, 2*localFactor)
	ended := make(chan error)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				ended <- err
				return
			}
			accepted <- conn
		}
	}()
	var kept []net.Conn
	for range localFactor {
		dial(t, l)
		kept = append(kept, <-accepted)
	}
	for range 2 {
		if _, err := dial(t, l).Read(make([]byte, 1)); err == nil {
			t.Error("one connection too many was read from")
		}
	}
	if n := strings.Count(log.String(), "max-connections-per-address"); n != 1 || all.count() != localFactor {
		t.Errorf("%d lines in the log, %d connections open", n, all.count())
	}
	for range 2 { // closing twice counts once
		kept[0].Close()
	}
	dial(t, l)
	<-accepted
	all.cut()
	if all.count() != 0 {
		t.Errorf("%d connections are open after all were cut", all.count())
	}
	l.Close()
	if err := <-ended; !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
}

// Connections that begin to greet and then say nothing do not hold the stop.
func TestAStopDoesNotWaitForConnectionsThatHang(t *testing.T) {
	const hanging = 200
	logger := slog.New(slog.DiscardHandler)
	s := &servers{connections: newConnections(hanging, logger)}
	s.grpcListener, s.httpListener = s.connections.bound(listenHere(t)), s.connections.bound(listenHere(t))
	// The longest greeting is longer than this test may take.
	s.grpc, s.http = grpc.NewServer(grpc.ConnectionTimeout(time.Hour)), &http.Server{Handler: http.NotFoundHandler()}
	s.health, s.inside = health.NewServer(), gateway.InProcess(nil, nil, logger)
	serving := make(chan error, 2)
	go func() { serving <- s.grpc.Serve(s.grpcListener) }()
	go func() { serving <- s.http.Serve(s.httpListener) }()
	for range hanging {
		conn := dial(t, s.grpcListener)
		if _, err := io.WriteString(conn, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		// The server greets back once it has read the preface.
		if _, err := conn.Read(make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
	}
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		s.drain(logger, 50*time.Millisecond)
	}()
	select {
	case <-stopped:
	case <-time.After(time.Minute):
		t.Fatal("the stop still waits")
	}
	for range 2 {
		if err := <-serving; err != nil && !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	}
	if n := s.connections.count(); n != 0 {
		t.Errorf("%d connections are open", n)
	}
}
