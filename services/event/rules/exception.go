package rules

import (
	"strconv"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	eventv1 "odoomesh/gen/go/mesh/event/v1"
	invoicev1 "odoomesh/gen/go/mesh/invoice/v1"
)

// Exception is something that people have to settle, as it opened.
type Exception struct {
	Kind eventv1.ExceptionKind
	// Subject is the name of what it is about.
	Subject string
	// Name is the exception's own, such as "exceptions/17"; another opening of the same
	// kind and subject has another.
	Name string
	// Summary says what is wrong, in a sentence for people; Detail what is known of
	// the cause.
	Summary, Detail string
	// Numbers are what it rests on, by name.
	Numbers map[string]string
	// Opened is when the mesh found it.
	Opened time.Time
}

// Escalated is the condition of an exception that is open.
func Escalated(e Exception) Condition {
	data := &eventv1.ExceptionEscalated{
		Kind: e.Kind, Explanation: e.Summary, Detail: e.Detail, Numbers: e.Numbers,
		FindTime: timestamppb.New(e.Opened), Exception: e.Name,
	}
	return Condition{
		// The kind goes in as a number: its name is for people, and may change.
		Key: keyOf(typeOf(data), "exception", strconv.Itoa(int(e.Kind)), e.Subject), State: e.Name, At: e.Opened, subject: e.Subject,
		data: func() proto.Message { return data },
	}
}

// invoiceMismatched: a posted invoice whose match has another outcome than that it
// matches has to be looked at, once for each outcome that it comes to have. Where
// nobody matches invoices, there is none.
func invoiceMismatched(f *found, i *invoicev1.Invoice) error {
	verdict, posted := i.GetMatch().GetVerdict(), i.GetState() == invoicev1.State_STATE_POSTED
	if i.GetState() == invoicev1.State_STATE_UNSPECIFIED || posted && verdict == invoicev1.MatchVerdict_MATCH_VERDICT_UNSPECIFIED {
		return nil
	}
	state := ""
	if posted && verdict != invoicev1.MatchVerdict_MATCH_VERDICT_MATCHED {
		state = strconv.Itoa(int(verdict))
	}
	at := i.GetMatch().GetMatchTime()
	if at == nil {
		at = f.kept.GetSourceTime()
	}
	add(f, i.GetName(), state, at, func() *eventv1.ExceptionEscalated {
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
		return data
	}, "match", i.GetName())
	return nil
}

var mismatches = map[invoicev1.MatchVerdict]string{
	invoicev1.MatchVerdict_MATCH_VERDICT_QUANTITY_DIFFERS:          "bills another quantity than was received",
	invoicev1.MatchVerdict_MATCH_VERDICT_PRICE_DIFFERS:             "has another price than the order",
	invoicev1.MatchVerdict_MATCH_VERDICT_QUANTITY_AND_PRICE_DIFFER: "has another quantity and price than were received and ordered",
	invoicev1.MatchVerdict_MATCH_VERDICT_NO_ORDER:                  "has lines that belong to no order",
	invoicev1.MatchVerdict_MATCH_VERDICT_NOT_RECEIVED:              "bills what was not received",
}
