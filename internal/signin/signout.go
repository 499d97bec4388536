package signin

import (
	"crypto/rand"
	"log/slog"
	"net/http"

	"odoomesh/internal/audit"
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
	d.page(w, http.StatusOK, view{Title: "Signed in", Principal: found.Principal.Name, Person: found.Proof.Credential, Began: found.Began, Ends: found.Ends})
}

// signOut ends a session, whether or not that can be recorded: nobody is kept in.
func (d *Door) signOut(w http.ResponseWriter, r *http.Request) {
	began := d.Clock.Now()
	if err := d.SameOrigin(r); err != nil {
		d.page(w, http.StatusForbidden, view{Title: "Not signed out", Message: "Refused: " + err.Error() + "."})
		return
	}
	if id := d.value(r, sessionCookie); id != "" {
		d.forget(w, sessionCookie)
		if principal, proof, was := d.Sessions.End(id); was {
			record := d.record(r, rand.Text(), PathSignOut, began)
			record.Principal, record.Proof, record.Outcome = principal, proof.String(), audit.Answered
			d.Logger.LogAttrs(r.Context(), slog.LevelInfo, "signed out", slog.String("request_id", record.RequestID), slog.String("principal", principal), slog.String("caller", record.Address))
			if err := d.Audit.Record(r.Context(), record); err != nil {
				d.Logger.LogAttrs(r.Context(), slog.LevelWarn, "a sign-out has no record in the audit", slog.String("request_id", record.RequestID), slog.Any("error", err))
			}
		}
	}
	redirect(w, PathSession)
}
