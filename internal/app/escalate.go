package app

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	"odoomesh/internal/capture"
	"odoomesh/internal/fault"
	"odoomesh/internal/read"
	"odoomesh/services/inventory/stockbook"
	"odoomesh/services/operations"
	"odoomesh/services/operations/exception"
)

const (
	// settleEvery is the pause between two looks at what people have to settle.
	settleEvery = time.Second
	// faultyAtMost is how many faulty records have an exception of their own.
	faultyAtMost = 200
)

// openBoard makes the board of exceptions, which lies in the journal of events.
func (a *App) openBoard() error {
	var err error
	a.board, err = exception.New(exception.Config{
		Journal: a.stores.events, Tokens: a.tokens, Escalate: a.events.Escalate, Accept: a.acceptStock, Clock: a.clock, Logger: a.logger, Registerer: a.metrics,
	})
	return err
}

// acceptStock lets the proof of stock hold from a difference on that a person takes as
// it is. Of other exceptions it need not know.
func (a *App) acceptStock(ctx context.Context, c exception.Cause, reason, by string) error {
	if c.Kind != exception.StockWithoutMovement || a.book == nil {
		return nil
	}
	if by == "" {
		by = "a caller who need not say who they are"
	}
	err := a.book.Acknowledge(ctx, c.Subject, stockbook.Acknowledgement{Difference: c.Numbers["difference"], Reason: reason, By: by})
	switch {
	case errors.Is(err, stockbook.ErrOtherDifference):
		return fault.New(errorsv1.Reason_REASON_STALE_ETAG, "The difference has changed since the exception was last brought up to date: read it again.", fault.Because(err))
	case errors.Is(err, stockbook.ErrNoDifference):
		return fault.InvalidField(errorsv1.Reason_REASON_INVALID_ARGUMENT, "name", "the stock position does not differ any more")
	}
	return err
}

// Exceptions is the board as its service sees it.
func (r *rooms) Exceptions() operations.Exceptions { return r.app.board }

// settleDrift says which balances the events do not prove.
func (a *App) settleDrift(ctx context.Context, drifts []stockbook.Drift) error {
	causes := make([]exception.Cause, len(drifts))
	for i, d := range drifts {
		causes[i] = exception.StockDrifted(d.StockPosition(), d.Events, d.Odoo, d.Difference, d.Known.GetSinceTime().AsTime())
	}
	return a.board.Settle(ctx, exception.StockWithoutMovement, causes)
}

// settleCapture says what stands in the way of following Odoo, until the context ends.
func (a *App) settleCapture(ctx context.Context) error {
	for {
		statuses := a.engine.Statuses()
		for kind, causes := range map[exception.Kind][]exception.Cause{
			exception.HeldDeletion:       heldCauses(statuses),
			exception.DegradedCollection: degradedCauses(statuses),
			exception.Clock:              clockCauses(a.engine.Clock()),
			exception.LogEntrySkipped:    skippedCauses(a.engine.Skipped()),
			exception.OdooChanged:        a.changeCauses(),
			exception.Audit:              a.auditCauses(),
			exception.BreakGlass:         glassCauses(a.servers.guard.Broken()),
			exception.AccessFile:         accessFileCauses(a.servers.guard.Standing()),
		} {
			if err := a.board.Settle(ctx, kind, causes); err != nil {
				return err
			}
		}
		if err := a.settleFaulty(ctx, statuses); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-a.clock.After(settleEvery):
		}
	}
}

func heldCauses(statuses []capture.Status) (causes []exception.Cause) {
	for _, s := range statuses {
		if s.Held > 0 {
			causes = append(causes, exception.DeletionsHeld(s.Collection, s.Held))
		}
	}
	return causes
}

func degradedCauses(statuses []capture.Status) (causes []exception.Cause) {
	for _, s := range statuses {
		if len(s.Degraded) == 0 {
			continue
		}
		var details []string
		for _, t := range s.Degraded {
			details = append(details, strings.TrimPrefix(t.Model+": ", ": ")+t.Reason)
		}
		causes = append(causes, exception.Cause{
			Kind: exception.DegradedCollection, Subject: s.Collection,
			Summary: "A part of what makes " + s.Collection + " cannot be read from Odoo: they are as old as their verified_time says.",
			Detail:  strings.Join(details, "\n"),
		})
	}
	return causes
}

func clockCauses(c capture.Clock) []exception.Cause {
	if !c.Disagrees() {
		return nil
	}
	return []exception.Cause{{
		Kind: exception.Clock, Subject: "odoo", Summary: c.Evidence(),
		Detail: "Set the clocks of the machines of Odoo, of its database, of what stands before it and of the mesh by one source of time. Until then nothing is lost: windows go by the database's clock.",
	}}
}

func skippedCauses(skipped []capture.Skipped) (causes []exception.Cause) {
	for _, s := range skipped {
		subject := "log/" + strconv.FormatUint(s.Position, 10)
		if s.Position == 0 {
			subject = s.Name
		}
		causes = append(causes, exception.Cause{
			Kind: exception.LogEntrySkipped, Subject: subject,
			Summary: "An entry of the log could not be applied as it stands.", Detail: strings.TrimPrefix(s.Name+": ", ": ") + s.Reason,
		})
	}
	return causes
}

// settleFaulty says which records cannot be shown as Odoo has them.
func (a *App) settleFaulty(ctx context.Context, statuses []capture.Status) error {
	var causes []exception.Cause
	var names []string
	for _, s := range statuses {
		if s.Faulty > 0 {
			names = append(names, s.Collection)
		}
	}
	if len(names) > 0 {
		found, _, err := read.FaultyRecords(ctx, a.stores.cache, a.stores.log.ID(), a.tokens.For(ctx), names, faultyAtMost, "")
		if err != nil {
			return err
		}
		for _, f := range found {
			causes = append(causes, faultyCause(f))
		}
	}
	return a.board.Settle(ctx, exception.FaultyRecord, causes)
}

func faultyCause(f read.FaultyRecord) exception.Cause {
	var details []string
	for _, fault := range f.Faults {
		details = append(details, strings.TrimPrefix(fault.GetField()+": ", ": ")+fault.GetProblem())
	}
	return exception.Cause{
		Kind: exception.FaultyRecord, Subject: f.Name,
		Summary: "Odoo holds of " + f.Name + " what cannot be shown; see its provenance.faults.", Detail: strings.Join(details, "\n"),
	}
}
