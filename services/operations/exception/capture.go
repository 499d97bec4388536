package exception

import (
	"context"
	"strconv"
	"strings"

	"odoomesh/internal/capture"
	"odoomesh/internal/read"
)

// faultyAtMost is how many faulty records have an exception of their own.
const faultyAtMost = 200

// Capture is what stands in the way of following Odoo. faulty lists so many records of some
// collections that have faults.
func Capture(e *capture.Engine, faulty func(ctx context.Context, collections []string, atMost int) ([]read.FaultyRecord, error)) []Watch {
	return []Watch{
		Looks(HeldDeletion, func() []Cause { return heldDeletions(e.Statuses()) }),
		Looks(DegradedCollection, func() []Cause { return degraded(e.Statuses()) }),
		Looks(Clock, func() []Cause { return clocks(e.Clock()) }),
		Looks(LogEntrySkipped, func() []Cause { return skipped(e.Skipped()) }),
		{FaultyRecord, func(ctx context.Context) ([]Cause, error) {
			var collections []string
			for _, s := range e.Statuses() {
				if s.Faulty > 0 {
					collections = append(collections, s.Collection)
				}
			}
			if len(collections) == 0 {
				return nil, nil
			}
			found, err := faulty(ctx, collections, faultyAtMost)
			return faultyRecords(found), err
		}},
	}
}

func heldDeletions(statuses []capture.Status) (causes []Cause) {
	for _, s := range statuses {
		if s.Held > 0 {
			causes = append(causes, DeletionsHeld(s.Collection, s.Held))
		}
	}
	return causes
}

func degraded(statuses []capture.Status) (causes []Cause) {
	for _, s := range statuses {
		if len(s.Degraded) == 0 {
			continue
		}
		var details []string
		for _, t := range s.Degraded {
			details = append(details, strings.TrimPrefix(t.Model+": ", ": ")+t.Reason)
		}
		causes = append(causes, Cause{
			Kind: DegradedCollection, Subject: s.Collection,
			Summary: "A part of what makes " + s.Collection + " cannot be read from Odoo: they are as old as their verified_time says.",
			Detail:  strings.Join(details, "\n"),
		})
	}
	return causes
}

func clocks(c capture.ClockState) []Cause {
	if !c.Disagrees() {
		return nil
	}
	return []Cause{{
		Kind: Clock, Subject: "odoo", Summary: c.Evidence(),
		Detail: "Set the clocks of the machines of Odoo, of its database, of what stands before it and of the mesh by one source of time. Until then nothing is lost: windows go by the database's clock.",
	}}
}

func skipped(all []capture.Skipped) (causes []Cause) {
	for _, s := range all {
		subject := "log/" + strconv.FormatUint(s.Position, 10)
		if s.Position == 0 {
			subject = s.Name
		}
		causes = append(causes, Cause{
			Kind: LogEntrySkipped, Subject: subject,
			Summary: "An entry of the log could not be applied as it stands.", Detail: strings.TrimPrefix(s.Name+": ", ": ") + s.Reason,
		})
	}
	return causes
}

func faultyRecords(found []read.FaultyRecord) (causes []Cause) {
	for _, f := range found {
		var details []string
		for _, fault := range f.Faults {
			details = append(details, strings.TrimPrefix(fault.GetField()+": ", ": ")+fault.GetProblem())
		}
		causes = append(causes, Cause{
			Kind: FaultyRecord, Subject: f.Name,
			Summary: "Odoo holds of " + f.Name + " what cannot be shown; see its provenance.faults.", Detail: strings.Join(details, "\n"),
		})
	}
	return causes
}
