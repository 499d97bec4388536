package oidc

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// ClientConfig is what the mesh is to the provider when people sign in.
type ClientConfig struct {
	// ID is what the provider calls the mesh, and the audience of the tokens that say who
	// has signed in.
	ID string
	// Secret reads the secret that goes with it; nil: there is none, and the code verifier
	// alone proves who has begun.
	Secret func() (string, error)
	// Redirect is where the provider sends browsers back to.
	Redirect string
	// SignedOut is where the provider sends browsers back to that it has signed out.
	SignedOut string
	// Scopes are what is asked for, openid among them.
	Scopes []string
}

// Client lets people sign in by the code flow with PKCE (OpenID Connect Core, RFC 7636).
// It is safe for concurrent use.
type Client struct {
	ClientConfig
	verifier *Verifier
	// callers are the audiences of which a token opens calls.
	callers []string
}

// Client makes one that believes the same keys.
func (v *Verifier) Client(c ClientConfig) *Client {
	own := v.Config
	own.Audiences = []string{c.ID}
	return &Client{c, &Verifier{Config: own, keys: v.keys, known: newCache()}, v.Audiences}
}

// What a sign-in is refused for, beside what tokens are.
var (
	ErrAway      = errors.New("the identity provider cannot be asked at the moment; come back in a while")
	ErrCode      = errors.New("the identity provider does not take the code that it has sent")
	ErrNoIDToken = errors.New("the identity provider has not said who has signed in")
	ErrNonce     = errors.New("the token belongs to another sign-in")
)

// Attempt is one sign-in: what it is known again by.
type Attempt struct{ State, Nonce, Verifier string }

// Begin is where a browser is sent.
func (c *Client) Begin(ctx context.Context, a Attempt) (string, error) {
	flow, err := c.flow(ctx, "")
	if err != nil {
		return "", err
	}
	return flow.AuthCodeURL(a.State, oauth2.S256ChallengeOption(a.Verifier), oidc.Nonce(a.Nonce)), nil
}

// End asks the provider who has signed in. Its errors repeat neither code nor token.
func (c *Client) End(ctx context.Context, a Attempt, code string) (*Verified, error) {
	secret := ""
	if c.Secret != nil {
		var err error
		if secret, err = c.Secret(); err != nil {
			return nil, fmt.Errorf("%w, as the secret of the client is not known: %w", ErrAway, err)
		}
	}
	flow, err := c.flow(ctx, secret)
	if err != nil {
		return nil, err
	}
	answer, err := flow.Exchange(context.WithValue(ctx, oauth2.HTTPClient, c.verifier.keys.client), code, oauth2.VerifierOption(a.Verifier))
	if err != nil {
		return nil, notExchanged(err)
	}
	token, _ := answer.Extra("id_token").(string)
	if token == "" || len(token) > longestToken {
		return nil, ErrNoIDToken
	}
	says, err := c.verifier.verify(ctx, token, c.verifier.Clock.Now())
	if err != nil {
		return nil, err
	}
	if subtle.ConstantTimeCompare([]byte(says.nonce), []byte(a.Nonce)) != 1 {
		return nil, ErrNonce
	}
	// A token that is for several has to say whom it was made for (Core 3.1.3.7).
	if party, named := says.claims["azp"]; named && party != c.ID {
		return nil, ErrAudience
	}
	says.hint = c.hintOf(token, says)
	return says, nil
}

// notExchanged leaves out of an error what the provider's answer says, but for the code of
// its refusal.
func notExchanged(err error) error {
	var refused *oauth2.RetrieveError
	if errors.As(err, &refused) && refused.Response.StatusCode >= http.StatusInternalServerError {
		return fmt.Errorf("%w: it answers %s", ErrAway, refused.Response.Status)
	}
	if refused != nil {
		return fmt.Errorf("%w: %.60q, %s", ErrCode, refused.ErrorCode, refused.Response.Status)
	}
	return fmt.Errorf("%w: %w", ErrAway, err)
}

// endpoints are where the provider lets people sign in.
type endpoints struct {
	authorize, token string
	// signOut is where people sign out; empty where they cannot.
	signOut string
	// inHeader says that the client's secret goes into a header, as the standard has it
	// where the provider says nothing.
	inHeader bool
}

func endpointsOf(p *oidc.Provider) *endpoints {
	var about struct {
		Methods []string `json:"token_endpoint_auth_methods_supported"`
		SignOut string   `json:"end_session_endpoint"`
	}
	_ = p.Claims(&about) // it was read once already
	at := p.Endpoint()
	return &endpoints{at.AuthURL, at.TokenURL, about.SignOut, len(about.Methods) == 0 || slices.Contains(about.Methods, "client_secret_basic")}
}

// flow is the library's, with where the provider is now.
func (c *Client) flow(ctx context.Context, secret string) (*oauth2.Config, error) {
	at, err := c.verifier.keys.endpoints(ctx)
	if err != nil {
		return nil, err
	}
	style := oauth2.AuthStyleInParams
	if at.inHeader && secret != "" {
		style = oauth2.AuthStyleInHeader
	}
	return &oauth2.Config{
		ClientID: c.ID, ClientSecret: secret, RedirectURL: c.Redirect, Scopes: c.Scopes,
		Endpoint: oauth2.Endpoint{AuthURL: at.authorize, TokenURL: at.token, AuthStyle: style},
	}, nil
}

// endpoints are those that the provider named last; it is asked where it has not yet.
func (k *keySet) endpoints(ctx context.Context) (*endpoints, error) {
	f := k.current.Load()
	if f == nil || f.signIn == nil {
		k.refresh(ctx)
		f = k.current.Load()
	}
	switch {
	case f == nil || f.signIn == nil:
		return nil, ErrAway
	case !k.encrypted(f.signIn.authorize) || !k.encrypted(f.signIn.token):
		return nil, fmt.Errorf("%w: it names an address to sign in that is not https", ErrAway)
	}
	return f.signIn, nil
}
