package signin

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"odoomesh/internal/identity/session"
)

// Session is what a request's cookie shows; nil for nothing. A browser sends its cookie
// with everything, so that an Authorization, which somebody has put there, goes before it.
func (d *Door) Session(r *http.Request) *session.Shown {
	if len(r.Header["Authorization"]) > 0 {
		return nil
	}
	if id := d.value(r, sessionCookie); id != "" {
		return session.Show(id)
	}
	return nil
}

var (
	errOtherOrigin = errors.New("a page of another site may not change anything here")
	errNoOrigin    = errors.New("with a session, pages of the mesh alone change something, and the request says neither Sec-Fetch-Site nor Origin; programs send Authorization")
)

// SameOrigin refuses a request with a cookie that would change something and may come from
// a page of another origin: also of one that may call with a token, and one that does not
// say where it comes from, which no browser sends.
func (d *Door) SameOrigin(r *http.Request) error {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return nil
	}
	if r.Header.Get("Sec-Fetch-Site") == "" && r.Header.Get("Origin") == "" {
		return errNoOrigin
	}
	if d.own.Check(r) != nil {
		return errOtherOrigin
	}
	return nil
}

// Lead sends a browser to where people sign in, if that can help: a person looks at a page,
// and nobody is signed in. false leaves the request as it is.
func (d *Door) Lead(w http.ResponseWriter, r *http.Request) bool {
	mode := r.Header.Get("Sec-Fetch-Mode")
	if r.Method != http.MethodGet || !strings.Contains(r.Header.Get("Accept"), "text/html") || mode != "" && mode != "navigate" || len(r.Header["Authorization"]) > 0 {
		return false
	}
	// Else it would go round and round.
	if shown := d.Session(r); shown != nil {
		if _, err := d.Sessions.Find(shown, d.File()); err == nil {
			return false
		}
	}
	to := PathSignIn
	if back := r.URL.RequestURI(); isLocalPath(back) {
		to += "?" + url.Values{"return": {back}}.Encode()
	}
	redirect(w, to)
	return true
}
