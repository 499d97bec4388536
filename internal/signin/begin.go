package signin

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	"odoomesh/internal/identity/oidc"
)

// begunFor is how long a person may take at the provider.
const begunFor = 10 * time.Minute

// begun is a sign-in on its way, as its browser keeps it, sealed.
type begun struct {
	State    string `json:"s"`
	Nonce    string `json:"n"`
	Verifier string `json:"v"`
	Return   string `json:"r"`
	Until    int64  `json:"u"`
}

func (b begun) attempt() oidc.Attempt {
	return oidc.Attempt{State: b.State, Nonce: b.Nonce, Verifier: b.Verifier}
}

// begin sends a browser to the provider.
func (d *Door) begin(w http.ResponseWriter, r *http.Request) {
	now := d.Clock.Now()
	query := r.URL.Query()
	// The provider leads back to one name, and cookies of localhost are not those of
	// 127.0.0.1. Once only: a proxy may give the mesh another host than browsers have.
	if !strings.EqualFold(r.Host, d.host) && !query.Has(renamed) {
		query.Set(renamed, "")
		redirect(w, d.URL+PathSignIn+"?"+query.Encode())
		return
	}
	back := PathSession
	if query.Has("return") {
		if back = query.Get("return"); !isLocalPath(back) {
			d.refuse(w, r, now, refused(http.StatusBadRequest, "return: it has to be a path of this server, such as /docs/."))
			return
		}
	}
	b := begun{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), Return: back, Until: now.Add(begunFor).Unix()}
	to, err := d.Client.Begin(r.Context(), b.attempt())
	if err != nil {
		d.refuse(w, r, now, unreachable(err))
		return
	}
	sealed, err := d.seal.seal(b)
	if err != nil {
		d.refuse(w, r, now, (&refusal{http.StatusInternalServerError, errorsv1.Reason_REASON_INTERNAL, "The sign-in could not be begun. Try again.", nil}).because(err))
		return
	}
	http.SetCookie(w, d.cookie(attemptCookie, sealed, begunFor))
	redirect(w, to)
}

// renamed says that the browser was sent to the public name already.
const renamed = "by-name"

func unreachable(err error) *refusal {
	return (&refusal{http.StatusServiceUnavailable, errorsv1.Reason_REASON_UNAUTHENTICATED, "The identity provider cannot be asked at the moment. Try again in a while; if it goes on, tell whoever runs the mesh.", nil}).because(err)
}

// longestReturn is what a cookie has room for beside the rest.
const longestReturn = 1500

// isLocalPath tells whether a text is a path on this server, whoever reads it: nothing that
// a browser could take for another host.
func isLocalPath(text string) bool {
	if len(text) == 0 || len(text) > longestReturn || text[0] != '/' || strings.HasPrefix(text, "//") {
		return false
	}
	for i := range len(text) {
		// Browsers take a backslash for a slash, and pass over tabs and line ends.
		if c := text[i]; c <= ' ' || c >= 0x7f || c == '\\' {
			return false
		}
	}
	u, err := url.Parse(text)
	if err != nil || u.IsAbs() || u.Host != "" || u.User != nil {
		return false
	}
	// Back at the door it would begin anew, or end what has just begun.
	return u.Path != PathSignOut && u.Path != PathSignIn && !strings.HasPrefix(u.Path, PathSignIn+"/")
}

func redirect(w http.ResponseWriter, to string) {
	w.Header().Set("Location", to)
	w.WriteHeader(http.StatusSeeOther)
}
