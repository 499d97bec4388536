package signin

import (
	"crypto/rand"
	"crypto/subtle"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"odoomesh/internal/audit"
	"odoomesh/internal/identity/oidc"
	"odoomesh/internal/identity/session"
)

// show says who is signed in.
func (d *Door) show(w http.ResponseWriter, r *http.Request) {
	id := d.value(r, sessionCookie)
	if id == "" {
		d.page(w, http.StatusOK, view{Title: "Nobody is signed in", Again: true})
		return
	}
	found, err := d.Sessions.Find(session.Show(id), d.File())
	if err != nil {
		d.forget(w, sessionCookie)
		d.page(w, http.StatusOK, view{Title: "Nobody is signed in", Message: "The session has ended.", Again: true})
		return
	}
	scheme, _, elsewhere := strings.Cut(d.Client.SignOut(nil, ""), ":")
	if elsewhere {
		// Browsers hold a form to the policy on all the way that it leads, and who else the
		// provider sends people to is its own affair. There is nothing to type in here.
		w.Header().Set("Content-Security-Policy", policy+" "+scheme+":")
	}
	d.page(w, http.StatusOK, view{
		Title: "Signed in", Principal: found.Principal.Name, Person: found.Proof.Credential, Began: found.Began, Ends: found.Ends, Elsewhere: elsewhere,
	})
}

// longestForm is how long the answer to "here alone?" may be.
const longestForm = 4 << 10

// signOut ends a session, whether or not that can be recorded: nobody is kept in. Then it
// sends the browser to the provider, where that lets people sign out.
func (d *Door) signOut(w http.ResponseWriter, r *http.Request) {
	began := d.Clock.Now()
	if err := d.SameOrigin(r); err != nil {
		d.page(w, http.StatusForbidden, view{Title: "Not signed out", Message: "Refused: " + err.Error() + "."})
		return
	}
	id := d.value(r, sessionCookie)
	if id == "" {
		redirect(w, PathSession)
		return
	}
	d.forget(w, sessionCookie)
	var who *oidc.Verified
	if ended := d.Sessions.End(id); ended != nil {
		who = ended.Who
		d.recordSignOut(r, ended, began)
	}
	r.Body = http.MaxBytesReader(w, r.Body, longestForm)
	state := rand.Text()
	to := d.Client.SignOut(who, state)
	if to == "" || r.PostFormValue("at") == "here" {
		redirect(w, PathSession)
		return
	}
	http.SetCookie(w, d.cookie(leavingCookie, state, begunFor))
	redirect(w, to)
}

func (d *Door) recordSignOut(r *http.Request, ended *session.Ended, began time.Time) {
	record := d.record(r, rand.Text(), PathSignOut, began)
	record.Principal, record.Proof, record.Outcome = ended.Principal, ended.Proof.String(), audit.Answered
	d.Logger.LogAttrs(r.Context(), slog.LevelInfo, "signed out", slog.String("request_id", record.RequestID), slog.String("principal", ended.Principal), slog.String("caller", record.Address))
	if err := d.Audit.Record(r.Context(), record); err != nil {
		d.Logger.LogAttrs(r.Context(), slog.LevelWarn, "a sign-out has no record in the audit", slog.String("request_id", record.RequestID), slog.Any("error", err))
	}
}

// signedOut takes a browser back from the provider. Only where this browser was sent there
// is it told that it is signed out: to others, and to one in which somebody has signed in
// since, a page that says so would lie.
func (d *Door) signedOut(w http.ResponseWriter, r *http.Request) {
	state, answered := d.value(r, leavingCookie), r.URL.Query().Get("state")
	if state == "" || subtle.ConstantTimeCompare([]byte(state), []byte(answered)) != 1 || d.value(r, sessionCookie) != "" {
		redirect(w, PathSession)
		return
	}
	d.forget(w, leavingCookie)
	d.page(w, http.StatusOK, view{Title: "Signed out", Message: "You are signed out here, and at the identity provider.", Again: true})
}
