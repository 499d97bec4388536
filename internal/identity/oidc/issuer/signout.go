package issuer

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// signOut leads a browser back to the client. Nobody is signed in here, so that there is
// nothing to end; what it is asked with has to be right all the same, as elsewhere.
func (i *Issuer) signOut(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
	hint, client, back := r.FormValue("id_token_hint"), r.FormValue("client_id"), r.FormValue("post_logout_redirect_uri")
	wrong := ""
	switch {
	case hint != "" && !i.signed(hint):
		wrong = "id_token_hint: it is no token that was made here for the client since the start"
	case client != "" && client != i.ClientID:
		wrong = "client_id: it is none that is known here"
	case back != "" && hint == "" && client == "":
		wrong = "client_id: it, or id_token_hint, has to say who leads back"
	case back != "" && back != i.SignedOut:
		wrong = "post_logout_redirect_uri: it is not the client's, " + i.SignedOut
	}
	switch {
	case wrong != "":
		http.Error(w, wrong, http.StatusBadRequest)
	case back == "":
		_, _ = w.Write([]byte("Signed out.\n")) // the caller has gone away
	default:
		q := url.Values{}
		if state := r.FormValue("state"); state != "" {
			q.Set("state", state)
		}
		http.Redirect(w, r, back+"?"+q.Encode(), http.StatusSeeOther)
	}
}

// signed tells whether a token was made here for the client; one that has ended is as good.
func (i *Issuer) signed(token string) bool {
	jws, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{Algorithm})
	if err != nil {
		return false
	}
	payload, err := jws.Verify(i.key.Public())
	if err != nil {
		return false
	}
	var says struct {
		Audience jwt.Audience `json:"aud"`
	}
	return json.Unmarshal(payload, &says) == nil && slices.Contains(says.Audience, i.ClientID)
}
