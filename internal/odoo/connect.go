package odoo

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Server is what Connect found.
type Server struct {
	Version Version
	// UserID is the technical user's id in Odoo.
	UserID int64
	// Protocol is what calls travel over, XMLRPC or JSON2.
	Protocol Protocol
}

// ConnectReason says why Connect failed, for a message and an exit code.
type ConnectReason int

// The reasons.
const (
	// Down: no answer; Odoo may come back.
	Down ConnectReason = iota + 1
	// NotOdoo: something answers there, and it is not an Odoo, or not now: a web
	// filter, a page for maintenance.
	NotOdoo
	// UnsupportedVersion: an Odoo that this client was not made for.
	UnsupportedVersion
	// NoSuchDatabase: the server has no database of that name.
	NoSuchDatabase
	// WrongCredentials: the user or password is not known there.
	WrongCredentials
	// HiddenCompany: the user may not see a company whose records are to be read,
	// or there is none of that id.
	HiddenCompany
	// Limited: the server, or what stands before it, asks for fewer calls.
	Limited
)

// ConnectError is a failed Connect.
type ConnectError struct {
	Reason ConnectReason
	Err    error
	// Wait is how long to wait before it is worth while again, 0 where nobody says.
	Wait time.Duration
}

// RetryIn is how long to wait before connecting again, 0 where nobody says.
func (e *ConnectError) RetryIn() time.Duration { return e.Wait }

func (e *ConnectError) Error() string {
	what := map[ConnectReason]string{
		Down:               "Odoo does not answer",
		NotOdoo:            "what answers at the configured URL is no Odoo",
		UnsupportedVersion: "this version of Odoo is not supported",
		NoSuchDatabase:     "Odoo has no such database",
		WrongCredentials:   "Odoo refuses the user or password",
		HiddenCompany:      "the user may not see every company that is to be served, or it does not exist",
		Limited:            "it asks for fewer calls",
	}[e.Reason]
	return fmt.Sprintf("connecting to Odoo: %s: %v", what, e.Err)
}

func (e *ConnectError) Unwrap() error { return e.Err }

// Connect makes a client and connects it.
func Connect(ctx context.Context, cfg Config) (*Client, error) {
	c, err := New(cfg)
	if err != nil {
		return nil, err
	}
	if _, err := c.Connect(ctx); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// Connect asks the server for its version, signs in, and sees whether the user may
// see the companies that are to be read. It may be repeated: as
// long as it fails the client knows no user, or keeps the one it had, and after
// an upgrade of Odoo it gives the new version. While Odoo refuses the credentials
// it sends nothing before the pause has passed, unless the password has changed. It
// fails with *ConnectError, or with the context's error if the caller went away.
func (c *Client) Connect(ctx context.Context) (Server, error) {
	if now := c.clock.Now(); c.refusal.keepsFrom(c.password.get(), now) && !c.CredentialsChanged() {
		return Server{}, connectError(c.refusal.stands(now))
	}
	var found Server
	var err error
	if found.Version, err = c.Version(ctx); err != nil {
		return Server{}, err
	}
	if found.UserID, err = c.signIn(ctx); err != nil {
		return Server{}, err
	}
	if err := c.checkCompanies(ctx, found.UserID); err != nil {
		return Server{}, err
	}
	found.Protocol = c.transport.Protocol()
	c.server.Store(&found)
	return found, nil
}

// Server is what the latest successful Connect found; false before there was
// one.
func (c *Client) Server() (Server, bool) {
	s := c.server.Load()
	if s == nil {
		return Server{}, false
	}
	return *s, true
}

func connectError(err error) error {
	reason := Down
	var fault *Fault
	var transport *TransportError
	var argument *ArgumentError
	switch {
	case errors.As(err, &fault) && fault.Kind == Credentials:
		reason = WrongCredentials
	case errors.As(err, &fault) && fault.Kind == UnknownDatabase:
		reason = NoSuchDatabase
	case errors.As(err, &transport) && transport.Kind == Canceled:
		return fmt.Errorf("connecting to Odoo: %w", err)
	case errors.As(err, &transport) && transport.Kind == RateLimited:
		reason = Limited
	case errors.As(err, &transport) && (transport.Kind == BadAnswer || transport.Kind == Blocked || transport.Kind == TooLarge):
		reason = NotOdoo
	case errors.As(err, &argument):
		reason = WrongCredentials
	}
	return &ConnectError{Reason: reason, Err: err, Wait: RetryAfter(err)}
}
