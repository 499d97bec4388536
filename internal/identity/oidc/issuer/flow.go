package issuer

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"html/template"
	"net/http"
	"net/url"
	"time"
)

// granted is what a code was given for.
type granted struct {
	person    Person
	nonce     string
	challenge string
	until     time.Time
}

const (
	// codeFor is how long a code is good.
	codeFor = time.Minute
	// mostCodes bounds those that nobody has come back with.
	mostCodes = 100
)

// page lets somebody pick a person. It has no script.
var page = template.Must(template.New("people").Parse(`<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Development sign-in</title>
<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:3rem auto;padding:0 1rem}button{font:inherit;padding:.4rem .8rem;margin:.2rem 0}</style>
<h1>Who do you want to be?</h1>
<p>This is the issuer for development: it asks for no password. These are the principals of the access file.</p>
<form method="post"><ul>
{{range .}}<li>{{if .Why}}{{.Name}}: {{.Why}}{{else}}<button name="person" value="{{.Name}}">{{.Name}}</button>{{end}}</li>
{{else}}<li>The access file has no principals.</li>
{{end}}</ul></form></html>
`))

const policy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// ask shows who there is.
func (i *Issuer) ask(w http.ResponseWriter, r *http.Request) {
	if !i.fits(w, r) {
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", policy)
	_ = page.Execute(w, i.People()) // the caller has gone away
}

// fits refuses what is none of the client's: nobody is sent anywhere then.
func (i *Issuer) fits(w http.ResponseWriter, r *http.Request) bool {
	q := r.URL.Query()
	wrong := ""
	switch {
	case q.Get("client_id") != i.ClientID:
		wrong = "client_id: it is none that is known here"
	case q.Get("redirect_uri") != i.Redirect:
		wrong = "redirect_uri: it is not the client's, " + i.Redirect
	case q.Get("response_type") != "code":
		wrong = "response_type: it has to be code"
	case q.Get("code_challenge_method") != "S256" || q.Get("code_challenge") == "":
		wrong = "code_challenge: it has to be there, by S256"
	default:
		return true
	}
	http.Error(w, wrong, http.StatusBadRequest)
	return false
}

// grant sends the browser back with a code for the person that was picked.
func (i *Issuer) grant(w http.ResponseWriter, r *http.Request) {
	if !i.fits(w, r) {
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, 4<<10)
	picked := r.PostFormValue("person")
	for _, p := range i.People() {
		if p.Name != picked || p.Why != "" {
			continue
		}
		q := r.URL.Query()
		back := url.Values{"state": {q.Get("state")}, "code": {i.remember(p, q)}, "iss": {i.URL}}
		http.Redirect(w, r, i.Redirect+"?"+back.Encode(), http.StatusSeeOther)
		return
	}
	http.Error(w, "person: nobody can be that; pick another", http.StatusBadRequest)
}

func (i *Issuer) remember(p Person, q url.Values) string {
	code, now := rand.Text(), i.Clock.Now()
	i.mu.Lock()
	defer i.mu.Unlock()
	for old, g := range i.codes {
		if !now.Before(g.until) || len(i.codes) >= mostCodes {
			delete(i.codes, old)
		}
	}
	i.codes[code] = granted{p, q.Get("nonce"), q.Get("code_challenge"), now.Add(codeFor)}
	return code
}

// token says who was picked to whoever has the code and what its challenge was made of.
func (i *Issuer) token(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
	sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	challenge := base64.RawURLEncoding.EncodeToString(sum[:])
	i.mu.Lock()
	g, known := i.codes[r.PostFormValue("code")]
	delete(i.codes, r.PostFormValue("code"))
	i.mu.Unlock()
	now := i.Clock.Now()
	switch {
	case r.PostFormValue("grant_type") != "authorization_code":
		writeJSON(w, http.StatusBadRequest, map[string]string{"error": "unsupported_grant_type"})
		return
	case !known || !now.Before(g.until), r.PostFormValue("client_id") != i.ClientID, r.PostFormValue("redirect_uri") != i.Redirect,
		subtle.ConstantTimeCompare([]byte(challenge), []byte(g.challenge)) != 1:
		writeJSON(w, http.StatusBadRequest, map[string]string{"error": "invalid_grant"})
		return
	}
	claims := map[string]any{}
	for name, value := range g.person.Claims {
		claims[name] = value
	}
	for name, value := range map[string]any{"iss": i.URL, "aud": i.ClientID, "sub": g.person.Subject, "iat": now.Unix(), "exp": now.Add(tokenFor).Unix(), "nonce": g.nonce} {
		claims[name] = value
	}
	token, err := i.Sign(claims)
	if err != nil {
		writeJSON(w, http.StatusInternalServerError, map[string]string{"error": "server_error"})
		return
	}
	// The access token opens nothing: there is nothing behind it.
	writeJSON(w, http.StatusOK, map[string]any{"access_token": rand.Text(), "token_type": "Bearer", "expires_in": int(tokenFor.Seconds()), "id_token": token})
}
