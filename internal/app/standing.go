package app

import (
	"strings"
	"time"

	"odoomesh/internal/capture"
)

// staleAfter is how old the copy may be before the mesh says that it is degraded,
// whatever the cause: an Odoo that hangs neither answers nor refuses.
const staleAfter = 5 * time.Second

// The words for how the mesh stands.
const (
	stateLoading  = "loading"
	stateReady    = "ready"
	stateDegraded = "degraded"
)

// readiness is how the mesh stands. Strangers are told the status alone.
type readiness struct {
	// Status is "ready"; "loading" while a collection is loaded for the first time;
	// or "degraded": reads are answered from the cache, and something keeps it from
	// following Odoo.
	Status string    `json:"status"`
	Odoo   odooState `json:"odoo"`
	// Clock says how clocks disagree; absent while they agree.
	Clock string `json:"clock,omitempty"`
	// Reasons are why it is degraded.
	Reasons     []reason          `json:"reasons,omitempty"`
	Collections []collectionState `json:"collections"`
}

type odooState struct {
	Reachable bool `json:"reachable"`
	// Changed is why nothing is written to Odoo: it is not the one that it was.
	Changed []string `json:"changed,omitempty"`
	// Refusal is why nothing is sent to Odoo for a while: "credentials refused" or
	// "rate limited"; with since when, and when it is tried again.
	Refusal string     `json:"refusal,omitempty"`
	Since   *time.Time `json:"since,omitempty"`
	Until   *time.Time `json:"until,omitempty"`
}

// reason is one thing that keeps the mesh from following Odoo.
type reason struct {
	// Of is a model of Odoo or a collection; empty where all are concerned.
	Of     string     `json:"of,omitempty"`
	Reason string     `json:"reason"`
	Since  *time.Time `json:"since,omitempty"`
}

type collectionState struct {
	Name    string `json:"name"`
	Loaded  bool   `json:"loaded"`
	Records int64  `json:"records"`
	// VerifiedTime is when the copy was last known to equal Odoo.
	VerifiedTime *time.Time `json:"verifiedTime,omitempty"`
	AgeSeconds   *float64   `json:"ageSeconds,omitempty"`
	// The first load: rows read, rows in all, and how long it will still take.
	RowsDone    int64   `json:"rowsDone,omitempty"`
	RowsTotal   int64   `json:"rowsTotal,omitempty"`
	SecondsLeft float64 `json:"secondsLeft,omitempty"`
}

// serves tells whether anything can be answered at all.
func (r *readiness) serves() bool {
	for _, c := range r.Collections {
		if c.Loaded {
			return true
		}
	}
	return len(r.Collections) == 0
}

// loaded tells whether the collections are, those that are not captured left aside.
func (r *readiness) loaded(collections []string) bool {
	for _, c := range r.Collections {
		for _, wanted := range collections {
			if c.Name == wanted && !c.Loaded {
				return false
			}
		}
	}
	return true
}

// degrade adds a reason. A mesh that is loading stays so: it is the more pressing.
func (r *readiness) degrade(of, why string, since time.Time) {
	one := reason{Of: of, Reason: why}
	if !since.IsZero() {
		one.Since = &since
	}
	r.Reasons = append(r.Reasons, one)
	if r.Status == stateReady {
		r.Status = stateDegraded
	}
}

// readiness puts together how the mesh stands.
func (a *App) readiness() readiness {
	r := readinessOf(a.engine.Statuses(), a.clock.Now(), max(staleAfter, 4*a.config.PollInterval))
	refusal, refused := a.client.Refusal()
	if refused {
		r.Odoo.Refusal, r.Odoo.Since, r.Odoo.Until = refusal.Reason, &refusal.Since, &refusal.Until
	}
	reach := a.engine.Reachability()
	switch {
	case refused:
		r.degrade("", "Odoo: "+refusal.Reason, refusal.Since)
	case !reach.Reachable && reach.Reason != "":
		r.degrade("", reach.Reason, reach.Since)
	case !reach.Reachable:
		r.degrade("", "Odoo has not answered since the start", time.Time{})
	}
	if change, is := a.desk.Changed(); is {
		r.Odoo.Changed = change.Evidence
		r.degrade("", "nothing is written to Odoo, which is not the one that it was: see meshctl odoo reconcile", change.Noticed)
	}
	if at := a.servers.guard.Standing(); at.Problem != nil {
		r.degrade("access file", "the one before is in force, as it cannot be used: "+at.Problem.Error(), at.Since)
	}
	if err := a.stores.full(); err != nil {
		r.degrade("", err.Error(), time.Time{})
	}
	if c := a.engine.Clock(); c.Disagrees() {
		r.Clock = c.Evidence()
	}
	return r
}

// readinessOf is what the collections alone say. A copy older than stale is a reason.
func readinessOf(statuses []capture.Status, now time.Time, stale time.Duration) readiness {
	r := readiness{Status: stateReady}
	var oldest collectionState
	for _, s := range statuses {
		c := collectionState{Name: s.Collection, Loaded: s.Loaded, Records: s.Records}
		if !s.Verified.IsZero() {
			age := now.Sub(s.Verified).Seconds()
			c.VerifiedTime, c.AgeSeconds = &s.Verified, &age
			if s.Loaded && age > stale.Seconds() && (oldest.AgeSeconds == nil || age > *oldest.AgeSeconds) {
				oldest = c
			}
		}
		if s.Loaded && s.Verified.IsZero() {
			r.degrade(s.Collection, "it has not been compared with Odoo since the start", time.Time{})
		}
		if !s.Loaded {
			r.Status = stateLoading
			c.RowsDone, c.RowsTotal, c.SecondsLeft = s.Progress.Done, s.Progress.Total, s.Progress.Left.Seconds()
		}
		for _, d := range s.Degraded {
			r.degrade(strings.TrimSuffix(s.Collection+": "+d.Model, ": "), d.Reason, d.Since)
		}
		r.Odoo.Reachable = s.Reachable
		r.Collections = append(r.Collections, c)
	}
	if oldest.VerifiedTime != nil {
		r.degrade(oldest.Name, "the copy has not been compared with Odoo", *oldest.VerifiedTime)
	}
	return r
}
