// Package oidc verifies the bearer tokens that an OpenID Connect provider has signed.
//
// The provider is asked for its keys, and never about a token. It is asked again on a
// schedule, and for a token that no known key has signed, at most twice a minute in all:
// tokens that are made up cannot make the mesh a burden to it. The last good keys lie on
// disk, so that a start and an hour without the provider are survived; keys that are a
// day old are believed no more. Which signatures are believed says the configuration,
// never the token: no unsigned ones, and none by a shared secret.
package oidc
