package business

import (
	"strconv"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	eventv1 "odoomesh/gen/go/mesh/event/v1"
	invoicev1 "odoomesh/gen/go/mesh/invoice/v1"
)

// Exception is something that people have to settle.
type Exception struct {
	Kind eventv1.ExceptionKind
	// Subject is the resource name of what it is about.
	Subject string
	// Explanation says what is wrong, in a sentence for people.
	Explanation string
	// Numbers are what it rests on, by name.
	Numbers map[string]string
	// Occasion tells this exception from later ones of its kind and subject: the
	// same occasion is told once, however often it is found.
	Occasion string
	// Found is when the mesh found it.
	Found time.Time
	// Company is the display name of the company that it concerns; empty for all.
	Company string
}

// StockDrifted is the exception of a balance in which the events and Odoo's stock
// differ: the name of the stock position, and both sums as decimal texts. The same
// difference is an occasion of its own on each day.
func StockDrifted(position, events, odoo string, found time.Time) Exception {
	return Exception{
		Kind: eventv1.ExceptionKind_EXCEPTION_KIND_STOCK_DRIFT, Subject: position, Found: found,
		Explanation: "The movements of " + position + " add up to " + events + ", and Odoo holds " + odoo + ".",
		Numbers:     map[string]string{"events": events, "odoo": odoo},
		Occasion:    events + " for " + odoo + " on " + found.Format(time.DateOnly),
	}
}

// DeletionsHeld is the exception of a mass deletion that waits for an operator, once
// for each count of records and day.
func DeletionsHeld(collection string, count int64, found time.Time) Exception {
	n := strconv.FormatInt(count, 10)
	return Exception{
		Kind: eventv1.ExceptionKind_EXCEPTION_KIND_DELETIONS_HELD, Subject: collection, Found: found,
		Explanation: n + " " + collection + " seem to be gone from Odoo at once: they are kept until an operator confirms the deletion.",
		Numbers:     map[string]string{"held": n},
		Occasion:    n + " on " + found.Format(time.DateOnly),
	}
}

// Escalated is the event of an exception.
func Escalated(e Exception) (*eventv1.CloudEvent, error) {
	event, err := eventOf(e.Subject, timestamppb.New(e.Found), &eventv1.ExceptionEscalated{
		Kind: e.Kind, Explanation: e.Explanation, Numbers: e.Numbers, FindTime: timestamppb.New(e.Found),
	}, e.Kind.String(), e.Occasion)
	if err == nil && e.Company != "" {
		event.Company = &e.Company
	}
	return event, err
}

// invoiceMismatched: a posted invoice whose match has another outcome than that it
// matches has to be looked at, once for each posting and outcome. Where nobody
// matches invoices, there is none.
func invoiceMismatched(o *occurrences, i *invoicev1.Invoice) error {
	verdict := i.GetMatch().GetVerdict()
	if i.GetState() != invoicev1.State_STATE_POSTED || verdict == invoicev1.MatchVerdict_MATCH_VERDICT_UNSPECIFIED || verdict == invoicev1.MatchVerdict_MATCH_VERDICT_MATCHED {
		return nil
	}
	at := i.GetMatch().GetMatchTime()
	if at == nil {
		at = o.kept.GetSourceTime()
	}
	data := &eventv1.ExceptionEscalated{
		Kind:        eventv1.ExceptionKind_EXCEPTION_KIND_INVOICE_MISMATCH,
		Explanation: "Invoice " + i.GetNumber() + " " + mismatches[verdict] + ".",
		Numbers:     map[string]string{"invoice": i.GetNumber()}, FindTime: at,
	}
	for _, l := range i.GetMatch().GetLines() {
		if l.GetExplanation() != "" {
			data.Numbers["line "+l.GetLineId()] = l.GetExplanation()
		}
	}
	return o.tell(i.GetName(), at, data, append(posting(i), data.GetKind().String(), verdict.String())...)
}

var mismatches = map[invoicev1.MatchVerdict]string{
	invoicev1.MatchVerdict_MATCH_VERDICT_QUANTITY_DIFFERS:          "bills another quantity than was received",
	invoicev1.MatchVerdict_MATCH_VERDICT_PRICE_DIFFERS:             "has another price than the order",
	invoicev1.MatchVerdict_MATCH_VERDICT_QUANTITY_AND_PRICE_DIFFER: "has another quantity and price than were received and ordered",
	invoicev1.MatchVerdict_MATCH_VERDICT_NO_ORDER:                  "has lines that belong to no order",
	invoicev1.MatchVerdict_MATCH_VERDICT_NOT_RECEIVED:              "bills what was not received",
}
