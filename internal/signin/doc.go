// Package signin lets people sign in with a browser, at an OpenID Connect provider, by the
// code flow with PKCE.
//
// GET /signin sends the browser to the provider, GET /signin/callback takes who has signed
// in and gives the browser a session, GET /session says who that is, POST /signout ends it and
// sends the browser on to sign out at the provider, which leads back to GET /signedout.
// A browser gets the id of its session and nothing else: code, tokens and the client's
// secret stay between the mesh and the provider, but for the ID token, which the browser
// carries back to it when it signs out. What a sign-in is known again by is sealed
// into a cookie, so that strangers who begin some cost no memory; whoever comes back
// without it, or twice, is refused. Who may do what is left to the access file.
package signin
