package odoo

import (
	"context"
	"time"
)

// Request is one method call on a model.
type Request struct {
	Model  string
	Method string
	// IDs are the records that the method runs on; nil for a method of the model
	// itself.
	IDs []int64
	// Args are positional arguments after the ids. XML-RPC carries them as they
	// are; JSON-2 gives those of the methods that it knows their names and refuses
	// others, so prefer Kwargs.
	Args []any
	// Kwargs are arguments by name, "context" among them.
	Kwargs map[string]any
}

// Protocol is how calls travel to Odoo.
type Protocol string

// The protocols.
const (
	// Auto is JSON-2 where Odoo offers it and the password is an API key of the
	// user, else XML-RPC.
	Auto Protocol = "auto"
	// XMLRPC is spoken by every Odoo up to 21, and needs a password or an API key.
	XMLRPC Protocol = "xmlrpc"
	// JSON2 is spoken from Odoo 19 on, and needs an API key.
	JSON2 Protocol = "json2"
)

// Protocols are all that can be chosen.
func Protocols() []Protocol { return []Protocol{Auto, XMLRPC, JSON2} }

// newTransport makes the transport that the configuration asks for. All of them
// share one pool of connections.
func newTransport(c Config, secret *password) (Transport, error) {
	p, err := newPoster(c)
	if err != nil {
		return nil, err
	}
	switch c.Protocol {
	case XMLRPC:
		return newXMLRPCTransport(c, p, secret), nil
	case JSON2:
		return newJSON2Transport(c, p, secret), nil
	}
	return newAutoTransport(newXMLRPCTransport(c, p, secret), newJSON2Transport(c, p, secret)), nil
}

// Transport carries calls to one Odoo as one user. Implementations are safe for
// concurrent use, keep the context's deadline, never repeat a call, and fail
// with *Fault, *TransportError or *ArgumentError only.
type Transport interface {
	// Version asks what the server is, without credentials.
	Version(ctx context.Context) (Version, error)
	// Authenticate gives the user's id, or a *Fault of kind Credentials or
	// UnknownDatabase.
	Authenticate(ctx context.Context) (int64, error)
	// Call calls a method. The result is made of nil, bool, int64, float64,
	// string, time.Time, []any and map[string]any, and of Unreadable in place of a
	// value that none of these holds.
	Call(ctx context.Context, r Request) (any, error)
	// Protocol is what calls are carried over, Auto before that is known.
	Protocol() Protocol
	// LastServerTime is Odoo's own clock as of its latest answer, in whole
	// seconds; zero before there was one.
	LastServerTime() time.Time
	// Close lets idle connections go.
	Close()
}
