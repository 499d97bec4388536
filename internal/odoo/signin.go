package odoo

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Evidence is what a sign-in tells of the time of Odoo's database, which stamps
// every record: at some moment between Before and After, by the mesh's own clock,
// it was LoginDate there, or later if someone else has signed in as this user since.
type Evidence struct {
	// LoginDate is when Odoo noted the latest sign-in; zero where it tells none, as
	// over JSON-2, which notes none. It has whole seconds, cut off.
	LoginDate     time.Time
	Before, After time.Time
	user          int64
}

// SignIn signs in anew and gives what that tells of the database's time. While Odoo
// refuses the credentials it sends nothing before the pause has passed, unless the
// password has changed. It fails with *ConnectError, or with the context's error if
// the caller went away; an Odoo that does not tell the time of the sign-in is no
// error.
func (c *Client) SignIn(ctx context.Context) (Evidence, error) {
	if _, err := c.signIn(ctx); err != nil {
		return Evidence{}, err
	}
	return c.Evidence(ctx), nil
}

// Evidence is what the latest sign-in, that of Connect too, tells of the database's
// time.
func (c *Client) Evidence(ctx context.Context) Evidence {
	latest := c.latest.Load()
	if latest == nil {
		return Evidence{}
	}
	e := *latest
	if c.transport.Protocol() != XMLRPC {
		return e
	}
	// It only helps: a user who may not read it is no error.
	answer, err := c.CallOn(ctx, "res.users", "read", []int64{e.user}, nil, map[string]any{"fields": []string{"login_date"}})
	if err != nil {
		return e
	}
	users, err := rows("res.users", "read", answer)
	if err != nil || len(users) != 1 {
		return e
	}
	if at, err := users[0].Time("login_date"); err == nil {
		e.LoginDate = at
	}
	return e
}

// signIn takes the password as it stands now, and has Odoo check it.
func (c *Client) signIn(ctx context.Context) (int64, error) {
	if c.passwords != nil {
		// A file that cannot be read is being replaced: the password that was read
		// before is tried meanwhile.
		if s, err := c.passwords.Read(); err == nil {
			c.password.set(s)
		}
	}
	tried := c.password.get()
	if now := c.clock.Now(); c.refusal.keepsFrom(tried, now) {
		return 0, connectError(c.refusal.stands(now))
	}
	e := Evidence{Before: c.clock.Now()}
	err := c.run(ctx, endpoint{"common", "authenticate"}, false, func(ctx context.Context) error {
		var err error
		e.user, err = c.transport.Authenticate(ctx)
		return err
	})
	e.After = c.clock.Now()
	if f := credentialsFault(err); f != nil {
		c.refusal.signInRefused(tried, e.After, f)
		return 0, connectError(c.refusal.stands(e.After))
	}
	if err != nil {
		return 0, connectError(err)
	}
	c.refusal.accepted()
	c.latest.Store(&e)
	return e.user, nil
}

// Version asks which release the server is now: it may have been upgraded since
// Connect. It fails as Connect does.
func (c *Client) Version(ctx context.Context) (Version, error) {
	var v Version
	err := c.run(ctx, endpoint{"common", "version"}, false, func(ctx context.Context) error {
		var err error
		v, err = c.transport.Version(ctx)
		return err
	})
	var fault *Fault
	if errors.As(err, &fault) {
		// Odoo never refuses to tell its version.
		return Version{}, &ConnectError{Reason: NotOdoo, Err: err}
	}
	if err != nil {
		return Version{}, connectError(err)
	}
	if !v.Supported() {
		return Version{}, &ConnectError{Reason: UnsupportedVersion, Err: fmt.Errorf("it is %s; supported are %d to %d", v, OldestMajor, NewestMajor)}
	}
	return v, nil
}
