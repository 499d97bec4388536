package oidc

import (
	"net/url"
	"slices"
)

// longestHint bounds the token that a browser carries back to the provider in an address.
const longestHint = 4 << 10

// hintOf is the token by which the provider knows again whom to sign out; empty for one
// that is worth anything to whoever finds it in the history of a browser, as calls are
// made with it, and for one that is too long.
func (c *Client) hintOf(token string, says *Verified) string {
	opensCalls := slices.ContainsFunc(says.audience, func(a string) bool { return slices.Contains(c.callers, a) })
	if opensCalls || len(token) > longestHint {
		return ""
	}
	return token
}

// SignOut is where a browser is sent to sign out at the provider, too (OpenID Connect
// RP-Initiated Logout); empty where the provider has no such page, or none that is https.
// nil is somebody of whom nothing is known any more: the provider asks them whether they
// mean it. Nobody is asked to find that out.
func (c *Client) SignOut(who *Verified, state string) string {
	f := c.verifier.keys.current.Load()
	if f == nil || f.signIn == nil || f.signIn.signOut == "" || !c.verifier.keys.encrypted(f.signIn.signOut) {
		return ""
	}
	to, err := url.Parse(f.signIn.signOut)
	if err != nil || to.Host == "" {
		return ""
	}
	q := to.Query()
	q.Set("client_id", c.ID)
	q.Set("post_logout_redirect_uri", c.SignedOut)
	q.Set("state", state)
	if who != nil && who.hint != "" {
		q.Set("id_token_hint", who.hint)
	}
	to.RawQuery = q.Encode()
	return to.String()
}
