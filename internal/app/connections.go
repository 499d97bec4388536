package app

import (
	"log/slog"
	"net"
	"net/netip"
	"sync"
)

// localFactor is how many times as many connections callers of this machine may have:
// behind one of them a proxy may stand for everybody.
const localFactor = 16

// connections are the open connections of all listeners. Each address may have so many
// at each port; one more is closed at once.
type connections struct {
	limit  int
	logger *slog.Logger

	mu   sync.Mutex
	open map[*connection]struct{}
}

func newConnections(limit int, logger *slog.Logger) *connections {
	return &connections{limit: limit, logger: logger, open: map[*connection]struct{}{}}
}

// bound is a listener whose connections are counted.
func (c *connections) bound(l net.Listener) net.Listener {
	return &boundListener{Listener: l, all: c, by: map[netip.Addr]*callerOf{}}
}

// cut closes all connections.
func (c *connections) cut() {
	c.mu.Lock()
	left := make([]*connection, 0, len(c.open))
	for conn := range c.open {
		left = append(left, conn)
	}
	c.mu.Unlock()
	for _, conn := range left {
		_ = conn.Close() // whoever serves it is told by its next read
	}
}

// count is how many are open.
func (c *connections) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.open)
}

type boundListener struct {
	net.Listener
	all *connections
	by  map[netip.Addr]*callerOf
}

// callerOf counts the connections of one address.
type callerOf struct {
	open int
	// told says that the log knows of the address's having too many.
	told bool
}

// Accept answers the next connection that is not one too many.
func (l *boundListener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if admitted := l.admit(conn); admitted != nil {
			return admitted, nil
		}
		_ = conn.Close() // its caller is told by that
	}
}

func (l *boundListener) admit(conn net.Conn) net.Conn {
	var from netip.Addr // of all callers whose address is none
	if addr, err := netip.ParseAddrPort(conn.RemoteAddr().String()); err == nil {
		from = addr.Addr().Unmap()
	}
	limit := l.all.limit
	if from.IsLoopback() {
		limit *= localFactor
	}
	l.all.mu.Lock()
	defer l.all.mu.Unlock()
	caller := l.by[from]
	if caller == nil {
		caller = &callerOf{}
		l.by[from] = caller
	}
	if caller.open >= limit {
		if !caller.told {
			caller.told = true
			l.all.logger.Warn("closing new connections of an address that has as many as it may (max-connections-per-address)",
				"address", from.String(), "open", caller.open, "port", l.Addr().String())
		}
		return nil
	}
	caller.open++
	made := &connection{Conn: conn, listener: l, from: from}
	l.all.open[made] = struct{}{}
	return made
}

// connection is an open one, which is counted until it is closed.
type connection struct {
	net.Conn
	listener *boundListener
	from     netip.Addr
}

// Close closes the connection and counts it no more.
func (c *connection) Close() error {
	l := c.listener
	l.all.mu.Lock()
	if _, open := l.all.open[c]; open {
		delete(l.all.open, c)
		caller := l.by[c.from]
		caller.open--
		if caller.open == 0 {
			delete(l.by, c.from)
		}
	}
	l.all.mu.Unlock()
	return c.Conn.Close()
}
