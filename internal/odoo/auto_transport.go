package odoo

import (
	"context"
	"errors"
	"sync/atomic"
	"time"
)

// autoTransport is the Transport over JSON-2 where Odoo offers it and the
// password is an API key of the user, else over XML-RPC. It chooses anew with
// each Authenticate, so that it follows an upgrade of Odoo.
type autoTransport struct {
	xmlrpc, json2 Transport
	password      *password
	database      string

	offers atomic.Bool // the server offers JSON-2
	chosen atomic.Pointer[Transport]
}

func newAutoTransport(xmlrpc *xmlrpcTransport, json2 *json2Transport) *autoTransport {
	return &autoTransport{xmlrpc: xmlrpc, json2: json2, password: xmlrpc.password, database: xmlrpc.database}
}

// keyed tells that the password looks like an API key. Nothing else is tried as
// one: a password belongs into no header, which proxies may log.
func (t *autoTransport) keyed() bool {
	return looksLikeKey(t.password.Reveal()) && isHeaderText(t.database)
}

// keyLength is how many hexadecimal digits Odoo makes an API key of.
const keyLength = 40

func looksLikeKey(s string) bool {
	for _, c := range []byte(s) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return len(s) == keyLength
}

// Version asks where Odoo tells it from 19 on, and by XML-RPC, which has logged
// each call as deprecated since then, only where there is no such page.
func (t *autoTransport) Version(ctx context.Context) (Version, error) {
	v, err := t.json2.Version(ctx)
	if answered(err) {
		v, err = t.xmlrpc.Version(ctx)
	}
	if err != nil {
		return Version{}, err
	}
	t.offers.Store(PackFor(v).JSON2)
	return v, nil
}

// answered tells whether something answered that is not the page asked for. A rate
// limit is no answer: asking elsewhere would be one call more.
func answered(err error) bool {
	var e *TransportError
	return errors.As(err, &e) && e.Kind != RateLimited && (e.Kind == BadAnswer || e.Status != 0)
}

// Authenticate tries the API key by JSON-2. Where it is refused, which a password
// that looks like a key would be, or where something keeps JSON-2 away from
// callers, XML-RPC has the last word.
func (t *autoTransport) Authenticate(ctx context.Context) (int64, error) {
	if t.keyed() && t.offers.Load() {
		uid, err := t.json2.Authenticate(ctx)
		if err == nil {
			t.chosen.Store(&t.json2)
			return uid, nil
		}
		if !isFault(err, Credentials) && !answered(err) {
			return 0, err
		}
	}
	uid, err := t.xmlrpc.Authenticate(ctx)
	if err == nil {
		t.chosen.Store(&t.xmlrpc)
	}
	return uid, err
}

func (t *autoTransport) Call(ctx context.Context, r Request) (any, error) {
	chosen := t.chosen.Load()
	if chosen == nil {
		return nil, &TransportError{Kind: Unreachable, Err: ErrNotConnected}
	}
	return (*chosen).Call(ctx, r)
}

func (t *autoTransport) Protocol() Protocol {
	chosen := t.chosen.Load()
	if chosen == nil {
		return Auto
	}
	return (*chosen).Protocol()
}

// LastServerTime is that of both: they share what carries them.
func (t *autoTransport) LastServerTime() time.Time { return t.xmlrpc.LastServerTime() }

func (t *autoTransport) Close() { t.xmlrpc.Close() }
