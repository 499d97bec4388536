package app

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	"odoomesh/internal/access"
	"odoomesh/internal/capture"
	"odoomesh/internal/fault"
	"odoomesh/internal/read"
	"odoomesh/internal/reconcile"
	"odoomesh/internal/resource"
	"odoomesh/services/operations"
)

// Operate is the mesh as its operator's service sees it.
func (r *rooms) Operate() operations.Mesh { return operated{r.app} }

type operated struct{ app *App }

// Status tells how everything stands.
func (o operated) Status() operations.Status {
	a := o.app
	ready := a.readiness()
	s := operations.Status{
		State: ready.Status, Instance: a.config.Instance, Reachable: ready.Odoo.Reachable,
		Head: a.stores.log.Head(), Oldest: a.stores.log.Oldest(),
	}
	if server, known := a.client.Server(); known {
		s.Version = server.Version.String()
	}
	for _, c := range a.engine.Statuses() {
		s.Collections = append(s.Collections, operations.Collection{
			Name: c.Collection, Loaded: c.Loaded, Records: c.Records, Verified: c.Verified,
			Progress: operations.Progress(c.Progress), Held: c.Held, MappingVersion: c.MappingVersion,
			Compared: c.Drift.Compared, Gone: c.Drift.Gone, Missed: c.Drift.Missed, GoneRows: c.Drift.GoneRows,
			Faulty: c.Faulty, Degradations: degradations(c),
		})
	}
	s.Clock = clockStatus(a.engine.Clock())
	s.Open, s.Acknowledged = a.board.Counts()
	return s
}

// degradations are what stands in the way of following a collection.
func degradations(s capture.Status) (all []operations.Degradation) {
	what := "What it shows of this model is not followed."
	if !s.Loaded {
		what = "Its first load cannot go on."
	}
	for _, t := range s.Degraded {
		all = append(all, operations.Degradation{Model: t.Model, Reason: what, Cause: t.Reason, Since: t.Since})
	}
	return all
}

func clockStatus(c capture.Clock) operations.Clock {
	s := operations.Clock{State: operations.ClockUnknown, Evidence: clockEvidence(c), Offset: c.Database}
	switch {
	case c.Disagrees():
		s.State = operations.ClockDisagrees
	case c.Known:
		s.State = operations.ClockKnown
	}
	return s
}

// Caller is the name of who makes a call.
func (o operated) Caller(ctx context.Context) string { return access.Caller(ctx) }

// FaultyRecords answers a page of the records that have faults.
func (o operated) FaultyRecords(ctx context.Context, collection string, size int, pageToken string) ([]operations.FaultyRecord, string, error) {
	var names []string
	for _, s := range o.app.engine.Statuses() {
		if collection == "" || collection == s.Collection {
			names = append(names, s.Collection)
		}
	}
	if len(names) == 0 {
		return nil, "", o.refusal(collection, "collection", capture.ErrNoCollection)
	}
	found, next, err := read.FaultyRecords(ctx, o.app.stores.cache, o.app.stores.log.ID(), names, size, pageToken)
	records := make([]operations.FaultyRecord, len(found))
	for i, f := range found {
		records[i] = operations.FaultyRecord(f)
	}
	return records, next, err
}

// Verify compares a record with Odoo.
func (o operated) Verify(ctx context.Context, name string) (operations.Verification, error) {
	collection, _, _ := strings.Cut(name, "/")
	key, err := resource.KeyOf(collection, name)
	if err != nil {
		return operations.Verification{}, err
	}
	var found reconcile.Verification
	answered := make(chan reconcile.Verification, 1)
	err = o.app.servers.patience.ask(ctx, func(ctx context.Context) error {
		v, err := o.app.engine.Verify(ctx, collection, key)
		answered <- v
		return err
	})
	if err == nil {
		found = <-answered
	}
	if err != nil {
		return operations.Verification{}, o.refusal(collection, "name", err)
	}
	v := operations.Verification{
		InMesh: found.InCache, InOdoo: found.InOdoo, Pending: found.Pending, Compared: found.Compared, Revision: found.Revision,
	}
	for _, d := range found.Differences {
		v.Differences = append(v.Differences, operations.Difference(d))
	}
	return v, nil
}

// Resync reads a collection again; it ends when the server stops.
func (o operated) Resync(ctx context.Context, collection string, accept bool, report func(operations.Step) error) (operations.Totals, error) {
	totals, err := o.app.engine.Resync(ctx, collection, accept, func(p capture.ResyncProgress) error {
		select {
		case <-o.app.closing:
			return fault.Unavailable(errorsv1.Reason_REASON_SHUTTING_DOWN, "This process is about to end.", time.Second)
		default:
		}
		return report(operations.Step{Progress: operations.Progress(p.Progress), Changed: p.Changed})
	})
	return operations.Totals(totals), o.refusal(collection, "collection", err)
}

// refusal gives the errors of capture their reasons; others it leaves as they are.
func (o operated) refusal(collection, field string, err error) error {
	switch {
	case errors.Is(err, capture.ErrNoCollection):
		var names []string
		for _, s := range o.app.engine.Statuses() {
			names = append(names, s.Collection)
		}
		return fault.InvalidField(errorsv1.Reason_REASON_INVALID_ARGUMENT, field,
			fmt.Sprintf("there is no collection %s; there are %s", collection, strings.Join(names, ", ")))
	case errors.Is(err, capture.ErrNotConnected):
		return fault.Unavailable(errorsv1.Reason_REASON_ODOO_UNAVAILABLE, "Odoo has not been reached since the start.", fault.AskAgain, fault.Because(err))
	case errors.Is(err, capture.ErrNotLoaded):
		return fault.Unavailable(errorsv1.Reason_REASON_NOT_LOADED, fmt.Sprintf("%s are being loaded for the first time.", collection), fault.AskAgain, fault.Because(err))
	case errors.Is(err, capture.ErrResyncRuns):
		return fault.Unavailable(errorsv1.Reason_REASON_IN_PROGRESS, fmt.Sprintf("%s are being read again already.", collection), fault.AskAgain, fault.Because(err))
	}
	return err
}
