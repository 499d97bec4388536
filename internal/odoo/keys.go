package odoo

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// keysModel is where Odoo keeps what it tells of API keys: never the keys themselves.
const keysModel = "res.users.apikeys"

// rpcScope is what a key is made for: calls of programs. A key for everything has none.
const rpcScope = "rpc"

// Key is what Odoo tells of an API key.
type Key struct {
	Name string
	Made time.Time
	// Ends is zero where the key has no end, as before Odoo 18.
	Ends time.Time
}

// ErrNoKeys says that programs may make no keys in this Odoo: it is of before May 2026, is
// not called by JSON-2, or its administrator has not allowed it
// (base.enable_programmatic_api_keys).
var ErrNoKeys = errors.New("this Odoo lets no program make API keys: it takes 19 of May 2026 or later, JSON-2, and the parameter base.enable_programmatic_api_keys, which an administrator sets")

// Keyed tells whether the password looks like an API key.
func (c *Client) Keyed() bool { return looksLikeKey(c.password.Reveal()) }

// Keys are the user's API keys that calls can be made with.
func (c *Client) Keys(ctx context.Context) ([]Key, error) {
	server, connected := c.Server()
	if !connected {
		return nil, fmt.Errorf("reading the user's keys: %w", ErrNotConnected)
	}
	fields := []string{"name", "scope", "create_date"}
	ends := server.Version.Major >= 18
	if ends {
		fields = append(fields, "expiration_date")
	}
	answer, err := c.Call(ctx, keysModel, "search_read", nil, map[string]any{
		"domain": []any{[]any{"user_id", "=", server.UserID}}, "fields": fields,
	})
	if err != nil {
		return nil, err
	}
	found, err := rows(keysModel, "search_read", answer)
	if err != nil {
		return nil, err
	}
	var keys []Key
	for _, row := range found {
		if scope, err := row.String("scope"); err != nil || scope != "" && scope != rpcScope {
			continue
		}
		var k Key
		if k.Name, err = row.String("name"); err == nil {
			k.Made, err = row.Time("create_date")
		}
		if err == nil && ends {
			k.Ends, err = row.Time("expiration_date")
		}
		if err != nil {
			return nil, fmt.Errorf("reading the user's keys: %w", err)
		}
		keys = append(keys, k)
	}
	return keys, nil
}

// MakeKey has Odoo make another key of the user's, by the one that is in use. It is
// ErrNoKeys where Odoo lets no program do so. Where no answer came a key may have been
// made that nobody knows; it ends by itself.
func (c *Client) MakeKey(ctx context.Context, name string, ends time.Time) (Secret, error) {
	answer, err := c.keyCall(ctx, "generate", map[string]any{
		"key": c.password.Reveal(), "scope": rpcScope, "name": name, "expiration_date": ends.UTC().Format(time.DateTime),
	})
	if err != nil {
		return "", err
	}
	text, _ := answer.(string)
	if !looksLikeKey(text) {
		return "", errors.New("making an API key: Odoo answered none")
	}
	return Secret(text), nil
}

// TryKey tells whether the user can sign in by a key.
func (c *Client) TryKey(ctx context.Context, key Secret) (bool, error) {
	if c.another == nil {
		return false, ErrNoKeys
	}
	t, err := c.another(newPassword(key))
	if err != nil {
		return false, err
	}
	defer t.Close()
	err = c.run(ctx, endpoint{"res.users", "context_get"}, false, func(ctx context.Context) error {
		_, err := t.Authenticate(ctx)
		return err
	})
	if credentialsFault(err) != nil {
		return false, nil
	}
	return err == nil, err
}

// RevokeKey has Odoo forget a key. One that it does not know any more is no error.
func (c *Client) RevokeKey(ctx context.Context, key Secret) error {
	_, err := c.keyCall(ctx, "revoke", map[string]any{"key": key.Reveal()})
	if credentialsFault(err) == nil {
		return err
	}
	// It is unknown, or Odoo refuses everything from here for a minute.
	if works, tried := c.TryKey(ctx, key); tried != nil || works {
		return errors.Join(err, tried)
	}
	return nil
}

// keyCall calls a method of keys. That it is refused says nothing of the credentials
// with which it is called.
func (c *Client) keyCall(ctx context.Context, method string, named map[string]any) (answer any, err error) {
	if c.transport.Protocol() != JSON2 {
		return nil, ErrNoKeys
	}
	err = c.run(ctx, endpoint{keysModel, method}, false, func(ctx context.Context) error {
		answer, err = c.transport.Call(ctx, Request{Model: keysModel, Method: method, Kwargs: named})
		return err
	})
	var f *Fault
	switch {
	case err == nil:
		return answer, nil
	case errors.As(err, &f) && (f.Kind == UnknownMethod || f.Kind == UnknownModel):
		return nil, ErrNoKeys
	}
	return nil, fmt.Errorf("calling %s.%s: %w", keysModel, method, err)
}
