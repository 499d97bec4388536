package govern

import (
	"fmt"
	"strings"

	governancev1 "odoomesh/gen/go/mesh/governance/v1"
)

// Effect is what a document would change.
type Effect struct {
	// Basis says what it was reckoned out of, and what not.
	Basis     string
	Decisions []Decision
	Fields    []Field
}

// Decision is one that would be another.
type Decision struct{ Principal, Method, Command, Before, After string }

// Field is one of records that would show something else.
type Field struct {
	Collection, Field        string
	Records, LookedAt, Total int64
	Examples                 []Example
}

// Example is what one record shows and would show.
type Example struct{ Name, Before, After string }

// mostDecisions is how many decisions are kept of an effect.
const mostDecisions = 1000

func (e Effect) kept() *governancev1.Effect {
	kept := &governancev1.Effect{Basis: e.Basis, DecisionCount: int64(len(e.Decisions))}
	for _, d := range e.Decisions[:min(len(e.Decisions), mostDecisions)] {
		kept.Decisions = append(kept.Decisions, &governancev1.DecisionChange{Principal: d.Principal, Method: d.Method, Command: d.Command, Before: d.Before, After: d.After})
	}
	for _, f := range e.Fields {
		one := &governancev1.FieldChange{Collection: f.Collection, Field: f.Field, Records: f.Records, LookedAt: f.LookedAt, Total: f.Total}
		for _, x := range f.Examples {
			one.Examples = append(one.Examples, &governancev1.FieldExample{Name: x.Name, Before: x.Before, After: x.After})
		}
		kept.Fields = append(kept.Fields, one)
	}
	return kept
}

// mostLines is how many lines the audit has of an effect.
const mostLines = 300

// lines are what the audit says of an effect: each decision and field as it was and is.
func lines(e *governancev1.Effect) string {
	var b strings.Builder
	n := 0
	line := func(format string, args ...any) {
		if n++; n <= mostLines {
			fmt.Fprintf(&b, format+"\n", args...)
		}
	}
	for _, d := range e.GetDecisions() {
		line("%s %s: %s, before: %s", d.GetPrincipal(), d.GetMethod(), d.GetAfter(), d.GetBefore())
	}
	for _, f := range e.GetFields() {
		line("%s %s: %d of %d", f.GetCollection(), f.GetField(), f.GetRecords(), f.GetTotal())
		for _, x := range f.GetExamples() {
			line("%s: %s, before: %s", x.GetName(), x.GetAfter(), x.GetBefore())
		}
	}
	if n > mostLines {
		fmt.Fprintf(&b, "and %d lines more: the proposal has them\n", n-mostLines)
	}
	return b.String()
}

// about tells whether a decision about a principal is among them.
func (e Effect) about(principal string) bool {
	for _, d := range e.Decisions {
		if d.Principal == principal {
			return true
		}
	}
	return false
}
