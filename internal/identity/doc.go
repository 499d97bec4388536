// Package identity finds out who calls. One chain looks at what a call shows: the
// certificate of the client, a token that an identity provider has signed, a key that
// the mesh has made, a token of the access file, the session of a browser. Which
// principal that is stands in the access file alone.
//
// What is shown has to be right: a wrong token ends the chain, and none goes on. Where a
// call shows a certificate and a token, both have to be the same principal's, unless the
// certificate names none. How it was proven goes with the principal, for the audit; a
// decision that was made once is kept, so that a call costs a look-up.
package identity
