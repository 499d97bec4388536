package odoo

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"odoomesh/internal/odoo/xmlrpc"
)

const (
	commonPath = "xmlrpc/2/common"
	objectPath = "xmlrpc/2/object"
)

// ErrNotConnected says that no Connect has succeeded yet.
var ErrNotConnected = errors.New("odoo: not connected")

// xmlrpcTransport is the Transport over XML-RPC, which every Odoo up to 21
// speaks.
type xmlrpcTransport struct {
	poster   *poster
	database string
	user     string
	password *password
	uid      atomic.Int64
}

func newXMLRPCTransport(c Config, p *poster, secret *password) *xmlrpcTransport {
	return &xmlrpcTransport{poster: p, database: c.Database, user: c.User, password: secret}
}

func (t *xmlrpcTransport) Version(ctx context.Context) (Version, error) {
	answer, err := t.exchange(ctx, commonPath, "version")
	if err != nil {
		return Version{}, err
	}
	v, err := parseVersion(answer)
	if err != nil {
		return Version{}, &TransportError{Kind: BadAnswer, Sent: true, Err: err}
	}
	return v, nil
}

func (t *xmlrpcTransport) Authenticate(ctx context.Context) (int64, error) {
	answer, err := t.exchange(ctx, commonPath, "authenticate",
		xmlrpc.Argument{Name: "database", Value: t.database},
		xmlrpc.Argument{Name: "user", Value: t.user},
		xmlrpc.Argument{Name: "password", Value: t.password.Reveal()},
		xmlrpc.Argument{Name: "environment", Value: map[string]any{}})
	if err != nil {
		return 0, err
	}
	switch uid := answer.(type) {
	case bool:
		// Odoo answers false, not a fault, for a wrong user or password.
		if !uid {
			return 0, &Fault{Code: 3, Kind: Credentials, Message: "Access Denied", Trace: "authenticate answered false"}
		}
	case int64:
		if uid > 0 {
			t.uid.Store(uid)
			return uid, nil
		}
	}
	return 0, &TransportError{Kind: BadAnswer, Sent: true, Err: errors.New("authenticate answered no user id")}
}

func (t *xmlrpcTransport) Call(ctx context.Context, r Request) (any, error) {
	uid := t.uid.Load()
	if uid == 0 {
		return nil, &TransportError{Kind: Unreachable, Err: ErrNotConnected}
	}
	args := r.Args
	if r.IDs != nil {
		args = append([]any{r.IDs}, r.Args...)
	}
	kwargs := r.Kwargs
	if kwargs == nil {
		kwargs = map[string]any{}
	}
	if args == nil {
		args = []any{}
	}
	return t.exchange(ctx, objectPath, "execute_kw",
		xmlrpc.Argument{Name: "database", Value: t.database},
		xmlrpc.Argument{Name: "user id", Value: uid},
		xmlrpc.Argument{Name: "password", Value: t.password.Reveal()},
		xmlrpc.Argument{Name: "model", Value: r.Model},
		xmlrpc.Argument{Name: "method", Value: r.Method},
		xmlrpc.Argument{Name: "args", Value: args},
		xmlrpc.Argument{Name: "kwargs", Value: kwargs})
}

func (t *xmlrpcTransport) exchange(ctx context.Context, path, method string, args ...xmlrpc.Argument) (any, error) {
	call, err := xmlrpc.Encode(method, args...)
	if err != nil {
		return nil, &ArgumentError{Err: err}
	}
	answer, err := t.poster.post(ctx, path, call)
	if err != nil {
		return nil, err
	}
	result, err := xmlrpc.Decode(answer)
	var fault xmlrpc.Fault
	switch {
	case errors.As(err, &fault):
		return nil, NewFault(fault.Code, fault.String)
	case err != nil:
		return nil, &TransportError{Kind: BadAnswer, Sent: true, Err: err}
	}
	return result, nil
}

func (t *xmlrpcTransport) Protocol() Protocol { return XMLRPC }

// LastServerTime is Odoo's clock as of its latest answer, in whole seconds.
func (t *xmlrpcTransport) LastServerTime() time.Time { return t.poster.serverTime() }

func (t *xmlrpcTransport) Close() { t.poster.client.CloseIdleConnections() }
