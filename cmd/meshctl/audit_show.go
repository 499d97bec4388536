package main

import (
	"fmt"
	"strings"

	auditv1 "odoomesh/gen/go/mesh/audit/v1"
)

// answeredCall is the outcome of a call that was answered.
const answeredCall = "OK"

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
