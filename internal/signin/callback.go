package signin

import (
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	"odoomesh/internal/access"
	"odoomesh/internal/audit"
	"odoomesh/internal/identity/oidc"
	"odoomesh/internal/identity/session"
)

const (
	// mostAsking bounds how many sign-ins ask the provider at a time, and waitToAsk how
	// long others wait for that: strangers who make codes up are no load on it.
	mostAsking = 16
	waitToAsk  = 5 * time.Second
	// longestCode bounds what the provider is asked about.
	longestCode = 4 << 10
)

// callback takes a browser back from the provider.
func (d *Door) callback(w http.ResponseWriter, r *http.Request) {
	began := d.Clock.Now()
	b, no := d.begunBy(r, began)
	if no != nil {
		// One that the browser has begun since is still on its way.
		d.refuse(w, r, began, no)
		return
	}
	d.forget(w, attemptCookie)
	who, no := d.whoSignedIn(r, b)
	if no != nil {
		d.refuse(w, r, began, no)
		return
	}
	p, no := d.principal(who)
	if no != nil {
		d.refuse(w, r, began, no)
		return
	}
	id, no := d.let(r, began, who, p)
	if no != nil {
		d.refuse(w, r, began, no)
		return
	}
	http.SetCookie(w, d.cookie(sessionCookie, id, d.Lifetime))
	redirect(w, d.URL+b.Return)
}

// begunBy is the sign-in that the browser has begun and the provider answers. Without it
// somebody else's could be put on the browser (login CSRF).
func (d *Door) begunBy(r *http.Request, now time.Time) (begun, *refusal) {
	var b begun
	sealed := d.value(r, attemptCookie)
	if sealed == "" || d.seal.open(sealed, &b) != nil || now.Unix() >= b.Until {
		return b, refused(http.StatusBadRequest, "This browser has begun no sign-in, or more than ten minutes ago, or before the mesh was started anew.")
	}
	q := r.URL.Query()
	if subtle.ConstantTimeCompare([]byte(q.Get("state")), []byte(b.State)) != 1 {
		return b, refused(http.StatusBadRequest, "The identity provider answers another sign-in than the one that this browser has begun last.")
	}
	if iss := q.Get("iss"); iss != "" && iss != d.Issuer { // RFC 9207
		return b, refused(http.StatusBadRequest, "The answer is of another identity provider.")
	}
	if !d.spent.first(b.State) {
		return b, refused(http.StatusBadRequest, "This sign-in was answered once already.")
	}
	return b, nil
}

// whoSignedIn asks the provider.
func (d *Door) whoSignedIn(r *http.Request, b begun) (*oidc.Verified, *refusal) {
	q := r.URL.Query()
	if q.Get("error") != "" {
		return nil, refused(http.StatusForbidden, "The identity provider has not signed you in.").because(fmt.Errorf("it says %.60q", q.Get("error")))
	}
	code := q.Get("code")
	if code == "" || len(code) > longestCode {
		return nil, refused(http.StatusBadRequest, "The identity provider has sent no code.")
	}
	select {
	case d.asking <- struct{}{}:
		defer func() { <-d.asking }()
	case <-d.Clock.After(waitToAsk):
		return nil, unreachable(errors.New("too many sign-ins ask it at a time"))
	case <-r.Context().Done():
		return nil, unreachable(r.Context().Err())
	}
	who, err := d.Client.End(r.Context(), b.attempt(), code)
	switch {
	case errors.Is(err, oidc.ErrAway), errors.Is(err, oidc.ErrNoKeys):
		return nil, unreachable(err)
	case err != nil:
		return nil, refused(http.StatusForbidden, "What the identity provider says of you is not believed. Try again; if it goes on, tell whoever runs the mesh.").because(err)
	}
	return who, nil
}

// principal finds whom the access file knows the person as.
func (d *Door) principal(who *oidc.Verified) (*access.Principal, *refusal) {
	p, err := who.Principal(d.File())
	named := fmt.Errorf("issuer %.200q, subject %.200q", who.Issuer, who.Subject)
	switch {
	case err != nil:
		return nil, refused(http.StatusForbidden, "Several principals of the access file have what the identity provider says of you (oidc); whoever runs the mesh has to tell them apart.").because(named)
	case p == nil:
		return nil, refused(http.StatusForbidden, "No principal of the access file has what the identity provider says of you (oidc); ask whoever runs the mesh.").because(named)
	}
	return p, nil
}

// let gives a browser a session, which has a record first. What it had before ends: nobody
// can have put an id on it that is good now (session fixation).
func (d *Door) let(r *http.Request, began time.Time, who *oidc.Verified, p *access.Principal) (id string, _ *refusal) {
	if err := d.Audit.Ready(); err != nil {
		return "", notRecorded(err)
	}
	if before := d.value(r, sessionCookie); before != "" {
		d.Sessions.End(before)
	}
	id, err := d.Sessions.Begin(who, p.Name)
	if err != nil {
		return "", (&refusal{http.StatusInternalServerError, errorsv1.Reason_REASON_INTERNAL, "The session could not be begun. Try again.", nil}).because(err)
	}
	record := d.record(r, rand.Text(), PathSignIn, began)
	record.Principal, record.Proof, record.Outcome = p.Name, session.ProofOf(who).String(), audit.Answered
	if err := d.Audit.Record(r.Context(), record); err != nil {
		d.Sessions.End(id)
		return "", notRecorded(err)
	}
	d.metrics.signIns.WithLabelValues(outcomeSignedIn).Inc()
	d.Logger.LogAttrs(r.Context(), slog.LevelInfo, "signed in", slog.String("request_id", record.RequestID), slog.String("principal", p.Name), slog.String("caller", record.Address))
	return id, nil
}

func notRecorded(err error) *refusal {
	return (&refusal{http.StatusServiceUnavailable, errorsv1.Reason_REASON_AUDIT_UNAVAILABLE, "Nobody is let in while the audit cannot be written. Try again in a while.", nil}).because(err)
}
