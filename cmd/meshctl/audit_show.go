package main

import (
	"fmt"
	"slices"
	"strings"

	auditv1 "odoomesh/gen/go/mesh/audit/v1"
	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	"odoomesh/internal/nearest"
)

// answeredCall is the outcome of a call that was answered, anyRefusal what people ask for
// all others with.
const (
	answeredCall = "OK"
	anyRefusal   = "refused"
)

// picked is what is asked of records beside what the mesh looks for.
type picked struct{ call, outcome string }

// check refuses an outcome that no call has.
func (p *picked) check() error {
	if p.outcome == "" || p.outcome == anyRefusal {
		return nil
	}
	known := []string{answeredCall}
	for n, name := range errorsv1.Reason_name {
		if n != 0 {
			known = append(known, strings.TrimPrefix(name, "REASON_"))
		}
	}
	slices.Sort(known)
	p.outcome = strings.TrimPrefix(strings.ToUpper(p.outcome), "REASON_")
	if slices.Contains(known, p.outcome) {
		return nil
	}
	if meant := nearest.Word(p.outcome, known); meant != "" {
		return wrong("--outcome: there is no reason %s; did you mean %s?", p.outcome, meant)
	}
	return wrong("--outcome: there is no reason %s; there are %s and %s", p.outcome, anyRefusal, strings.Join(known, ", "))
}

// meets tells whether a record is one of those that are asked for. What is no call, nor a
// sum of calls, has no outcome.
func (p *picked) meets(r *auditv1.Record) bool {
	ended := strings.TrimPrefix(r.GetOutcome(), "REASON_")
	return (p.call == "" || p.call == r.GetPayload().GetCallId()) &&
		(p.outcome == "" || p.outcome == ended || p.outcome == anyRefusal && ended != "" && ended != answeredCall)
}

func who(r *auditv1.Record) string {
	switch p := r.GetPayload(); {
	case p == nil:
		return "(erased)"
	case p.GetOwner() != "":
		return p.GetPrincipal() + " (for " + p.GetOwner() + ")"
	default:
		return p.GetPrincipal()
	}
}

func what(r *auditv1.Record) string {
	if r.GetCommand() != "" {
		return r.GetCommand()
	}
	return r.GetMethod()[strings.LastIndex(r.GetMethod(), "/")+1:]
}

func about(r *auditv1.Record) string {
	text := r.GetDocument()
	if text == "" {
		text = r.GetPayload().GetSubject()
	}
	return strings.TrimSpace(text + " " + r.GetIntent())
}

func ended(r *auditv1.Record) string {
	switch r.GetKind() {
	case "transition":
		return strings.TrimPrefix(words(r.GetBefore(), "STATE_")+" to "+words(r.GetAfter(), "STATE_"), " to ")
	case "sum":
		return fmt.Sprintf("%s, %d times", strings.TrimPrefix(r.GetOutcome(), "REASON_"), r.GetCount())
	case "call":
		switch before, after := stateWord(r.GetBefore()), stateWord(r.GetAfter()); {
		case before != "" && after != "":
			return before + " to " + after
		case before != "":
			return before + ", gone"
		case after != "":
			return after
		}
	case "odoo":
		return r.GetAfter()
	case "log":
		return r.GetPayload().GetExplanation()
	}
	text := strings.TrimPrefix(r.GetOutcome(), "REASON_")
	if why := r.GetPayload().GetExplanation(); r.GetKind() == "call" && why != "" && r.GetOutcome() != answeredCall {
		text += ": " + why
	}
	return text
}

// stateWord is a state in a word, whatever it is the state of.
func stateWord(state string) string {
	if at := strings.Index(state, "STATE_"); at >= 0 {
		return words(state, state[:at]+"STATE_")
	}
	return state
}
